//! The messages: one file each, plain structs whose fields carry the names of the schema's attributes.
//!
//! ```text
//!          AGRPortfolioUpdate/Query      DSOPortfolioUpdate/Query
//!   AGR  ───────────────────────────►  CRO  ◄─────────────────────  DSO
//!
//!          D-Prognosis, FlexOffer, FlexOfferRevocation, Metering
//!   AGR  ─────────────────────────────────────────────────────────► DSO
//!        ◄─────────────────────────────────────────────────────────
//!          FlexReservationUpdate, FlexRequest, FlexOrder, FlexSettlement
//! ```
//! Each is answered by its `…Response`; [`Message::reference`] tells what a response answers.

mod agr_portfolio_query;
mod agr_portfolio_query_response;
mod agr_portfolio_update;
mod common;
mod d_prognosis;
mod d_prognosis_response;
mod dso_portfolio_query;
mod dso_portfolio_query_response;
mod dso_portfolio_update;
mod flex_offer;
mod flex_offer_revocation;
mod flex_order;
mod flex_request;
mod flex_reservation_update;
mod flex_settlement;
mod flex_settlement_response;
pub mod isp;
mod kind;
mod metering;
mod reply;
mod test_message;
mod value;

use jiff::civil::Date;

pub use agr_portfolio_query::AgrPortfolioQuery;
pub use agr_portfolio_query_response::{AgrCongestionPoint, AgrPortfolioQueryResponse, DsoPortfolio, DsoView};
pub use agr_portfolio_update::{AgrPortfolioUpdate, PortfolioConnection};
pub use common::{FlexHeader, Header, PlainResponse, Response};
pub use d_prognosis::DPrognosis;
pub use d_prognosis_response::{DPrognosisResponse, FlexOrderStatus};
pub use dso_portfolio_query::DsoPortfolioQuery;
pub use dso_portfolio_query_response::{DsoCongestionPoint, DsoPortfolioQueryResponse, RepresentedConnection};
pub use dso_portfolio_update::{DeclaredCongestionPoint, DsoPortfolioUpdate};
pub use flex_offer::{FlexOffer, OfferOption};
pub use flex_offer_revocation::FlexOfferRevocation;
pub use flex_order::FlexOrder;
pub use flex_request::{FlexRequest, FlexRequestIsp};
pub use flex_reservation_update::FlexReservationUpdate;
pub use flex_settlement::{
    ContractSettlement, ContractSettlementIsp, ContractSettlementPeriod, FlexOrderSettlement, FlexOrderSettlementIsp, FlexSettlement,
};
pub use flex_settlement_response::{FlexOrderSettlementStatus, FlexSettlementResponse};
pub use isp::{IspPower, IspRun};
pub use kind::MessageType;
pub use metering::{Metering, MeteringIsp, MeteringProfile};
pub use test_message::TestMessage;
pub use value::{
    ConversationId, Currency, DateTime, Decimal, Disposition, Ean, IspMinutes, MessageId, MeteringUnit, Outcome, ProfileType, RedispatchBy,
    SettlementDisposition, Text, Version, ZoneName,
};

use crate::uftp::xml::{ReadElement, ReadError, Reader, WriteElement, Writer};

macro_rules! messages {
    ($($variant:ident($body:ident)),+ $(,)?) => {
        /// Any payload message; the root element names the variant.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names are the specification's; each struct says what the message is")]
        pub enum Message { $($variant($body)),+ }

        impl Message {
            /// Its name.
            #[must_use]
            pub fn message_type(&self) -> MessageType {
                match self { $(Message::$variant(_) => MessageType::$variant),+ }
            }

            /// The attributes every message has.
            #[must_use]
            pub fn header(&self) -> &Header {
                match self { $(Message::$variant(m) => &m.header),+ }
            }

            pub(in crate::uftp) fn write_body(&self, w: &mut Writer) {
                match self { $(Message::$variant(m) => m.write(w)),+ }
            }

            pub(in crate::uftp) fn read_body(message_type: MessageType, r: &mut Reader<'_>) -> Result<Message, ReadError> {
                Ok(match message_type { $(MessageType::$variant => Message::$variant($body::read(r)?)),+ })
            }
        }
    };
}

messages! {
    TestMessage(TestMessage),
    TestMessageResponse(TestMessage),
    AgrPortfolioUpdate(AgrPortfolioUpdate),
    AgrPortfolioUpdateResponse(PlainResponse),
    AgrPortfolioQuery(AgrPortfolioQuery),
    AgrPortfolioQueryResponse(AgrPortfolioQueryResponse),
    DsoPortfolioUpdate(DsoPortfolioUpdate),
    DsoPortfolioUpdateResponse(PlainResponse),
    DsoPortfolioQuery(DsoPortfolioQuery),
    DsoPortfolioQueryResponse(DsoPortfolioQueryResponse),
    FlexReservationUpdate(FlexReservationUpdate),
    FlexReservationUpdateResponse(PlainResponse),
    DPrognosis(DPrognosis),
    DPrognosisResponse(DPrognosisResponse),
    FlexRequest(FlexRequest),
    FlexRequestResponse(PlainResponse),
    FlexOffer(FlexOffer),
    FlexOfferResponse(PlainResponse),
    FlexOfferRevocation(FlexOfferRevocation),
    FlexOfferRevocationResponse(PlainResponse),
    FlexOrder(FlexOrder),
    FlexOrderResponse(PlainResponse),
    FlexSettlement(FlexSettlement),
    FlexSettlementResponse(FlexSettlementResponse),
    Metering(Metering),
    MeteringResponse(PlainResponse),
}

