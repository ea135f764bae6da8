//! AGRPortfolioUpdate (AGR → CRO): the connections an aggregator represents, and from when to when.

use jiff::civil::Date;

use super::common::Header;
use super::value::ZoneName;
use crate::ids::EntityAddress;
use crate::uftp::xml::element;

/// An aggregator's portfolio; sent again to change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgrPortfolioUpdate {
    /// Common attributes.
    pub header: Header,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// At least one connection.
    pub connections: Vec<PortfolioConnection>,
}

/// A connection and the days it belongs to a portfolio or to a congestion point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortfolioConnection {
    /// The connection.
    pub entity_address: EntityAddress,
    /// First day.
    pub start_period: Date,
    /// Last day; open-ended if absent.
    pub end_period: Option<Date>,
}

element!(AgrPortfolioUpdate {
    _ => header,
    "TimeZone" => time_zone,
    ["Connection", 1] => connections,
});

element!(PortfolioConnection {
    "EntityAddress" => entity_address,
    "StartPeriod" => start_period,
    "EndPeriod" => end_period,
});
