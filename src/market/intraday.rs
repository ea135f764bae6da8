//! Gates of intraday rounds.
//!
//! In a round only ISPs are open that start at `now + lead` or later; an ISP whose gate is this instant is open:
//!
//! ```text
//! first open ISP = ⌈(elapsed minutes since local midnight + lead) / ISP minutes⌉ + 1
//! ```
//!
//! Beyond the Period's last ISP it counts on in the next Period. Minutes are elapsed ones: on a day on which the clock changes an hour
//! falls out or comes twice.

use jiff::civil::Date;

use crate::time::{IspCalendar, IspIndex, SimDuration, SimTime};

/// The first ISP that is open in a round at `now`, with the day of its Period.
#[must_use]
pub fn first_open(calendar: &IspCalendar, now: SimTime, lead: SimDuration) -> (Date, IspIndex) {
    let gate = now + lead;
    let mut period = calendar.period(calendar.date_of(now));
    loop {
        let since = (gate - period.start).0.max(0) as u64;
        let closed = usize::try_from(since.div_ceil(period.isp().0 as u64)).expect("a lead of few days");
        if closed < period.isps() {
            return (period.date, IspIndex::from_offset(closed));
        }
        period = calendar.period(period.date.tomorrow().expect("calendar year below 9999"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    /// The published example of a market with a lead of an hour, and days on which the clock changes.
    #[test]
    fn gates_roll_through_the_day() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let open = |day: Date, hour, minute| {
            let (period, isp) = first_open(&calendar, calendar.at(day, time(hour, minute, 0, 0)), SimDuration::hours(1));
            ((period - day).get_days(), isp.number())
        };
        let (plain, spring, autumn) = (date(2026, 1, 5), date(2026, 3, 29), date(2026, 10, 25));
        assert_eq!([open(plain, 22, 30), open(plain, 23, 0), open(plain, 23, 30)], [(0, 95), (1, 1), (1, 3)]);
        assert_eq!(open(plain, 12, 7), (0, 54));
        assert_eq!([open(spring, 1, 45), open(spring, 12, 0), open(spring, 23, 0)], [(0, 12), (0, 49), (1, 1)]);
        assert_eq!([open(autumn, 12, 7), open(autumn, 23, 30)], [(0, 58), (1, 3)]);
    }
}
