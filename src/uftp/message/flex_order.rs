//! FlexOrder (DSO → AGR): buys an option of an offer, whole or scaled by the activation factor; or orders directly under an
//! agreement, without an offer.

use super::common::{FlexHeader, Header};
use super::isp::IspPower;
use super::value::{Currency, MessageId, Text};
use crate::uftp::xml::element;
use crate::units::{ActivationFactor, Money};

/// An offer can be ordered once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexOrder {
    /// Common attributes.
    pub header: Header,
    /// Flex attributes; repeat the offer's.
    pub flex: FlexHeader,
    /// `Some(true)` marks a direct order; it has no offer.
    pub unsolicited: Option<bool>,
    /// The offer bought.
    pub flex_offer_message_id: Option<MessageId>,
    /// Free text agreed between the parties.
    pub service_type: Option<Text>,
    /// The contract it is made under.
    pub contract_id: Option<Text>,
    /// The baseline, if it is a D-Prognosis.
    pub d_prognosis_message_id: Option<MessageId>,
    /// The baseline, if it is another.
    pub baseline_reference: Option<Text>,
    /// Of the order: the option's price scaled by the activation factor.
    pub price: Money,
    /// Of the price.
    pub currency: Currency,
    /// The operator's order number, unique with it; settlement refers to it.
    pub order_reference: Text,
    /// The option bought.
    pub option_reference: Option<Text>,
    /// Share of the option that is bought.
    pub activation_factor: ActivationFactor,
    /// The option's ISPs, powers scaled by the activation factor, W.
    pub isps: Vec<IspPower>,
}

element!(FlexOrder {
    _ => header,
    _ => flex,
    "Unsolicited" => unsolicited,
    "FlexOfferMessageID" => flex_offer_message_id,
    "ServiceType" => service_type,
    "ContractID" => contract_id,
    "D-PrognosisMessageID" => d_prognosis_message_id,
    "BaselineReference" => baseline_reference,
    "Price" => price,
    "Currency" => currency,
    "OrderReference" => order_reference,
    "OptionReference" => option_reference,
    "ActivationFactor" => activation_factor = ActivationFactor::FULL,
    ["ISP", 1] => isps,
});
