//! Vehicles and batteries as they really behave, in one of the three variants of a case.

use crate::scenario::study::Study;
use crate::time::{SimDuration, SimTime};

/// State of every vehicle and battery in one variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fleet {
    /// Per vehicle: the session it is in, as a row of its evenings, and what it still wants.
    sessions: Vec<Option<(usize, f64)>>,
    next: Vec<usize>,
    pub(super) stored_wh: Vec<f64>,
    /// Energy vehicles left without.
    pub(super) unserved_wh: f64,
}

/// What a plugged-in vehicle allows in a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Charge {
    /// What it would draw following its plan, W.
    pub(super) power_w: f64,
    /// What it must draw to be ready in time, W.
    pub(super) must_w: f64,
}

impl Fleet {
    pub(super) fn new(study: &Study) -> Fleet {
        Fleet {
            sessions: vec![None; study.vehicles.len()],
            next: vec![0; study.vehicles.len()],
            stored_wh: study.batteries.iter().map(|b| 0.5 * b.battery.capacity_wh).collect(),
            unserved_wh: 0.0,
        }
    }

    /// Plugs vehicles in and out at the start of a step.
    pub(super) fn turn_over(&mut self, study: &Study, t: SimTime) {
        for (v, spec) in study.vehicles.iter().enumerate() {
            if let Some((row, left)) = self.sessions[v]
                && spec.evenings[row].real.departure <= t
            {
                self.unserved_wh += left;
                self.sessions[v] = None;
            }
            while self.sessions[v].is_none() && spec.evenings.get(self.next[v]).is_some_and(|e| e.real.arrival <= t) {
                let real = spec.evenings[self.next[v]].real;
                if real.departure > t {
                    self.sessions[v] = Some((self.next[v], real.energy_wh));
                }
                self.next[v] += 1;
            }
        }
    }

    /// What vehicle `v` would draw, given its plan; zero when it is away.
    pub(super) fn charge(&self, study: &Study, v: usize, planned_w: f64, t: SimTime, step: SimDuration) -> Charge {
        let Some((row, left)) = self.sessions[v] else { return Charge { power_w: 0.0, must_w: 0.0 } };
        let spec = &study.vehicles[v];
        let hours_left = (spec.evenings[row].real.departure - t).as_hours();
        let power = |planned| crate::asset::ev::charging_power_w(planned, spec.max_power_w, left, hours_left, step.as_hours());
        Charge { power_w: power(planned_w), must_w: power(0.0) }
    }

    /// Energy that vehicle `v` still wants; zero when it is away.
    pub(super) fn wanted_wh(&self, v: usize) -> f64 {
        self.sessions[v].map_or(0.0, |(_, left)| left)
    }

    /// Energy that went into vehicle `v`.
    pub(super) fn charged(&mut self, v: usize, wh: f64) {
        if let Some((_, left)) = &mut self.sessions[v] {
            *left = (*left - wh).max(0.0);
        }
    }
}
