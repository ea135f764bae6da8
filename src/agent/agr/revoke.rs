//! Taking offers back: a newer forecast may say that what is offered cannot be delivered.
//!
//! For every ISP `i` and congestion point `k` the feed-in behind all outstanding offers must fit into what is expected now:
//! `Σ booked(i) ≤ caution · Σ_{willing at k} min(planned(i), expected(i))`. Offers that break it are revoked, the youngest first,
//! until the rest fits; ordered ones stay, whatever they cost. Revocation waits for the offer's acceptance and keeps the
//! assets booked until it is answered (Shapeshifter specification 3.1.0, "FlexOfferRevocation").

use crate::agent::PortfolioVintage;
use crate::asset::Flexibility;
use crate::time::SimTime;
use crate::uftp::message::{FlexOfferRevocation, Response};

use super::booking::{Booking, Stage};
use super::{Action, Agr, send};

impl Agr {
    /// Takes back open offers of a planned day that a newer forecast does not cover.
    pub(super) fn reconsider(&mut self, now: SimTime, vintage: &PortfolioVintage) -> Vec<Action> {
        let date = vintage.period.date;
        let Some(day) = self.days.get_mut(&date).filter(|day| now < day.period.start) else { return Vec::new() };
        let devices = self.profile.devices.iter().zip(&vintage.outlook).zip(&mut day.plans);
        for ((_, outlook), plan) in devices.filter(|((own, _), _)| own.device.flexibility() == Flexibility::Curtailable) {
            *plan = plan.iter().zip(outlook.power_w()).map(|(p, expected)| p.max(*expected)).collect();
        }
        let mut actions = Vec::new();
        for b in (0..self.days[&date].bookings.len()).rev() {
            let booking = &self.days[&date].bookings[b];
            let movable = booking.ordered.is_none() && matches!(booking.stage, Stage::Sent | Stage::Open);
            if movable && self.exceeds(date, b) {
                actions.extend(self.withdraw(now, date, b));
            }
        }
        actions
    }

    /// Whether booking `b` stands in an ISP where more is booked than can be delivered.
    fn exceeds(&self, date: jiff::civil::Date, b: usize) -> bool {
        let day = &self.days[&date];
        let booking = &day.bookings[b];
        (0..day.period.isps()).filter(|&i| booking.curtailed_w(i) > 0.0).any(|i| {
            let kept = day.bookings.iter().filter(|o| matches!(o.stage, Stage::Sent | Stage::Open));
            // Offers are whole watts.
            kept.map(|o| o.curtailed_w(i)).sum::<f64>() > self.deliverable_w(day, booking.point, i) + 0.5
        })
    }

    fn withdraw(&mut self, now: SimTime, date: jiff::civil::Date, b: usize) -> Option<Action> {
        let booking = &mut self.days.get_mut(&date)?.bookings[b];
        if booking.stage == Stage::Sent {
            booking.stage = Stage::Unwanted;
            return None;
        }
        let (offer, conversation) = (booking.message, booking.conversation);
        let header = self.desk.header(now, &self.profile.dso, Some(conversation));
        booking.stage = Stage::Revoking { by: header.message_id };
        Some(send(FlexOfferRevocation { header, flex_offer_message_id: offer }))
    }

    /// The operator has taken an offer, or not; what it refuses binds no assets any longer.
    pub(super) fn offer_answered(&mut self, now: SimTime, response: &Response) -> Vec<Action> {
        let Some((date, b)) = self.booking(|booking| booking.message == response.reference) else { return Vec::new() };
        let day = self.days.get_mut(&date).expect("bookings belong to a planned day");
        if !response.is_accepted() {
            day.bookings.remove(b);
            return Vec::new();
        }
        let unwanted = day.bookings[b].stage == Stage::Unwanted;
        day.bookings[b].stage = Stage::Open;
        // An order may have overtaken the answer.
        let free = day.bookings[b].ordered.is_none();
        if unwanted && free { self.withdraw(now, date, b).into_iter().collect() } else { Vec::new() }
    }

    /// An accepted revocation frees the assets; a refused one means that the offer was bought.
    pub(super) fn revocation_answered(&mut self, response: &Response) -> Vec<Action> {
        let by = Stage::Revoking { by: response.reference };
        let Some((date, b)) = self.booking(|booking| booking.stage == by) else { return Vec::new() };
        let day = self.days.get_mut(&date).expect("bookings belong to a planned day");
        match response.is_accepted() {
            true => {
                day.bookings.remove(b);
            }
            false => day.bookings[b].stage = Stage::Open,
        }
        Vec::new()
    }

    fn booking(&self, wanted: impl Fn(&Booking) -> bool) -> Option<(jiff::civil::Date, usize)> {
        self.days.iter().find_map(|(date, day)| day.bookings.iter().position(&wanted).map(|b| (*date, b)))
    }
}
