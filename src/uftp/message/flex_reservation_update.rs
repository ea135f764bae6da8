//! FlexReservationUpdate (DSO → AGR): what of a contract's reservation remains; the rest is released.

use super::common::{FlexHeader, Header};
use super::isp::IspPower;
use super::value::Text;
use crate::uftp::xml::element;

/// Reservation that remains, by ISP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexReservationUpdate {
    /// Common attributes.
    pub header: Header,
    /// Flex attributes.
    pub flex: FlexHeader,
    /// The contract.
    pub contract_id: Text,
    /// The operator's own reference.
    pub reference: Text,
    /// Power still reserved, W, signed by direction; 0 = released.
    pub isps: Vec<IspPower>,
}

element!(FlexReservationUpdate {
    _ => header,
    _ => flex,
    "ContractID" => contract_id,
    "Reference" => reference,
    ["ISP", 1] => isps,
});
