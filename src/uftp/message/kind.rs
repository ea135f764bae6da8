//! The 26 payload messages by name: root element, direction, and what answers them.
//!
//! Origin: Shapeshifter specification 3.1.0, the message definitions and the root elements of the schema.

use crate::ids::Role;

/// Name of a payload message; its order is that of the schema's parts: common, AGR–CRO, CRO–DSO, AGR–DSO, metering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the specification's; each struct says what the message is")]
pub enum MessageType {
    TestMessage,
    TestMessageResponse,
    AgrPortfolioUpdate,
    AgrPortfolioUpdateResponse,
    AgrPortfolioQuery,
    AgrPortfolioQueryResponse,
    DsoPortfolioUpdate,
    DsoPortfolioUpdateResponse,
    DsoPortfolioQuery,
    DsoPortfolioQueryResponse,
    FlexReservationUpdate,
    FlexReservationUpdateResponse,
    DPrognosis,
    DPrognosisResponse,
    FlexRequest,
    FlexRequestResponse,
    FlexOffer,
    FlexOfferResponse,
    FlexOfferRevocation,
    FlexOfferRevocationResponse,
    FlexOrder,
    FlexOrderResponse,
    FlexSettlement,
    FlexSettlementResponse,
    Metering,
    MeteringResponse,
}

use MessageType as T;

const AGR: &[Role] = &[Role::Agr];
const CRO: &[Role] = &[Role::Cro];
const DSO: &[Role] = &[Role::Dso];
const ANY: &[Role] = &[Role::Agr, Role::Cro, Role::Dso];

/// Row of the table: root element, who sends, who receives, the message that answers, the attribute by which a response
/// names what it answers.
struct Row(T, &'static str, &'static [Role], &'static [Role], Option<T>, Option<&'static str>);

#[rustfmt::skip]
static TABLE: [Row; 26] = [
    Row(T::TestMessage, "TestMessage", ANY, ANY, Some(T::TestMessageResponse), None),
    Row(T::TestMessageResponse, "TestMessageResponse", ANY, ANY, None, None),
    Row(T::AgrPortfolioUpdate, "AGRPortfolioUpdate", AGR, CRO, Some(T::AgrPortfolioUpdateResponse), None),
    Row(T::AgrPortfolioUpdateResponse, "AGRPortfolioUpdateResponse", CRO, AGR, None, Some("AGRPortfolioUpdateMessageID")),
    Row(T::AgrPortfolioQuery, "AGRPortfolioQuery", AGR, CRO, Some(T::AgrPortfolioQueryResponse), None),
    Row(T::AgrPortfolioQueryResponse, "AGRPortfolioQueryResponse", CRO, AGR, None, Some("AGRPortfolioQueryMessageID")),
    Row(T::DsoPortfolioUpdate, "DSOPortfolioUpdate", DSO, CRO, Some(T::DsoPortfolioUpdateResponse), None),
    // The schema's name, although it names the update, not the response; the specification's text calls it DSOPortfolioUpdateMessageID.
    Row(T::DsoPortfolioUpdateResponse, "DSOPortfolioUpdateResponse", CRO, DSO, None, Some("DSOPortfolioUpdateResponseMessageID")),
    Row(T::DsoPortfolioQuery, "DSOPortfolioQuery", DSO, CRO, Some(T::DsoPortfolioQueryResponse), None),
    Row(T::DsoPortfolioQueryResponse, "DSOPortfolioQueryResponse", CRO, DSO, None, Some("DSOPortfolioQueryMessageID")),
    Row(T::FlexReservationUpdate, "FlexReservationUpdate", DSO, AGR, Some(T::FlexReservationUpdateResponse), None),
    Row(T::FlexReservationUpdateResponse, "FlexReservationUpdateResponse", AGR, DSO, None, Some("FlexReservationUpdateMessageID")),
    Row(T::DPrognosis, "D-Prognosis", AGR, DSO, Some(T::DPrognosisResponse), None),
    Row(T::DPrognosisResponse, "D-PrognosisResponse", DSO, AGR, None, Some("D-PrognosisMessageID")),
    Row(T::FlexRequest, "FlexRequest", DSO, AGR, Some(T::FlexRequestResponse), None),
    Row(T::FlexRequestResponse, "FlexRequestResponse", AGR, DSO, None, Some("FlexRequestMessageID")),
    Row(T::FlexOffer, "FlexOffer", AGR, DSO, Some(T::FlexOfferResponse), None),
    Row(T::FlexOfferResponse, "FlexOfferResponse", DSO, AGR, None, Some("FlexOfferMessageID")),
    Row(T::FlexOfferRevocation, "FlexOfferRevocation", AGR, DSO, Some(T::FlexOfferRevocationResponse), None),
    Row(T::FlexOfferRevocationResponse, "FlexOfferRevocationResponse", DSO, AGR, None, Some("FlexOfferRevocationMessageID")),
    Row(T::FlexOrder, "FlexOrder", DSO, AGR, Some(T::FlexOrderResponse), None),
    Row(T::FlexOrderResponse, "FlexOrderResponse", AGR, DSO, None, Some("FlexOrderMessageID")),
    Row(T::FlexSettlement, "FlexSettlement", DSO, AGR, Some(T::FlexSettlementResponse), None),
    Row(T::FlexSettlementResponse, "FlexSettlementResponse", AGR, DSO, None, Some("FlexSettlementMessageID")),
    Row(T::Metering, "Metering", AGR, DSO, Some(T::MeteringResponse), None),
    Row(T::MeteringResponse, "MeteringResponse", DSO, AGR, None, Some("MeteringMessageID")),
];

impl MessageType {
    /// All 26, in the schema's order.
    pub fn all() -> impl Iterator<Item = MessageType> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Root element, such as `D-Prognosis`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The message with this root element.
    #[must_use]
    pub fn from_name(name: &str) -> Option<MessageType> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The roles that may send it.
    #[must_use]
    pub fn sender_roles(self) -> &'static [Role] {
        self.row().2
    }

    /// The roles it may be sent to.
    #[must_use]
    pub fn recipient_roles(self) -> &'static [Role] {
        self.row().3
    }

    /// The message that answers it; `None` for responses.
    #[must_use]
    pub fn expected_response(self) -> Option<MessageType> {
        self.row().4
    }

    /// Whether it answers another message.
    #[must_use]
    pub fn is_response(self) -> bool {
        self.row().4.is_none()
    }

    /// The message it answers; `None` unless it is a response.
    #[must_use]
    pub fn answers(self) -> Option<MessageType> {
        TABLE.iter().find(|row| row.4 == Some(self)).map(|row| row.0)
    }

    /// The attribute by which a response names the message it answers; TestMessageResponse has none.
    #[must_use]
    pub fn reference_attribute(self) -> Option<&'static str> {
        self.row().5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_names() {
        for (i, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, i);
            assert_eq!(MessageType::from_name(row.1), Some(row.0));
        }
    }

    #[test]
    fn every_message_that_is_no_response_has_one_with_its_direction_reversed() {
        for t in MessageType::all().filter(|t| !t.is_response()) {
            let r = t.expected_response().unwrap();
            assert!(r.is_response());
            assert_eq!(r.answers(), Some(t));
            assert_eq!((t.sender_roles(), t.recipient_roles()), (r.recipient_roles(), r.sender_roles()));
            assert_eq!(r.name(), format!("{}Response", t.name()));
        }
    }
}
