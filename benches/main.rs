//! All benchmarks; a file an area.

mod battery;
mod day;
mod engine;
mod powerflow;
mod sweep;
mod uftp;

criterion::criterion_group!(group, engine::bench, battery::bench, uftp::bench, day::bench, sweep::bench);
criterion::criterion_main!(powerflow::group, group);
