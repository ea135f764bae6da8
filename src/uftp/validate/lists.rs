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

/// What one look at the lists of a message says; a rule that finds fault looks again for the details.
pub(super) struct Extent {
    /// Every list has ISPs, and all of them lie within their Period.
    pub(super) fits: bool,
    /// In every list each run begins no earlier than its predecessor ends, so none overlap.
    pub(super) in_order: bool,
    /// The number after the last ISP, 0 without any.
    pub(super) end: u32,
}

impl Extent {
    /// Looks at all lists; `isps` is the number of ISPs of a Period.
    pub(super) fn of(message: &Message, isps: impl Fn(Date) -> usize) -> Extent {
        let mut extent = Extent { fits: true, in_order: true, end: 0 };
        each(message, &mut |date, runs| {
            let isps = isps(date);
            let mut end = 0;
            for run in runs {
                extent.fits &= run.fits(isps);
                extent.in_order &= u32::from(run.start) >= end;
                end = run.end();
                extent.end = extent.end.max(end);
            }
            extent.fits &= end > 0;
        });
        extent
    }
}
