//! D-PrognosisResponse (DSO → AGR): besides the answer, which orders of the Period the prognosis already contains.

use super::common::{Header, Response};
use super::value::MessageId;
use crate::uftp::xml::element;

/// The answer to a D-Prognosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DPrognosisResponse {
    /// Common attributes.
    pub header: Header,
    /// The answer.
    pub response: Response,
    /// One for each order already placed for ISPs of the Period.
    pub flex_order_statuses: Vec<FlexOrderStatus>,
}

/// `FlexOrderStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlexOrderStatus {
    /// The order.
    pub flex_order_message_id: MessageId,
    /// Whether the prognosis reflects it.
    pub is_validated: bool,
}

element!(DPrognosisResponse {
    _ => header,
    _ => response,
    ["FlexOrderStatus", 0] => flex_order_statuses,
});

element!(FlexOrderStatus {
    "FlexOrderMessageID" => flex_order_message_id,
    "IsValidated" => is_validated,
});
