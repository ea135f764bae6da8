//! Attribute values as text (schema simple types).
//!
//! Numbers, dates, durations and booleans may be surrounded by blanks (`whiteSpace = collapse`); names, enumerations and free
//! texts may not.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use uuid::Uuid;

use super::datetime;
use crate::ids::{Domain, EntityAddress, Role};
use crate::uftp::message::{
    ConversationId, Currency, DateTime, Decimal, Disposition, Ean, IspMinutes, MessageId, MeteringUnit, Outcome, ProfileType, RedispatchBy,
    SettlementDisposition, Text, Version, ZoneName,
};
use crate::uftp::syntax;
use crate::units::{ActivationFactor, Money, Watts};

/// Powers and amounts of a peer stay below this, so that scaling by an activation factor and sums of hundreds never overflow.
const LIMIT: u64 = 10_000_000_000_000_000;

/// Something that stands in an attribute.
pub(in crate::uftp) trait Value: Sized {
    /// What a value must be, to finish the sentence "expected …".
    const EXPECTED: &'static str;

    /// Whether an empty attribute counts as an absent one where it is optional.
    const EMPTY_IS_ABSENT: bool = false;

    /// Appends the text, escaped.
    fn write(&self, text: &mut String);

    /// The value of an unescaped text.
    fn parse(text: &str) -> Option<Self>;
}

/// Values that print as they are written.
macro_rules! displayed {
    ($type:ty, $expected:literal, $parse:expr) => {
        impl Value for $type {
            const EXPECTED: &'static str = $expected;
            fn write(&self, text: &mut String) {
                write!(text, "{self}").expect("a string takes everything");
            }
            fn parse(text: &str) -> Option<$type> {
                let parse: fn(&str) -> Option<$type> = $parse;
                parse(text)
            }
        }
    };
}

displayed!(Version, "a version such as '3.1.0'", version);
displayed!(MessageId, "a UUID", |t| uuid(t).map(MessageId));
displayed!(ConversationId, "a UUID", |t| uuid(t).map(ConversationId));
displayed!(IspMinutes, "a duration of whole minutes such as 'PT15M'", |t| datetime::minutes(blanks_off(t)).map(IspMinutes));
displayed!(Money, "an amount of at most 12 digits and four decimals", |t| fixed_point(t, 4).map(Money));
displayed!(ActivationFactor, "a factor from 0.01 to 1.00 with at most two decimals", activation_factor);
displayed!(Decimal, "a decimal number of at most 18 digits", decimal);
displayed!(Currency, "a currency of three capital letters such as 'EUR'", Currency::new);
displayed!(bool, "'true' or 'false'", |t| match blanks_off(t) {
    "true" | "1" => Some(true),
    "false" | "0" => Some(false),
    _ => None,
});
displayed!(i64, "a whole number", |t| integer(t)?.parse().ok());
displayed!(u16, "a whole number from 0 to 65535", |t| integer(t)?.parse().ok());

impl Value for Watts {
    const EXPECTED: &'static str = "a whole number of watts of at most 16 digits";

    fn write(&self, text: &mut String) {
        self.0.write(text);
    }

    fn parse(text: &str) -> Option<Watts> {
        i64::parse(text).filter(|w| w.unsigned_abs() < LIMIT).map(Watts)
    }
}

impl Value for Date {
    const EXPECTED: &'static str = "a date such as '2026-03-10'";

    fn write(&self, text: &mut String) {
        write!(text, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day()).expect("a string takes everything");
    }

    fn parse(text: &str) -> Option<Date> {
        datetime::date_with_optional_offset(blanks_off(text))
    }
}

impl Value for DateTime {
    const EXPECTED: &'static str = "a date and time with its offset such as '2026-03-10T14:00:00+01:00'";

    fn write(&self, text: &mut String) {
        datetime::write(self, text);
    }

    fn parse(text: &str) -> Option<DateTime> {
        datetime::date_time(blanks_off(text))
    }
}

macro_rules! checked_text {
    ($type:ty, $expected:literal, $check:path) => {
        impl Value for $type {
            const EXPECTED: &'static str = $expected;
            fn write(&self, text: &mut String) {
                escape(self.as_str(), text);
            }
            fn parse(text: &str) -> Option<$type> {
                $check(text).then(|| <$type>::new(text))
            }
        }
    };
}

checked_text!(Domain, "a domain name in lower case such as 'dso.example.com'", syntax::is_domain);
checked_text!(
    EntityAddress,
    "an address such as 'ean.871685900012636543' or 'ea1.2024-01.com.example.dso:feeder-7'",
    syntax::is_entity_address
);
checked_text!(ZoneName, "a time zone such as 'Europe/Amsterdam'", syntax::is_zone_name);

impl Value for Text {
    const EXPECTED: &'static str = "text";
    const EMPTY_IS_ABSENT: bool = true;

    fn write(&self, text: &mut String) {
        escape(self, text);
    }

    fn parse(text: &str) -> Option<Text> {
        Some(Arc::from(text))
    }
}

impl Value for Ean {
    const EXPECTED: &'static str = "'E' and 18 digits";

    fn write(&self, text: &mut String) {
        text.push('E');
        text.push_str(self.digits());
    }

