//! What a case's settlements say, each order once.

use std::collections::{BTreeMap, BTreeSet};

use crate::market::ledger::Unbooked;
use crate::uftp::message::{FlexOrderSettlement, FlexSettlement, Message, MessageId};

use super::acceptance;
use super::run::CaseResult;
use super::wire::Fate;

/// An order as it was billed last.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// The bill.
    pub bill: &'a FlexSettlement,
    /// Its item.
    pub item: &'a FlexOrderSettlement,
    /// Whether the item is in the ledger: the aggregator accepted the bill and agrees with the item.
    pub booked: bool,
}

impl CaseResult {
    /// Orders that their aggregators accepted, whether or not the operator came to know.
    #[must_use]
    pub fn accepted_orders(&self) -> BTreeSet<MessageId> {
        acceptance::accepted_orders(&self.messages)
    }

    /// Every order that was billed, as it was billed last, in the order of bills.
    #[must_use]
    pub fn settled(&self) -> Vec<Settled<'_>> {
        // A message sent again is the same message.
        let sent = self.messages.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated);
        let bills: Vec<&FlexSettlement> =
            sent.filter_map(|m| if let Message::FlexSettlement(bill) = &*m.message { Some(bill) } else { None }).collect();
        let key = |bill: &FlexSettlement, item: &FlexOrderSettlement| (bill.header.sender_domain.clone(), item.order_reference.clone());
        let mut last = BTreeMap::new();
        for (k, bill) in bills.iter().enumerate() {
            last.extend(bill.flex_order_settlements.iter().map(|item| (key(bill, item), k)));
        }
        let mut settled = Vec::new();
        for (k, bill) in bills.into_iter().enumerate() {
            for item in bill.flex_order_settlements.iter().filter(|item| last[&key(bill, item)] == k) {
                let open = |u: &Unbooked| Some(u.reference.as_str()) == item.order_reference.as_deref();
                settled.push(Settled { bill, item, booked: !self.unbooked.iter().any(open) });
            }
        }
        settled
    }
}
