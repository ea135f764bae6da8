//! When a contract holds: days, seasons and local clock times.

use jiff::civil::{Date, Time, Weekday};

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOfYear {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

/// From one day of the year to another, both within; over New Year where the first is the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// First day.
    pub first: DayOfYear,
    /// Last day.
    pub last: DayOfYear,
}

impl Season {
    /// Whether a date lies in it.
    #[must_use]
    pub fn holds(&self, date: Date) -> bool {
        let day = DayOfYear { month: date.month(), day: date.day() };
        match self.first <= self.last {
            true => self.first <= day && day <= self.last,
            false => self.first <= day || day <= self.last,
        }
    }
}

/// Days, a season and local clock times.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Weekdays; empty means every day.
    pub days: Vec<Weekday>,
    /// Time of the year; `None` means all of it.
    pub season: Option<Season>,
    /// First clock time that belongs to it.
    pub from: Time,
    /// First clock time that does not; midnight means the end of the day.
    pub until: Time,
}

impl Window {
    /// Clock times of every day; where the end is not after the start, over midnight: then in two parts.
    #[must_use]
    pub fn daily(from: Time, until: Time) -> Vec<Window> {
        let window = |from, until| Window { days: Vec::new(), season: None, from, until };
        if from < until || until == Time::midnight() {
            return vec![window(from, until)];
        }
        vec![window(from, Time::midnight()), window(Time::midnight(), until)]
    }

    /// Whether a local date and clock time lie in it.
    #[must_use]
    pub fn holds(&self, date: Date, time: Time) -> bool {
        let day = self.days.is_empty() || self.days.contains(&date.weekday());
        let season = self.season.is_none_or(|s| s.holds(date));
        day && season && time >= self.from && (time < self.until || self.until == Time::midnight())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn a_season_may_pass_new_year() {
        let day = |month, day| DayOfYear { month, day };
        let winter = Season { first: day(11, 1), last: day(3, 31) };
        let in_winter = [date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31)];
        assert!(in_winter.iter().all(|d| winter.holds(*d)));
        assert!(![date(2026, 10, 31), date(2026, 4, 1)].iter().any(|d| winter.holds(*d)));
        let summer = Season { first: day(4, 1), last: day(10, 31) };
        assert!(summer.holds(date(2026, 10, 31)) && !summer.holds(date(2026, 3, 31)) && !summer.holds(date(2026, 11, 1)));
    }

    #[test]
    fn a_block_over_midnight_has_two_parts() {
        let block = Window::daily(time(22, 0, 0, 0), time(6, 0, 0, 0));
        let holds = |t| block.iter().any(|w| w.holds(date(2026, 1, 5), t));
        assert!(holds(time(22, 0, 0, 0)) && holds(time(23, 59, 0, 0)) && holds(time(0, 0, 0, 0)) && holds(time(5, 59, 0, 0)));
        assert!(!holds(time(6, 0, 0, 0)) && !holds(time(21, 59, 0, 0)));
        assert_eq!(Window::daily(time(6, 0, 0, 0), Time::midnight()).len(), 1);
    }
}
