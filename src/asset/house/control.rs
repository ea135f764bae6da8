//! What a heat pump does in a step: its own control, which follows a set point as far as comfort allows.
//!
//! In this order:
//!
//! 1. A tank below 45 °C is heated to 52 °C.
//! 2. Rooms get what brings them to the guard of the comfort band within a quarter hour; the rod helps where the heat pump at full power,
//!    with the tank to heat, does not get there in this time.
//! 3. The rest of the set point goes to rooms up to their target, to the tank up to 52 °C, to rooms up to the top of the
//!    band, to the tank up to 55 °C. What does not fit is not drawn. Without a set point, rooms are
//!    heated to their target, no faster than the heating curve allows: it lets out
//!    the loss of the house, so people, appliances and sun are what warms it up.
//! 4. Below its least share the heat pump is on or off: where comfort asks for heat, it is on; what a set point asks for is
//!    saved up until it is worth a run. It runs and pauses for its least times.
//! 5. A cap takes from the rod, the tank and the rooms, in this order.

use crate::time::SimTime;

use super::building::Warmth;
use super::comfort::Want;
use super::heat_pump::Sink;
use super::sheet::{Heated, House};
use super::tank::Holding;

/// A tank is heated from here on, °C …
pub(super) const REFILL_C: f64 = 45.0;
/// … to here, °C.
pub(super) const FULL_C: f64 = 52.0;
/// As hot as the heat pump makes it where power is to be had, °C.
const HOTTEST_C: f64 = 55.0;
/// Heat that is nothing, W.
const NOTHING_W: f64 = 1e-6;

/// The inside of a house.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indoors {
    /// Air and mass.
    pub warmth: Warmth,
    /// Hot water, °C.
    pub tank_c: f64,
    /// Whether the tank is being heated up.
    pub refill: bool,
    /// Whether the heat pump is on.
    pub on: bool,
    /// Since when it is that.
    pub since: SimTime,
    /// Heat that set points asked for and that was not worth a run yet, Wh.
    pub saved_wh: f64,
}

/// What comes from outside in a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outside<'a> {
    pub start: SimTime,
    pub step_s: f64,
    pub heated: &'a Heated,
    /// The same over the time within which comfort has to hold, and that time, s.
    pub ahead: &'a (Heated, f64),
    pub outdoor_c: f64,
    pub sun_w: f64,
    /// What the step does to the tank, and cold water, °C.
    pub holding: &'a Holding,
    pub cold_c: f64,
    pub want: &'a Want,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Acted {
    pub p_w: f64,
    pub capped_w: f64,
    pub heat_wh: f64,
    pub cold_kh: f64,
}

/// Heat from the heat pump into rooms and tank, and from the rod, W.
#[derive(Debug, Clone, Copy, Default)]
struct Heat {
    rooms_w: f64,
    water_w: f64,
    rod_w: f64,
}

