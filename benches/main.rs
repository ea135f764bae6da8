//! All benchmarks; a file an area.

mod day;
mod engine;
mod powerflow;
mod sweep;
mod uftp;

criterion::criterion_group!(group, engine::bench, uftp::bench, day::bench, sweep::bench);
criterion::criterion_main!(powerflow::group, group);
