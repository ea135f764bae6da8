//! The lists of ISPs in a message: within a list no ISP may stand twice, across lists it may.

use jiff::civil::Date;

use crate::uftp::message::{IspRun, Message};

/// Calls `visit` with the Period and the runs of each list of the message, in its order.
pub(super) fn each(message: &Message, visit: &mut dyn FnMut(Date, &mut dyn Iterator<Item = IspRun>)) {
    match message {
        Message::FlexReservationUpdate(m) => visit(m.flex.period, &mut m.isps.iter().map(|isp| isp.run)),
        Message::DPrognosis(m) => visit(m.flex.period, &mut m.isps.iter().map(|isp| isp.run)),
        Message::FlexRequest(m) => visit(m.flex.period, &mut m.isps.iter().map(|isp| isp.run)),
        Message::FlexOrder(m) => visit(m.flex.period, &mut m.isps.iter().map(|isp| isp.run)),
        Message::FlexOffer(m) => {
            for option in &m.options {
                visit(m.flex.period, &mut option.isps.iter().map(|isp| isp.run));
            }
        }
        Message::Metering(m) => {
            for profile in &m.profiles {
                visit(m.period, &mut profile.isps.iter().map(|isp| IspRun { start: isp.start, duration: 1 }));
            }
        }
        Message::FlexSettlement(m) => {
            for order in &m.flex_order_settlements {
                visit(order.period, &mut order.isps.iter().map(|isp| isp.run));
            }
            for period in m.contract_settlements.iter().flat_map(|contract| &contract.periods) {
                visit(period.period, &mut period.isps.iter().map(|isp| isp.run));
            }
        }
        _ => {}
    }
}
