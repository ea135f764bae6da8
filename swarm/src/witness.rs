//! The bystander of a run: keeps what every device did, what every connection drew, and in order what participants were told and
//! what they wanted.

use std::sync::Arc;

use copperplate::agent::{Action, Input};
use copperplate::ids::{AssetIdx, BranchIdx, Domain};
use copperplate::powerflow::Solution;
use copperplate::scenario::study::Study;
use copperplate::sim::{DeviceStep, Observer, Variant};
use copperplate::time::SimTime;

/// What was heard of a participant.
pub(crate) enum Heard {
    Told(Input),
    Wanted(Action),
}

/// What was seen of one variant.
#[derive(Default)]
struct Seen {
    /// `[step · devices + device]`
    devices: Vec<Option<DeviceStep>>,
    /// `[step · connections + connection]`, W.
    p_w: Vec<f64>,
    /// `[step]`
    flows: Vec<Flow>,
    /// Steps whose answer was taken from the variant without flexibility although the powers differ.
    borrowed: Vec<usize>,
}

/// Everything seen and heard.
pub(crate) struct Witness {
    devices: usize,
    connections: usize,
    points: Arc<Vec<Point>>,
    /// Without flexibility: what the reference showed, once for all strategies.
    free: Arc<Seen>,
    orders: Seen,
    actual: Seen,
    pub(crate) heard: Vec<(SimTime, Domain, Heard)>,
}

/// The load flow of a step.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) converged: bool,
    pub(crate) source_w: f64,
    pub(crate) losses_w: f64,
    /// By congestion point, currents at the from/hv and the to/lv end of its branch, A: of a balanced load flow from power and
    /// voltage there.
    pub(crate) current_a: Vec<[f64; 2]>,
    /// By bus; empty if balanced.
    pub(crate) unbalance: Vec<f64>,
}

impl Witness {
    pub(crate) fn new(study: &Study) -> Witness {
        Witness {
            devices: study.devices.len(),
            connections: study.grid.connections.len(),
            points: Arc::new(study.congestion_points.iter().map(|p| Point::of(study, p.branch)).collect()),
            free: Arc::default(),
            orders: Seen::default(),
            actual: Seen::default(),
            heard: Vec::new(),
        }
    }

    /// A witness of a strategy, who has seen the reference before.
    pub(crate) fn after(&self) -> Witness {
        Witness {
            devices: self.devices,
            connections: self.connections,
            points: Arc::clone(&self.points),
            free: Arc::clone(&self.free),
            orders: Seen::default(),
            actual: Seen::default(),
            heard: Vec::new(),
        }
    }

    fn of(&self, variant: Variant) -> &Seen {
        match variant {
            Variant::Free => &self.free,
            Variant::Orders => &self.orders,
            Variant::Actual => &self.actual,
        }
    }

    fn of_mut(&mut self, variant: Variant) -> &mut Seen {
        match variant {
            Variant::Free => Arc::get_mut(&mut self.free).expect("the reference is shown before any strategy runs"),
            Variant::Orders => &mut self.orders,
            Variant::Actual => &mut self.actual,
        }
    }

    /// What a device did in every step of a variant; nothing if the variant was not shown.
    pub(crate) fn device(&self, variant: Variant, device: AssetIdx) -> Vec<DeviceStep> {
        let rows = self.of(variant).devices.chunks(self.devices.max(1));
        rows.map(|row| row[device.i()].expect("every device is shown in every step")).collect()
    }

    /// Whether a variant was shown.
    pub(crate) fn shows(&self, variant: Variant) -> bool {
        !self.of(variant).flows.is_empty()
    }

    /// What the devices did in a step of a variant.
    pub(crate) fn devices_at(&self, variant: Variant, step: usize) -> impl Iterator<Item = &DeviceStep> {
        self.of(variant).devices[step * self.devices..][..self.devices].iter().flatten()
    }

    /// Power of the connections in a step, W.
    pub(crate) fn connections_at(&self, variant: Variant, step: usize) -> &[f64] {
        &self.of(variant).p_w[step * self.connections..][..self.connections]
    }

