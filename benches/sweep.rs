//! A part-parallel sweep of one day of the summer scenario on one thread and on two: 16 cases, results written and thrown away.

use std::path::Path;

use copperplate::sweep::{Folder, Plan, work};
use criterion::Criterion;

/// The benchmarks of thread scaling.
pub(crate) fn bench(c: &mut Criterion) {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/sweep-pv.toml");
    let few = ["time.until=2016-07-22", "sweep.seeds=2", "sweep.parameter[0].steps=2"].map(str::to_owned);
    let (plan, _) = Plan::read(&scenario, &few).expect("valid");
    let place = std::env::temp_dir().join(format!("copperplate-bench-{}", std::process::id()));
    let folder = Folder::prepare(&place, &plan, true).expect("a temporary folder can be written");
    let parts: Vec<u64> = (0..plan.parts()).collect();
    let mut group = c.benchmark_group("sweep");
    group.sample_size(20);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("two threads");
        group.bench_function(format!("threads-{threads}"), |b| {
            b.iter(|| pool.install(|| work(&folder, &plan, &parts, &|_| {})).expect("parts are written"));
        });
    }
    group.finish();
    std::fs::remove_dir_all(&place).expect("it is ours");
}
