//! All benchmarks; a file an area.

mod powerflow;

criterion::criterion_main!(powerflow::group);
