//! All benchmarks; a file an area.

mod battery;
mod day;
mod devices;
mod engine;
mod powerflow;
mod sweep;
mod uftp;

criterion::criterion_group!(group, engine::bench, battery::bench, devices::bench, uftp::bench, day::bench, sweep::bench);
criterion::criterion_main!(powerflow::group, group);
