//! Load flows per second: throughput counts nodes, so criterion's time per element is ns a node.

use std::hint::black_box;
use std::path::Path;

use copperplate::grid::{Bus, Connection, Grid, Line, Phases, Places, RadialOrder, Source, SpanningOrder, ZeroSequence};
use copperplate::ids::{BusIdx, EntityAddress};
use copperplate::import::{ConnectionPower, Feeder, read_folder};
use copperplate::powerflow::{Injections, Network, Options, Outputs, Solution, Workspace, solve, solve_parallel};
use copperplate::rng::Stream;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};

criterion_group!(group, kernel, voltages, everything, single, threads, three_phase);

/// Sweeps alone: nothing is written but the status.
fn kernel(c: &mut Criterion) {
    bench(c, "powerflow/kernel", Outputs::NONE);
}

/// Powers in, magnitudes and angles of every bus out, as a safety analysis needs them.
fn voltages(c: &mut Criterion) {
    bench(c, "powerflow/voltages", Outputs::VOLTAGE);
}

/// All results, as the simulated world needs them.
fn everything(c: &mut Criterion) {
    bench(c, "powerflow/everything", Outputs::ALL);
}

fn bench(c: &mut Criterion, name: &str, outputs: Outputs) {
    let mut group = c.benchmark_group(name);
    for (label, network, power) in cases() {
        let steps = power.p_w.len() / network.injections();
        let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
        group.throughput(Throughput::Elements((steps * network.nodes()) as u64));
        group.bench_function(BenchmarkId::from_parameter(label), |b| {
            b.iter(|| {
                solve(
                    &network,
                    Injections::by_step(black_box(&power.p_w), &power.q_var),
                    Options::default(),
                    outputs,
                    &mut workspace,
                    &mut solution,
                )
            });
        });
    }
    group.finish();
}

/// One step a call, as the simulation asks.
fn single(c: &mut Criterion) {
    let mut group = c.benchmark_group("powerflow/single");
    for (label, network, power) in cases().into_iter().take(3) {
        let n = network.injections();
        let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
        group.throughput(Throughput::Elements(network.nodes() as u64));
        group.bench_function(BenchmarkId::from_parameter(label), |b| {
            let (p_w, q_var) = (&power.p_w[..n], &power.q_var[..n]);
            b.iter(|| {
                solve(&network, Injections::by_step(black_box(p_w), q_var), Options::default(), Outputs::ALL, &mut workspace, &mut solution)
            });
        });
    }
    group.finish();
}

/// A year of LV-rural1 on one thread and on two.
fn threads(c: &mut Criterion) {
    let mut group = c.benchmark_group("powerflow/threads");
    let feeder = feeder("scenarios/feeders/lv-rural1-2");
    let (network, power) = (network(&feeder.grid), feeder.power(0..feeder.profiles.steps()));
    let mut solution = Solution::default();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        group.throughput(Throughput::Elements((feeder.profiles.steps() * network.nodes()) as u64));
        group.bench_function(BenchmarkId::from_parameter(threads), |b| {
            b.iter(|| {
                pool.install(|| {
                    solve_parallel(
                        &network,
                        Injections::by_step(black_box(&power.p_w), &power.q_var),
                        Options::default(),
                        Outputs::VOLTAGE,
                        &mut solution,
                    )
                })
            });
        });
    }
    group.finish();
}

/// The IEEE European LV feeder phase by phase: sweeps alone, magnitudes out, angles, too, and everything.
fn three_phase(c: &mut Criterion) {
    let mut group = c.benchmark_group("powerflow/three-phase");
    let feeder = feeder("tests/data/powerflow_three_phase/ieee_eu_lv_3ph");
    let (order, _) = RadialOrder::new(&feeder.grid, &Places::default()).expect("a radial grid");
    let zero = ZeroSequence::of(&feeder.grid, &order, &Places::default()).expect("zero-sequence data");
    let network = Network::three_phase(&feeder.grid, &order, &zero);
    let power = scaled(&feeder.nominal_power(), 1440);
    let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
    group.throughput(Throughput::Elements((1440 * network.nodes()) as u64));
    let outputs =
        [("kernel", Outputs::NONE), ("magnitudes", Outputs::MAGNITUDE), ("voltages", Outputs::VOLTAGE), ("everything", Outputs::ALL)];
    for (label, outputs) in outputs {
        group.bench_function(BenchmarkId::from_parameter(label), |b| {
            b.iter(|| {
                let injections = Injections::by_step(black_box(&power.p_w), &power.q_var);
                solve(&network, injections, Options::default(), outputs, &mut workspace, &mut solution)
            });
        });
    }
    group.finish();
}

