//! One simulated day of the summer scenario: every message, 96 steps in three variants, the DSO's load flows, settlement.

use std::hint::black_box;
use std::path::Path;

use copperplate::scenario::build::build;
use copperplate::scenario::load;
use copperplate::scenario::schema::Scenario;
use copperplate::scenario::study::Study;
use copperplate::sim::{Reference, run_case};
use criterion::Criterion;

fn study() -> Study {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let (scenario, document, _) = load::<Scenario>(&folder.join("quickstart.toml"), &["time.until=2016-07-22".to_owned()]).expect("valid");
    let feeder = copperplate::import::read_folder(&document.file("feeder.path").expect("a feeder is named")).expect("valid").0;
    build(&scenario, &feeder, scenario.seed, &folder, &|path| document.locate(path)).expect("fits its feeder").0
}

/// The benchmarks of a whole day.
pub(crate) fn bench(c: &mut Criterion) {
    let study = study();
    let reference = Reference::new(&study);
    let mut group = c.benchmark_group("day");
    for strategy in &study.strategies {
        group.bench_function(&strategy.name, |b| b.iter(|| black_box(run_case(&study, &reference, strategy, &|_| {}))));
    }
    group.finish();
}
