//! Load flows per second: throughput counts nodes, so criterion's time per element is ns a node.

use std::hint::black_box;
use std::path::Path;

use copperplate::grid::{Bus, Connection, Grid, Line, Phases, Places, RadialOrder, Source};
use copperplate::ids::{BusIdx, EntityAddress};
use copperplate::import::{ConnectionPower, read_folder};
use copperplate::powerflow::{Network, Options, Outputs, Solution, Workspace, solve};
use copperplate::rng::Stream;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};

criterion_group!(group, voltages, everything);

/// Only voltages, as a safety analysis needs them.
fn voltages(c: &mut Criterion) {
    bench(c, "powerflow/voltages", Outputs { voltage: true, branch: false });
}

/// All results, as the simulated world needs them.
fn everything(c: &mut Criterion) {
    bench(c, "powerflow/everything", Outputs::ALL);
}

fn bench(c: &mut Criterion, name: &str, outputs: Outputs) {
    let mut group = c.benchmark_group(name);
    for (label, grid, power) in cases() {
        let (order, _) = RadialOrder::new(&grid, &Places::default()).expect("a radial grid");
        let network = Network::new(&grid, &order);
        let steps = power.p_w.len() / network.injections();
        let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
        group.throughput(Throughput::Elements((steps * network.nodes()) as u64));
        group.bench_function(BenchmarkId::from_parameter(label), |b| {
            b.iter(|| solve(&network, black_box(&power.p_w), &power.q_var, Options::default(), outputs, &mut workspace, &mut solution));
        });
    }
    group.finish();
}

/// A month of SimBench LV-rural1, and trees of 100 and 1000 buses.
fn cases() -> Vec<(&'static str, Grid, ConnectionPower)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/feeders/lv-rural1-2");
    let (feeder, _) = read_folder(&folder).expect("the shipped feeder");
    let month = feeder.power(0..31 * 96);
    let (small, small_power) = tree(100, 1000);
    let (large, large_power) = tree(1000, 100);
    vec![("lv-rural1", feeder.grid, month), ("tree-100", small, small_power), ("tree-1000", large, large_power)]
}

/// A random 10 kV cable tree: a bus hangs on the one before it with probability 0.7, else on any earlier one.
fn tree(buses: usize, steps: usize) -> (Grid, ConnectionPower) {
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
        });
        let (id, bus) = (i.to_string(), BusIdx::new(i));
        grid.connections.push(Connection { address: EntityAddress::new(id.as_str()), id, bus, phases: Phases::Abc });
    }
    // About 5 % of voltage drop whatever the size.
    let nominal_w = 4e6 / buses as f64;
    let p_w: Vec<f64> = (0..steps * (buses - 1)).map(|_| nominal_w * (0.2 + 0.8 * random.uniform())).collect();
    let q_var = p_w.iter().map(|p| 0.33 * p).collect();
    (grid, ConnectionPower { p_w, q_var })
}
