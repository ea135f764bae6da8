//! Plans of a battery over a day of 96 slots, with prices that do and do not pay for burning energy.

use std::hint::black_box;

use copperplate::asset::battery::Battery;
use copperplate::asset::store_plan::{Buffers, Task};
use copperplate::rng::Stream;
use criterion::Criterion;

const SLOTS: usize = 96;

/// The benchmarks of battery plans.
pub(crate) fn bench(c: &mut Criterion) {
    let battery = Battery { max_power_w: 5000.0, capacity_wh: 10_000.0, efficiency: 0.95 };
    let mut draws = Stream::new(1, "battery", "bench");
    let drawn: Vec<f64> = (0..SLOTS as u64).map(|i| draws.at(i).uniform()).collect();
    let [least_w, most_w] = [-battery.max_power_w, battery.max_power_w].map(|p| vec![p; SLOTS]);
    let mut group = c.benchmark_group("battery plan");
    for (name, lowest, highest) in [("positive prices", 20.0, 120.0), ("negative prices", -60.0, 80.0)] {
        let price: Vec<f64> = drawn.iter().map(|u| lowest + (highest - lowest) * u).collect();
        let task = Task {
            start_wh: 5000.0,
            end_wh: 5000.0,
            slot_h: 0.25,
            price: &price,
            least_w: &least_w,
            most_w: &most_w,
            wear: 0.0,
            meter: None,
        };
        let mut buffers = Buffers::default();
        group.bench_function(name, |b| b.iter(|| battery.schedule(black_box(&task), &mut buffers)));
    }
    group.finish();
}
