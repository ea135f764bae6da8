//! A message under inspection, and how a rule answers.

use crate::ids::{Domain, Role};
use crate::time::Period;
use crate::uftp::message::{FlexOffer, IspRun, Message, OfferOption};

use super::clock;
use super::isp_set::described;
use super::lists::{Extent, List};
use super::lookup::{OfferState, Terms, View};
use super::refers;

/// A message under inspection, with what several rules need of it.
pub(super) struct Case<'a> {
    pub(super) message: &'a Message,
    pub(super) envelope_domain: &'a Domain,
    pub(super) sender_role: Role,
    pub(super) view: &'a View<'a>,
    /// The Period it speaks of, in the market's calendar; `None` too where it counts by another clock, see [`clock`].
    pub(super) period: Option<Period>,
    /// Its lists of ISPs.
    pub(super) extent: Extent,
    /// What it refers to: see [`refers::to`].
    pub(super) referred: Option<&'a Message>,
    /// Terms of the congestion point it speaks of, if it is active.
    pub(super) terms: Option<Terms>,
}

impl<'a> Case<'a> {
    pub(super) fn new(message: &'a Message, envelope_domain: &'a Domain, sender_role: Role, view: &'a View<'a>) -> Case<'a> {
        let date = message.period().filter(|_| clock::is_market(message, view.calendar));
        let period = date.map(|date| view.calendar.period(date));
        let peer = &message.header().sender_domain;
        let extent = Extent::of(message, |list| clock::isps(view, period, peer, list));
        let referred = refers::to(message, |id| view.archive.exchanged(peer, id));
        let terms = message.flex().and_then(|flex| view.registry.congestion_point(&flex.congestion_point, flex.period, peer));
        Case { message, envelope_domain, sender_role, view, period, extent, referred, terms }
    }

    /// The sender.
    pub(super) fn peer(&self) -> &'a Domain {
        &self.message.header().sender_domain
    }

    /// How many ISPs the day of a list has.
    pub(super) fn isps_of(&self, list: &List<'_>) -> usize {
        clock::isps(self.view, self.period, self.peer(), list)
    }

    /// The offer that an order or a revocation names. A revocation must come from whom the offer came from.
    pub(super) fn offer(&self) -> Option<&'a FlexOffer> {
        match self.referred? {
            Message::FlexOffer(offer) => Some(offer),
            _ => None,
        }
    }

    /// Whether its ISPs can be compared with those of what it refers to: both count by one clock, which is the market's.
    pub(super) fn counts_as_referred(&self) -> bool {
        self.period.is_some() && self.referred.is_none_or(|referred| clock::other_than(self.message, referred).is_none())
    }

    /// What has become of that offer.
    pub(super) fn offer_state(&self) -> Option<OfferState> {
        self.offer().map(|offer| self.view.archive.offer_state(self.peer(), offer.header.message_id))
    }

    /// The option that an order buys: the one it names, or the only one.
    pub(super) fn option(&self) -> Option<&'a OfferOption> {
        let Message::FlexOrder(order) = self.message else { return None };
        let options = &self.offer()?.options;
        match &order.option_reference {
            Some(name) => options.iter().find(|option| option.option_reference == *name),
            None if options.len() == 1 => options.first(),
            None => None,
        }
    }
}

/// A rule's answer.
pub(super) type Verdict = Result<(), Breach>;

/// How a rule is broken.
#[derive(Debug, Default)]
pub(super) struct Breach {
    pub(super) detail: Option<String>,
    pub(super) isps: Vec<IspRun>,
}

impl Breach {
    /// With nothing to add to the reason.
    pub(super) fn plain() -> Breach {
        Breach::default()
    }

    /// With a detail for people.
    pub(super) fn detail(detail: impl Into<String>) -> Breach {
        Breach { detail: Some(detail.into()), isps: Vec::new() }
    }

    /// In some ISPs, which are the detail.
    pub(super) fn isps(isps: Vec<IspRun>) -> Breach {
        Breach { detail: Some(described(&isps)), isps }
    }
}

/// `Err(breach())` unless the condition holds.
pub(super) fn require(holds: bool, breach: impl FnOnce() -> Breach) -> Verdict {
    if holds { Ok(()) } else { Err(breach()) }
}
