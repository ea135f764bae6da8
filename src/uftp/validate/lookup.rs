//! What rules look up: who and what is known here, and what has been exchanged. The simulation's agents, a live endpoint and
//! an offline check each answer in their own way.

use jiff::civil::Date;

use crate::ids::{Domain, EntityAddress, Role};
use crate::time::{IspCalendar, IspSeries, SimTime};
use crate::uftp::message::{Currency, DateTime, Header, Message, MessageId, MessageType};
use crate::units::Watts;

/// Everything a receiver knows when a message arrives.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The receiver's clock; it alone decides what has expired.
    pub now: SimTime,
    /// The market's zone and ISP length.
    pub calendar: &'a IspCalendar,
    /// The market's currency.
    pub currency: Currency,
    /// The receiver's own domain.
    pub domain: &'a Domain,
    /// The receiver's own role.
    pub role: Role,
    /// Who and what is known.
    pub registry: &'a dyn Registry,
    /// What has been exchanged.
    pub archive: &'a dyn Archive,
}

/// How a participant stands with the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody of this domain and role.
    Unknown,
    /// Free to speak.
    Known,
    /// Known, but not registered with this common reference operator in closed mode.
    Unauthorized,
    /// Blocked.
    Barred,
}

/// How deviations on a congestion point are measured, as its parties agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Against the D-Prognosis that an offer names.
    DPrognosis,
    /// Against a baseline that an offer names by reference.
    Reference,
    /// Left to the contract; an offer need not name any.
    Agreed,
}

/// What trading on a congestion point asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether an offer may have several options.
    pub mutex_offers_supported: bool,
    /// What offers deviate from.
    pub baseline: Baseline,
    /// The largest power that anyone can mean here, W; `None` for a receiver that knows no rating.
    pub plausible_power: Option<Watts>,
}

/// What an item of a settlement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled<'m> {
    /// An order, by the operator's number if it is named.
    Order(Option<&'m str>),
    /// A contract, by its name if it has one.
    Contract(Option<&'m str>),
}

/// The clock that ISPs of an item of a settlement count by: zone and length of what is settled, for a settlement says neither.
#[derive(Debug, Clone, PartialEq)]
pub enum SettledClock {
    /// The market's.
    Market,
    /// That of the order or contract, which is known.
    Of(IspCalendar),
    /// Nobody said.
    Unsaid,
}

/// What a contract reserves on a Period.
#[derive(Debug, Clone, PartialEq)]
pub struct Reservation {
    /// Until when part of it may be released.
    pub release_deadline: SimTime,
    /// Reserved power, W, signed by direction.
    pub power: IspSeries<Watts>,
}

/// Who and what the receiver knows. What a receiver does not deal with keeps its default: it objects to nothing.
pub trait Registry {
    /// How the participant `domain` stands in a role.
    fn standing(&self, domain: &Domain, role: Role) -> Standing;

    /// Terms of a congestion point that is active on a day and on which `peer` takes part; `None` otherwise.
    fn congestion_point(&self, address: &EntityAddress, period: Date, peer: &Domain) -> Option<Terms>;

    /// Whether there is a contract of this name with `peer`.
    fn knows_contract(&self, _contract_id: &str, _peer: &Domain) -> bool {
        true
    }

    /// Whether there is a baseline of this name.
    fn knows_baseline(&self, _reference: &str, _peer: &Domain) -> bool {
        true
    }

    /// Whether `peer` may order without an offer, under this contract if one is named.
    fn allows_direct_orders(&self, _contract_id: Option<&str>, _peer: &Domain) -> bool {
        false
    }

    /// The clock of something settled with `peer`. Who takes part in one market has one clock.
    fn settled_clock(&self, _what: Settled<'_>, _peer: &Domain) -> SettledClock {
        SettledClock::Market
    }

    /// What a contract reserves on a day; `None` if it is not checked.
    fn reservation(&self, _contract_id: &str, _period: Date) -> Option<Reservation> {
        None
    }

    /// Whether anything is registered that answers the portfolio query of `peer` (on a congestion point, if it names one).
    fn has_connections(&self, _peer: &Domain, _congestion_point: Option<&EntityAddress>, _period: Date) -> bool {
        true
    }
}

/// What has become of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    /// May be ordered and revoked.
    Open,
    /// An order for it has been accepted.
    Ordered,
    /// Taken back, or being taken back.
    Revoked,
}

/// An accepted order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRecord<'a> {
    /// The operator's number.
    pub reference: &'a str,
    /// Its day.
    pub period: Date,
    /// Whether an accepted settlement contains it.
    pub settled: bool,
}

/// What has been exchanged. [`Book`](crate::uftp::participant::Book) remembers it in memory.
pub trait Archive {
    /// A message exchanged with `peer`, sent by either of the two and not rejected.
    fn exchanged(&self, peer: &Domain, id: MessageId) -> Option<&Message>;

    /// What came before under this sender's MessageID, rejected or not.
    fn received_before(&self, header: &Header) -> Option<&Message>;

    /// What has become of an offer exchanged with `peer`.
    fn offer_state(&self, peer: &Domain, offer: MessageId) -> OfferState;

    /// The highest accepted revision of what `message` is a revision of.
    fn latest_revision(&self, message: &Message) -> Option<i64>;

    /// When the last accepted portfolio update of `sender` was made.
    fn latest_portfolio(&self, sender: &Domain, message_type: MessageType) -> Option<DateTime>;

    /// The accepted orders between the receiver and `peer`, by reference.
    fn orders<'a>(&'a self, peer: &'a Domain) -> Box<dyn Iterator<Item = OrderRecord<'a>> + 'a>;
}
