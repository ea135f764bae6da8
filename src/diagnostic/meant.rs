//! What somebody meant by a text that does not read: numbers as people and spreadsheets write them, dates and clock times in other
//! orders, quotes of word processors. Nothing is read this way; the help of a finding says how to write it.
//!
//! | written | meant |
//! |---|---|
//! | `0,012` | `0.012` |
//! | `1.234,5` `1,234.5` `1 234.5` `1'234.5` | `1234.5` |
//! | `4%` | `0.04` |
//! | `−5` | `-5` |
//! | `11 kW` | the number alone |
//! | `#N/A` | a value is missing |
//! | `31.12.2024` `2024/12/31` | `2024-12-31` |
//! | `9:00` `9.00` | `09:00` |

use jiff::civil::Date;

/// Quotes of word processors.
pub const CURLY: [char; 7] = ['“', '”', '„', '‘', '’', '‚', '‟'];

/// Units that stand behind numbers.
const UNITS: [&str; 43] = [
    "%", "W", "kW", "MW", "GW", "Wh", "kWh", "MWh", "VA", "kVA", "MVA", "var", "kvar", "V", "kV", "A", "kA", "mA", "Ω", "mΩ", "ohm", "S",
    "µS", "pu", "h", "hr", "min", "s", "ms", "sec", "d", "days", "hours", "m", "km", "°C", "C", "K", "€", "EUR", "ct", "°", "deg",
];

/// Whether the text is a unit that stands behind numbers, alone or per another, in any case.
#[must_use]
pub fn is_unit(text: &str) -> bool {
    text.trim().split('/').all(|part| UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(part)))
}

/// `x` without what arithmetic leaves in its last bits.
#[must_use]
pub fn plain(x: f64) -> f64 {
    // Twelve digits are more than anybody writes.
    format!("{x:.11e}").parse().unwrap_or(x)
}

/// Why a text is no number, and the number to write where that is plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// What stands in the way, such as `decimal comma`.
    pub fault: &'static str,
    /// How to write it.
    pub write: Option<String>,
}

impl Meant {
    /// The help for a text whose value is `written` so.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.write {
            Some(value) => format!("{}: write {value}", self.fault),
            None => self.fault.to_owned(),
        }
    }
}

/// What spreadsheets and statistics programs write where there is no value.
const NO_VALUE: [&str; 14] = ["#n/a", "#na", "n/a", "na", "nan", "null", "none", "nil", "-", "--", "#div/0!", "#value!", "#ref!", "?"];

/// What was meant by a `text` that is no number; `None` where nobody can know.
#[must_use]
pub fn number(text: &str) -> Option<Meant> {
    let text = text.trim().trim_matches(CURLY);
    let meant = |fault, write: String| reads(&write).then_some(Meant { fault, write: Some(write) });
    if NO_VALUE.contains(&text.to_lowercase().as_str()) {
        return Some(Meant { fault: "this stands for a missing value; write the value", write: None });
    }
    if let Some(share) = text.strip_suffix('%') {
        let share = share.trim_end();
        let share = if reads(share) { share.to_owned() } else { number(share)?.write? };
        return meant("per cent", plain(share.parse::<f64>().ok()? / 100.0).to_string());
    }
    if let Some(digits) = text.strip_prefix(['−', '–']) {
        return meant("a dash for a minus sign", format!("-{}", if reads(digits) { digits.to_owned() } else { number(digits)?.write? }));
    }
    if let Some(digits) = without_groups(text, |c| c.is_whitespace() || matches!(c, '\'' | '’' | '_')) {
        return meant("signs between thousands", if reads(&digits) { digits } else { number(&digits)?.write? });
    }
    match (text.matches('.').count(), text.matches(',').count()) {
        (_, 1) if !text.contains('.') => {
            let (whole, decimals) = text.split_once(',')?;
            let either =
                decimals.len() == 3 && !whole.trim_start_matches(['-', '+']).trim_start_matches('0').is_empty() && whole.len() <= 4;
            if either && reads(&format!("{whole}{decimals}")) {
                let fault = "a comma: write decimals with a point, and nothing between thousands";
                return Some(Meant { fault, write: None });
            }
            meant("decimal comma", format!("{whole}.{decimals}"))
        }
        (points, commas) if points + commas > 1 => {
            // What stands last, and once, parts the decimals.
            let last = text.chars().rev().find(|c| matches!(c, '.' | ','))?;
            let decimals = if text.matches(last).count() == 1 { text.split_once(last)?.1 } else { "" };
            let whole = if text.matches(last).count() == 1 { text.split_once(last)?.0 } else { text };
            let digits = without_groups(whole, |c| matches!(c, '.' | ','))?;
            meant("signs between thousands", if decimals.is_empty() { digits } else { format!("{digits}.{decimals}") })
        }
        _ => with_unit(text).then_some(Meant { fault: "write the number alone; the name of the key or column says its unit", write: None }),
    }
}