/// A month of two SimBench feeders, CIGRE LV, SimBench MV rural with closed rings, and trees of 100 to 100 000 buses.
fn cases() -> Vec<(String, Network, ConnectionPower)> {
    let mut cases = Vec::new();
    for (label, folder) in [("lv-rural1", "scenarios/feeders/lv-rural1-2"), ("lv-semiurb4", "scenarios/feeders/lv-semiurb4-2")] {
        let feeder = feeder(folder);
        cases.push((label.to_owned(), network(&feeder.grid), feeder.power(0..31 * 96)));
    }
    for (label, folder) in [("cigre-lv", "tests/data/powerflow/cigre_lv"), ("mv-rural-rings", "tests/data/powerflow/sb_mv_rural_meshed")] {
        let feeder = feeder(folder);
        cases.push((label.to_owned(), network(&feeder.grid), scaled(&feeder.nominal_power(), 3000)));
    }
    for buses in [100, 1000, 10_000, 100_000] {
        let (grid, nominal) = tree(buses);
        cases.push((format!("tree-{buses}"), network(&grid), scaled(&nominal, (1_000_000 / buses).max(32))));
    }
    cases
}

fn feeder(folder: &str) -> Feeder {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a feeder of the repository").0
}

fn network(grid: &Grid) -> Network {
    let (order, _) = SpanningOrder::new(grid, &Places::default()).expect("a grid of few loops");
    if order.links().is_empty() { Network::new(grid, order.tree()) } else { Network::meshed(grid, &order) }
}

/// Nominal power times random factors from 0.2 to 1.
fn scaled(nominal: &ConnectionPower, steps: usize) -> ConnectionPower {
    let mut stream = Stream::new(1, "bench", "factors");
    let mut random = stream.at(0);
    let factors: Vec<f64> = (0..steps * nominal.p_w.len()).map(|_| 0.2 + 0.8 * random.uniform()).collect();
    let times = |values: &[f64]| factors.iter().zip(values.iter().cycle()).map(|(f, v)| f * v).collect();
    ConnectionPower { p_w: times(&nominal.p_w), q_var: times(&nominal.q_var) }
}

/// A random 10 kV cable tree and its nominal powers: a bus hangs on the one before it with probability 0.7, else on any earlier one.
fn tree(buses: usize) -> (Grid, ConnectionPower) {
    let mut stream = Stream::new(1, "bench", "tree");
    let mut random = stream.at(0);
    let mut grid = Grid { sources: vec![Source { bus: BusIdx(0), u_pu: 1.02, angle_deg: 0.0 }], ..Grid::default() };
    for i in 0..buses {
        grid.buses.push(Bus { id: i.to_string(), u_rated_v: 10e3, u_min_pu: 0.9, u_max_pu: 1.1, position: None });
        let Some(last) = i.checked_sub(1) else { continue };
        let from = if random.uniform() < 0.7 { last } else { (random.uniform() * i as f64) as usize };
        let km = 0.02 + 0.08 * random.uniform();
        grid.lines.push(Line {
            id: i.to_string(),
            from: BusIdx::new(from),
            to: BusIdx::new(i),
            r_ohm: 0.32 * km,
            x_ohm: 0.1 * km,
            b_s: 7.85e-5 * km,
            g_s: 0.0,
            rated_current_a: 200.0,
            zero_sequence: None,
        });
        let (id, bus) = (i.to_string(), BusIdx::new(i));
        grid.connections.push(Connection { address: EntityAddress::new(id.as_str()), id, bus, phases: Phases::Abc });
    }
    // About 5 % of voltage drop whatever the size.
    let nominal_w = 4e6 / buses as f64;
    let p_w = vec![nominal_w; buses - 1];
    let q_var = p_w.iter().map(|p| 0.33 * p).collect();
    (grid, ConnectionPower { p_w, q_var })
}
