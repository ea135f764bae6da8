//! The response that answers a message.

use super::{
    AgrPortfolioQueryResponse, DPrognosisResponse, DateTime, DsoPortfolioQueryResponse, FlexSettlementResponse, Message, MessageId,
    Outcome, PlainResponse, Response, TestMessage, Text,
};

impl Message {
    /// The response to this message: parties swapped, conversation and version kept, `rejection` as its reason.
    ///
    /// What a response says beyond that (portfolios, order and settlement statuses) is empty, for the caller to fill in.
    /// `None` if this message is itself a response, which nothing answers.
    #[must_use]
    pub fn reply(&self, message_id: MessageId, time_stamp: DateTime, rejection: Option<Text>) -> Option<Message> {
        let header = self.header().reply(message_id, time_stamp);
        let result = if rejection.is_some() { Outcome::Rejected } else { Outcome::Accepted };
        let response = Response { result, rejection_reason: rejection, reference: self.header().message_id };
        let plain = PlainResponse { header, response };
        let PlainResponse { header, response } = plain.clone();
        Some(match self {
            Message::TestMessage(_) => Message::TestMessageResponse(TestMessage { header }),
            Message::AgrPortfolioUpdate(_) => Message::AgrPortfolioUpdateResponse(plain),
            Message::AgrPortfolioQuery(m) => {
                let (time_zone, period) = (m.time_zone.clone(), m.period);
                AgrPortfolioQueryResponse { header, response, time_zone, period, dso_views: Vec::new() }.into()
            }
            Message::DsoPortfolioUpdate(_) => Message::DsoPortfolioUpdateResponse(plain),
            Message::DsoPortfolioQuery(m) => {
                let (time_zone, period) = (m.time_zone.clone(), m.period);
                DsoPortfolioQueryResponse { header, response, time_zone, period, congestion_point: None }.into()
            }
            Message::FlexReservationUpdate(_) => Message::FlexReservationUpdateResponse(plain),
            Message::DPrognosis(_) => DPrognosisResponse { header, response, flex_order_statuses: Vec::new() }.into(),
            Message::FlexRequest(_) => Message::FlexRequestResponse(plain),
            Message::FlexOffer(_) => Message::FlexOfferResponse(plain),
            Message::FlexOfferRevocation(_) => Message::FlexOfferRevocationResponse(plain),
            Message::FlexOrder(_) => Message::FlexOrderResponse(plain),
            Message::FlexSettlement(_) => FlexSettlementResponse { header, response, statuses: Vec::new() }.into(),
            Message::Metering(_) => Message::MeteringResponse(plain),
            _ => return None,
        })
    }
}
