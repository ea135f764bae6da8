//! Values of attributes: identifiers, dates with their offset, durations, decimals (schema `UFTP-common.xsd`, simple types).
//!
//! Each type holds exactly what its attribute can say, so an equal value is written to equal text.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::ids::EntityAddress;
use crate::time::{IspCalendar, SimTime};
use crate::units::Watts;

/// Free text of a participant: contract, order and option references, reasons (`xs:string`). An optional empty text counts as absent.
pub type Text = Arc<str>;

/// `MessageID`: unique per message; a repeated transmission keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub Uuid);

/// `ConversationID`: made for the first message of a conversation, copied into every reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(pub Uuid);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `Version`: the version of the specification a message speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Incompatible changes; the endpoint's path carries it.
    pub major: u16,
    /// Compatible additions.
    pub minor: u16,
    /// Corrections.
    pub patch: u16,
}

impl Version {
    /// The version this module writes.
    pub const V3_1_0: Version = Version { major: 3, minor: 1, patch: 0 };
    /// The predecessor, whose every message is a valid 3.1.0 message but for this attribute.
    pub const V3_0_0: Version = Version { major: 3, minor: 0, patch: 0 };

    /// Whether this module understands it.
    #[must_use]
    pub fn is_supported(self) -> bool {
        self == Version::V3_1_0 || self == Version::V3_0_0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A point in time with the offset it is written in (`TimeStamp`, `ExpirationDateTime`).
///
/// Two values are equal when instant and offset are. Compare instants with [`DateTime::is_after`] or [`DateTime::instant`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// The whole second of the instant.
    pub second: SimTime,
    /// The part below a second, 0..1_000_000_000 ns.
    pub nanosecond: u32,
    /// Local time minus UTC, minutes.
    pub offset_min: i16,
}

impl DateTime {
    /// `t` with the offset that the market's zone has then. Zones whose offset has seconds (before 1937) are cut to the minute.
    #[must_use]
    pub fn new(calendar: &IspCalendar, t: SimTime) -> DateTime {
        let local = calendar.date_of(t).to_datetime(calendar.local_time(t));
        let as_utc = jiff::tz::Offset::UTC.to_timestamp(local).expect("simulated time within years 1..9999").as_second();
        DateTime { second: t, nanosecond: 0, offset_min: ((as_utc - t.0) / 60) as i16 }
    }

    /// `t` written in UTC.
    #[must_use]
    pub fn utc(t: SimTime) -> DateTime {
        DateTime { second: t, nanosecond: 0, offset_min: 0 }
    }

    /// Orders instants: whole second, then nanoseconds.
    #[must_use]
    pub fn instant(self) -> (SimTime, u32) {
        (self.second, self.nanosecond)
    }

    /// Whether the instant lies strictly after `t`.
    #[must_use]
    pub fn is_after(self, t: SimTime) -> bool {
        self.instant() > (t, 0)
    }
}

/// `ISP-Duration` in whole minutes; written `PT<n>M`, compared as a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IspMinutes(pub u16);

impl fmt::Display for IspMinutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PT{}M", self.0)
    }
}

/// `TimeZone`: an IANA zone of the five continents the schema lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneName(Arc<str>);

