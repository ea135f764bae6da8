//! The participant's clock: the wall's, or one that starts at a given time and runs faster.
//!
//! `now = start + speed · elapsed`; the wall clock is `start = now` at `speed = 1`.

use std::time::{Duration, Instant};

use crate::time::{SimDuration, SimTime};

/// A running clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: SimTime,
    began: Instant,
    speed: u32,
}

impl Clock {
    /// The wall clock.
    #[allow(clippy::disallowed_methods, reason = "a live participant goes by the clock on the wall")]
    pub(super) fn wall() -> Clock {
        Clock { start: SimTime(jiff::Timestamp::now().as_second()), began: Instant::now(), speed: 1 }
    }

    /// A clock that shows `start` now and runs `speed` times as fast as the wall's.
    #[allow(clippy::disallowed_methods, reason = "an accelerated clock runs by the one on the wall")]
    pub(super) fn accelerated(start: SimTime, speed: u32) -> Clock {
        Clock { start, began: Instant::now(), speed }
    }

    /// What it shows, in whole seconds.
    pub(super) fn now(&self) -> SimTime {
        let elapsed_ms = self.began.elapsed().as_millis() * u128::from(self.speed);
        self.start + SimDuration::seconds(i64::try_from(elapsed_ms / 1000).unwrap_or(i64::MAX / 4))
    }

    /// Real time until it shows `t`.
    pub(super) fn until(&self, t: SimTime) -> Duration {
        let left = (t - self.now()).0;
        Duration::from_millis(u64::try_from(left.max(0)).unwrap_or(0) * 1000 / u64::from(self.speed))
    }

    /// What passes on this clock in `seconds` of the wall's.
    pub(super) fn span(&self, seconds: u32) -> SimDuration {
        SimDuration::seconds(i64::from(seconds) * i64::from(self.speed))
    }
}
