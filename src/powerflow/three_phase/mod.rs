//! Unbalanced load flow: three phases, each with its own voltage to neutral. See `docs/algorithms/three-phase-load-flow.md`.

mod chains;
mod network;
mod sequence;
mod sweep;
mod write;

pub(crate) use network::ThreePhase;
pub(crate) use sweep::State;

use super::lanes::Lanes;
use super::solution::{Options, Outputs, Rows, Status};
use super::sweep::End;
use crate::ids::BusIdx;

impl ThreePhase {
    /// Solves `steps` steps from `first` on, at most `W`; `p_w` and `q_var` are `[step][injection]`.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn group<const W: usize>(
        &self,
        p_w: &[f64],
        q_var: &[f64],
        options: Options,
        outputs: Outputs,
        first: usize,
        steps: usize,
        state: &mut State<W>,
        rows: &mut Rows<'_>,
    ) {
        self.load(p_w, q_var, first, steps, state);
        let ends = sweep::solve(self, options, state);
        if outputs.voltage || outputs.angle || outputs.unbalance {
            write::voltages(self, &state.cells, first, steps, rows);
        }
        if outputs.totals || outputs.branch {
            sweep::flows(self, state);
        }
        if outputs.totals {
            write::totals(self, &state.cells, first, steps, rows);
        }
        if outputs.branch {
            write::branches(self, &state.cells, first, steps, rows);
        }
        for (l, end) in ends.into_iter().enumerate().take(steps) {
            rows.status[first + l] = match end {
                End::Converged { sweeps, error_pu } => Status::Converged { iterations: sweeps, error_pu },
                End::Moving { change_pu } => Status::IterationLimit { change_pu },
                End::Collapsed => Status::Collapsed { bus: self.lowest(l, state) },
            };
            if !rows.status[first + l].converged() {
                rows.blank(first + l);
            }
        }
    }

    /// The bus with the lowest voltage of a phase in lane `l` after one sweep; one that is no number is lower than all.
    #[cold]
    fn lowest<const W: usize>(&self, l: usize, state: &mut State<W>) -> BusIdx {
        sweep::first_sweep(self, state);
        let key = |node: &usize| {
            let u = state.cells[*node].v.map(|v| sweep::square(v).0[l]);
            if u.iter().all(|u| u.is_finite()) { u[0].min(u[1]).min(u[2]) } else { f64::NEG_INFINITY }
        };
        let node = (0..self.nodes.len()).min_by(|a, b| key(a).total_cmp(&key(b))).expect("a network has nodes");
        self.bus_of_node[node]
    }

    /// Sets the powers of the points. Lanes without a step repeat the last one.
    #[inline(always)]
    fn load<const W: usize>(&self, p_w: &[f64], q_var: &[f64], first: usize, steps: usize, state: &mut State<W>) {
        state.fit(self);
        let starts: [usize; W] = std::array::from_fn(|l| (first + usize::min(l, steps - 1)) * self.injections);
        for draw in &self.draws {
            let of = |all: &[f64]| Lanes(starts.map(|start| all[start + draw.row as usize]));
            let s = &mut state.points[draw.point as usize].s;
            *s = [s[0] + draw.factor * of(p_w), s[1] + draw.factor * of(q_var)];
        }
    }
}

// TEMPORARY driver
impl ThreePhase {
    pub(crate) fn sizes(&self) -> (usize, usize, usize, usize) { (self.whole, self.nodes.len(), self.loads.len(), self.points.len()) }
    #[allow(unsafe_code)]
    pub(crate) fn batch<const W: usize>(&self, p: &[f64], q: &[f64], o: Options, out: Outputs, s: &mut super::Solution, fast: bool) -> f64 {
        let steps = p.len() / self.injections;
        let mut rows = s.rows(steps, 3, self.buses.len(), self.branches.len(), out);
        let mut state = State::<W>::default();
        let t = std::time::Instant::now();
        if fast { unsafe { self.avx2(p, q, o, out, steps, &mut state, &mut rows) } } else { self.all(p, q, o, out, steps, &mut state, &mut rows) }
        t.elapsed().as_secs_f64()
    }
    #[inline(always)]
    fn all<const W: usize>(&self, p: &[f64], q: &[f64], o: Options, out: Outputs, steps: usize, state: &mut State<W>, rows: &mut Rows<'_>) {
        for first in (0..steps).step_by(W) { self.group(p, q, o, out, first, usize::min(W, steps - first), state, rows); }
    }
    #[target_feature(enable = "avx2")]
    fn avx2<const W: usize>(&self, p: &[f64], q: &[f64], o: Options, out: Outputs, steps: usize, state: &mut State<W>, rows: &mut Rows<'_>) {
        self.all(p, q, o, out, steps, state, rows);
    }
}
