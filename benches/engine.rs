//! The event queue under the load of a case: a window of waiting events, each popped event schedules one more.

use std::hint::black_box;

use copperplate::engine::{Origin, Phase, Queue};
use copperplate::rng::Stream;
use copperplate::time::{SimDuration, SimTime};
use criterion::{Criterion, Throughput};

/// Events that wait at any time; a year of the shipped scenarios schedules 40 000 beforehand.
const WAITING: u64 = 40_000;
/// Events per iteration.
const EVENTS: u64 = 100_000;
const ORIGINS: u16 = 8;

/// Delay, phase and origin of event `n`.
fn drawn(stream: &mut Stream, n: u64) -> (SimDuration, Phase, Origin) {
    let bits = stream.at(n).bits();
    (SimDuration::seconds((bits % 86_400) as i64), Phase((bits >> 32) as u8 % 4), Origin((bits >> 40) as u16 % ORIGINS))
}

/// The benchmarks of the engine.
pub(crate) fn bench(c: &mut Criterion) {
    let mut stream = Stream::new(1, "engine", "bench");
    let draws: Vec<_> = (0..WAITING + EVENTS).map(|n| drawn(&mut stream, n)).collect();
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(EVENTS));
    group.bench_function("pop one, push one, 40 000 waiting", |b| {
        b.iter(|| {
            let mut queue = Queue::new(usize::from(ORIGINS));
            let (before, after) = draws.split_at(WAITING as usize);
            for (delay, phase, origin) in before {
                queue.push(SimTime(delay.0), *phase, *origin, 0_u64);
            }
            for (delay, phase, origin) in after {
                let (key, event) = queue.pop().expect("events wait");
                queue.push(key.time + *delay, *phase, *origin, event + 1);
            }
            black_box(queue.len())
        });
    });
    group.finish();
}
