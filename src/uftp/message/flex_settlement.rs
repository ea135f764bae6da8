//! FlexSettlement (DSO → AGR): what each order of a window earns, and how contracts were called.
//!
//! The 3.x schema derives it from the response type, so `Result` must be there although nothing is answered: it is written
//! `Accepted` and ignored when read. Schema and text disagree on the two lists (at least one each; none to many). They are
//! none to many here; where there is no contract a [`placeholder`] that reserves 0 W is written, and dropped when read,
//! so that the text fits the schema. A settlement without orders does not fit it.

use jiff::civil::Date;

use super::common::Header;
use super::isp::IspRun;
use super::value::{Currency, MessageId, Outcome, Text};
use crate::ids::EntityAddress;
use crate::uftp::xml::{ReadElement, ReadError, Reader, WriteElement, Writer, element};
use crate::units::{Money, Watts};

/// A window's settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexSettlement {
    /// Common attributes.
    pub header: Header,
    /// First day of the window.
    pub period_start: Date,
    /// Last day of the window.
    pub period_end: Date,
    /// Of all amounts.
    pub currency: Currency,
    /// One for each order of the window.
    pub flex_order_settlements: Vec<FlexOrderSettlement>,
    /// One for each contract; none if there is none.
    pub contract_settlements: Vec<ContractSettlement>,
}

/// `FlexOrderSettlement`. `net_settlement = price − penalty`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexOrderSettlement {
    /// The order, by the operator's number.
    pub order_reference: Option<Text>,
    /// The day.
    pub period: Date,
    /// The contract it was made under.
    pub contract_id: Option<Text>,
    /// The baseline, if it is a D-Prognosis.
    pub d_prognosis_message_id: Option<MessageId>,
    /// The baseline, if it is another.
    pub baseline_reference: Option<Text>,
    /// Where.
    pub congestion_point: EntityAddress,
    /// The order's price.
    pub price: Money,
    /// Deducted for power deficiency; ≥ 0.
    pub penalty: Money,
    /// What the operator pays.
    pub net_settlement: Money,
    /// At least one.
    pub isps: Vec<FlexOrderSettlementIsp>,
}

/// `ISP` of a FlexOrderSettlement, all in W, consumption positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlexOrderSettlementIsp {
    /// Which ISPs.
    pub run: IspRun,
    /// Baseline.
    pub baseline_power: Watts,
    /// Ordered deviation.
    pub ordered_flex_power: Watts,
    /// Metered.
    pub actual_power: Watts,
    /// The part of the ordered deviation that was delivered, signed like it.
    pub delivered_flex_power: Watts,
    /// By how much baseline plus order was missed; ≥ 0.
    pub power_deficiency: Watts,
}

/// `ContractSettlement`; without money, which is reckoned outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractSettlement {
    /// The contract.
    pub contract_id: Option<Text>,
    /// At least one.
    pub periods: Vec<ContractSettlementPeriod>,
}

/// `Period` of a ContractSettlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractSettlementPeriod {
    /// The day.
    pub period: Date,
    /// At least one.
    pub isps: Vec<ContractSettlementIsp>,
}

/// `ISP` of a ContractSettlement, all in W, signed by direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractSettlementIsp {
    /// Which ISPs.
    pub run: IspRun,
    /// Still reserved after updates.
    pub reserved_power: Watts,
    /// The smaller of reserved and requested; absent without a request.
    pub requested_power: Option<Watts>,
    /// Room for the offer.
    pub available_power: Option<Watts>,
    /// Of the most compliant offer; absent without one.
    pub offered_power: Option<Watts>,
    /// Ordered under the contract; absent without an order.
    pub ordered_power: Option<Watts>,
}

/// Stands for "no contract": no contract is named and 0 W are reserved in the window's first ISP.
fn placeholder(period_start: Date) -> ContractSettlement {
    let isp = ContractSettlementIsp {
        run: IspRun { start: 1, duration: 1 },
        reserved_power: Watts::ZERO,
        requested_power: None,
        available_power: None,
        offered_power: None,
        ordered_power: None,
    };
    ContractSettlement { contract_id: None, periods: vec![ContractSettlementPeriod { period: period_start, isps: vec![isp] }] }
}

impl WriteElement for FlexSettlement {
    fn write(&self, w: &mut Writer) {
        self.header.write(w);
        w.attribute("Result", &Outcome::Accepted);
        w.attribute("PeriodStart", &self.period_start);
        w.attribute("PeriodEnd", &self.period_end);
        w.attribute("Currency", &self.currency);
        w.children("FlexOrderSettlement", &self.flex_order_settlements);
        if self.contract_settlements.is_empty() {
            w.children("ContractSettlement", &[placeholder(self.period_start)]);
        } else {
            w.children("ContractSettlement", &self.contract_settlements);
        }
    }
}

impl ReadElement for FlexSettlement {
    fn read(r: &mut Reader<'_>) -> Result<FlexSettlement, ReadError> {
        let header = Header::read(r)?;
        let _: Outcome = r.attribute("Result")?;
        let _: Option<Text> = r.attribute("RejectionReason")?;
        let (period_start, period_end, currency) = (r.attribute("PeriodStart")?, r.attribute("PeriodEnd")?, r.attribute("Currency")?);
        let flex_order_settlements = r.children("FlexOrderSettlement", 0)?;
        let mut contract_settlements = r.children("ContractSettlement", 0)?;
        if contract_settlements == [placeholder(period_start)] {
            contract_settlements.clear();
        }
        Ok(FlexSettlement { header, period_start, period_end, currency, flex_order_settlements, contract_settlements })
    }
}

element!(FlexOrderSettlement {
    "OrderReference" => order_reference,
    "Period" => period,
    "ContractID" => contract_id,
    "D-PrognosisMessageID" => d_prognosis_message_id,
    "BaselineReference" => baseline_reference,
    "CongestionPoint" => congestion_point,
    "Price" => price,
    "Penalty" => penalty = Money::ZERO,
    "NetSettlement" => net_settlement,
    ["ISP", 1] => isps,
});

element!(FlexOrderSettlementIsp {
    _ => run,
    "BaselinePower" => baseline_power,
    "OrderedFlexPower" => ordered_flex_power,
    "ActualPower" => actual_power,
    "DeliveredFlexPower" => delivered_flex_power,
    "PowerDeficiency" => power_deficiency = Watts::ZERO,
});

element!(ContractSettlement {
    "ContractID" => contract_id,
    ["Period", 1] => periods,
});

element!(ContractSettlementPeriod {
    "Period" => period,
    ["ISP", 1] => isps,
});

element!(ContractSettlementIsp {
    _ => run,
    "ReservedPower" => reserved_power,
    "RequestedPower" => requested_power,
    "AvailablePower" => available_power,
    "OfferedPower" => offered_power,
    "OrderedPower" => ordered_power,
});
