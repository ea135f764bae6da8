//! The participant's clock: the wall's, or one that starts at a given time and runs faster.
//!
//! `now = shown + speed · (wall − wall when it was set)`; the wall clock is `speed = 1`. A restart takes up the same setting, so a
//! rehearsal's clock goes on while its participant is down, and no clock ever goes back.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::config::FastClock;
use crate::time::{IspCalendar, SimDuration, SimTime};

/// What a clock showed at a moment of the wall's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Setting {
    /// What the configuration says; absent for the wall clock.
    pub(super) configured: Option<FastClock>,
    shown: SimTime,
    wall_ms: i64,
}

impl Setting {
    /// A clock set now, as the configuration says.
    #[allow(clippy::disallowed_methods, reason = "a live participant goes by the clock on the wall")]
    pub(super) fn now(configured: Option<FastClock>, calendar: &IspCalendar) -> Setting {
        let wall = jiff::Timestamp::now();
        let shown = configured.map_or(SimTime(wall.as_second()), |c| calendar.at(c.start.date(), c.start.time()));
        Setting { configured, shown, wall_ms: wall.as_millisecond() }
    }

    /// What it shows at the moment it was set.
    pub(super) fn shown(&self) -> SimTime {
        self.shown
    }
}

/// A running clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: SimTime,
    lead_ms: i64,
    began: Instant,
    speed: u32,
}

impl Clock {
    /// The clock of `setting`, which shows nothing before `not_before`.
    #[allow(clippy::disallowed_methods, reason = "a live participant goes by the clock on the wall")]
    pub(super) fn run(setting: &Setting, not_before: SimTime) -> Clock {
        let lead_ms = (jiff::Timestamp::now().as_millisecond() - setting.wall_ms).max(0);
        let speed = setting.configured.map_or(1, |c| c.speed);
        let clock = Clock { start: setting.shown, lead_ms, began: Instant::now(), speed };
        if clock.now() < not_before { Clock { start: not_before, lead_ms: 0, ..clock } } else { clock }
    }

    fn elapsed_ms(&self) -> i64 {
        self.lead_ms + i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX / 2)
    }

    /// What it shows, in whole seconds.
    pub(super) fn now(&self) -> SimTime {
        self.start + SimDuration::seconds(self.elapsed_ms().saturating_mul(i64::from(self.speed)) / 1000)
    }

    /// Real time until it shows `t`.
    pub(super) fn until(&self, t: SimTime) -> Duration {
        let ahead_ms = (t - self.start).0.saturating_mul(1000) / i64::from(self.speed) - self.elapsed_ms();
        Duration::from_millis(u64::try_from(ahead_ms).unwrap_or(0))
    }

    /// What passes on this clock in `seconds` of the wall's.
    pub(super) fn span(&self, seconds: u32) -> SimDuration {
        SimDuration::seconds(i64::from(seconds) * i64::from(self.speed))
    }
}
