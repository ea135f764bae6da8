//! What several messages share: the header of every payload message, the flex messages' own, the body of a response.

use jiff::civil::Date;

use super::value::{ConversationId, DateTime, IspMinutes, MessageId, Outcome, Text, Version, ZoneName};
use crate::ids::{Domain, EntityAddress};
use crate::uftp::xml::{ReadElement, ReadError, Reader, WriteElement, Writer, element};

/// Attributes of every payload message (schema type `PayloadMessageType`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Version of the specification; a response repeats the request's.
    pub version: Version,
    /// Who sends; must equal the envelope's sender.
    pub sender_domain: Domain,
    /// Whom it is for.
    pub recipient_domain: Domain,
    /// When it was made.
    pub time_stamp: DateTime,
    /// Its own identifier.
    pub message_id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
}

impl Header {
    /// Header of a reply to this one: parties swapped, conversation and version kept.
    #[must_use]
    pub fn reply(&self, message_id: MessageId, time_stamp: DateTime) -> Header {
        Header {
            version: self.version,
            sender_domain: self.recipient_domain.clone(),
            recipient_domain: self.sender_domain.clone(),
            time_stamp,
            message_id,
            conversation_id: self.conversation_id,
        }
    }
}

element!(Header {
    "Version" => version,
    "SenderDomain" => sender_domain,
    "RecipientDomain" => recipient_domain,
    "TimeStamp" => time_stamp,
    "MessageID" => message_id,
    "ConversationID" => conversation_id,
});

/// Attributes of D-Prognosis, FlexReservationUpdate, FlexRequest, FlexOffer and FlexOrder (schema type `FlexMessageType`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexHeader {
    /// Length of an ISP; market-wide.
    pub isp_duration: IspMinutes,
    /// The market's zone.
    pub time_zone: ZoneName,
    /// The local day whose ISPs the message speaks of.
    pub period: Date,
    /// Where.
    pub congestion_point: EntityAddress,
}

element!(FlexHeader {
    "ISP-Duration" => isp_duration,
    "TimeZone" => time_zone,
    "Period" => period,
    "CongestionPoint" => congestion_point,
});

/// What every response but TestMessageResponse says (schema type `PayloadMessageResponseType` and the reference attribute,
/// whose name differs from response to response).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Accepted or rejected.
    pub result: Outcome,
    /// Why it was rejected; several reasons are joined with `; `. Meant for people: nothing may depend on its words.
    pub rejection_reason: Option<Text>,
    /// The message answered.
    pub reference: MessageId,
}

impl Response {
    /// Whether the message answered was accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.result == Outcome::Accepted
    }
}

/// A response that says nothing more: AGRPortfolioUpdateResponse, DSOPortfolioUpdateResponse, FlexReservationUpdateResponse,
/// FlexRequestResponse, FlexOfferResponse, FlexOfferRevocationResponse, FlexOrderResponse, MeteringResponse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainResponse {
    /// Common attributes.
    pub header: Header,
    /// The answer.
    pub response: Response,
}

element!(PlainResponse {
    _ => header,
    _ => response,
});

/// The name of a response's reference attribute is the root element's business.
impl WriteElement for Response {
    fn write(&self, w: &mut Writer) {
        w.attribute("Result", &self.result);
        w.attribute("RejectionReason", &self.rejection_reason);
        w.attribute(w.reference_attribute(), &self.reference);
    }
}

impl ReadElement for Response {
    fn read(r: &mut Reader<'_>) -> Result<Response, ReadError> {
        let name = r.message_type().reference_attribute().expect("only responses carry a reference");
        Ok(Response { result: r.attribute("Result")?, rejection_reason: r.attribute("RejectionReason")?, reference: r.attribute(name)? })
    }
}
