//! A stay at the charger, as the owner of a vehicle knows it.

use std::ops::Range;

use crate::time::{Period, SimDuration, SimTime};

use super::super::model::{Reading, Task};
use super::super::session::Session;

/// What is known of a stay when a Period begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stand {
    /// What it still wants, Wh: what was read of it, or announced, less what is planned until then.
    pub(super) wanted_wh: f64,
    /// Whether it is planned to feed back before.
    pub(super) gave: bool,
}

impl Stand {
    /// A stay that was announced as `session`, when the Period of a task begins.
    pub(super) fn of(seen: Option<&Reading>, session: &Session, task: &Task<'_>) -> Stand {
        let (isp, start) = (task.period.isp().0, task.period.start);
        let read = seen.filter(|r| r.since.is_some_and(|since| same_stay(session, since)));
        let (from, wanted_wh) = read.map_or((session.arrival, session.energy_wh), |r| (r.at.max(session.arrival), r.content_wh));
        // ISPs that lie wholly in the stay, as they were planned: what it took since it was read, and whether it ever gave.
        let whole = |from: SimTime| {
            let first = start.0 - (start.0 - from.0).div_euclid(isp) * isp;
            let isps = (first..start.0.min(session.departure.0)).step_by(isp as usize).filter(|t| t + isp <= session.departure.0);
            isps.map(|t| (task.before_w)(SimTime(t)))
        };
        let taken_wh = whole(from).fold(0.0, |wh, w| wh + w * task.period.isp().as_hours());
        let gave = whole(session.arrival).any(|w| w < 0.0);
        Stand { wanted_wh: (wanted_wh - taken_wh).max(0.0), gave }
    }
}

/// Whether a vehicle that plugged in at `since` is in the stay that was announced as `session`.
fn same_stay(session: &Session, since: SimTime) -> bool {
    (session.arrival - since).0.abs() < SimDuration::hours(12).0
}

/// The whole ISPs of a session within a horizon of `horizon` ISPs that begins with `period`.
#[must_use]
pub fn slots(session: &Session, period: &Period, horizon: usize) -> Range<usize> {
    let isp = period.isp().0;
    let offset = |t: SimTime| (t - period.start).0.max(0);
    let from = (offset(session.arrival) + isp - 1) / isp;
    let to = (offset(session.departure) / isp).min(horizon as i64);
    (from.min(to) as usize)..(to as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_is_known_by_its_arrival_within_half_a_day() {
        let session = Session { arrival: SimTime(100_000), departure: SimTime(150_000), energy_wh: 1.0 };
        assert!(same_stay(&session, SimTime(100_000 + 12 * 3600 - 1)) && !same_stay(&session, SimTime(100_000 - 12 * 3600)));
    }
}