    /// Whether every step of every variant that was solved has a load flow.
    pub(crate) fn all_solved(&self) -> bool {
        Variant::ALL.into_iter().all(|variant| self.flows(variant).iter().all(|flow| flow.converged))
    }

    /// The load flows of a variant.
    pub(crate) fn flows(&self, variant: Variant) -> &[Flow] {
        &self.of(variant).flows
    }

    /// Steps of a variant that took the reference's answer for other powers.
    pub(crate) fn borrowed(&self, variant: Variant) -> &[usize] {
        &self.of(variant).borrowed
    }

    /// What participants wanted, in order.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = (SimTime, &Domain, &Action)> {
        self.heard.iter().filter_map(|(t, who, heard)| match heard {
            Heard::Wanted(action) => Some((*t, who, action)),
            Heard::Told(_) => None,
        })
    }

    /// What they were told, in order.
    pub(crate) fn told(&self) -> impl Iterator<Item = (SimTime, &Domain, &Input)> {
        self.heard.iter().filter_map(|(t, who, heard)| match heard {
            Heard::Told(input) => Some((*t, who, input)),
            Heard::Wanted(_) => None,
        })
    }
}

impl Observer for Witness {
    fn device(&mut self, seen: &DeviceStep) {
        let at = seen.step * self.devices + seen.device.i();
        let after = (seen.step + 1) * self.devices;
        let rows = &mut self.of_mut(seen.variant).devices;
        if rows.len() <= at {
            rows.resize(after, None);
        }
        rows[at] = Some(*seen);
    }

    fn step(&mut self, variant: Variant, step: usize, p_w: &[f64], _q_var: &[f64], answer: Option<(&Solution, usize)>) {
        let mut borrowed = false;
        let flow = match answer {
            Some((solution, row)) => Flow::of(solution, row, &self.points),
            None => {
                borrowed = self.connections_at(Variant::Free, step) != p_w;
                self.free.flows[step].clone()
            }
        };
        let seen = self.of_mut(variant);
        seen.p_w.extend_from_slice(p_w);
        seen.flows.push(flow);
        if borrowed {
            seen.borrowed.push(step);
        }
    }

    fn told(&mut self, now: SimTime, who: &Domain, input: &Input) {
        self.heard.push((now, who.clone(), Heard::Told(input.clone())));
    }

    fn wanted(&mut self, now: SimTime, who: &Domain, action: &Action) {
        self.heard.push((now, who.clone(), Heard::Wanted(action.clone())));
    }
}

/// Where a congestion point's branch is.
struct Point {
    branch: usize,
    buses: [usize; 2],
    /// Rated voltages of the buses, V.
    u_rated_v: [f64; 2],
}

impl Point {
    fn of(study: &Study, branch: BranchIdx) -> Point {
        let (from, to) = study.grid.branch_buses(branch);
        let buses = [from, to];
        Point { branch: branch.i(), buses: buses.map(|b| b.i()), u_rated_v: buses.map(|b| study.grid.buses[b.i()].u_rated_v) }
    }

    fn current_a(&self, s: &Solution, row: usize) -> [f64; 2] {
        let at = row * s.branches + self.branch;
        if s.phases == 3 {
            return [s.i_from_a[at], s.i_to_a[at]];
        }
        let u_v = |end: usize| s.u_pu[row * s.buses + self.buses[end]] * self.u_rated_v[end];
        let amperes = |p_w: f64, q_var: f64, end: usize| (p_w * p_w + q_var * q_var).sqrt() / (3.0_f64.sqrt() * u_v(end));
        [amperes(s.p_from_w[at], s.q_from_var[at], 0), amperes(s.p_to_w[at], s.q_to_var[at], 1)]
    }
}

impl Flow {
    fn of(s: &Solution, row: usize, points: &[Point]) -> Flow {
        let unbalance = if s.phases == 3 { s.unbalance[row * s.buses..][..s.buses].to_vec() } else { Vec::new() };
        Flow {
            converged: s.status[row].converged(),
            source_w: s.source_p_w[row],
            losses_w: s.losses_w[row],
            current_a: points.iter().map(|p| p.current_a(s, row)).collect(),
            unbalance,
        }
    }
}
