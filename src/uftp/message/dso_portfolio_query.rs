//! DSOPortfolioQuery (DSO → CRO): which aggregators are active on a congestion point on a day?

use jiff::civil::Date;

use super::common::Header;
use super::value::ZoneName;
use crate::ids::EntityAddress;
use crate::uftp::xml::element;

/// The operator's daily question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsoPortfolioQuery {
    /// Common attributes.
    pub header: Header,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// The day asked about.
    pub period: Date,
    /// The congestion point asked about.
    pub entity_address: EntityAddress,
}

element!(DsoPortfolioQuery {
    _ => header,
    "TimeZone" => time_zone,
    "Period" => period,
    "EntityAddress" => entity_address,
});
