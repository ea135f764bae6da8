//! What a participant has read of a series: local days, one behind the other, each in slots of the clock.
//!
//! A slot is the part of a clock day in which an ISP begins, so that half past seven is half past seven the whole year. Of an hour that
//! the clocks show twice a slot holds the mean; an hour that they skip is drawn straight between its neighbours.

use jiff::civil::Date;

use crate::time::{IspCalendar, Period, SimDuration};

/// Most days that anybody learns from.
pub const DAYS: usize = 56;

/// Longest time before a run that is read: those days, and those between the last one known and the first one forecast.
pub const BEFORE: SimDuration = SimDuration::hours(24 * (DAYS as i64 + 7));

/// Slots in a clock day.
#[must_use]
pub fn slots(calendar: &IspCalendar) -> usize {
    1440 / usize::from(calendar.isp_minutes())
}

/// The slot of each ISP of a Period.
#[must_use]
pub fn slots_of(calendar: &IspCalendar, period: &Period) -> Vec<usize> {
    if period.isps() == slots(calendar) {
        return (0..period.isps()).collect();
    }
    let minutes = usize::from(calendar.isp_minutes());
    let slot = |time: jiff::civil::Time| (time.hour() as usize * 60 + time.minute() as usize) / minutes;
    period.iter().map(|isp| slot(calendar.local_time(period.isp_start(isp)))).collect()
}

/// One value a slot from one value an ISP.
#[must_use]
pub fn by_slot(slots: usize, slots_of: &[usize], values: &[f64]) -> Vec<f64> {
    let (mut sum, mut count) = (vec![0.0; slots], vec![0.0; slots]);
    for (slot, value) in slots_of.iter().zip(values) {
        sum[*slot] += value;
        count[*slot] += 1.0;
    }
    let known: Vec<usize> = (0..slots).filter(|k| count[*k] > 0.0).collect();
    let mean = |k: usize| sum[k] / count[k];
    let filled = |k: usize| {
        if count[k] > 0.0 {
            return mean(k);
        }
        let after = known.partition_point(|other| *other < k);
        match (after.checked_sub(1).map(|b| known[b]), known.get(after)) {
            (Some(a), Some(&b)) => mean(a) + (mean(b) - mean(a)) * (k - a) as f64 / (b - a) as f64,
            (Some(only), None) | (None, Some(&only)) => mean(only),
            (None, None) => 0.0,
        }
    };
    (0..slots).map(filled).collect()
}

/// What a day is to those who live through it: its weekday from Monday 0 to Sunday 6, holidays as Sundays.
#[must_use]
pub fn kind_of_day(date: Date, holidays: &[Date]) -> usize {
    if holidays.contains(&date) { 6 } else { usize::try_from(date.weekday().to_monday_zero_offset()).expect("seven days") }
}

/// Days known of a series, without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Kind of each day, see [`kind_of_day`].
    pub kinds: Vec<usize>,
    /// Day of the year of each, from 1.
    pub days_of_year: Vec<i16>,
    /// Slots of a day.
    pub slots: usize,
    /// `[day · slots + slot]`.
    pub values: Vec<f64>,
}

/// The day to forecast: so many days after the last known one, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Days after the last known one.
    pub lead: usize,
    /// Its kind.
    pub kind: usize,
    /// Day of the year.
    pub day_of_year: i16,
}

impl History {
    /// Nothing known.
    #[must_use]
    pub fn new(slots: usize) -> History {
        History { kinds: Vec::new(), days_of_year: Vec::new(), slots, values: Vec::new() }
    }

    /// Number of days.
    #[must_use]
    pub fn days(&self) -> usize {
        self.kinds.len()
    }

    /// The slots of a day.
    #[must_use]
    #[inline]
    pub fn day(&self, k: usize) -> &[f64] {
        &self.values[k * self.slots..][..self.slots]
    }

    /// Takes in the day after the last.
    pub fn push(&mut self, date: Date, holidays: &[Date], slots: &[f64]) {
        assert_eq!(slots.len(), self.slots, "one value a slot");
        self.kinds.push(kind_of_day(date, holidays));
        self.days_of_year.push(date.day_of_year());
        self.values.extend_from_slice(slots);
    }

    /// The last days of the first `until`, at most `most`.
    #[must_use]
    pub fn last(&self, until: usize, most: usize) -> History {
        let from = until.saturating_sub(most);
        History {
            kinds: self.kinds[from..until].to_vec(),
            days_of_year: self.days_of_year[from..until].to_vec(),
            slots: self.slots,
            values: self.values[from * self.slots..until * self.slots].to_vec(),
        }
    }

    /// A day of the history as one to forecast from what was known `lead` days before.
    #[must_use]
    pub fn target(&self, day: usize, lead: usize) -> Target {
        Target { lead, kind: self.kinds[day], day_of_year: self.days_of_year[day] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_clock_keeps_its_hours_when_it_is_changed() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 60).expect("a calendar");
        let slots_on = |d: Date| slots_of(&calendar, &calendar.period(d));
        let spring = slots_on(date(2016, 3, 27));
        assert_eq!((spring.len(), &spring[..4]), (23, &[0, 1, 3, 4][..]));
        let values: Vec<f64> = spring.iter().map(|s| *s as f64).collect();
        let day = by_slot(24, &spring, &values);
        assert!(day.iter().enumerate().all(|(k, v)| (v - k as f64).abs() < 1e-12), "the skipped hour lies between its neighbours");
        let autumn = slots_on(date(2016, 10, 30));
        assert_eq!((autumn.len(), &autumn[..5]), (25, &[0, 1, 2, 2, 3][..]));
        let doubled: Vec<f64> = (0..25).map(f64::from).collect();
        assert!((by_slot(24, &autumn, &doubled)[2] - 2.5).abs() < 1e-12);
    }

    #[test]
    fn holidays_are_sundays() {
        assert_eq!(kind_of_day(date(2016, 3, 25), &[]), 4);
        assert_eq!(kind_of_day(date(2016, 3, 25), &[date(2016, 3, 25)]), 6);
    }
}
