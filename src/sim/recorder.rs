//! What a case keeps of every step: columns, appended in time order, read by KPIs, tables and charts.

use crate::ids::CpIdx;
use crate::powerflow::Solution;
use crate::scenario::study::Study;
use crate::time::Period;

/// The three truths of a case; see `sim::world`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// Without flexibility: the counterfactual.
    Free = 0,
    /// With orders, without limitation.
    Orders = 1,
    /// What happened.
    Actual = 2,
}

impl Variant {
    /// All, in the order of arrays.
    pub const ALL: [Variant; 3] = [Variant::Free, Variant::Orders, Variant::Actual];
}

/// Regime of a congestion point in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Regime {
    /// No planning limit in reach.
    Green,
    /// The market was asked.
    Yellow,
    /// A limitation acts.
    Orange,
}

impl Regime {
    /// Its name in results.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Regime::Green => "green",
            Regime::Yellow => "yellow",
            Regime::Orange => "orange",
        }
    }
}

/// The voltage of the phase farthest from rated.
fn farthest(phases: &[f64]) -> f64 {
    phases.iter().copied().reduce(|a, b| if (b - 1.0).abs() > (a - 1.0).abs() { b } else { a }).unwrap_or(f64::NAN)
}

/// Columns of a case.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Steps.
    pub steps: usize,
    /// Branches: width of loading rows.
    pub branches: usize,
    /// Buses: width of voltage rows.
    pub buses: usize,
    /// `[variant][step · branches + branch]` loading, fraction of the rating; NaN where a load flow did not converge.
    pub loading: [Vec<f32>; 3],
    /// `[variant][step · buses + bus]` voltage, pu; of three phases the one farthest from rated.
    pub u_pu: [Vec<f32>; 3],
    /// `[variant][congestion point][step]` power through the element towards the customers, W.
    pub through_w: [Vec<Vec<f64>>; 3],
    /// `[variant][step]` losses, W.
    pub losses_w: [Vec<f64>; 3],
    /// `[step · branches + branch]` loading the DSO expected before trading; NaN where it did not look.
    pub forecast_loading: Vec<f32>,
    /// The same with orders.
    pub planned_loading: Vec<f32>,
    /// `[step · buses + bus]` voltage the DSO expected before trading.
    pub forecast_u_pu: Vec<f32>,
    /// The same with orders.
    pub planned_u_pu: Vec<f32>,
    /// `[congestion point][step]` regime.
    pub regime: Vec<Vec<Regime>>,
    /// `[congestion point][step]` signed shortage the DSO saw, W.
    pub requested_w: Vec<Vec<f64>>,
    /// `[congestion point][step]` signed shortage left with all orders, W.
    pub unserved_w: Vec<Vec<f64>>,
    /// `[step · buses + bus]` voltage unbalance `|U2|/|U1|` of what really happens; empty unless solved phase by phase.
    pub unbalance: Vec<f32>,
    /// `[step]` largest neutral displacement `|U0|` at a bus, pu; empty like `unbalance`.
    pub displacement_pu: Vec<f32>,
    /// Moves of all tap changers in what really happens.
    pub tap_operations: usize,
    /// Steps whose load flow did not converge, `[variant]`.
    pub not_converged: [usize; 3],
}

impl Recording {
    pub(super) fn new(study: &Study) -> Recording {
        let (steps, branches, buses) = (study.steps, study.grid.branches(), study.grid.buses.len());
        let points = study.congestion_points.len();
        let three_phase = study.network.phases() == 3;
        let by_branch = || vec![f32::NAN; steps * branches];
        let by_bus = || vec![f32::NAN; steps * buses];
        Recording {
            steps,
            branches,
            buses,
            loading: std::array::from_fn(|_| by_branch()),
            u_pu: std::array::from_fn(|_| by_bus()),
            through_w: std::array::from_fn(|_| vec![vec![f64::NAN; steps]; points]),
            losses_w: std::array::from_fn(|_| vec![f64::NAN; steps]),
            forecast_loading: by_branch(),
            planned_loading: by_branch(),
            forecast_u_pu: by_bus(),
            planned_u_pu: by_bus(),
            regime: vec![vec![Regime::Green; steps]; points],
            requested_w: vec![vec![0.0; steps]; points],
            unserved_w: vec![vec![0.0; steps]; points],
            unbalance: if three_phase { by_bus() } else { Vec::new() },
            displacement_pu: if three_phase { vec![f32::NAN; steps] } else { Vec::new() },
            tap_operations: 0,
            not_converged: [0; 3],
        }
    }

