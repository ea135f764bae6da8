//! Unbalanced load flow: three phases, each with its own voltage to neutral. See `docs/algorithms/three-phase-load-flow.md`.

mod build;
mod chains;
mod network;
mod sequence;
mod sweep;
mod write;

pub(super) use network::ThreePhase;

use std::ops::Range;

use super::ends::settle;
use super::injections::Group;
use super::kernel::{Kernel, Task};
use super::phasor::zero;
use super::solution::Rows;
use crate::ids::BusIdx;
use sweep::{Cell, Drawn, State};

/// Steps that go side by side: three phases of eight would not stay in the innermost cache.
const LANES: usize = 4;

/// State of a part of a group, and of a single step.
#[derive(Default)]
pub(super) struct Parts {
    part: State<LANES>,
    single: State<1>,
}

impl Kernel for ThreePhase {
    type State<const W: usize> = Parts;

    fn prepare<const W: usize>(&self, state: &mut Parts) {
        if W == 1 { self.fit(&mut state.single) } else { self.fit(&mut state.part) }
    }

    #[inline(always)]
    fn group<const W: usize>(&self, task: &Task<'_>, steps: Range<usize>, state: &mut Parts, row: usize, rows: &mut Rows<'_>) {
        if W == 1 {
            return self.part(task, steps, &mut state.single, row, rows);
        }
        for first in steps.clone().step_by(LANES) {
            let part = first..usize::min(first + LANES, steps.end);
            self.part(task, part, &mut state.part, row + first - steps.start, rows);
        }
    }
}

impl ThreePhase {
    /// Brings the buffers to this network's size.
    fn fit<const W: usize>(&self, state: &mut State<W>) {
        state.cells.resize(self.nodes.len(), Cell { v: [zero(); 3], j: [zero(); 3] });
        state.points.resize(self.points.len(), Drawn { s: zero(), u: zero() });
        state.constant.resize(if self.answers.is_empty() { 0 } else { self.points.len() }, zero());
        state.given.resize(self.answers.len(), zero());
    }

    /// Solves `steps`, at most `W`, and writes their results at `row` and after.
    #[inline(always)]
    fn part<const W: usize>(&self, task: &Task<'_>, steps: Range<usize>, state: &mut State<W>, row: usize, rows: &mut Rows<'_>) {
        self.load(&task.injections.group(steps.clone(), self.injections), state);
        let ends = sweep::solve(self, task.options, state);
        let (outputs, width) = (task.outputs, steps.len());
        if outputs.voltage {
            write::magnitudes(self, &state.cells, row, width, rows);
        }
        if outputs.angle {
            write::angles(self, &state.cells, row, width, rows);
        }
        if outputs.unbalance {
            write::unbalances(self, &state.cells, row, width, rows);
        }
        if outputs.totals || outputs.branch {
            sweep::flows(self, state);
        }
        if outputs.totals {
            write::totals(self, &state.cells, row, width, rows);
        }
        if outputs.branch {
            write::branches(self, &state.cells, row, width, rows);
        }
        settle(ends, width, row, rows, |l| self.lowest(l, state));
    }

    /// The bus where a phase of lane `l` has the least voltage along that at rest after one sweep: what is no number is less than
    /// all.
    #[cold]
    fn lowest<const W: usize>(&self, l: usize, state: &mut State<W>) -> BusIdx {
        sweep::first_sweep(self, state);
        let along = |node: usize, f: usize| {
            let ([re, im], v) = (self.nodes[node].at_rest[f], state.cells[node].v[f]);
            let along = re * v[0].0[l] + im * v[1].0[l];
            if along.is_finite() { along } else { f64::NEG_INFINITY }
        };
        let key = |&node: &usize| along(node, 0).min(along(node, 1)).min(along(node, 2));
        let node = (0..self.nodes.len()).min_by(|a, b| key(a).total_cmp(&key(b))).expect("a network has nodes");
        self.bus_of_node[node]
    }

