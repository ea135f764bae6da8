//! DSOPortfolioUpdate (DSO → CRO): congestion points, their terms of trade and their connections.

use jiff::civil::Date;

use super::agr_portfolio_update::PortfolioConnection;
use super::common::Header;
use super::value::{RedispatchBy, ZoneName};
use crate::ids::EntityAddress;
use crate::uftp::xml::element;

/// An operator's congestion points; sent again to change them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsoPortfolioUpdate {
    /// Common attributes.
    pub header: Header,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// At least one.
    pub congestion_points: Vec<DeclaredCongestionPoint>,
}

/// `CongestionPoint` as its operator declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredCongestionPoint {
    /// The congestion point.
    pub entity_address: EntityAddress,
    /// First day it is one.
    pub start_period: Date,
    /// Last day; open-ended if absent.
    pub end_period: Option<Date>,
    /// Whether an offer may have several, mutually exclusive options.
    pub mutex_offers_supported: bool,
    /// Who restores the balance after a day-ahead trade.
    pub day_ahead_redispatch_by: RedispatchBy,
    /// Who does after an intraday trade; absent where there is none.
    pub intraday_redispatch_by: Option<RedispatchBy>,
    /// Its connections; their days lie within the congestion point's.
    pub connections: Vec<PortfolioConnection>,
}

element!(DsoPortfolioUpdate {
    _ => header,
    "TimeZone" => time_zone,
    ["CongestionPoint", 1] => congestion_points,
});

element!(DeclaredCongestionPoint {
    "EntityAddress" => entity_address,
    "StartPeriod" => start_period,
    "EndPeriod" => end_period,
    "MutexOffersSupported" => mutex_offers_supported,
    "DayAheadRedispatchBy" => day_ahead_redispatch_by,
    "IntradayRedispatchBy" => intraday_redispatch_by,
    ["Connection", 0] => connections,
});
