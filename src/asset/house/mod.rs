//! A house: building, heat pump and hot-water tank under one energy manager.
//!
//! ```text
//! building     two states, exact step            heat_pump    performance, heat at full speed, modulation, rod
//! tank         one node, closed form             water        draw-offs
//! comfort      band and habits through a week    typology     buildings by country, age, refurbishment
//! sheet        the data sheet                    control      what happens in a step
//! schedule     the linear programme of rooms     plan         the plan of a Period
//! ```

pub mod building;
pub mod comfort;
mod control;
pub mod heat_pump;
mod plan;
pub mod schedule;
mod sheet;
pub mod tank;
pub mod typology;
pub mod water;

use std::sync::Arc;

use crate::time::{SimDuration, SimTime};

use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};

use self::building::Warmth;
pub use self::control::Indoors;
use self::control::Outside;
pub use self::sheet::House;

/// A house as it really is.
#[derive(Debug, Clone, PartialEq)]
pub struct Inhabited {
    /// Temperatures and controls.
    pub inside: Indoors,
    /// Draw-offs of hot water in each quarter hour of the clock, see [`water::litres`].
    draws: Arc<[u8]>,
}

/// Cost of a kelvin below the set point and within the band, € per hour.
const COOLER_EUR_KH: f64 = 0.02;
/// Cost of a kelvin below the comfort band while people are at home, € per hour.
pub const COLD_EUR_KH: f64 = 0.5;

impl House {
    /// The house when a run begins at `start`: at its set point, with the mass half a kelvin below it and a warm tank.
    #[must_use]
    pub fn begins(&self, seed: u64, id: &str, start: SimTime) -> Inhabited {
        let usual_c = self.comfort.want(self.clock.quarter(self.clock.row(start))).target_c;
        let warmth = Warmth { air_c: usual_c, mass_c: usual_c - 0.5 };
        let since = start - SimDuration::hours(24);
        let inside = Indoors { warmth, tank_c: 50.0, refill: false, on: false, since, saved_wh: 0.0 };
        Inhabited { inside, draws: water::draws(seed, id, self.people, &self.clock) }
    }

    /// What its instruments show.
    #[must_use]
    pub fn shows(&self, state: &Inhabited, at: SimTime) -> Reading {
        let Indoors { warmth, tank_c, .. } = state.inside;
        Reading { at, house_c: [warmth.air_c, warmth.mass_c, tank_c], ..Reading::default() }
    }
}

impl Model for House {
    type State = Inhabited;
    type Seen = Option<Reading>;

    fn step(&self, state: &mut Inhabited, moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
        let weather = moment.weather.expect("houses stand in the weather");
        let sky = weather.grid.index(moment.start);
        let row = self.clock.row(moment.start);
        let heated = self.heated(moment.step);
        let outside = Outside {
            start: moment.start,
            step_s: moment.step.0 as f64,
            heated: &heated,
            ahead: &self.heated_ahead(moment.step),
            outdoor_c: weather.air_c[sky],
            sun_w: self.sun_w(&weather.facade_w_m2, sky),
            holding: &self.holding(state.draws[row], moment.step),
            cold_c: self.clock.cold_c(row),
            want: &self.comfort.want(self.clock.quarter(row)),
        };
        let acted = self.act(&mut state.inside, &outside, set_w, cap.consumption_w);
        let flow = Flow {
            p_w: acted.p_w,
            q_var: acted.p_w * self.pump.tan_phi,
            capped_w: acted.capped_w,
            heat_wh: acted.heat_wh,
            cold_kh: acted.cold_kh,
            ..Flow::default()
        };
        (flow, self.shows(state, moment.start + moment.step))
    }

    fn unread(&self) -> Option<Reading> {
        None
    }

    fn read(&self, seen: &mut Option<Reading>, reading: &Reading) {
        *seen = Some(*reading);
    }

    /// Heats where it is cheapest within the comfort band.
    fn plan(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
        let inside = self.at_start(seen.as_ref(), outlook, task);
        self.plan_all(&inside, &self.slots_ahead(outlook, task), task)
    }

    /// Heats as its thermostats say.
    fn unsteered(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
        let (ahead, slot) = (self.slots_ahead(outlook, task), task.period.isp());
        let mut inside = self.at_start(seen.as_ref(), outlook, task);
        let starts = task.period.iter().map(|isp| task.period.isp_start(isp));
        ahead.iter().zip(starts).map(|(a, t)| self.expect(&mut inside, a, t, slot, f64::NAN).p_w).collect()
    }

    fn envelope(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>) -> Envelope {
        let (ahead, slot) = (self.slots_ahead(outlook, task), task.period.isp());
        let begins = self.at_start(seen.as_ref(), outlook, task);
        let energy_wh = |set_w: f64| {
            let mut inside = begins;
            let starts = task.period.iter().map(|isp| task.period.isp_start(isp));
            ahead.iter().zip(starts).map(|(a, t)| self.expect(&mut inside, a, t, slot, set_w).p_w).sum::<f64>() * slot.as_hours()
        };
        let most_w = ahead.iter().map(|a| self.pump.standby_w + a.full_w / a.cop).collect();
        Envelope { least_w: vec![0.0; ahead.len()], most_w, energy_wh: (energy_wh(f64::NEG_INFINITY), energy_wh(f64::INFINITY)) }
    }

    /// Heat that is moved, within the comfort band, to a Period that ends as warm as planned.
    fn replan(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        let inside = self.at_start(seen.as_ref(), outlook, task);
        self.plan_anew(&inside, &self.slots_ahead(outlook, task), task, base_w, ask)
    }

    /// Energy, and comfort: kelvins below the set point while people are at home, more below the band.
    fn cost(&self, seen: &Option<Reading>, outlook: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
        let (ahead, slot) = (self.slots_ahead(outlook, task), task.period.isp());
        let mut inside = self.at_start(seen.as_ref(), outlook, task);
        let mut comfort = 0.0;
        for ((a, isp), p_w) in ahead.iter().zip(task.period.iter()).zip(plan_w) {
            let acted = self.expect(&mut inside, a, task.period.isp_start(isp), slot, *p_w);
            if a.want.home {
                let cooler_k = (a.want.target_c - inside.warmth.air_c).clamp(0.0, a.want.target_c - a.want.low_c);
                comfort += COOLER_EUR_KH * cooler_k * slot.as_hours() + COLD_EUR_KH * acted.cold_kh;
            }
        }
        Cost { energy: task.energy_cost(plan_w), wear: 0.0, comfort }
    }

    fn is_curved(&self) -> bool {
        true
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::Shiftable
    }

    fn rated_w(&self) -> (f64, f64) {
        (self.largest_w(), 0.0)
    }

    fn limitable(&self) -> bool {
        true
    }

    fn content(&self) -> Content {
        Content::None
    }
}