impl Message {
    /// The answer, if it is a response other than TestMessageResponse.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        match self {
            Message::AgrPortfolioUpdateResponse(m)
            | Message::DsoPortfolioUpdateResponse(m)
            | Message::FlexReservationUpdateResponse(m)
            | Message::FlexRequestResponse(m)
            | Message::FlexOfferResponse(m)
            | Message::FlexOfferRevocationResponse(m)
            | Message::FlexOrderResponse(m)
            | Message::MeteringResponse(m) => Some(&m.response),
            Message::AgrPortfolioQueryResponse(m) => Some(&m.response),
            Message::DsoPortfolioQueryResponse(m) => Some(&m.response),
            Message::DPrognosisResponse(m) => Some(&m.response),
            Message::FlexSettlementResponse(m) => Some(&m.response),
            _ => None,
        }
    }

    /// The message a response answers, whatever its attribute is called; `None` for other messages and TestMessageResponse.
    #[must_use]
    pub fn reference(&self) -> Option<MessageId> {
        self.response().map(|r| r.reference)
    }

    /// Whether it is the response to `question`. The response to a TestMessage has no reference; its conversation tells.
    #[must_use]
    pub fn answers(&self, question: &Message) -> bool {
        let (own, asked) = (self.header(), question.header());
        match (self, question) {
            (Message::TestMessageResponse(_), Message::TestMessage(_)) => {
                own.conversation_id == asked.conversation_id && own.recipient_domain == asked.sender_domain
            }
            _ => self.reference() == Some(asked.message_id),
        }
    }

    /// The attributes of flex messages, if it is one.
    #[must_use]
    pub fn flex(&self) -> Option<&FlexHeader> {
        match self {
            Message::FlexReservationUpdate(m) => Some(&m.flex),
            Message::DPrognosis(m) => Some(&m.flex),
            Message::FlexRequest(m) => Some(&m.flex),
            Message::FlexOffer(m) => Some(&m.flex),
            Message::FlexOrder(m) => Some(&m.flex),
            _ => None,
        }
    }

    /// `ISP-Duration`, if it says one.
    #[must_use]
    pub fn isp_duration(&self) -> Option<IspMinutes> {
        match self {
            Message::Metering(m) => Some(m.isp_duration),
            _ => self.flex().map(|f| f.isp_duration),
        }
    }

    /// `TimeZone`, if it says one.
    #[must_use]
    pub fn time_zone(&self) -> Option<&ZoneName> {
        match self {
            Message::AgrPortfolioUpdate(m) => Some(&m.time_zone),
            Message::AgrPortfolioQuery(m) => Some(&m.time_zone),
            Message::AgrPortfolioQueryResponse(m) => Some(&m.time_zone),
            Message::DsoPortfolioUpdate(m) => Some(&m.time_zone),
            Message::DsoPortfolioQuery(m) => Some(&m.time_zone),
            Message::DsoPortfolioQueryResponse(m) => Some(&m.time_zone),
            Message::Metering(m) => Some(&m.time_zone),
            _ => self.flex().map(|f| &f.time_zone),
        }
    }

    /// The one `Period` it speaks of, if there is one.
    #[must_use]
    pub fn period(&self) -> Option<Date> {
        match self {
            Message::AgrPortfolioQuery(m) => Some(m.period),
            Message::AgrPortfolioQueryResponse(m) => Some(m.period),
            Message::DsoPortfolioQuery(m) => Some(m.period),
            Message::DsoPortfolioQueryResponse(m) => Some(m.period),
            Message::Metering(m) => Some(m.period),
            _ => self.flex().map(|f| f.period),
        }
    }
}

macro_rules! into_message {
    ($($body:ident),+) => { $(
        impl From<$body> for Message {
            fn from(m: $body) -> Message {
                Message::$body(m)
            }
        }
    )+ };
}

into_message!(
    AgrPortfolioUpdate,
    AgrPortfolioQuery,
    AgrPortfolioQueryResponse,
    DsoPortfolioUpdate,
    DsoPortfolioQuery,
    DsoPortfolioQueryResponse,
    FlexReservationUpdate,
    DPrognosis,
    DPrognosisResponse,
    FlexRequest,
    FlexOffer,
    FlexOfferRevocation,
    FlexOrder,
    FlexSettlement,
    FlexSettlementResponse,
    Metering
);