impl ZoneName {
    /// Takes the text as it is; its syntax is checked where it enters.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> ZoneName {
        ZoneName(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `Currency`: three capital letters (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Euro.
    pub const EUR: Currency = Currency(*b"EUR");

    /// `None` unless `code` is three capital ASCII letters.
    #[must_use]
    pub fn new(code: &str) -> Option<Currency> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Currency(bytes))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made from ASCII letters")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `EAN` of a meter in [`super::Metering`]: its digits; on the wire the letter `E` stands before them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ean(Arc<str>);

impl Ean {
    /// `None` unless `digits` are 18 digits, or the 16 that the schema of 3.0.0 and 3.1.0 asks for by mistake.
    #[must_use]
    pub fn new(digits: &str) -> Option<Ean> {
        (matches!(digits.len(), 16 | 18) && digits.bytes().all(|b| b.is_ascii_digit())).then(|| Ean(digits.into()))
    }

    /// The meter of the connection `ean.<18 digits>`; `None` for any other address.
    #[must_use]
    pub fn of_connection(address: &EntityAddress) -> Option<Ean> {
        address.as_str().strip_prefix("ean.").and_then(Ean::new)
    }

    /// The connection `ean.<digits>` of this meter.
    #[must_use]
    pub fn connection(&self) -> EntityAddress {
        EntityAddress::new(format!("ean.{}", self.0))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// An exact decimal number: `units · 10^−scale`, without trailing zeros, so that equal numbers are equal values.
///
/// Metering carries kW and kWh this way. 18 significant digits fit. It is packed, as most of the memory of a large run is metering.
#[repr(C, packed(2))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    scale: u8,
}

impl Decimal {
    /// `units · 10^−scale`.
    #[must_use]
    pub fn new(units: i64, scale: u8) -> Decimal {
        let (mut units, mut scale) = (units, scale);
        while scale > 0 && units % 10 == 0 {
            units /= 10;
            scale -= 1;
        }
        Decimal { units, scale }
    }

    /// Power in kW, as the `Power` profile states it.
    #[must_use]
    pub fn kilowatts(power: Watts) -> Decimal {
        Decimal::new(power.0, 3)
    }

    /// Energy in kWh, from whole Wh.
    #[must_use]
    pub fn kilowatt_hours(energy_wh: i64) -> Decimal {
        Decimal::new(energy_wh, 3)
    }

    /// All digits as one integer.
    #[must_use]
    pub fn units(self) -> i64 {
        self.units
    }

    /// How many of the digits stand after the point.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The nearest floating-point number (the same on every machine: one division of exact operands up to 2⁵³).
    #[must_use]
    pub fn as_f64(self) -> f64 {
        let mut divisor = 1.0;
        for _ in 0..self.scale {
            divisor *= 10.0;
        }
        self.units as f64 / divisor
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Decimal { units, scale } = *self;
        if scale == 0 {
            return write!(f, "{units}");
        }
        let sign = if units < 0 { "-" } else { "" };
        let digits = units.unsigned_abs().to_string();
        let width = usize::from(scale) + 1;
        let padded = format!("{digits:0>width$}");
        let (whole, fraction) = padded.split_at(padded.len() - usize::from(scale));
        write!(f, "{sign}{whole}.{fraction}")
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the schema's order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// As the attribute writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }
    };
}

words!(
    /// `Result` of a response. Acceptance of an offer means receipt and validity, not purchase.
    Outcome { /// Valid and taken.
    Accepted = "Accepted", /// Refused; `RejectionReason` says why.
    Rejected = "Rejected" }
);
words!(
    /// `Disposition` of an ISP in a FlexRequest.
    Disposition { /// Room for deviation, for rebound and shifts.
    Available = "Available", /// Flexibility wanted; the power range must have a direction.
    Requested = "Requested" }
);
words!(
    /// `Disposition` of a settlement item.
    SettlementDisposition { /// The amounts agree with the aggregator's own.
    Accepted = "Accepted", /// They do not; `DisputeReason` says why.
    Disputed = "Disputed" }
);
words!(
    /// Who restores the balance after a trade: `DayAheadRedispatchBy`, `IntradayRedispatchBy`.
    RedispatchBy { /// The aggregator.
    Agr = "AGR", /// The operator; the flex order is then an energy trade too.
    Dso = "DSO" }
);
words!(
    /// `ProfileType` of metering data.
    ProfileType { /// Average net power in the ISP, kW; import positive.
    Power = "Power", /// Energy imported in the ISP, kWh.
    ImportEnergy = "ImportEnergy", /// Energy exported in the ISP, kWh.
    ExportEnergy = "ExportEnergy", /// Import register at the end of the ISP, kWh.
    ImportMeterReading = "ImportMeterReading", /// Export register at the end of the ISP, kWh.
    ExportMeterReading = "ExportMeterReading" }
);
words!(
    /// `Unit` of a metering profile.
    MeteringUnit { /// For `Power`.
    Kilowatt = "kW", /// For every other profile.
    KilowattHour = "kWh" }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_normal_and_print_their_digits() {
        assert_eq!(Decimal::new(9500, 3), Decimal::new(95, 1));
        assert_eq!(Decimal::kilowatts(Watts(9500)).to_string(), "9.5");
        assert_eq!(Decimal::new(-5, 3).to_string(), "-0.005");
        assert_eq!(Decimal::new(0, 7).to_string(), "0");
        assert_eq!(Decimal::new(95, 1).as_f64(), 9.5);
    }

    #[test]
    fn offsets_follow_the_zone() {
        let calendar = IspCalendar::new("Europe/Amsterdam", 15).unwrap();
        let summer = calendar.at(jiff::civil::date(2026, 7, 1), jiff::civil::time(12, 0, 0, 0));
        assert_eq!(DateTime::new(&calendar, summer).offset_min, 120);
        let winter = calendar.at(jiff::civil::date(2026, 1, 1), jiff::civil::time(12, 0, 0, 0));
        assert_eq!(DateTime::new(&calendar, winter).offset_min, 60);
    }
}
