//! When a contract holds: days and local clock times.

use jiff::civil::{Date, Time, Weekday};

/// Days and local clock times.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Weekdays; empty means every day.
    pub days: Vec<Weekday>,
    /// First clock time that belongs to it.
    pub from: Time,
    /// First clock time that does not; midnight means the end of the day.
    pub until: Time,
}

impl Window {
    /// Whether a local date and clock time lie in it.
    #[must_use]
    pub fn holds(&self, date: Date, time: Time) -> bool {
        let day = self.days.is_empty() || self.days.contains(&date.weekday());
        day && time >= self.from && (time < self.until || self.until == Time::midnight())
    }
}
