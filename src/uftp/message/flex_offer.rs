//! FlexOffer (AGR → DSO): deviations from the baseline at a price, as one option or several that exclude each other.

use super::common::{FlexHeader, Header};
use super::isp::IspPower;
use super::value::{Currency, DateTime, MessageId, Text};
use crate::uftp::xml::element;
use crate::units::{ActivationFactor, Money};

/// Everything an aggregator has on offer must be deliverable together; only options of one offer exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexOffer {
    /// Common attributes.
    pub header: Header,
    /// Flex attributes; repeat the request's.
    pub flex: FlexHeader,
    /// Until when it may be ordered.
    pub expiration_date_time: DateTime,
    /// Absent as in 3.0.0: then the request reference alone decides. `Some(true)` forbids it, `Some(false)` demands it.
    pub unsolicited: Option<bool>,
    /// The request answered.
    pub flex_request_message_id: Option<MessageId>,
    /// The contract it is made under.
    pub contract_id: Option<Text>,
    /// The baseline, if it is a D-Prognosis.
    pub d_prognosis_message_id: Option<MessageId>,
    /// The baseline, if it is another.
    pub baseline_reference: Option<Text>,
    /// Of the options' prices.
    pub currency: Currency,
    /// At least one.
    pub options: Vec<OfferOption>,
}

/// `OfferOption`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferOption {
    /// Its name in the order.
    pub option_reference: Text,
    /// For the whole option, fully activated.
    pub price: Money,
    /// The least share that may be ordered.
    pub min_activation_factor: ActivationFactor,
    /// Deviation from the baseline, W. Runs of one option do not overlap.
    pub isps: Vec<IspPower>,
}

element!(FlexOffer {
    _ => header,
    _ => flex,
    "ExpirationDateTime" => expiration_date_time,
    "Unsolicited" => unsolicited,
    "FlexRequestMessageID" => flex_request_message_id,
    "ContractID" => contract_id,
    "D-PrognosisMessageID" => d_prognosis_message_id,
    "BaselineReference" => baseline_reference,
    "Currency" => currency,
    ["OfferOption", 1] => options,
});

element!(OfferOption {
    "OptionReference" => option_reference,
    "Price" => price,
    "MinActivationFactor" => min_activation_factor = ActivationFactor::FULL,
    ["ISP", 1] => isps,
});
