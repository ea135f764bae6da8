//! On-load tap changers across steps.

use copperplate::grid::{Grid, Places, RadialOrder, Tap, TapChanger, TapSide};
use copperplate::ids::BusIdx;
use copperplate::powerflow::{Injections, Network, Options, Outputs, Solution, Tapped, Workspace};

use crate::powerflow::network;
use crate::topology::{bus, connection, line, source, transformer};

/// A transformer with taps of 2.5 % on its hv side, a line, a load.
fn grid(side: TapSide, delay_s: f64) -> Grid {
    let mut t = transformer("t", 0, 1);
    t.u_hv_v = 10e3;
    t.tap = Tap { side, position: 0, step_pu: 0.025 };
    let changer =
        TapChanger { transformer: 0, bus: BusIdx(2), set_pu: 1.0, dead_band_pu: 0.03, delay_s, min_position: -2, max_position: 2 };
    Grid {
        buses: vec![bus("a", 10e3), bus("b", 400.0), bus("c", 400.0)],
        lines: vec![line("l", 1, 2, 0.1, 0.05)],
        transformers: vec![t],
        sources: vec![source(0)],
        connections: vec![connection("c", 2)],
        tap_changers: vec![changer],
        ..Grid::default()
    }
}

fn prepare(grid: &Grid) -> Network {
    network(grid)
}

/// Positions and voltages at the load for `p_w` in steps of 15 minutes.
fn positions(grid: &Grid, p_w: &[f64]) -> (Vec<i32>, Vec<f64>) {
    let q_var = vec![0.0; p_w.len()];
    let mut solution = Solution::default();
    let mut tapped = Tapped::new(grid, 900.0, prepare);
    let injections = Injections::by_step(p_w, &q_var);
    let (_, positions) = tapped.solve(injections, Options::default(), Outputs::ALL, &mut Workspace::default(), &mut solution);
    (positions, solution.u_pu.chunks(3).map(|u| u[2]).collect())
}

#[test]
fn a_regulator_brings_the_voltage_back_within_its_delay() {
    let none = positions(&Grid { tap_changers: vec![], ..grid(TapSide::Hv, 0.0) }, &[60e3]).1[0];
    assert!(none < 0.97, "{none}");
    for (side, sign) in [(TapSide::Hv, -1), (TapSide::Lv, 1)] {
        let (quick, u) = positions(&grid(side, 60.0), &[0.0, 60e3, 60e3, 0.0]);
        assert!(quick[0] == 0 && quick[1] * sign > 0 && quick[2] == quick[1], "{quick:?}");
        assert!(u.iter().all(|u| (u - 1.0).abs() <= 0.015), "{u:?}");
        // Twenty minutes: nothing in the first quarter of an hour, a tap in the second, the next no earlier than in the third.
        let (slow, _) = positions(&grid(side, 1200.0), &[60e3; 6]);
        assert_eq!(slow[..2], [0, sign], "{slow:?}");
        // Half an hour and back inside in between: the waiting begins anew.
        let (patient, _) = positions(&grid(side, 1800.0), &[60e3, 0.0, 60e3, 0.0, 60e3]);
        assert_eq!(patient, [0; 5]);
    }
}

#[test]
fn a_tap_changer_ends_at_the_end_of_its_range() {
    let (found, u) = positions(&grid(TapSide::Hv, 0.0), &[150e3, 150e3]);
    assert_eq!(found, [-2, -2]);
    assert!(u[1] < 0.985, "{u:?}");
}

#[test]
fn a_batch_is_a_loop_over_its_steps() {
    let grid = grid(TapSide::Hv, 600.0);
    let p_w: Vec<f64> = (0..300).map(|i| 45e3 * (1.0 + f64::from((i * 37 % 19) - 9) / 9.0) * f64::from(i % 40) / 30.0).collect();
    let (batch, u) = positions(&grid, &p_w);
    assert!(batch.windows(2).filter(|w| w[0] != w[1]).count() > 10, "it moves");
    let mut tapped = Tapped::new(&grid, 900.0, prepare);
    let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
    for (step, p) in p_w.iter().enumerate() {
        let (_, at) = tapped.solve(Injections::by_step(&[*p], &[0.0]), Options::default(), Outputs::VOLTAGE, &mut workspace, &mut solution);
        assert_eq!((at[0], solution.u_pu[2].to_bits()), (batch[step], u[step].to_bits()), "step {step}");
    }
}

#[test]
fn positions_are_those_of_the_transformer() {
    let mut grid = grid(TapSide::Hv, 0.0);
    let (found, u) = positions(&grid, &[60e3]);
    grid.transformers[0].tap.position = found[0];
    let (order, _) = RadialOrder::new(&grid, &Places::default()).unwrap();
    let mut solution = Solution::default();
    let network = Network::new(&grid, &order);
    let injections = Injections::by_step(&[60e3], &[0.0]);
    let _ = copperplate::powerflow::solve(&network, injections, Options::default(), Outputs::ALL, &mut Workspace::default(), &mut solution);
    assert_eq!(solution.u_pu[2].to_bits(), u[0].to_bits());
}

#[test]
fn a_tap_changer_that_feeds_nothing_there_is_told() {
    let mut grid = grid(TapSide::Hv, 0.0);
    grid.tap_changers[0].bus = BusIdx(0);
    let mut tapped = Tapped::new(&grid, 900.0, prepare);
    assert_eq!(tapped.without_effect().collect::<Vec<_>>(), [0]);
    let injections = Injections::by_step(&[150e3], &[0.0]);
    let (_, found) = tapped.solve(injections, Options::default(), Outputs::VOLTAGE, &mut Workspace::default(), &mut Solution::default());
    assert_eq!(found, [0]);
}
