//! What a case keeps of every step: columns, appended in time order, read by KPIs, tables and charts.

use std::sync::Arc;

use crate::agent::Expectation;
use crate::ids::CpIdx;
use crate::market::contract::Bounds;
use crate::powerflow::Solution;
use crate::scenario::study::Study;
use crate::time::Period;
use crate::uftp::message::isp::series;
use crate::uftp::message::{Disposition, FlexRequest, FlexRequestIsp};

use super::by_element::ByElement;

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

/// What the load flows of one variant found.
#[derive(Debug, Clone)]
pub struct Flows {
    /// Loading of the branches, fraction of the rating; NaN where a load flow did not converge.
    pub loading: ByElement,
    /// Voltage of the buses, pu; of three phases the one farthest from rated.
    pub u_pu: ByElement,
    /// `[congestion point][step]` power through the element towards the customers, W.
    pub through_w: Vec<Vec<f64>>,
    /// `[step]` losses, W.
    pub losses_w: Vec<f64>,
    /// Steps whose load flow did not converge.
    pub not_converged: usize,
}

impl Flows {
    pub(super) fn new(study: &Study) -> Flows {
        Flows {
            loading: ByElement::new(study.steps, study.grid.branches()),
            u_pu: ByElement::new(study.steps, study.grid.buses.len()),
            through_w: vec![vec![f64::NAN; study.steps]; study.congestion_points.len()],
            losses_w: vec![f64::NAN; study.steps],
            not_converged: 0,
        }
    }

    /// Keeps one step, which is row `row` of `s`.
    pub(super) fn keep(&mut self, study: &Study, step: usize, s: &Solution, row: usize) {
        let branches = s.branch_row(row);
        self.loading.set(step, s.loading[branches.clone()].iter().copied());
        self.u_pu.set(step, s.farthest_u_pu(row));
        for (through_w, cp) in self.through_w.iter_mut().zip(&study.congestion_points) {
            let b = branches.start + cp.branch.i();
            through_w[step] = if cp.from_is_upstream { s.p_from_w[b] } else { s.p_to_w[b] };
        }
        self.losses_w[step] = s.losses_w[row];
        self.not_converged += usize::from(!s.status[row].converged());
    }

    /// Takes over the step of a variant of the same power.
    fn take_over(&mut self, other: &Flows, step: usize) {
        self.loading.take_over(&other.loading, step);
        self.u_pu.take_over(&other.u_pu, step);
        for (to, from) in self.through_w.iter_mut().zip(&other.through_w) {
            to[step] = from[step];
        }
        self.losses_w[step] = other.losses_w[step];
        self.not_converged += usize::from(other.losses_w[step].is_nan());
    }
}

/// What the DSO's analyses expected; NaN where it did not look.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Loading of the branches, fraction of the rating.
    pub loading: ByElement,
    /// Voltage of the buses, pu; of three phases the one farthest from rated.
    pub u_pu: ByElement,
}

impl Expected {
    fn new(study: &Study) -> Expected {
        let buses = study.grid.buses.len();
        Expected { loading: ByElement::new(study.steps, study.grid.branches()), u_pu: ByElement::new(study.steps, buses) }
    }
}

/// Columns of a case.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Steps.
    pub steps: usize,
    /// Without flexibility, on today's grid.
    reference: Arc<Flows>,
    /// With orders; none where the case neither trades nor limits.
    orders: Option<Flows>,
    actual: Flows,
    /// Before trading.
    pub forecast: Expected,
    /// With orders.
    pub planned: Expected,
    /// `[congestion point][step]` regime.
    pub regime: Vec<Vec<Regime>>,
    /// `[congestion point][step]` signed shortage that FlexRequests were sent for, W: the largest of the day's requests.
    pub requested_w: Vec<Vec<f64>>,
    /// `[congestion point][step]` signed shortage left with all orders, W.
    pub unserved_w: Vec<Vec<f64>>,
    /// What only a load flow phase by phase tells of what really happens.
    pub phases: Option<PhaseColumns>,
    /// Moves of all tap changers in what really happens.
    pub tap_operations: usize,
}

/// What only a load flow phase by phase tells.
#[derive(Debug, Clone)]
pub struct PhaseColumns {
    /// Voltage unbalance `|U2|/|U1|` of the buses.
    pub unbalance: ByElement,
    /// `[step]` largest neutral displacement `|U0|` at a bus, pu.
    pub displacement_pu: Vec<f32>,
}

impl PhaseColumns {
    /// None for a study that is solved balanced.
    pub(super) fn new(study: &Study) -> Option<PhaseColumns> {
        let buses = study.grid.buses.len();
        (study.network.phases() == 3)
            .then(|| PhaseColumns { unbalance: ByElement::new(study.steps, buses), displacement_pu: vec![f32::NAN; study.steps] })
    }

    /// Keeps one step, which is row `row` of `s`.
    pub(super) fn keep(&mut self, step: usize, s: &Solution, row: usize) {
        let buses = self.unbalance.elements();
        let here = row * buses..(row + 1) * buses;
        self.unbalance.set(step, s.unbalance[here.clone()].iter().copied());
        self.displacement_pu[step] = s.displacement_pu[here].iter().copied().fold(0.0, f64::max) as f32;
    }

    fn take_over(&mut self, other: &PhaseColumns, step: usize) {
        self.unbalance.take_over(&other.unbalance, step);
        self.displacement_pu[step] = other.displacement_pu[step];
    }
}

