//! The reference: what happens without any flexibility, on today's grid. It is one per set of parameters and seed, is computed
//! before strategies fan out, and every strategy is measured against it.

use std::sync::Arc;

use crate::agent::agenda::Handover;
use crate::asset::{Cap, Flexibility, Reading};
use crate::forecast::Model;
use crate::powerflow::Solution;
use crate::scenario::study::Study;
use crate::time::SimTime;

use super::fleet::{Fleet, Heat};
use super::household::{self, Schedules, expected_prices, isp_prices};
use super::learned::Forecasts;
use super::observer::{DeviceStep, Nobody, Observer};
use super::outlook::Skies;
use super::physics::Physics;
use super::potential::{self, Potential};
use super::power::Power;
use super::readings::Readings;
use super::recorder::{Flows, PhaseColumns, Variant};
use super::scores::ForecastRecord;

/// The truth without flexibility.
#[derive(Debug, Clone)]
pub struct Reference {
    /// What its load flows found.
    pub flows: Arc<Flows>,
    /// What they found of the phases.
    pub phases: Option<Arc<PhaseColumns>>,
    /// Moves of all tap changers.
    pub tap_operations: usize,
    /// Energy that users left without, Wh.
    pub unserved_wh: f64,
    /// Energy that vehicles still want when it is over, Wh.
    pub owed_wh: f64,
    /// Energy in batteries then beyond that at the beginning, Wh.
    pub stored_change_wh: f64,
    /// What heat pumps of houses did.
    pub heat: Heat,
    /// Households' plans, Period by Period, and the readings they rest on.
    pub(super) plans: Vec<Schedules>,
    pub(super) rest_on: Vec<Vec<Reading>>,
    /// What they would plan at prices that are only expected.
    pub(super) early: Vec<Schedules>,
    /// Power of devices that can shift, step by step, W.
    shiftable: Vec<usize>,
    shiftable_w: Vec<f32>,
    /// What vehicles, houses and batteries could give and take, where the study follows single households.
    pub(super) potential: Option<Arc<Potential>>,
    /// Fingerprint of all powers, step by step.
    fingerprints: Vec<u64>,
    /// What everybody learns from readings, where forecasts are learned.
    pub(super) learned: Option<Forecasts>,
    /// How good that turned out to be.
    pub forecasts: Option<Arc<ForecastRecord>>,
}

impl Reference {
    /// The reference of a study.
    #[must_use]
    pub fn new(study: &Study) -> Reference {
        Reference::observed(study, &mut Nobody)
    }

    /// The reference of a study, before a bystander; it is the variant [`Variant::Free`].
    #[must_use]
    pub fn observed(study: &Study, observer: &mut dyn Observer) -> Reference {
        let devices = 0..study.devices.len();
        let shiftable: Vec<usize> = devices.filter(|d| study.devices[*d].device.flexibility() == Flexibility::Shiftable).collect();
        let mut run = Run {
            study,
            skies: Skies::new(study),
            fleet: Fleet::new(study),
            physics: Physics::new(study, &study.grid, Arc::clone(&study.network)),
            flows: Flows::new(study),
            phases: PhaseColumns::new(study),
            plans: Vec::new(),
            rest_on: Vec::new(),
            early: Vec::new(),
            potential: study.follows_households().then(Potential::default),
            shiftable_w: Vec::with_capacity(shiftable.len() * study.steps),
            shiftable,
            fingerprints: Vec::with_capacity(study.steps),
            observer,
        };
        for k in 0..study.periods.len() {
            run.day(k);
        }
        let (learned, forecasts) = match &study.forecast {
            Model::Learned(learned) => {
                let readings = Readings::new(study, learned, &run.skies, &run.shiftable, &run.shiftable_w);
                let forecasts = Forecasts::new(study, learned, &readings);
                let record = ForecastRecord::new(study, &forecasts, &readings);
                (Some(forecasts), Some(Arc::new(record)))
            }
            Model::Perfect | Model::Persistence | Model::Synthetic(_) => (None, None),
        };
        Reference {
            forecasts,
            flows: Arc::new(run.flows),
            phases: run.phases.map(Arc::new),
            tap_operations: run.physics.tap_operations,
            unserved_wh: run.fleet.unserved_wh,
            owed_wh: run.fleet.owed_wh(),
            heat: run.fleet.heat,
            stored_change_wh: run.fleet.stored_change_wh(),
            plans: run.plans,
            rest_on: run.rest_on,
            early: run.early,
            potential: run.potential.map(Arc::new),
            shiftable: run.shiftable,
            shiftable_w: run.shiftable_w,
            fingerprints: run.fingerprints,
            learned,
        }
    }

    /// Power of shiftable device `d` in a step, W.
    pub(super) fn device_w(&self, d: usize, step: usize) -> f32 {
        let k = self.shiftable.binary_search(&d).expect("a device that can shift");
        self.shiftable_w[step * self.shiftable.len() + k]
    }

    /// Whether all powers of a step were these.
    pub(super) fn had(&self, step: usize, power: &Power) -> bool {
        self.fingerprints[step] == fingerprint(power)
    }
}

/// Steps solved side by side: their results stay in the cache, and little of a large feeder's day in memory.
const STEPS: usize = 16;

/// The reference in the making.
struct Run<'a, 'o> {
    study: &'a Study,
    skies: Skies<'a>,
    fleet: Fleet<'a>,
    physics: Physics<'a>,
    flows: Flows,
    phases: Option<PhaseColumns>,
    plans: Vec<Schedules>,
    rest_on: Vec<Vec<Reading>>,
    early: Vec<Schedules>,
    potential: Option<Potential>,
    shiftable: Vec<usize>,
    shiftable_w: Vec<f32>,
    fingerprints: Vec<u64>,
    observer: &'o mut dyn Observer,
}

