//! FlexRequest (DSO → AGR): where the operator wants flexibility, and where there is room for it.

use super::common::{FlexHeader, Header};
use super::isp::IspRun;
use super::value::{DateTime, Disposition, Text};
use crate::uftp::xml::element;
use crate::units::Watts;

/// A higher revision supersedes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexRequest {
    /// Common attributes.
    pub header: Header,
    /// Flex attributes.
    pub flex: FlexHeader,
    /// Grows with every new version of this request.
    pub revision: i64,
    /// Until when offers may refer to it.
    pub expiration_date_time: DateTime,
    /// The contract it calls upon.
    pub contract_id: Option<Text>,
    /// Free text agreed between the parties.
    pub service_type: Option<Text>,
    /// The requested ISPs, and the rest of the Period as available.
    pub isps: Vec<FlexRequestIsp>,
}

/// `ISP` of a FlexRequest: the deviation from baseline may lie in `[min_power, max_power]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlexRequestIsp {
    /// Wanted, or merely possible.
    pub disposition: Disposition,
    /// Lower bound, W. More consumption is wanted if this is ≥ 0.
    pub min_power: Watts,
    /// Upper bound, W. Less consumption is wanted if this is ≤ 0.
    pub max_power: Watts,
    /// Which ISPs.
    pub run: IspRun,
}

element!(FlexRequest {
    _ => header,
    _ => flex,
    "Revision" => revision,
    "ExpirationDateTime" => expiration_date_time,
    "ContractID" => contract_id,
    "ServiceType" => service_type,
    ["ISP", 1] => isps,
});

element!(FlexRequestIsp {
    "Disposition" => disposition,
    "MinPower" => min_power,
    "MaxPower" => max_power,
    _ => run,
});
