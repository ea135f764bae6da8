//! The state of a sample's receiver just before the sample arrives: the samples sent earlier have been exchanged.

use std::sync::Arc;

use jiff::civil::Date;

use super::{domain, sample};
use crate::ids::{Domain, EntityAddress, Role};
use crate::time::{IspCalendar, SimDuration, SimTime};
use crate::uftp::message::{Currency, Message, MessageType};
use crate::uftp::participant::Book;
use crate::uftp::validate::{Archive, Baseline, Received, Refused, Registry, Reservation, Standing, Terms, Validated, View};

/// A receiver that knows the participants, the congestion point and the contract of the samples. Its fields may be changed
/// to see what rules say then.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Europe/Amsterdam, 15 minutes.
    pub calendar: IspCalendar,
    /// A second after the sample was written.
    pub now: SimTime,
    /// The receiver.
    pub domain: Domain,
    /// Its role.
    pub role: Role,
    /// The sender's role.
    pub sender_role: Role,
    /// How every participant stands.
    pub standing: Standing,
    /// Terms of the congestion point; `None` if it is not active.
    pub terms: Option<Terms>,
    /// Whether contracts, baselines and portfolios are known.
    pub knows_agreements: bool,
    /// Whether orders without an offer are agreed.
    pub direct_orders: bool,
    /// What contract C-1 reserves.
    pub reservation: Option<Reservation>,
    /// What has been exchanged.
    pub book: Book,
}

impl Scene {
    /// The receiver of a sample just before the sample arrives.
    #[must_use]
    pub fn before(message_type: MessageType) -> Scene {
        let message = sample(message_type);
        let mut scene = Scene::of(&message);
        let revocation = [MessageType::FlexOfferRevocation, MessageType::FlexOfferRevocationResponse];
        // The revocation and the order are alternative ends of the trade.
        let belongs = |t: MessageType| !revocation.contains(&t) || message_type == MessageType::FlexOfferRevocationResponse;
        let mut earlier: Vec<Message> = MessageType::all().filter(|&t| belongs(t)).map(sample).collect();
        let second = |m: &Message| m.header().time_stamp.second;
        earlier.retain(|m| second(m) < second(&message));
        earlier.sort_by_key(second);
        for past in earlier {
            scene.now = second(&past) + SimDuration(1);
            scene.exchange(past);
        }
        scene.now = second(&message) + SimDuration(1);
        scene
    }

    fn of(message: &Message) -> Scene {
        let header = message.header();
        let terms = Terms { mutex_offers_supported: true, baseline: Baseline::DPrognosis, plausible_power: None };
        Scene {
            calendar: IspCalendar::new("Europe/Amsterdam", 15).expect("a zone of the database"),
            now: header.time_stamp.second,
            domain: header.recipient_domain.clone(),
            role: role_of(&header.recipient_domain),
            sender_role: role_of(&header.sender_domain),
            standing: Standing::Known,
            terms: Some(terms),
            knows_agreements: true,
            direct_orders: false,
            reservation: None,
            book: Book::default(),
        }
    }

    /// Enters a message of the past that this receiver sent or got.
    fn exchange(&mut self, message: Message) {
        let message = Arc::new(message);
        if message.header().sender_domain == self.domain {
            self.book.sent(&message);
        } else if message.header().recipient_domain == self.domain {
            let received = Received::in_process(Arc::clone(&message), role_of(&message.header().sender_domain));
            let validated = received.check(&self.view()).unwrap_or_else(|refused| panic!("{}", refused.reason()));
            self.book.accepted(validated.accept(), None);
        }
    }

    /// Checks a message as if it arrived now from the sample's sender.
    ///
    /// # Errors
    /// Every rule that fails.
    pub fn check(&self, message: Arc<Message>) -> Result<Validated, Refused> {
        Received::in_process(message, self.sender_role).check(&self.view())
    }

    /// Names of the rules that a message breaks, were it to arrive now.
    #[must_use]
    pub fn broken(&self, message: Message) -> Vec<&'static str> {
        match self.check(Arc::new(message)) {
            Ok(_) => Vec::new(),
            Err(refused) => refused.faults().iter().map(|f| f.rule).collect(),
        }
    }

    /// What the receiver knows.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View {
            now: self.now,
            calendar: &self.calendar,
            currency: Currency::EUR,
            domain: &self.domain,
            role: self.role,
            registry: self,
            archive: &self.book as &dyn Archive,
        }
    }
}

/// The role of a participant of the samples.
fn role_of(participant: &Domain) -> Role {
    [Role::Agr, Role::Cro, Role::Dso].into_iter().find(|&r| domain(r) == *participant).expect("a sample's participant")
}

impl Registry for Scene {
    fn standing(&self, _domain: &Domain, _role: Role) -> Standing {
        self.standing
    }

    fn congestion_point(&self, address: &EntityAddress, _period: Date, _peer: &Domain) -> Option<Terms> {
        (*address == super::congestion_point()).then_some(self.terms).flatten()
    }

    fn knows_contract(&self, _contract_id: &str, _peer: &Domain) -> bool {
        self.knows_agreements
    }

    fn knows_baseline(&self, _reference: &str, _peer: &Domain) -> bool {
        self.knows_agreements
    }

    fn allows_direct_orders(&self, _contract_id: Option<&str>, _peer: &Domain) -> bool {
        self.direct_orders
    }

    fn reservation(&self, _contract_id: &str, _period: Date) -> Option<Reservation> {
        self.reservation.clone()
    }

    fn has_connections(&self, _peer: &Domain, _congestion_point: Option<&EntityAddress>, _period: Date) -> bool {
        self.knows_agreements
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_breaks_no_rule() {
        for t in MessageType::all() {
            let faults = Scene::before(t).check(Arc::new(sample(t))).err().map(|refused| refused.reason());
            assert_eq!(faults, None, "{}", t.name());
        }
    }
}