impl Recording {
    pub(super) fn new(study: &Study, reference: Arc<Flows>, parted: bool) -> Recording {
        let (steps, points) = (study.steps, study.congestion_points.len());
        Recording {
            steps,
            reference,
            orders: parted.then(|| Flows::new(study)),
            actual: Flows::new(study),
            forecast: Expected::new(study),
            planned: Expected::new(study),
            regime: vec![vec![Regime::Green; steps]; points],
            requested_w: vec![vec![0.0; steps]; points],
            unserved_w: vec![vec![0.0; steps]; points],
            phases: PhaseColumns::new(study),
            tap_operations: 0,
        }
    }

    /// Steps without a solution in the variant that has most of them.
    #[must_use]
    pub fn unsolved_steps(&self) -> usize {
        Variant::ALL.into_iter().map(|variant| self.of(variant).not_converged).max().unwrap_or(0)
    }

    /// What the load flows of a variant found. Where a case neither trades nor limits, orders alone are what happens.
    #[must_use]
    pub fn of(&self, variant: Variant) -> &Flows {
        match variant {
            Variant::Free => &self.reference,
            Variant::Orders => self.orders.as_ref().unwrap_or(&self.actual),
            Variant::Actual => &self.actual,
        }
    }

    /// Keeps one step of a variant; `s` is a load flow of a single step.
    pub(super) fn step(&mut self, study: &Study, variant: Variant, step: usize, s: &Solution) {
        self.flows_mut(variant).keep(study, step, s, 0);
        if let (Variant::Actual, Some(phases)) = (variant, &mut self.phases) {
            phases.keep(step, s, 0);
        }
    }

    /// A variant takes over a step in which its power is the reference's.
    pub(super) fn as_reference(&mut self, variant: Variant, step: usize, phases: Option<&PhaseColumns>) {
        let reference = Arc::clone(&self.reference);
        self.flows_mut(variant).take_over(&reference, step);
        if let (Variant::Actual, Some(own), Some(theirs)) = (variant, &mut self.phases, phases) {
            own.take_over(theirs, step);
        }
    }

    /// Whether orders alone are a variant of their own.
    pub(super) fn has_orders(&self) -> bool {
        self.orders.is_some()
    }

    fn flows_mut(&mut self, variant: Variant) -> &mut Flows {
        match (variant, &mut self.orders) {
            (Variant::Orders, Some(orders)) => orders,
            (Variant::Actual, _) => &mut self.actual,
            (Variant::Free, _) | (Variant::Orders, None) => unreachable!("a variant that the case does not have"),
        }
    }

    /// What really happens takes over a step from orders alone, which had the same power.
    pub(super) fn as_orders(&mut self, step: usize, s: &Solution) {
        if let Some(orders) = &self.orders {
            self.actual.take_over(orders, step);
        }
        if let Some(phases) = &mut self.phases {
            phases.keep(step, s, 0);
        }
    }

    /// Keeps a DSO analysis, one row per ISP spread over its steps.
    pub(super) fn analysis(&mut self, study: &Study, period: &Period, with_orders: bool, day: &Expectation) {
        let per_isp = study.steps_per_isp();
        for (row, step) in study.steps_of(period).enumerate() {
            let isp = row / per_isp;
            let expected = if with_orders { &mut self.planned } else { &mut self.forecast };
            expected.loading.share(step, &day.loading[isp]);
            expected.u_pu.share(step, &day.u_pu[isp]);
            if with_orders {
                self.planned.loading.take_over_same(&self.forecast.loading, step);
                self.planned.u_pu.take_over_same(&self.forecast.u_pu, step);
            }
        }
    }

    /// A limitation acts at a congestion point.
    pub(super) fn limited(&mut self, cp: CpIdx, step: usize) {
        self.regime[cp.i()][step] = Regime::Orange;
    }

    /// Keeps what a request asks for; what is sent to several aggregators, or again in a later round, is one shortage.
    pub(super) fn requested(&mut self, study: &Study, request: &FlexRequest) {
        let address = &request.flex.congestion_point;
        let Some(cp) = study.congestion_points.iter().position(|c| c.public.address == *address) else { return };
        let Some(period) = study.periods.iter().find(|p| p.date == request.flex.period) else { return };
        let bounds = |i: &FlexRequestIsp| Bounds { min: i.min_power, max: i.max_power, requested: i.disposition == Disposition::Requested };
        let near_w = series(period, 0.0, request.isps.iter().map(|i| (i.run, bounds(i).near().as_f64())));
        let per_isp = study.steps_per_isp();
        for (row, step) in study.steps_of(period).enumerate() {
            let asked_w = near_w.values()[row / per_isp];
            if asked_w.abs() > self.requested_w[cp][step].abs() {
                self.requested_w[cp][step] = asked_w;
                self.regime[cp][step] = self.regime[cp][step].max(Regime::Yellow);
            }
        }
    }

    /// Keeps what the market left.
    pub(super) fn unserved(&mut self, study: &Study, cp: CpIdx, period: &Period, unserved_w: &[f64]) {
        let per_isp = study.steps_per_isp();
        for (row, step) in study.steps_of(period).enumerate() {
            self.unserved_w[cp.i()][step] = unserved_w[row / per_isp];
        }
    }
}
