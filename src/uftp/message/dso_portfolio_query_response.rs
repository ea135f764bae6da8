//! DSOPortfolioQueryResponse (CRO → DSO): the connections of a congestion point and who represents them.

use jiff::civil::Date;

use super::common::{Header, Response};
use super::value::ZoneName;
use crate::ids::{Domain, EntityAddress};
use crate::uftp::xml::element;

/// The answer to a DSOPortfolioQuery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsoPortfolioQueryResponse {
    /// Common attributes.
    pub header: Header,
    /// The answer.
    pub response: Response,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// The day asked about.
    pub period: Date,
    /// Absent when rejected.
    pub congestion_point: Option<DsoCongestionPoint>,
}

/// `CongestionPoint` as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsoCongestionPoint {
    /// The congestion point.
    pub entity_address: EntityAddress,
    /// At least one.
    pub connections: Vec<RepresentedConnection>,
}

/// `Connection` with its aggregator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepresentedConnection {
    /// The connection.
    pub entity_address: EntityAddress,
    /// Who represents it; absent if nobody.
    pub agr_domain: Option<Domain>,
}

element!(DsoPortfolioQueryResponse {
    _ => header,
    _ => response,
    "TimeZone" => time_zone,
    "Period" => period,
    ["CongestionPoint"] => congestion_point,
});

element!(DsoCongestionPoint {
    "EntityAddress" => entity_address,
    ["Connection", 1] => connections,
});

element!(RepresentedConnection {
    "EntityAddress" => entity_address,
    "AGR-Domain" => agr_domain,
});
