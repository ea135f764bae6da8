//! `xs:dateTime`, `xs:date` and `xs:duration`, as far as UFTP uses them.
//!
//! Local time and offset are kept apart: instant = local − offset. A missing offset is read as UTC.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::time::SimTime;
use crate::uftp::message::DateTime;

/// `xs:dateTime`: `yyyy-mm-ddThh:mm:ss(.f{1,9})?(Z|±hh:mm)?`; `24:00:00` is the next day's midnight.
pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let (clock, rest) = (rest.strip_prefix('T')?.get(..8)?, rest.get(9..)?);
    let date = date(day)?;
    let (hour, minute, second) = (two(clock, 0)?, two(clock, 3)?, two(clock, 6)?);
    if clock.as_bytes()[2] != b':' || clock.as_bytes()[5] != b':' || minute > 59 || second > 59 {
        return None;
    }
    let (nanosecond, rest) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(fraction.len());
            (nanoseconds(&fraction[..end])?, &fraction[end..])
        }
        None => (0, rest),
    };
    if hour > 24 || (hour == 24 && (minute, second, nanosecond) != (0, 0, 0)) {
        return None;
    }
    let offset_min = offset(rest)?;
    let midnight = Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()?.as_second();
    let local = midnight + hour * 3600 + minute * 60 + second;
    let second = local - i64::from(offset_min) * 60;
    // What can be written again: the local date must have a four-digit year.
    (local <= LAST_SECOND).then_some(DateTime { second: SimTime(second), nanosecond, offset_min })
}

/// 9999-12-30T00:00:00Z, short of jiff's own limit by more than any offset.
const LAST_SECOND: i64 = 253_402_128_000;

pub(super) fn write(t: &DateTime, text: &mut String) {
    let local = jiff::Timestamp::from_second(t.second.0 + i64::from(t.offset_min) * 60).expect("within years 1..9999");
    let d = Offset::UTC.to_datetime(local);
    let (date, time) = (d.date(), d.time());
    let written = write!(
        text,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    written.expect("a string takes everything");
    if t.nanosecond > 0 {
        let digits = format!("{:09}", t.nanosecond);
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    if t.offset_min == 0 {
        text.push('Z');
    } else {
        let (sign, minutes) = if t.offset_min < 0 { ('-', -t.offset_min) } else { ('+', t.offset_min) };
        write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60).expect("a string takes everything");
    }
}

/// `xs:date`; a zone suffix is allowed by the schema, means nothing here, and is dropped.
pub(super) fn date_with_optional_offset(text: &str) -> Option<Date> {
    offset(text.get(10..)?)?;
    date(text.get(..10)?)
}

fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = two(text, 0)? * 100 + two(text, 2)?;
    // Short of the calendar's ends by days, so that no offset or "next day" leaves it.
    let inside = (1..=9998).contains(&year);
    inside.then(|| Date::new(year as i16, two(text, 5)? as i8, two(text, 8)? as i8).ok()).flatten()
}

/// Two digits at byte `at`.
fn two(text: &str, at: usize) -> Option<i64> {
    let digits = text.get(at..at + 2)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let given = fraction.trim_end_matches('0');
    if fraction.is_empty() || given.len() > 9 {
        return None;
    }
    Some(given.parse().unwrap_or(0) * 10_u32.pow(9 - given.len() as u32))
}

