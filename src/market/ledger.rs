//! Every euro is one entry. Balances are sums of entries and nothing else; KPIs read the ledger and never recompute money.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::Domain;
use crate::time::SimTime;
use crate::units::Money;

/// Who pays or is paid. Parties sort by the name results show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// A participant of the market: operators, aggregators.
    Participant(Domain),
    /// Those connections without an aggregator, together.
    Customers,
    /// Who sells day-ahead energy.
    DayAheadMarket,
    /// Who settles imbalance.
    ImbalanceMarket,
    /// Who builds what is reinforced.
    Contractor,
    /// Customers with a tariff of their own, by the name of their group.
    Group(Arc<str>),
    /// Who supplies customers that no aggregator supplies.
    Supplier,
    /// Who levies taxes.
    State,
}

impl Party {
    /// The name in results.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Party::Participant(domain) => domain.as_str(),
            Party::Customers => "customers",
            Party::DayAheadMarket => "day-ahead market",
            Party::ImbalanceMarket => "imbalance market",
            Party::Contractor => "contractor",
            Party::Group(name) => name,
            Party::Supplier => "supplier",
            Party::State => "state",
        }
    }
}

impl From<&Domain> for Party {
    fn from(domain: &Domain) -> Party {
        Party::Participant(domain.clone())
    }
}

impl PartialOrd for Party {
    fn partial_cmp(&self, other: &Party) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Party {
    fn cmp(&self, other: &Party) -> Ordering {
        let rank = |p: &Party| matches!(p, Party::Participant(_));
        self.as_str().cmp(other.as_str()).then(rank(self).cmp(&rank(other)))
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Flexibility as settled: the order's price.
    Flexibility,
    /// Deduction for what was not delivered and penalty for deficiency, of flexibility.
    Penalty,
    /// Availability fee of a contract.
    Availability,
    /// Fixed yearly fee of a contract, pro rata: a transfer.
    FixedFee,
    /// Utilisation of a capacity limitation.
    Limitation,
    /// Deduction and penalty for power beyond the cap of a capacity limitation.
    LimitationPenalty,
    /// Compensation for energy limited outside the market (orange).
    Compensation,
    /// Energy at the day-ahead price.
    Energy,
    /// Deviation from the day-ahead position at the imbalance price.
    Imbalance,
    /// Losses of the feeder at the day-ahead price.
    Losses,
    /// Annuity of a reinforcement, pro rata.
    Capex,
    /// Energy at its retail price and the supplier's addition.
    Supply,
    /// Energy fed in at its retail price.
    FeedIn,
    /// Network charge of customers.
    NetworkCharge,
    /// Taxes and levies of customers.
    Tax,
}

impl Kind {
    /// Every kind, in the order tables print them and charts colour them; a new kind comes last.
    pub const ALL: [Kind; 15] = [
        Kind::Flexibility,
        Kind::Penalty,
        Kind::Availability,
        Kind::Limitation,
        Kind::LimitationPenalty,
        Kind::Compensation,
        Kind::Capex,
        Kind::Losses,
        Kind::Energy,
        Kind::Imbalance,
        Kind::Supply,
        Kind::FeedIn,
        Kind::NetworkCharge,
        Kind::Tax,
        Kind::FixedFee,
    ];

    /// What customers with a tariff pay and are paid: transfers, whatever the grid does.
    pub const RETAIL: [Kind; 4] = [Kind::Supply, Kind::FeedIn, Kind::NetworkCharge, Kind::Tax];

    /// The name in results.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Flexibility => "flexibility",
            Kind::Penalty => "penalty",
            Kind::Availability => "availability",
            Kind::FixedFee => "fixed-fee",
            Kind::Limitation => "limitation",
            Kind::LimitationPenalty => "limitation-penalty",
            Kind::Compensation => "compensation",
            Kind::Energy => "energy",
            Kind::Imbalance => "imbalance",
            Kind::Losses => "losses",
            Kind::Capex => "capex",
            Kind::Supply => "supply",
            Kind::FeedIn => "feed-in",
            Kind::NetworkCharge => "network-charge",
            Kind::Tax => "tax",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was booked.
    pub time: SimTime,
    /// Who pays a positive amount.
    pub payer: Party,
    /// Who receives it.
    pub payee: Party,
    /// What for.
    pub kind: Kind,
    /// Amount; negative when the flow is the other way round (a negative energy price, say).
    pub amount: Money,
    /// Order, contract or period it belongs to.
    pub reference: String,
}

/// Why an order stands in no bill of which the operator does not know whether it was accepted.
pub const NO_ANSWER: &str = "the order was never answered";

/// What was settled, or is due for settlement, and stands in no bill that its payee accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbooked {
    /// Who would receive it.
    pub payee: Party,
    /// What for.
    pub kind: Kind,
    /// Price of the order, or fee of the contract's day.
    pub amount: Money,
    /// The order, or the contract and day.
    pub reference: String,
    /// Why it is not booked.
    pub reason: String,
}

/// All payments of a case in booking order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger(Vec<Entry>);

impl Ledger {
    /// Books an entry; nothing is booked for a zero amount.
    pub fn book(&mut self, entry: Entry) {
        if entry.amount != Money::ZERO {
            self.0.push(entry);
        }
    }

    /// The entries in booking order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Net receipts (positive) per party and kind.
    #[must_use]
    pub fn balances(&self) -> BTreeMap<(Party, Kind), Money> {
        let mut balances = BTreeMap::new();
        for e in &self.0 {
            *balances.entry((e.payer.clone(), e.kind)).or_default() -= e.amount;
            *balances.entry((e.payee.clone(), e.kind)).or_default() += e.amount;
        }
        balances
    }

    /// What `party` paid net for `kind`.
    #[must_use]
    pub fn paid(&self, party: &Party, kind: Kind) -> Money {
        let sum = |of: fn(&Entry) -> &Party| self.0.iter().filter(|e| e.kind == kind && of(e) == party).map(|e| e.amount).sum::<Money>();
        sum(|e| &e.payer) - sum(|e| &e.payee)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_euro_paid_is_received() {
        let mut l = Ledger::default();
        let party = |name: &str| Party::Participant(Domain::new(name));
        let entry = |payer: &str, payee: &str, amount| Entry {
            time: SimTime(0),
            payer: party(payer),
            payee: party(payee),
            kind: Kind::Flexibility,
            amount: Money(amount),
            reference: String::new(),
        };
        l.book(entry("dso", "agr", 70_000));
        l.book(entry("agr", "dso", 30_000));
        l.book(entry("dso", "agr", 0));
        assert_eq!(l.entries().len(), 2);
        assert_eq!(l.paid(&party("dso"), Kind::Flexibility), Money(40_000));
        assert_eq!(l.balances().values().copied().sum::<Money>(), Money::ZERO);
    }
}
