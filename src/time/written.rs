//! Times as people write them: days, times of day, moments.
//!
//! ```text
//! day           2016-07-24
//! time of day   14:00   14:00:30
//! moment        2016-07-24T14:00   2016-10-30T02:15+01:00   2016-10-30T01:15Z
//! ```
//! What a text says is honoured or refused, never dropped: a day has no clock, a time of day holds on every day and so has no
//! offset, and nothing here is finer than a second. Only a moment may have an offset; it then is the instant it names, whatever the
//! zone. Without one it is read off the local clock, and of two equal readings, where the clocks go back, it is the first.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{IspCalendar, SimTime, YEARS};

/// The day that `text` is: `yyyy-mm-dd`.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let [year, month, day] = numbers(text, &[4, 2, 2], '-')?;
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The time of day that `text` is: `hh:mm` or `hh:mm:ss`.
#[must_use]
pub fn time_of_day(text: &str) -> Option<Time> {
    let [hour, minute, second] = numbers(text, &[2, 2, 2], ':').or_else(|| {
        let [hour, minute] = numbers(text, &[2, 2], ':')?;
        Some([hour, minute, 0])
    })?;
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

/// Numbers of so many digits each, with `mark` between them.
fn numbers<const N: usize>(text: &str, digits: &[usize; N], mark: char) -> Option<[u16; N]> {
    let mut parts = text.split(mark);
    let mut found = [0; N];
    for (number, digits) in found.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == *digits && part.bytes().all(|b| b.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

/// A day and a time of day on the local clock, or with an offset, then an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What the clock shows.
    pub local: DateTime,
    /// Local time minus UTC, if it was said.
    pub offset: Option<Offset>,
}

/// A text that is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a date with a time of day such as 2016-07-24T13:00, or with its offset such as 2016-10-30T02:15+01:00")]
pub struct NotAMoment;

/// Why a moment is no instant of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoInstant {
    /// The local clock jumps over it.
    Skipped {
        /// As much later as the clocks jump.
        later: DateTime,
    },
    /// Its year is not one of [`YEARS`].
    Year,
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Moment, NotAMoment> {
        let parts = || {
            let (day, rest) = (text.get(..10)?, text.get(10..)?);
            let clock = rest.strip_prefix(['T', 't', ' '])?;
            let (clock, offset) = match clock.find(['Z', 'z', '+', '-', '\u{2212}']) {
                Some(end) => (&clock[..end], Some(offset(&clock[end..])?)),
                None => (clock, None),
            };
            Some(Moment { local: date(day)?.to_datetime(time_of_day(clock)?), offset })
        };
        parts().ok_or(NotAMoment)
    }
}

/// `Z`, or `±hh:mm` up to 14 hours.
fn offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let [hours, minutes] = numbers(rest, &[2, 2], ':')?;
    let total_min = i32::from(hours) * 60 + i32::from(minutes);
    (minutes < 60 && total_min <= 14 * 60).then(|| Offset::from_seconds(sign * total_min * 60).ok()).flatten()
}

impl From<DateTime> for Moment {
    fn from(local: DateTime) -> Moment {
        Moment { local, offset: None }
    }
}

