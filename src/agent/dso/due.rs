//! What is due to aggregators, and the bills sent for it.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::agent::order::OrderRecord;
use crate::ids::Domain;
use crate::uftp::message::{ContractSettlementPeriod, FlexOrderSettlement, Text};
use crate::units::Money;

/// A day of a contract as settled.
#[derive(Debug, Clone)]
pub(super) struct ContractDay {
    pub(super) contract: String,
    pub(super) aggregator: Domain,
    /// Availability fee of what stayed reserved.
    pub(super) fee: Money,
    pub(super) settlement: ContractSettlementPeriod,
}

impl ContractDay {
    pub(super) fn reference(&self) -> String {
        format!("{} {}", self.contract, self.settlement.period)
    }
}

/// Orders and contract days of one aggregator that no accepted bill holds yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Due {
    /// In the order of [`OrderRecord::by_time`].
    pub(super) orders: Vec<OrderRecord>,
    pub(super) days: Vec<ContractDay>,
}

impl Due {
    pub(super) fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.days.is_empty()
    }

    /// Whether a text of the aggregator names one of its orders.
    pub(super) fn is_named(&self, text: &str) -> bool {
        self.orders.iter().any(|o| names(text, &o.reference))
    }

    pub(super) fn join(&mut self, other: Due) {
        self.orders.extend(other.orders);
        self.orders.sort_by(OrderRecord::by_time);
        self.days.extend(other.days);
    }
}

/// A settlement sent and not accepted yet.
#[derive(Debug)]
pub(super) struct Bill {
    pub(super) agr: Domain,
    pub(super) due: Due,
    pub(super) items: Vec<FlexOrderSettlement>,
    pub(super) window: RangeInclusive<Date>,
    /// Whether it repeats one that was rejected.
    pub(super) repeated: bool,
    /// Why it was rejected; `None` while no answer has come.
    pub(super) refused: Option<Text>,
}

/// Whether a text holds an order's reference as a word.
pub(super) fn names(text: &str, reference: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || ",.;:()[]'".contains(c)).any(|word| word == reference)
}
