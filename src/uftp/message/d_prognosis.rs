//! D-Prognosis (AGR → DSO): forecast net power of an aggregator's connections on a congestion point, for every ISP of a Period.

use super::common::{FlexHeader, Header};
use super::isp::IspPower;
use crate::uftp::xml::element;

/// The last one accepted before gate closure is the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DPrognosis {
    /// Common attributes.
    pub header: Header,
    /// Flex attributes.
    pub flex: FlexHeader,
    /// Grows with every new version of this Period's prognosis.
    pub revision: i64,
    /// Absolute power, W; consumption positive. Covers the Period.
    pub isps: Vec<IspPower>,
}

element!(DPrognosis {
    _ => header,
    _ => flex,
    "Revision" => revision,
    ["ISP", 1] => isps,
});
