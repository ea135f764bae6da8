//! Orange: what the DSO does outside the market, on what it can know.
//!
//! With every measurement of a congestion point that arrives (average of step `k`), the DSO compares with what it expected
//! under the limitation then in force and carries the difference `e` to the step in which a limitation sent now would act:
//!
//! ```text
//! e  = measured − (forecast − relief expected from the limitation)      P̂ = forecast(k′) + e
//! ```
//!
//! It limits if `|P̂|` exceeds the rating where the market fell short, or the emergency limit anywhere, or a measurement
//! already did; feed-in is cut pro rata as a fraction of installed power, consuming devices are capped, never below the
//! floor. A limitation stands until the next message changes it.

use jiff::civil::Date;

use crate::time::SimTime;

use super::super::{Limit, Telemetry};
use super::watch::WatchedDay;
use super::{Action, Dso, OrangePower, Watched};

impl Dso {
    /// Looks at a measurement and changes the limitation if that is called for.
    pub(super) fn watch(&mut self, now: SimTime, t: &Telemetry) -> Vec<Action> {
        let Some(power) = self.profile.orange else { return Vec::new() };
        let Some(k) = self.watch.iter().position(|w| w.cp == t.cp) else { return Vec::new() };
        let limit = self.decide(now, k, t, &power);
        if limit == self.watch[k].latest() {
            return Vec::new();
        }
        let watch = &mut self.watch[k];
        watch.sent.push((acts_from(now, &power), limit.clone()));
        let keep = watch.sent.len().saturating_sub(8);
        watch.sent.drain(..keep);
        vec![Action::Limit(limit)]
    }

    fn decide(&self, now: SimTime, k: usize, t: &Telemetry, power: &OrangePower) -> Limit {
        let none = Limit::none(t.cp);
        let target = acts_from(now, power);
        let w = &self.profile.watched[k];
        let (Some(then), Some(next)) = (self.expected(t.step_start), self.expected(target)) else { return none };
        let in_force = self.watch[k].in_force(t.step_start);
        let relief = self.relief(w, then, &in_force, 0.0);
        let forecast = then.0.through[k][then.1].p_w;
        let e = t.p_w - (forecast + relief);
        let there = next.0.through[k][next.1];
        let expected = there.p_w + e;
        let allowed = there.allowed_w(w, w.rating);
        let emergency = allowed / w.rating * w.emergency;
        let compelled = t.loading > w.emergency || expected.abs() > emergency;
        let holding = self.watch[k].latest().acts() && expected.abs() > allowed;
        if !(compelled || holding || (next.0.shortfall[k][next.1] && expected.abs() > allowed)) {
            return none;
        }
        let excess = expected.abs() - allowed;
        if excess <= 0.0 {
            return none;
        }
        match expected < 0.0 {
            true => Limit { feed_in_fraction: self.feed_in_fraction(w, next, e, excess), ..none },
            false => Limit { device_cap_w: self.device_cap_w(w, next, excess, power.device_floor_w), ..none },
        }
    }

    /// The last forecast of the day that holds `t`, and its ISP.
    fn expected(&self, t: SimTime) -> Option<(&WatchedDay, usize)> {
        let date: Date = self.desk.calendar.date_of(t);
        let day = self.days.get(&date)?;
        Some((day, day.period.isp_at(t)?.offset()))
    }

    /// Feed-in (`extra_w` more than forecast, pro rata) and devices expected at an ISP, per connection of the point.
    fn feed_in(&self, w: &Watched, at: (&WatchedDay, usize), extra_w: f64) -> Vec<(f64, f64)> {
        let rows: Vec<(f64, f64)> =
            w.public.connections.iter().map(|c| (at.0.vintage.feed_in_w.at(*c, at.1), self.profile.installed_feed_in_w[c.i()])).collect();
        let total: f64 = rows.iter().map(|r| r.0).sum();
        let scale = if total > 0.0 { ((total + extra_w) / total).max(0.0) } else { 1.0 };
        rows.into_iter().map(|(f, installed)| ((f * scale).min(installed), installed)).collect()
    }

    /// What a limitation is expected to change at an ISP, W (positive: less feed-in; negative: less consumption).
    fn relief(&self, w: &Watched, at: (&WatchedDay, usize), limit: &Limit, extra_w: f64) -> f64 {
        let fed = self.feed_in(w, at, extra_w);
        let less_feed_in: f64 = fed.iter().map(|(f, installed)| (f - limit.feed_in_fraction * installed).max(0.0)).sum();
        let devices = w.public.connections.iter().map(|c| at.0.vintage.device_w.at(*c, at.1));
        let less_consumption: f64 = devices.map(|d| (d - limit.device_cap_w).max(0.0)).sum();
        less_feed_in - less_consumption
    }

    /// The fraction of installed power at which feed-in is `excess` below what is expected.
    fn feed_in_fraction(&self, w: &Watched, at: (&WatchedDay, usize), e: f64, excess: f64) -> f64 {
        let fed = self.feed_in(w, at, -e);
        let cut = |fraction: f64| -> f64 { fed.iter().map(|(f, installed)| (f - fraction * installed).max(0.0)).sum() };
        bisect(|fraction| cut(fraction) - excess, 0.0, 1.0)
    }

    /// The device cap at which consumption is `excess` below what is expected, at least the floor.
    fn device_cap_w(&self, w: &Watched, at: (&WatchedDay, usize), excess: f64, floor_w: f64) -> f64 {
        let devices: Vec<f64> = w.public.connections.iter().map(|c| at.0.vintage.device_w.at(*c, at.1)).collect();
        let most = devices.iter().copied().fold(0.0, f64::max).max(floor_w);
        let cut = |cap: f64| -> f64 { devices.iter().map(|d| (d - cap).max(0.0)).sum() };
        bisect(|cap| cut(cap) - excess, 0.0, most).max(floor_w)
    }
}

/// Start of the first whole step in which a limitation sent at `now` acts.
fn acts_from(now: SimTime, power: &OrangePower) -> SimTime {
    let ready = (now + power.delay).0;
    let step = power.step.0;
    SimTime((ready + step - 1).div_euclid(step) * step)
}

/// Zero of a falling function on `[low, high]`, the nearer end if it has none; 40 halvings.
fn bisect(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    if f(low) <= 0.0 {
        return low;
    }
    let (mut low, mut high) = (low, high);
    for _ in 0..40 {
        let mid = 0.5 * (low + high);
        if f(mid) > 0.0 { low = mid } else { high = mid }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SimDuration;

    #[test]
    fn a_limitation_acts_from_the_first_whole_step_after_its_delay() {
        let minutes = |m: i64| SimTime(60 * m);
        let power = OrangePower { delay: SimDuration::minutes(5), step: SimDuration::minutes(15), device_floor_w: 0.0 };
        assert_eq!(acts_from(minutes(10), &power), minutes(15), "ready just when a step begins");
        assert_eq!(acts_from(SimTime(600 - 1), &power), minutes(15));
        assert_eq!(acts_from(SimTime(600 + 1), &power), minutes(30));
        assert_eq!(acts_from(minutes(25), &power), minutes(30));
    }
}
