//! FlexSettlementResponse (AGR → DSO): agrees with the amounts or disputes them, order by order.

use super::common::{Header, Response};
use super::value::{SettlementDisposition, Text};
use crate::uftp::xml::element;

/// Disagreement with amounts is not a rejection: the message is accepted and its items are disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexSettlementResponse {
    /// Common attributes.
    pub header: Header,
    /// The answer.
    pub response: Response,
    /// One for each order settled.
    pub statuses: Vec<FlexOrderSettlementStatus>,
}

/// `FlexOrderSettlementStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexOrderSettlementStatus {
    /// The order.
    pub order_reference: Option<Text>,
    /// Agreed or disputed.
    pub disposition: SettlementDisposition,
    /// Why it is disputed.
    pub dispute_reason: Option<Text>,
}

element!(FlexSettlementResponse {
    _ => header,
    _ => response,
    ["FlexOrderSettlementStatus", 0] => statuses,
});

element!(FlexOrderSettlementStatus {
    "OrderReference" => order_reference,
    "Disposition" => disposition,
    "DisputeReason" => dispute_reason,
});
