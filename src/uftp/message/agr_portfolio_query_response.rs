//! AGRPortfolioQueryResponse (CRO → AGR): the congestion points of the aggregator's connections, by operator.
//!
//! The schema forces at least one DSO-View, with at least one DSO-Portfolio, even into a rejection; an empty or rejected answer is
//! written without a view, and one on connections that are on no congestion point without a portfolio.

use jiff::civil::Date;

use super::common::{Header, Response};
use super::value::{RedispatchBy, ZoneName};
use crate::ids::{Domain, EntityAddress};
use crate::uftp::xml::element;

/// The answer to an AGRPortfolioQuery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgrPortfolioQueryResponse {
    /// Common attributes.
    pub header: Header,
    /// The answer.
    pub response: Response,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// The day asked about.
    pub period: Date,
    /// None when nothing is congested or the query was rejected.
    pub dso_views: Vec<DsoView>,
}

/// `DSO-View`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsoView {
    /// Operators with congestion points; none where all connections are on no congestion point.
    pub dso_portfolios: Vec<DsoPortfolio>,
    /// The aggregator's connections on no congestion point.
    pub connections: Vec<EntityAddress>,
}

/// `DSO-Portfolio`: one operator's congestion points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsoPortfolio {
    /// The operator.
    pub dso_domain: Domain,
    /// At least one.
    pub congestion_points: Vec<AgrCongestionPoint>,
}

/// `CongestionPoint` as an aggregator sees it: the terms of trade and its own connections there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgrCongestionPoint {
    /// The congestion point.
    pub entity_address: EntityAddress,
    /// Whether an offer may have several, mutually exclusive options.
    pub mutex_offers_supported: bool,
    /// Who restores the balance after a day-ahead trade.
    pub day_ahead_redispatch_by: RedispatchBy,
    /// Who does after an intraday trade; absent where there is none.
    pub intraday_redispatch_by: Option<RedispatchBy>,
    /// At least one.
    pub connections: Vec<EntityAddress>,
}

element!(AgrPortfolioQueryResponse {
    _ => header,
    _ => response,
    "TimeZone" => time_zone,
    "Period" => period,
    ["DSO-View", 0] => dso_views,
});

element!(DsoView {
    ["DSO-Portfolio", 0] => dso_portfolios,
    ["Connection", 0] => connections,
});

element!(DsoPortfolio {
    "DSO-Domain" => dso_domain,
    ["CongestionPoint", 1] => congestion_points,
});

element!(AgrCongestionPoint {
    "EntityAddress" => entity_address,
    "MutexOffersSupported" => mutex_offers_supported,
    "DayAheadRedispatchBy" => day_ahead_redispatch_by,
    "IntradayRedispatchBy" => intraday_redispatch_by,
    ["Connection", 1] => connections,
});
