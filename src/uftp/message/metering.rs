//! Metering (AGR → DSO): a day of meter data of one connection.

use jiff::civil::Date;

use super::common::Header;
use super::value::{Currency, Decimal, Ean, IspMinutes, MeteringUnit, ProfileType, ZoneName};
use crate::uftp::xml::element;

/// All of a window must have arrived before it is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metering {
    /// Common attributes.
    pub header: Header,
    /// Grows with every new version of this day.
    pub revision: i64,
    /// Length of an ISP.
    pub isp_duration: IspMinutes,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// Left over from tariff profiles that the specification dropped.
    pub currency: Option<Currency>,
    /// The day.
    pub period: Date,
    /// The meter.
    pub ean: Ean,
    /// At least one.
    pub profiles: Vec<MeteringProfile>,
}

/// `Profile`: one kind of value over the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeteringProfile {
    /// What is measured.
    pub profile_type: ProfileType,
    /// kW for power, kWh for everything else.
    pub unit: MeteringUnit,
    /// At least one.
    pub isps: Vec<MeteringIsp>,
}

/// `ISP` of a profile; it has no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeteringIsp {
    /// Number of the ISP, from 1.
    pub start: u16,
    /// In the profile's unit.
    pub value: Decimal,
}

element!(Metering {
    _ => header,
    "Revision" => revision,
    "ISP-Duration" => isp_duration,
    "TimeZone" => time_zone,
    "Currency" => currency,
    "Period" => period,
    "EAN" => ean,
    ["Profile", 1] => profiles,
});

element!(MeteringProfile {
    "ProfileType" => profile_type,
    "Unit" => unit,
    ["ISP", 1] => isps,
});

element!(MeteringIsp {
    "Start" => start,
    "Value" => value,
});