    fn parse(text: &str) -> Option<Ean> {
        Ean::new(text.strip_prefix(['E', 'e'])?)
    }
}

macro_rules! enumeration {
    ($type:ty, $expected:literal, $all:expr) => {
        impl Value for $type {
            const EXPECTED: &'static str = $expected;
            fn write(&self, text: &mut String) {
                text.push_str(self.as_str());
            }
            fn parse(text: &str) -> Option<$type> {
                $all.iter().copied().find(|v| v.as_str() == text)
            }
        }
    };
}

enumeration!(Role, "'AGR', 'CRO' or 'DSO'", [Role::Agr, Role::Cro, Role::Dso]);
enumeration!(Outcome, "'Accepted' or 'Rejected'", Outcome::ALL);
enumeration!(Disposition, "'Available' or 'Requested'", Disposition::ALL);
enumeration!(SettlementDisposition, "'Accepted' or 'Disputed'", SettlementDisposition::ALL);
enumeration!(RedispatchBy, "'AGR' or 'DSO'", RedispatchBy::ALL);
enumeration!(ProfileType, "'Power', 'ImportEnergy', 'ExportEnergy', 'ImportMeterReading' or 'ExportMeterReading'", ProfileType::ALL);
enumeration!(MeteringUnit, "'kW' or 'kWh'", MeteringUnit::ALL);

/// Escapes what may not stand in a double-quoted attribute. Characters XML cannot carry at all become U+FFFD.
fn escape(raw: &str, text: &mut String) {
    for c in raw.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\t' => text.push_str("&#9;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            c if !syntax::is_xml_char(c) => text.push('\u{FFFD}'),
            c => text.push(c),
        }
    }
}

pub(super) fn blanks_off(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// The lexical form of `xs:integer`, as Rust's own parser takes it (it too allows a leading `+`).
fn integer(text: &str) -> Option<&str> {
    let text = blanks_off(text);
    (!text.is_empty()).then_some(text)
}

/// Exactly 8-4-4-4-12 hexadecimal digits; the `uuid` crate alone would also take braces and no hyphens.
fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse_ascii(text.as_bytes()).ok()).flatten()
}

fn version(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|p| p.bytes().all(|b| b.is_ascii_digit()).then(|| p.parse::<u16>().ok()).flatten());
    let version = Version { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
    parts.next().is_none().then_some(version)
}

/// The lexical form of `xs:decimal` as digits and how many of them stand after the point, zeros at the end left out.
fn digits(text: &str) -> Option<(i64, u8)> {
    let text = blanks_off(text);
    let (negative, magnitude) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let mut units: i64 = 0;
    for b in whole.bytes().chain(fraction.bytes()) {
        let digit = b.is_ascii_digit().then_some(i64::from(b) - i64::from(b'0'))?;
        units = units.checked_mul(10)?.checked_add(digit)?;
    }
    Some((if negative { -units } else { units }, u8::try_from(fraction.len()).ok()?))
}

fn decimal(text: &str) -> Option<Decimal> {
    let (units, scale) = digits(text)?;
    (scale <= 18 && units.unsigned_abs() < 1_000_000_000_000_000_000).then(|| Decimal::new(units, scale))
}

/// A decimal in units of `10^−places`; `None` if it has more places.
fn fixed_point(text: &str, places: u8) -> Option<i64> {
    let (units, scale) = digits(text)?;
    let value = units.checked_mul(10_i64.pow(u32::from(places.checked_sub(scale)?)))?;
    (value.unsigned_abs() < LIMIT).then_some(value)
}

fn activation_factor(text: &str) -> Option<ActivationFactor> {
    ActivationFactor::from_hundredths(u8::try_from(fixed_point(text, 2)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_value() {
        assert_eq!(Money::parse("7.5"), Some(Money(75_000)));
        assert_eq!(Money::parse(" -0.00010 "), Some(Money(-1)));
        assert_eq!(Money::parse("0.00001"), None);
        assert_eq!(Money::parse("1e3"), None);
        assert_eq!(Money::parse("."), None);
        assert_eq!(Money::parse(".5"), Some(Money(5_000)));
        assert_eq!(Money::parse("--1"), None);
        assert_eq!(Decimal::parse("0.30000000000000004").map(|d| d.to_string()).as_deref(), Some("0.30000000000000004"));
        assert_eq!(Decimal::parse("9.50"), Some(Decimal::new(95, 1)));
        assert_eq!(ActivationFactor::parse("1"), Some(ActivationFactor::FULL));
        assert_eq!(ActivationFactor::parse("0"), None);
        assert_eq!(ActivationFactor::parse("1.01"), None);
        assert_eq!(ActivationFactor::parse("0.505"), None);
    }

    #[test]
    fn uuids_have_one_form() {
        let id = "5EED0000-0000-4000-8000-00000000000e";
        assert_eq!(MessageId::parse(id).unwrap().to_string(), id.to_lowercase());
        assert_eq!(MessageId::parse("5eed000000004000800000000000000e"), None);
        assert_eq!(MessageId::parse("{5eed0000-0000-4000-8000-00000000000e}"), None);
    }

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(Version::parse("3.1.0"), Some(Version::V3_1_0));
        for text in ["3.1", "3.1.0.0", "3..0", "3.1.x", "+3.1.0", " 3.1.0"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
