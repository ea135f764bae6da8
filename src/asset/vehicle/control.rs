//! What a vehicle does at the charger in a step: it follows the set point as far as its user's wish lets it.
//!
//! 1. If waiting longer would miss the departure at full power, it charges at full power.
//! 2. It feeds back only what it can have again in time with the power that limitations leave it at least; from then on it waits no
//!    longer than this power allows. So what it gave is never what is missing at departure.
//! 3. A set point below 6 A is off or 6 A, whichever is nearer; a cap below 6 A is off.

use super::super::model::Cap;
use super::sheet::{FeedsBack, Vehicle};

/// A vehicle in the middle of a stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plugged {
    /// What is still wanted, Wh from the grid.
    pub(super) left_wh: f64,
    /// Whether it has fed back in this stay.
    pub(super) gave: bool,
}

impl Vehicle {
    /// Power in a step, W, and how the vehicle stands after it.
    pub(super) fn charge(&self, set_w: f64, now: Plugged, hours_left: f64, step_h: f64, cap: Cap) -> (f64, Plugged) {
        let Plugged { left_wh, gave } = now;
        let set_w = if set_w.is_nan() { self.max_power_w } else { set_w };
        let Some(pack) = &self.pack else {
            let p_w = charging_power_w(self.step_of(set_w, self.least_power_w), self.max_power_w, left_wh, hours_left, step_h);
            let p_w = self.within(p_w, cap);
            return (p_w, Plugged { left_wh: (left_wh - p_w * step_h).max(0.0), gave });
        };
        let soc = pack.soc(left_wh);
        let in_time = |soc: f64, with_w: f64| pack.time_at_h(self.max_power_w, with_w, soc) <= hours_left - step_h;
        if let Some(back) = self.feeds_back.filter(|back| set_w < 0.0 && in_time(soc, self.assured_w(back))) {
            let most_w =
                ((soc - back.floor).max(0.0) * pack.capacity_wh * pack.efficiency / step_h).min(self.max_power_w).min(cap.feed_in_w);
            let out_w = (-set_w).min(most_w);
            let after = soc - out_w * step_h / (pack.efficiency * pack.capacity_wh);
            // What a trip needs is not given away.
            return match out_w > 0.0 && in_time(after, self.assured_w(&back)) {
                true => (-out_w, Plugged { left_wh: pack.left_wh(after), gave: true }),
                false => (0.0, now),
            };
        }
        let with_w = self.feeds_back.filter(|_| gave).map_or(self.max_power_w, |back| self.assured_w(&back));
        let set_w = match in_time(soc, with_w) {
            true => self.step_of(set_w, self.least_power_w.min(pack.taken_w(self.max_power_w, soc))),
            false => self.max_power_w,
        };
        let set_w = self.within(set_w.min(self.max_power_w), cap);
        let charged = pack.charge(self.max_power_w, soc, set_w, step_h);
        ((charged.grid_wh / step_h).min(set_w), Plugged { left_wh: pack.left_wh(charged.soc).max(0.0), gave })
    }

    /// Power that it can count on, W: nothing where limitations may leave less than 6 A.
    fn assured_w(&self, back: &FeedsBack) -> f64 {
        if back.assured_w < self.least_power_w { 0.0 } else { back.assured_w.min(self.max_power_w) }
    }

    /// A set point that a charger can have: off, or `least_w` at least, whichever is nearer.
    fn step_of(&self, set_w: f64, least_w: f64) -> f64 {
        if set_w >= self.least_power_w {
            set_w
        } else if set_w >= 0.5 * least_w {
            self.least_power_w
        } else {
            0.0
        }
    }

    /// A power under a cap, off where less than 6 A is left.
    fn within(&self, p_w: f64, cap: Cap) -> f64 {
        let capped_w = p_w.min(cap.consumption_w);
        if capped_w < p_w && capped_w < self.least_power_w { 0.0 } else { capped_w }
    }
}

/// What a charger draws in a step of `step_h` hours, given the plan: never more than wanted, and all it can once waiting
/// longer would miss the departure.
#[must_use]
pub fn charging_power_w(planned_w: f64, max_power_w: f64, remaining_wh: f64, hours_left: f64, step_h: f64) -> f64 {
    let must = remaining_wh > max_power_w * (hours_left - step_h).max(0.0);
    let wish = if must { max_power_w } else { planned_w.min(max_power_w) };
    wish.max(0.0).min(remaining_wh / step_h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charger_catches_up_before_departure() {
        assert_eq!(charging_power_w(0.0, 11_000.0, 5500.0, 2.0, 0.25), 0.0, "time enough");
        assert_eq!(charging_power_w(0.0, 11_000.0, 5500.0, 0.5, 0.25), 11_000.0, "now or never");
        assert_eq!(charging_power_w(11_000.0, 11_000.0, 1000.0, 5.0, 0.25), 4000.0, "only what is wanted");
    }
}
