//! FlexOfferRevocation (AGR → DSO): takes back an accepted offer, all its options, while it is not ordered.

use super::common::Header;
use super::value::MessageId;
use crate::uftp::xml::element;

/// Where it crosses a FlexOrder on the way, the revocation wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexOfferRevocation {
    /// Common attributes.
    pub header: Header,
    /// The offer.
    pub flex_offer_message_id: MessageId,
}

element!(FlexOfferRevocation {
    _ => header,
    "FlexOfferMessageID" => flex_offer_message_id,
});