    /// Keeps one step of one variant; `s` is a load flow of a single step.
    pub(super) fn step(&mut self, study: &Study, variant: Variant, step: usize, s: &Solution) {
        let v = variant as usize;
        for (to, from) in self.loading[v][step * self.branches..].iter_mut().zip(&s.loading) {
            *to = *from as f32;
        }
        for (to, phases) in self.u_pu[v][step * self.buses..].iter_mut().zip(s.u_pu.chunks(s.phases)) {
            *to = farthest(phases) as f32;
        }
        // The last variant solved is what really happens, or has the same power.
        for (to, from) in self.unbalance.iter_mut().skip(step * self.buses).zip(&s.unbalance) {
            *to = *from as f32;
        }
        if let Some(to) = self.displacement_pu.get_mut(step) {
            *to = s.displacement_pu.iter().copied().fold(0.0, f64::max) as f32;
        }
        for (k, cp) in study.congestion_points.iter().enumerate() {
            let b = cp.branch.i();
            self.through_w[v][k][step] = if cp.from_is_upstream { s.p_from_w[b] } else { s.p_to_w[b] };
        }
        self.losses_w[v][step] = s.losses_w[0];
        self.not_converged[v] += usize::from(!s.status[0].converged());
    }

    /// A variant that did not differ takes over another's step.
    pub(super) fn copy_step(&mut self, from: Variant, to: Variant, step: usize) {
        let (f, t) = (from as usize, to as usize);
        for b in step * self.branches..(step + 1) * self.branches {
            self.loading[t][b] = self.loading[f][b];
        }
        for b in step * self.buses..(step + 1) * self.buses {
            self.u_pu[t][b] = self.u_pu[f][b];
        }
        for k in 0..self.regime.len() {
            self.through_w[t][k][step] = self.through_w[f][k][step];
        }
        self.losses_w[t][step] = self.losses_w[f][step];
    }

    /// Keeps a DSO analysis, one row per ISP spread over its steps.
    pub(super) fn analysis(&mut self, study: &Study, period: &Period, with_orders: bool, s: &Solution) {
        let (loading, u_pu) = match with_orders {
            false => (&mut self.forecast_loading, &mut self.forecast_u_pu),
            true => (&mut self.planned_loading, &mut self.planned_u_pu),
        };
        let per_isp = study.steps_per_isp();
        for (row, step) in study.steps_of(period).enumerate() {
            let isp = row / per_isp;
            for b in 0..self.branches {
                loading[step * self.branches + b] = s.loading[isp * self.branches + b] as f32;
            }
            for b in 0..self.buses {
                u_pu[step * self.buses + b] = farthest(&s.u_pu[(isp * self.buses + b) * s.phases..][..s.phases]) as f32;
            }
        }
    }

    /// Keeps what the DSO asked for and what stayed unserved.
    pub(super) fn requested(&mut self, study: &Study, cp: CpIdx, period: &Period, near_w: &[f64], unserved_w: &[f64]) {
        let per_isp = study.steps_per_isp();
        for (row, step) in study.steps_of(period).enumerate() {
            let isp = row / per_isp;
            self.requested_w[cp.i()][step] = near_w[isp];
            self.unserved_w[cp.i()][step] = unserved_w[isp];
            if near_w[isp] != 0.0 {
                self.regime[cp.i()][step] = Regime::Yellow;
            }
        }
    }
}