/// Minutes east of UTC of `Z`, `±hh:mm` (up to 14 h) or nothing.
fn offset(text: &str) -> Option<i16> {
    if text.is_empty() || text == "Z" {
        return Some(0);
    }
    let bytes = text.as_bytes();
    let sign = match bytes[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (two(text, 1)?, two(text, 4)?);
    let total = hours * 60 + minutes;
    (bytes.len() == 6 && bytes[3] == b':' && minutes < 60 && total <= 14 * 60).then_some(sign * total as i16)
}

/// `xs:duration` as whole minutes: `P(nD)?(T(nH)?(nM)?(nS)?)?`, positive; years, months and broken minutes are refused.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let rest = text.strip_prefix('P')?;
    let (days, clock) = match rest.split_once('T') {
        Some((days, clock)) if !clock.is_empty() => (days, clock),
        Some(_) => return None,
        None => (rest, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let seconds = sum(days, &[('D', 86_400)])?.checked_add(sum(clock, &[('H', 3600), ('M', 60), ('S', 1)])?)?;
    (seconds > 0 && seconds % 60 == 0).then(|| u16::try_from(seconds / 60).ok()).flatten()
}

/// Seconds of `n` units each, at most once and in this order.
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total: u64 = 0;
    for &(unit, seconds) in units {
        if let Some((number, rest)) = text.split_once(unit) {
            // A seconds value may have a fraction; only a zero one leaves whole minutes.
            let number = if unit == 'S' { number.trim_end_matches('0').strip_suffix('.').unwrap_or(number) } else { number };
            if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> Option<String> {
        let mut out = String::new();
        write(&date_time(text)?, &mut out);
        Some(out)
    }

    #[test]
    fn date_times_keep_instant_offset_and_fraction() {
        for text in
            ["2026-03-09T09:00:00+01:00", "2026-03-09T09:00:00.000000001-03:30", "0001-01-02T00:00:00Z", "2026-12-31T23:59:59.5+14:00"]
        {
            assert_eq!(rewritten(text).as_deref(), Some(text));
        }
        assert_eq!(rewritten("2026-03-09T09:00:00.500").as_deref(), Some("2026-03-09T09:00:00.5Z"));
        assert_eq!(rewritten("2026-03-09T24:00:00-00:00").as_deref(), Some("2026-03-10T00:00:00Z"));
        assert_eq!(date_time("2026-03-09T09:00:00+01:00").unwrap().second, SimTime(1_773_043_200));
    }

    #[test]
    fn what_is_no_date_time_is_refused() {
        for text in [
            "2026-03-09",
            "2026-03-09 09:00:00",
            "2026-02-29T00:00:00Z",
            "2026-03-09T25:00:00Z",
            "2026-03-09T24:00:01Z",
            "2026-03-09T09:60:00Z",
            "2026-03-09T09:00:60Z",
            "2026-03-09T09:00:00+14:01",
            "2026-03-09T09:00:00+1:00",
            "2026-03-09T09:00:00.Z",
            "2026-03-09T09:00:00.1234567891Z",
            "-2026-03-09T09:00:00Z",
            "9999-12-31T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2026-03-09T09:00:00é",
            "",
        ] {
            assert_eq!(date_time(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_compared_as_lengths() {
        for (text, expected) in [
            ("PT15M", Some(15)),
            ("PT900S", Some(15)),
            ("PT1H", Some(60)),
            ("PT0H15M", Some(15)),
            ("P1D", Some(1440)),
            ("PT14M60S", Some(15)),
            ("PT900.0S", Some(15)),
            ("PT90S", None),
            ("P1M", None),
            ("PT", None),
            ("P", None),
            ("P1DT", None),
            ("-PT15M", None),
            ("PT15", None),
            ("15M", None),
            ("PT0M", None),
            ("PT15M1H", None),
            ("PT99999999999999999999M", None),
            ("PT0.5S", None),
        ] {
            assert_eq!(minutes(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_may_carry_a_zone_that_means_nothing() {
        let d = Some(jiff::civil::date(2026, 3, 10));
        assert_eq!(date_with_optional_offset("2026-03-10"), d);
        assert_eq!(date_with_optional_offset("2026-03-10+01:00"), d);
        assert_eq!(date_with_optional_offset("2026-03-10Z"), d);
        assert_eq!(date_with_optional_offset("2026-3-10"), None);
        assert_eq!(date_with_optional_offset("10-03-2026"), None);
    }
}
