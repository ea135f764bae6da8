//! The receiving side of a participant: nothing is acted on before the rules have passed it.
//!
//! A repeated message gets the response it got before; a refused one gets its reasons; a handler sees only what is valid, and
//! what it answers is remembered beside it. Everything sent is remembered too, because later messages refer to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::{Domain, EntityAddress, Role};
use crate::market::contract::Contract;
use crate::time::{IspCalendar, IspSeries, SimTime};
use crate::uftp::message::{Currency, Message, Text};
use crate::uftp::participant::{Book, Seen};
use crate::uftp::validate::{Fault, Received, Registry, Reservation, Standing, Terms, Validated, View};
use crate::units::Watts;

use super::{Action, Desk};

/// Whom and what a participant knows, apart from messages.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Its own domain.
    pub domain: Domain,
    /// Its own role.
    pub role: Role,
    /// Participants it deals with.
    pub peers: BTreeMap<Domain, Role>,
    /// Congestion points and what trading there asks for.
    pub congestion_points: BTreeMap<EntityAddress, Terms>,
    /// Its contracts.
    pub contracts: Vec<Contract>,
    /// Clock time, the day before, until which reservations may be released.
    pub release_deadline: jiff::civil::Time,
    /// The market's calendar.
    pub calendar: Arc<IspCalendar>,
    /// The market's currency.
    pub currency: Currency,
}

impl Registry for Directory {
    fn standing(&self, domain: &Domain, role: Role) -> Standing {
        if self.peers.get(domain) == Some(&role) { Standing::Known } else { Standing::Unknown }
    }

    fn congestion_point(&self, address: &EntityAddress, _period: Date, _peer: &Domain) -> Option<Terms> {
        self.congestion_points.get(address).copied()
    }

    fn knows_contract(&self, contract_id: &str, peer: &Domain) -> bool {
        let own = |c: &&Contract| c.id == contract_id && (c.aggregator == *peer || c.aggregator == self.domain);
        self.contracts.iter().any(|c| own(&c))
    }

    fn allows_direct_orders(&self, contract_id: Option<&str>, peer: &Domain) -> bool {
        let callable = |c: &Contract| c.called.directly();
        contract_id.is_some_and(|id| self.knows_contract(id, peer) && self.contracts.iter().any(|c| c.id == id && callable(c)))
    }

    fn reservation(&self, contract_id: &str, period: Date) -> Option<Reservation> {
        let contract = self.contracts.iter().find(|c| c.id == contract_id)?;
        let day = self.calendar.period(period);
        let eve = period.yesterday().ok()?;
        Some(Reservation {
            release_deadline: self.calendar.at(eve, self.release_deadline),
            power: IspSeries::from_fn(&day, |isp| contract.reserved_at(&self.calendar, &day, isp)),
        })
    }
}

/// The inbox with everything exchanged so far.
#[derive(Debug)]
pub struct Inbox {
    directory: Directory,
    book: Book,
}

/// Powers up to so many times of what can flow are plausible: a unit mistaken by a thousand is beyond, a bad forecast within.
const PLAUSIBLE: f64 = 10.0;

impl Inbox {
    /// An empty inbox.
    #[must_use]
    pub fn new(directory: Directory) -> Inbox {
        Inbox { directory, book: Book::default() }
    }

    /// Learns that `power_w` can flow at a congestion point, by a rating or by what is installed; the largest that is told counts.
    /// From then on the rule `plausible-power` refuses what is beyond ten times of it.
    pub fn know_power(&mut self, congestion_point: &EntityAddress, power_w: f64) {
        if let Some(terms) = self.directory.congestion_points.get_mut(congestion_point) {
            terms.plausible_power = terms.plausible_power.max(Some(Watts::from_f64(PLAUSIBLE * power_w)));
        }
    }

    /// The largest power that anyone can mean at a congestion point, if a rating is known.
    pub(super) fn plausible_power(&self, congestion_point: &EntityAddress) -> Option<Watts> {
        self.directory.congestion_points.get(congestion_point)?.plausible_power
    }

    /// A message without an envelope: the sender's role is what the directory says of it; an unknown sender is refused by its
    /// domain.
    pub(super) fn in_process(&self, message: Arc<Message>) -> Received {
        let role = self.directory.peers.get(&message.header().sender_domain).copied().unwrap_or(self.directory.role);
        Received::in_process(message, role)
    }

    /// Lets a message in, or answers it at once: `Err` holds the answer to a repeated or refused message.
    pub(super) fn admit(&mut self, now: SimTime, received: Received, desk: &mut Desk) -> Result<Validated, Vec<Action>> {
        let message = Arc::clone(received.message());
        let message = &message;
        if let Seen::Again { response } = self.book.seen(message) {
            return Err(response.map(Action::Send).into_iter().collect());
        }
        let d = &self.directory;
        let view =
            View { now, calendar: &d.calendar, currency: d.currency, domain: &d.domain, role: d.role, registry: d, archive: &self.book };
        received.check(&view).map_err(|refused| {
            let response = desk.refusal(now, message, refused.reason());
            self.book.refused(&refused, response.clone());
            response.map(Action::Send).into_iter().collect()
        })
    }

    /// Remembers what became of an admitted message: its response is among the handler's actions.
    pub(super) fn handled(&mut self, validated: Validated, actions: &[Action]) {
        let response = actions.iter().find_map(|a| match a {
            Action::Send(m) if m.answers(validated.message()) => Some(Arc::clone(m)),
            _ => None,
        });
        let rejection = response.as_ref().and_then(|r| r.response()).and_then(|r| r.rejection_reason.clone());
        match rejection {
            Some(text) => {
                let refused = validated.refuse(Fault { rule: "own-reason", text: text.to_string(), isps: Vec::new() });
                self.book.refused(&refused, response);
            }
            None => {
                self.book.accepted(validated.accept(), response);
            }
        }
    }

    /// Remembers what is about to be sent of one's own accord; responses are remembered beside what they answer.
    pub(super) fn sending(&mut self, actions: &[Action]) {
        for action in actions {
            if let Action::Send(m) = action
                && m.response().is_none()
            {
                self.book.sent(m);
            }
        }
    }

    /// Remembers an order as accepted whose answer never came.
    pub(super) fn order_accepted(&mut self, peer: &Domain, reference: &Text, period: Date) {
        self.book.order_accepted(peer, reference.clone(), period);
    }

    /// Forgets what concerns Periods before `date`.
    pub(super) fn forget_before(&mut self, date: Date) {
        self.book.forget_before(date);
    }
}
