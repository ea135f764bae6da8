//! AGRPortfolioQuery (AGR → CRO): which congestion points concern my connections on a day?

use jiff::civil::Date;

use super::common::Header;
use super::value::ZoneName;
use crate::uftp::xml::element;

/// The aggregator's daily question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgrPortfolioQuery {
    /// Common attributes.
    pub header: Header,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// The day asked about.
    pub period: Date,
}

element!(AgrPortfolioQuery {
    _ => header,
    "TimeZone" => time_zone,
    "Period" => period,
});