    /// Sets the powers of the points.
    #[inline(always)]
    fn load<const W: usize>(&self, powers: &Group<'_, W>, state: &mut State<W>) {
        for point in &mut state.points {
            point.s = zero();
        }
        for draw in &self.draws {
            let (p, q) = powers.power(draw.row as usize);
            let s = &mut state.points[draw.point as usize].s;
            *s = [s[0] + draw.factor * p, s[1] + draw.factor * q];
        }
        for (answer, given) in self.answers.iter().zip(&mut state.given) {
            *given = answer.response.given(powers.power(answer.response.row as usize));
        }
        for (constant, point) in state.constant.iter_mut().zip(&state.points) {
            *constant = point.s;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::Method;
    use super::super::{Injections, Network, Options, Outputs, Solution, Workspace, solve};
    use super::ThreePhase;
    use crate::grid::{
        Bus, Connection, Grid, Line, LineZeroSequence, Phases, Places, RadialOrder, Source, Tap, Transformer, TransformerZeroSequence,
        VectorGroup, ZeroSequence,
    };
    use crate::ids::{BusIdx, EntityAddress};

    /// Source, transformer, a trunk that forks, chains without loads on the way, a stub.
    fn feeder() -> Grid {
        let mut grid = Grid { sources: vec![Source { bus: BusIdx(0), u_pu: 1.0, angle_deg: 0.0 }], ..Grid::default() };
        let bus = |i: usize| Bus {
            id: i.to_string(),
            u_rated_v: if i == 0 { 10e3 } else { 400.0 },
            u_min_pu: 0.9,
            u_max_pu: 1.1,
            position: None,
        };
        grid.buses = (0..16).map(bus).collect();
        grid.transformers.push(Transformer {
            id: "t".into(),
            hv: BusIdx(0),
            lv: BusIdx(1),
            rated_power_va: 250e3,
            u_hv_v: 10e3,
            u_lv_v: 400.0,
            uk_pu: 0.04,
            pk_w: 3e3,
            i0_pu: 0.0,
            p0_w: 0.0,
            shift_deg: 150.0,
            tap: Tap::default(),
            zero_sequence: Some(TransformerZeroSequence { vector_group: VectorGroup::Dyn, uk0_pu: 0.038, ur0_pu: 0.011 }),
        });
        for (i, parent) in [1, 2, 3, 4, 5, 6, 4, 8, 9, 10, 7, 12, 9, 14].into_iter().enumerate() {
            let (id, from, to) = (i.to_string(), BusIdx(parent), BusIdx::new(i + 2));
            let (r_ohm, x_ohm) = (0.01 + 0.001 * i as f64, 0.004);
            let zero_sequence =
                Some(LineZeroSequence { r0_ohm: 3.0 * r_ohm, x0_ohm: 0.013 + 0.002 * i as f64, ..LineZeroSequence::default() });
            grid.lines.push(Line { id, from, to, r_ohm, x_ohm, b_s: 0.0, g_s: 0.0, rated_current_a: 200.0, zero_sequence });
        }
        for (bus, phases) in [(5, Phases::A), (7, Phases::Abc), (11, Phases::B), (11, Phases::A), (13, Phases::C)] {
            let id = grid.connections.len().to_string();
            grid.connections.push(Connection { address: EntityAddress::new(id.as_str()), id, bus: BusIdx(bus), phases });
        }
        grid
    }

    #[test]
    fn merging_chains_changes_nothing() {
        let grid = feeder();
        let (order, _) = RadialOrder::new(&grid, &Places::default()).expect("a radial grid");
        let zero = ZeroSequence::of(&grid, &order, &Places::default()).expect("all branches have it");
        let (p_w, q_var) = ([4e3, 9e3, -2e3, 5e3, 6e3], [1e3, 2e3, 0.0, -500.0, 900.0]);
        let solved = |merge: bool| {
            let network = Network(Method::ThreePhase(Box::new(ThreePhase::with_chains(&grid, &order, &zero, merge))));
            let mut solution = Solution::default();
            let options = Options { tolerance_pu: 1e-14, ..Options::default() };
            let injections = Injections::by_step(&p_w, &q_var);
            let _ = solve(&network, injections, options, Outputs::ALL, &mut Workspace::default(), &mut solution);
            let Method::ThreePhase(flat) = network.0 else { unreachable!("an unbalanced network") };
            (flat.nodes.len(), solution)
        };
        let ((few, merged), (all, whole)) = (solved(true), solved(false));
        assert_eq!((few, all), (6, 16));
        let close = |a: &[f64], b: &[f64], tolerance: f64| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance);
        assert!(close(&merged.u_pu, &whole.u_pu, 1e-13) && close(&merged.angle_rad, &whole.angle_rad, 1e-13));
        assert!(close(&merged.unbalance, &whole.unbalance, 1e-13) && close(&merged.displacement_pu, &whole.displacement_pu, 1e-13));
        assert!(close(&merged.i_from_a, &whole.i_from_a, 1e-10) && close(&merged.loading, &whole.loading, 1e-12));
        assert!(close(&merged.p_from_w, &whole.p_from_w, 1e-8) && close(&merged.q_to_var, &whole.q_to_var, 1e-8));
        assert!(close(&merged.losses_w, &whole.losses_w, 1e-8) && close(&merged.source_p_w, &whole.source_p_w, 1e-8));
    }
}