impl Run<'_, '_> {
    /// A day: households plan the next one while it goes on.
    fn day(&mut self, k: usize) {
        let study = self.study;
        let steps: Vec<usize> = study.steps_of(&study.periods[k]).collect();
        for some in steps.chunks(STEPS) {
            let (mut p_w, mut q_var) = (Vec::new(), Vec::new());
            for &step in some {
                self.plan_until(study.step_start(step), k + 1);
                let power = self.act(k, step);
                self.fingerprints.push(fingerprint(&power));
                p_w.extend_from_slice(&power.p_w);
                q_var.extend_from_slice(&power.q_var);
            }
            self.solve(some, &p_w, &q_var);
        }
    }

    /// Makes the plans that are due by `t`, of Periods up to `last`.
    fn plan_until(&mut self, t: SimTime, last: usize) {
        let study = self.study;
        let timetable = &study.timetable;
        for k in self.early.len()..study.periods.len().min(last + 1) {
            if timetable.known(Handover::EarlyForecast, &study.calendar, &study.periods[k]) > t && k > 0 {
                break;
            }
            let plan = household::plan(study, &self.skies, k, &expected_prices(study, k), self.fleet.readings(), self.plans.last());
            self.early.push(plan);
        }
        for k in self.plans.len()..study.periods.len().min(last + 1) {
            if timetable.known(Handover::Prices, &study.calendar, &study.periods[k]) > t && k > 0 {
                break;
            }
            let plan = household::plan(study, &self.skies, k, &isp_prices(study, k), self.fleet.readings(), self.plans.last());
            if let Some(early) = self.early.get_mut(k) {
                share(early, &plan);
            }
            self.rest_on.push(self.fleet.readings().to_vec());
            self.plans.push(plan);
        }
    }

    /// Lets every device do what its household planned.
    fn act(&mut self, k: usize, step: usize) -> Power {
        let study = self.study;
        let start = study.step_start(step);
        let isp = study.periods[k].isp_at(start).expect("a step lies in its Period").offset();
        let mut moment = study.moment(start);
        let mut power = Power::zero(study.grid.connections.len());
        let clock = study.calendar.local_time(start);
        let asked = k < potential::DAYS && clock.minute() == 0 && self.potential.is_some();
        let mut could = [(0.0, 0.0); 4];
        for (d, spec) in study.devices.iter().enumerate() {
            let planned_w = match &self.plans[k][d] {
                None => f64::NEG_INFINITY,
                Some(_) if !spec.steered => f64::NAN,
                Some(plan) => plan[isp],
            };
            moment.others_w = power.p_w[spec.connection.i()];
            let kind = potential::kind(&spec.device).filter(|_| asked);
            let ends_w = kind.map(|_| [f64::NEG_INFINITY, f64::INFINITY].map(|far_w| self.fleet.answer_w(d, &moment, far_w)));
            let flow = self.fleet.step(d, &moment, planned_w, Cap::NONE);
            if let (Some(kind), Some([least_w, most_w])) = (kind, ends_w) {
                could[kind].0 += (flow.p_w - least_w).max(0.0);
                could[kind].1 += (most_w - flow.p_w).max(0.0);
            }
            power.add(spec.connection, &flow);
            if spec.device.flexibility() == Flexibility::Shiftable {
                self.shiftable_w.push(flow.p_w as f32);
            }
            self.observer.device(&DeviceStep::of(Variant::Free, step, d, planned_w, &flow, &self.fleet.readings()[d]));
        }
        if let Some(potential) = self.potential.as_mut().filter(|_| asked) {
            potential.add(clock.hour() as usize, could);
        }
        power
    }

    /// The load flows of some steps: side by side where one leaves nothing behind for the next.
    fn solve(&mut self, steps: &[usize], p_w: &[f64], q_var: &[f64]) {
        let n = self.study.grid.connections.len();
        let apart = self.physics.memoryless();
        if apart {
            self.physics.solve_apart(p_w, q_var);
        }
        for (k, &step) in steps.iter().enumerate() {
            let mut power = Power { p_w: p_w[k * n..][..n].to_vec(), q_var: q_var[k * n..][..n].to_vec() };
            let row = if apart { k } else { 0 };
            match apart {
                true => self.physics.respond(&self.physics.solution, row, &mut power),
                false => self.physics.solve(Variant::Free, &mut power),
            }
            let solution = std::mem::take(&mut self.physics.solution);
            self.keep(step, &power, &solution, row);
            self.physics.solution = solution;
        }
    }

    fn keep(&mut self, step: usize, power: &Power, solution: &Solution, row: usize) {
        self.flows.keep(self.study, step, solution, row);
        if let Some(phases) = &mut self.phases {
            phases.keep(step, solution, row);
        }
        self.observer.step(Variant::Free, step, &power.p_w, &power.q_var, Some((solution, row)));
    }
}

/// Keeps plans once that stayed as they were.
fn share(early: &mut Schedules, plans: &Schedules) {
    for (early, plan) in early.iter_mut().zip(plans) {
        if early == plan {
            early.clone_from(plan);
        }
    }
}

/// A number for all powers of a step; equal powers have equal ones, and others almost surely do not.
fn fingerprint(power: &Power) -> u64 {
    let bits = power.p_w.iter().chain(&power.q_var).map(|x| x.to_bits());
    bits.fold(0x9e37_79b9_7f4a_7c15, |h: u64, x| (h.rotate_left(23) ^ x).wrapping_mul(0xff51_afd7_ed55_8ccd))
}