impl House {
    /// Lets a step happen indoors.
    pub(super) fn act(&self, inside: &mut Indoors, outside: &Outside<'_>, set_w: f64, cap_w: f64) -> Acted {
        let (pump, want, heated) = (&self.pump, outside.want, outside.heated);
        let hours = outside.step_s / 3600.0;
        let full_w = pump.most_heat_w(outside.outdoor_c);
        let (cop, cop_water) = (pump.cop(pump.sink, outside.outdoor_c), pump.cop(Sink::Water, outside.outdoor_c));
        let (per_cop, per_cop_water) = (1.0 / cop, 1.0 / cop_water);
        let power_w = |h: &Heat| h.rooms_w * per_cop + h.water_w * per_cop_water + h.rod_w;

        let unheated = heated.transition.after(&inside.warmth, &self.gains(outside.outdoor_c, outside.sun_w));
        let rise = heated.rise_k_w;
        let rooms_to = |c: f64| ((c - unheated.air_c) * heated.heat_w_k).max(0.0);
        let tank = outside.holding.answer(inside.tank_c, inside.warmth.air_c, outside.cold_c);

        inside.refill = inside.tank_c < REFILL_C || (inside.refill && inside.tank_c < FULL_C - 0.1);
        let mut heat = Heat::default();
        if inside.refill {
            heat.water_w = tank.heat_w(FULL_C).min(full_w);
        }
        // What a step needs to be at the guard at its end depends on its length; what a quarter hour needs does not.
        let (ahead, ahead_s) = outside.ahead;
        let cooled = ahead.transition.after(&inside.warmth, &self.gains(outside.outdoor_c, outside.sun_w));
        let guard_w = ((want.guard_c - cooled.air_c) * ahead.heat_w_k).max(0.0);
        let refill_w = if inside.refill { (tank.heat_w(FULL_C) * (outside.step_s / ahead_s)).min(full_w) } else { 0.0 };
        let must_w = guard_w.min(full_w - heat.water_w);
        heat.rooms_w = must_w;
        let set = !set_w.is_nan();
        if set {
            let mut left_w = set_w - pump.standby_w - power_w(&heat);
            let fill = |heat_w: &mut f64, most_w: f64, room_w: f64, (cop, per_cop): (f64, f64), left_w: &mut f64| {
                let part_w = (most_w - *heat_w).min(room_w).min(*left_w * cop).max(0.0);
                *heat_w += part_w;
                *left_w -= part_w * per_cop;
                room_w - part_w
            };
            let room_w = full_w - heat.rooms_w - heat.water_w;
            let (to_rooms, to_water) = ((cop, per_cop), (cop_water, per_cop_water));
            let room_w = fill(&mut heat.rooms_w, rooms_to(want.target_c), room_w, to_rooms, &mut left_w);
            let room_w = fill(&mut heat.water_w, tank.heat_w(FULL_C), room_w, to_water, &mut left_w);
            let room_w = fill(&mut heat.rooms_w, rooms_to(want.high_c), room_w, to_rooms, &mut left_w);
            fill(&mut heat.water_w, tank.heat_w(HOTTEST_C), room_w, to_water, &mut left_w);
        } else {
            let curve_w = self.loss_w_k * (want.target_c - outside.outdoor_c).max(0.0);
            heat.rooms_w = rooms_to(want.target_c).min(curve_w).clamp(must_w, full_w - heat.water_w);
        }

        let must = must_w > NOTHING_W || inside.refill;
        self.modulate(inside, outside, &mut heat, full_w, must, set);
        heat.rod_w = (guard_w - (full_w - refill_w)).clamp(0.0, pump.rod_w);

        let wish_w = pump.standby_w + power_w(&heat);
        let mut p_w = wish_w;
        if wish_w > cap_w {
            let over_w = |heat: &Heat| (pump.standby_w + power_w(heat) - cap_w).max(0.0);
            heat.rod_w -= over_w(&heat).min(heat.rod_w);
            heat.water_w -= (over_w(&heat) * cop_water).min(heat.water_w);
            heat.rooms_w -= (over_w(&heat) * cop).min(heat.rooms_w);
            if heat.rooms_w + heat.water_w < pump.least_share * full_w {
                (heat.rooms_w, heat.water_w) = (0.0, 0.0);
            }
            p_w = (pump.standby_w + power_w(&heat)).min(cap_w.max(0.0));
        }

        let on = heat.rooms_w + heat.water_w > NOTHING_W;
        if on != inside.on {
            (inside.on, inside.since) = (on, outside.start);
        }
        let into_w = heat.rooms_w + heat.rod_w;
        inside.warmth = Warmth { air_c: unheated.air_c + rise[0] * into_w, mass_c: unheated.mass_c + rise[1] * into_w };
        inside.tank_c = tank.after_c(heat.water_w);
        let cold_k = if want.home { (want.low_c - inside.warmth.air_c).max(0.0) } else { 0.0 };
        Acted { p_w, capped_w: wish_w - p_w, heat_wh: (into_w + heat.water_w) * hours, cold_kh: cold_k * hours }
    }

    /// Turns wishes below the least share into on and off, and keeps the least times.
    fn modulate(&self, inside: &mut Indoors, outside: &Outside<'_>, heat: &mut Heat, full_w: f64, must: bool, set: bool) {
        let (pump, hours) = (&self.pump, outside.step_s / 3600.0);
        let least_w = pump.least_share * full_w;
        let wish_w = heat.rooms_w + heat.water_w;
        let since_s = (outside.start - inside.since).0;
        let mut on = wish_w >= least_w;
        if !on && wish_w > NOTHING_W {
            if must {
                on = true;
            } else if set {
                inside.saved_wh += wish_w * hours;
                on = inside.saved_wh >= least_w * hours;
                if on {
                    inside.saved_wh -= least_w * hours;
                }
            } else {
                on = wish_w >= 0.5 * least_w;
            }
        }
        on = match inside.on {
            true => on || since_s < pump.least_run_s,
            false => on && since_s >= pump.least_pause_s,
        };
        if !on {
            (heat.rooms_w, heat.water_w) = (0.0, 0.0);
        } else if wish_w < least_w {
            heat.rooms_w += least_w - wish_w;
        }
    }
}
