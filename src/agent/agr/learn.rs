//! What an aggregator learns from the trade of a day: where congestion is to be foreseen, and whether its margin was too high.

use crate::ids::EntityAddress;
use crate::time::Period;
use crate::uftp::message::Message;
use crate::units::Watts;

use super::offer::bounds;
use super::{Agr, Day};

impl Agr {
    /// Learns from the trade of the day before a Period: what was asked for, and whether its offers were bought.
    pub(super) fn learn(&mut self, period: &Period) {
        let Some(day) = period.date.yesterday().ok().and_then(|eve| self.days.get(&eve)) else { return };
        for cp in &self.profile.congestion_points {
            self.foresight.remember(cp.cp, asked_at(day, &cp.address));
        }
        let sold = day.bookings.iter().filter(|b| b.ordered.is_some()).count();
        if !self.profile.at_cost {
            self.margin = self.profile.behaviour.conduct().next_margin(self.margin, day.bookings.len(), sold);
        }
    }
}

/// What a day's requests asked for at a congestion point, W per ISP, signed; contracts ask for a part of it.
fn asked_at(day: &Day, address: &EntityAddress) -> Vec<Watts> {
    let mut asked = vec![Watts::ZERO; day.period.isps()];
    for message in day.requests.values() {
        let Message::FlexRequest(request) = &**message else { continue };
        if request.flex.congestion_point == *address {
            asked.iter_mut().zip(bounds(day, request)).filter(|(_, b)| b.requested).for_each(|(a, b)| *a = b.near());
        }
    }
    asked
}