/// As it is read.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local)?;
        let Some(offset) = self.offset else { return Ok(()) };
        let minutes = offset.seconds() / 60;
        write!(f, "{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl IspCalendar {
    /// The instant of a moment.
    ///
    /// # Errors
    /// The local clock never shows it, or its year is out of reach.
    pub fn instant(&self, moment: &Moment) -> Result<SimTime, NoInstant> {
        if !YEARS.contains(&moment.local.year()) {
            return Err(NoInstant::Year);
        }
        let stamp = match moment.offset {
            Some(offset) => offset.to_timestamp(moment.local).map_err(|_| NoInstant::Year)?,
            None => {
                let read = self.zone.to_ambiguous_timestamp(moment.local);
                let skipped = matches!(read.offset(), AmbiguousOffset::Gap { .. });
                let stamp = read.compatible().map_err(|_| NoInstant::Year)?;
                if skipped {
                    return Err(NoInstant::Skipped { later: self.zone.to_datetime(stamp) });
                }
                stamp
            }
        };
        Ok(SimTime(stamp.as_second()))
    }

    /// The moment that the local clock shows at `t`, with its offset where the clock shows it twice.
    #[must_use]
    pub fn moment(&self, t: SimTime) -> Moment {
        let zoned = self.zoned(t);
        let local = zoned.datetime();
        let twice = matches!(self.zone.to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Fold { .. });
        Moment { local, offset: twice.then(|| zoned.offset()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amsterdam() -> IspCalendar {
        IspCalendar::new("Europe/Amsterdam", 15).unwrap()
    }

    fn at(text: &str) -> Result<String, NoInstant> {
        let calendar = amsterdam();
        calendar.instant(&text.parse().unwrap()).map(|t| calendar.rfc3339(t))
    }

    #[test]
    fn days_and_times_of_day_have_nothing_else() {
        assert_eq!(date("2016-07-24"), Some(jiff::civil::date(2016, 7, 24)));
        assert_eq!(time_of_day("14:00"), Some(jiff::civil::time(14, 0, 0, 0)));
        assert_eq!(time_of_day("23:59:59"), Some(jiff::civil::time(23, 59, 59, 0)));
        for text in ["2016-7-24", "20160724", "2016-07-24T00:00", "2016-07-24Z", "2016-02-30", "-2016-07-24", "2016-07-24 ", ""] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in ["14:00+05:00", "14:00Z", "14:00[UTC]", "24:00", "14:00:60", "14:00:00.5", "1400", "14", "T14:00", " 14:00", "2:00", ""]
        {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn an_offset_makes_an_instant() {
        assert_eq!(at("2026-10-25T12:00+09:00").unwrap(), "2026-10-25T04:00:00+01:00");
        assert_eq!(at("2026-10-25T12:00Z").unwrap(), "2026-10-25T13:00:00+01:00");
        assert_eq!(at("2026-10-25T02:15").unwrap(), "2026-10-25T02:15:00+02:00");
        assert_eq!(at("2026-10-25T02:15+02:00").unwrap(), "2026-10-25T02:15:00+02:00");
        assert_eq!(at("2026-10-25T02:15+01:00").unwrap(), "2026-10-25T02:15:00+01:00");
        assert_eq!(at("2026-03-29T02:15"), Err(NoInstant::Skipped { later: jiff::civil::date(2026, 3, 29).at(3, 15, 0, 0) }));
        assert_eq!(at("2026-03-29T02:15+01:00").unwrap(), "2026-03-29T03:15:00+02:00");
        assert_eq!(at("9999-12-31T23:45"), Err(NoInstant::Year));
        assert_eq!(at("0000-01-01T00:00+14:00"), Err(NoInstant::Year));
    }

    #[test]
    fn what_is_half_a_moment_is_none() {
        for text in [
            "2026-10-25",
            "02:15",
            "2026-10-25T02:15[Europe/Amsterdam]",
            "2026-10-25T02:15+01:00[Europe/Amsterdam]",
            "2026-10-25T02:15+1",
            "2026-10-25T02:15+0100",
            "2026-10-25T02:15+15:00",
            "2026-10-25T02:15 +01:00",
            "2026-10-25T02:15:00.5",
            "2026-10-25T02:15\u{2212}01:00",
            "2026-10-25é02:15",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NotAMoment), "{text}");
        }
    }

    proptest! {
        /// Every instant has a moment that leads back to it, through text too.
        #[test]
        fn moments_lead_back(second in 0..4_102_444_800_i64, zone in prop::sample::select(vec!["Europe/Amsterdam", "Africa/Cairo", "Australia/Lord_Howe"])) {
            let calendar = IspCalendar::new(zone, 15).unwrap();
            let moment: Moment = calendar.moment(SimTime(second)).to_string().parse().unwrap();
            prop_assert_eq!(calendar.instant(&moment), Ok(SimTime(second)));
        }
    }
}
