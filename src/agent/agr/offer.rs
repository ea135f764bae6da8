//! Offers: deviation profiles the portfolio can deliver together, with their real cost.
//!
//! ```text
//! request ──► shift.rs          devices that shift, re-planned: rebound inside
//!         ├─► curtailment.rs    feed-in held back; what was added to the prognosis
//!         └─► booking.rs        what is outstanding, and the devices behind it
//! ```
//!
//! Every device stands behind one outstanding offer at most, in all of its options: these exclude each other, so whatever is
//! ordered can be delivered together.

use std::sync::Arc;

use crate::market::Direction;
use crate::market::contract::{Bounds, Contract, asked};
use crate::time::{IspIndex, IspSeries, Period, SimTime};
use crate::uftp::message::isp::{non_zero_power_runs, series};
use crate::uftp::message::{Disposition, FlexOffer, FlexRequest, Message, OfferOption, Text};
use crate::units::Watts;

use super::booking::{BookedOption, Booking, Stage};
use super::{Action, Agr, Day};

impl Agr {
    /// Answers a request with every offer it has for it.
    pub(super) fn request(&mut self, now: SimTime, message: &Arc<Message>) -> Vec<Action> {
        let Message::FlexRequest(request) = &**message else { return Vec::new() };
        let mut actions: Vec<Action> = self.desk.reply(now, message, None).into_iter().collect();
        let date = request.flex.period;
        let Some(k) = self.profile.congestion_points.iter().position(|c| c.address == request.flex.congestion_point) else {
            return actions;
        };
        let Some(day) = self.days.get_mut(&date) else { return actions };
        // What nobody bought in an earlier round is free again.
        day.bookings.retain(|b| b.ordered.is_some() || now <= b.expires);
        day.requests.insert(request.header.message_id, Arc::clone(message));
        let bounds = bounds(day, request);
        let terms = request.contract_id.as_ref().and_then(|id| self.profile.contracts.iter().find(|c| *c.id == **id)).cloned();
        let period = day.period;
        let wanted = self.need(&period, terms.as_ref(), &bounds);
        let contract = terms.map(|c| (Text::from(c.id.as_str()), c.agreed_price_eur_per_mwh()));
        for direction in [Direction::FeedIn, Direction::Consumption] {
            let wanted: Vec<Watts> =
                wanted.iter().map(|w| if Direction::relieved_by(*w) == Some(direction) { *w } else { Watts::ZERO }).collect();
            if wanted.iter().any(|w| *w != Watts::ZERO) {
                self.offer_shifts(now, request, k, &bounds, &wanted, direction, contract.as_ref(), &mut actions);
                if direction == Direction::FeedIn {
                    self.offer_curtailment(now, request, k, &wanted, contract.as_ref(), &mut actions);
                }
                self.offer_padding(now, request, k, &wanted, contract.as_ref(), &mut actions);
            }
        }
        actions
    }

    /// What a request asks for on each ISP, W, signed: its need, or what a contract obliges to.
    fn need(&self, period: &Period, contract: Option<&Contract>, bounds: &[Bounds]) -> Vec<Watts> {
        let Some(c) = contract else { return bounds.iter().map(Bounds::near).collect() };
        let kept = self.reserved.get(&(Text::from(c.id.as_str()), period.date));
        let reserved = |i: usize| kept.map_or_else(|| c.reserved_at(&self.desk.calendar, period, IspIndex::from_offset(i)), |k| k[i]);
        let owed = |(i, b): (usize, &Bounds)| c.owed_at(&self.desk.calendar, period, IspIndex::from_offset(i), reserved(i), *b);
        bounds.iter().enumerate().map(owed).collect()
    }

    /// What an order on an offer was asked for, by the request behind it.
    pub(super) fn asked(&self, day: &Day, booking: &Booking, power: &[Watts]) -> (Direction, Vec<bool>) {
        let Message::FlexRequest(request) = &*day.requests[&booking.request] else { unreachable!("only requests are kept as requests") };
        let bounds = bounds(day, request);
        let contract = booking.contract.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id));
        asked(&bounds, &self.need(&day.period, contract, &bounds), power)
    }

    /// The payment it counts on for relief, €/MWh; nothing where it must offer at cost.
    pub(super) fn counts_on_eur_per_mwh(&self) -> f64 {
        if self.profile.at_cost { 0.0 } else { self.profile.behaviour.conduct().expected_payment_eur_per_mwh() }
    }

    /// Share that it offers of what some willing devices have; all where it must.
    pub(super) fn offered_share(&self, devices: usize) -> f64 {
        if self.profile.at_cost { 1.0 } else { self.profile.behaviour.conduct().offered_share(devices) }
    }

    #[allow(clippy::too_many_arguments, reason = "one message, read in one place")]
    pub(super) fn place(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        contract: Option<&(Text, Option<f64>)>,
        options: Vec<BookedOption>,
    ) -> Action {
        let day = &self.days[&request.flex.period];
        let period = day.period;
        let prognosis = day.prognosis[k];
        let header = self.desk.header(now, &request.header.sender_domain, Some(request.header.conversation_id));
        let wire = |o: &BookedOption| OfferOption {
            option_reference: o.reference.clone(),
            price: o.price,
            min_activation_factor: o.min_factor,
            isps: non_zero_power_runs(&IspSeries::from_vec(&period, o.power.clone())),
        };
        let offer = FlexOffer {
            flex: request.flex.clone(),
            expiration_date_time: self.desk.date_time(self.offers_expire(now, &period)),
            unsolicited: Some(false),
            flex_request_message_id: Some(request.header.message_id),
            contract_id: contract.map(|c| c.0.clone()),
            d_prognosis_message_id: prognosis,
            baseline_reference: None,
            currency: self.desk.currency,
            options: options.iter().map(wire).collect(),
            header,
        };
        let booking = Booking {
            message: offer.header.message_id,
            conversation: offer.header.conversation_id,
            point: k,
            stage: Stage::Sent,
            contract: contract.map(|c| c.0.clone()),
            request: request.header.message_id,
            expires: self.offers_expire(now, &period),
            options,
            ordered: None,
        };
        self.send_offer(offer, booking, period.date)
    }

    /// The end of the round that is on: offers stay good until then.
    fn offers_expire(&self, now: SimTime, period: &crate::time::Period) -> SimTime {
        let eve = period.date.yesterday().expect("calendar year above 1");
        let mut ends = self.profile.rounds.iter().map(|r| self.desk.calendar.at(eve, r.close));
        ends.find(|end| *end >= now).unwrap_or(now)
    }
}

/// A request's bounds on every ISP of the day.
pub(super) fn bounds(day: &Day, request: &FlexRequest) -> Vec<Bounds> {
    let free = Bounds { min: Watts::ZERO, max: Watts::ZERO, requested: false };
    let rows = request
        .isps
        .iter()
        .map(|r| (r.run, Bounds { min: r.min_power, max: r.max_power, requested: r.disposition == Disposition::Requested }));
    series(&day.period, free, rows).values().to_vec()
}
