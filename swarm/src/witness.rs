//! The bystander of a run: keeps what every device did, what every connection drew, and in order what participants were told and
//! what they wanted.

use copperplate::agent::{Action, Input};
use copperplate::ids::{AssetIdx, Domain};
use copperplate::powerflow::Solution;
use copperplate::scenario::study::Study;
use copperplate::sim::{DeviceStep, Observer, Variant};
use copperplate::time::SimTime;

/// What was heard of a participant.
pub(crate) enum Heard {
    Told(Input),
    Wanted(Action),
}

/// Everything seen and heard.
pub(crate) struct Witness {
    devices: usize,
    connections: usize,
    /// `[variant][step · devices + device]`; empty for variants that are not shown device by device.
    seen: [Vec<Option<DeviceStep>>; 3],
    /// `[variant][step · connections + connection]`, W.
    p_w: [Vec<f64>; 3],
    /// `[variant][step]`
    pub(crate) flows: [Vec<Flow>; 3],
    /// `[step][bus]` of what happened; empty rows if balanced.
    pub(crate) unbalance: Vec<Vec<f64>>,
    pub(crate) heard: Vec<(SimTime, Domain, Heard)>,
}

/// The load flow of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    pub(crate) converged: bool,
    pub(crate) source_w: f64,
    pub(crate) losses_w: f64,
}

impl Witness {
    pub(crate) fn new(study: &Study) -> Witness {
        Witness {
            devices: study.assets.len() + study.vehicles.len() + study.batteries.len(),
            connections: study.grid.connections.len(),
            seen: Default::default(),
            p_w: Default::default(),
            flows: Default::default(),
            unbalance: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// What a device did in every step of a variant; nothing if the variant is not shown.
    pub(crate) fn device(&self, variant: Variant, device: AssetIdx) -> Vec<DeviceStep> {
        let rows = self.seen[variant as usize].chunks(self.devices);
        rows.map(|row| row[device.i()].expect("every device is shown in every step")).collect()
    }

    /// Whether a variant is shown device by device.
    pub(crate) fn shows(&self, variant: Variant) -> bool {
        !self.seen[variant as usize].is_empty()
    }

    /// What the devices did in a step of a variant.
    pub(crate) fn devices_at(&self, variant: Variant, step: usize) -> impl Iterator<Item = &DeviceStep> {
        self.seen[variant as usize][step * self.devices..][..self.devices].iter().flatten()
    }

    /// Power of the connections in a step, W.
    pub(crate) fn connections_at(&self, variant: Variant, step: usize) -> &[f64] {
        &self.p_w[variant as usize][step * self.connections..][..self.connections]
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
        let rows = &mut self.seen[seen.variant as usize];
        let at = seen.step * self.devices + seen.device.i();
        if rows.len() <= at {
            rows.resize((seen.step + 1) * self.devices, None);
        }
        rows[at] = Some(*seen);
    }

    fn step(&mut self, variant: Variant, _step: usize, p_w: &[f64], _q_var: &[f64], s: &Solution) {
        self.p_w[variant as usize].extend_from_slice(p_w);
        let flow = Flow { converged: s.status[0].converged(), source_w: s.source_p_w[0], losses_w: s.losses_w[0] };
        self.flows[variant as usize].push(flow);
        if variant == Variant::Actual {
            self.unbalance.push(s.unbalance.clone());
        }
    }

    fn told(&mut self, now: SimTime, who: &Domain, input: &Input) {
        self.heard.push((now, who.clone(), Heard::Told(input.clone())));
    }

    fn wanted(&mut self, now: SimTime, who: &Domain, action: &Action) {
        self.heard.push((now, who.clone(), Heard::Wanted(action.clone())));
    }
}