fn reads(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The text without separators of thousands, if there are some and every group but the first has three digits.
fn without_groups(text: &str, parts: impl Fn(char) -> bool) -> Option<String> {
    let end = text.rfind(&parts)?;
    let after = text[end..].chars().nth(1).map_or(text.len(), |_| end + text[end..].chars().next().map_or(0, char::len_utf8));
    let three = |group: &str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    let mut groups = text[..end].split(&parts);
    let first = groups.next()?.trim_start_matches(['-', '+']);
    let leads = (1..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_digit());
    let last: String = text[after..].chars().take_while(char::is_ascii_digit).collect();
    (leads && groups.all(three) && three(&last)).then(|| text.chars().filter(|c| !parts(*c)).collect())
}

/// Whether a unit stands behind a number.
fn with_unit(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'))).unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim_start());
    let known = unit.chars().all(|c| c.is_alphabetic() || matches!(c, '€' | '/' | '°' | '$' | 'Ω'));
    reads(&number.replace(',', ".")) && known && (1..=6).contains(&unit.chars().count())
}

/// How to write a `text` that is meant as a date: the help.
#[must_use]
pub fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
    let decimal = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let digits = |part: &str| decimal(part).then(|| part.parse::<i16>().ok()).flatten();
    let numbers: Vec<i16> = match parts[..] {
        [one] if one.len() == 8 && decimal(one) => vec![digits(&one[..4])?, digits(&one[4..6])?, digits(&one[6..])?],
        _ => parts.iter().map(|part| digits(part)).collect::<Option<_>>()?,
    };
    let [a, b, c] = numbers[..] else { return None };
    let written = |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    if a > 31 {
        return match (written(a, b, c), written(a, b, 1)) {
            (Some(date), _) => Some(format!("write {date}")),
            (None, Some(month)) if c > 0 => Some(format!(
                "{} has {} days: write {} or another day",
                month.strftime("%B %Y"),
                month.days_in_month(),
                month.last_of_month()
            )),
            _ => written(a, c, b).map(|date| format!("a date is year-month-day: write {date}")),
        };
    }
    match (written(c, b, a), written(c, a, b)) {
        _ if c < 100 => None,
        (Some(one), Some(other)) if one != other => Some(format!("a date is year-month-day: write {one} or {other}")),
        (Some(date), _) | (_, Some(date)) => Some(format!("a date is year-month-day: write {date}")),
        (None, None) => None,
    }
}

/// A clock time as it is written, of a `text` that is meant as one.
#[must_use]
pub fn clock_time(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.trim().trim_end_matches(['h', 'H']).trim_end().split([':', '.', 'h']).collect();
    let within = |part: &str, below: u8| part.parse::<u8>().ok().filter(|n| part.len() <= 2 && *n < below);
    match parts[..] {
        [hour] => Some(format!("{:02}:00", within(hour, 24)?)),
        [hour, minute] => Some(format!("{:02}:{:02}", within(hour, 24)?, within(minute, 60).filter(|_| minute.len() == 2)?)),
        [hour, minute, second] => Some(format!("{:02}:{:02}:{:02}", within(hour, 24)?, within(minute, 60)?, within(second, 60)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_meant_so() {
        let cases = [
            ("0,012", Some("0.012")),
            ("1,5", Some("1.5")),
            ("-3,25", Some("-3.25")),
            ("12345,678", Some("12345.678")),
            ("4%", Some("0.04")),
            ("95 %", Some("0.95")),
            ("2,5%", Some("0.025")),
            ("1 000", Some("1000")),
            ("1\u{a0}000\u{a0}000", Some("1000000")),
            ("1'000.5", Some("1000.5")),
            ("1 234,56", Some("1234.56")),
            ("1.234,5", Some("1234.5")),
            ("1,234.5", Some("1234.5")),
            ("1.234.567", Some("1234567")),
            ("1,234,567", Some("1234567")),
            ("−5", Some("-5")),
            ("“0.8”", None),
        ];
        for (written, meant) in cases {
            assert_eq!(number(written).and_then(|m| m.write).as_deref(), meant, "{written}");
        }
        // Plain what is wrong, but not what it should be.
        for written in ["#N/A", "nan", "20,000", "11 kW", "400V", "-"] {
            assert!(number(written).is_some_and(|m| m.write.is_none()), "{written}");
        }
        for written in ["", "oops", "1,2,3", "1.2.3", "2e4.5", "12 34", "kW", "%", "–", "1 0000"] {
            assert_eq!(number(written), None, "{written}");
        }
    }

    #[test]
    fn dates_and_times_are_meant_so() {
        assert!(date("2024-06-31").unwrap().starts_with("June 2024 has 30 days"));
        assert!(date("2023-02-29").unwrap().starts_with("February 2023 has 28 days"));
        for written in ["31.12.2024", "31/12/2024", "12/31/2024", "2024/12/31", "20241231", "2024.12.31", "2024-31-12"] {
            assert!(date(written).unwrap().ends_with("write 2024-12-31"), "{written}: {:?}", date(written));
        }
        assert!(date("03/04/2024").unwrap().ends_with("2024-04-03 or 2024-03-04"));
        assert!(["", "yesterday", "31.12.24", "2024-13-32", "1-2"].iter().all(|text| date(text).is_none()));
        let times = [("9:00", "09:00"), ("9.30", "09:30"), ("7:5:3", "07:05:03"), ("9h", "09:00"), ("17h30", "17:30")];
        times.iter().for_each(|(written, meant)| assert_eq!(clock_time(written).as_deref(), Some(*meant)));
        assert!(["", "25:00", "9:5", "noon", "12:60", "1:2:3:4"].iter().all(|text| clock_time(text).is_none()));
    }
}
