//! The lists of ISPs in a message: within a list no ISP may stand twice, across lists it may.

use jiff::civil::Date;

use super::lookup::Settled;
use crate::uftp::message::{IspRun, Message};

/// What a list of ISPs belongs to.
pub(super) struct List<'m> {
    /// The day its ISPs are of.
    pub(super) period: Date,
    /// What it settles; `None` outside settlements.
    pub(super) settled: Option<Settled<'m>>,
}

/// Calls `visit` with each list of the message and its runs, in their order.
pub(super) fn each<'m>(message: &'m Message, visit: &mut dyn FnMut(&List<'m>, &mut dyn Iterator<Item = IspRun>)) {
    let own = |period| List { period, settled: None };
    match message {
        Message::FlexReservationUpdate(m) => visit(&own(m.flex.period), &mut m.isps.iter().map(|isp| isp.run)),
        Message::DPrognosis(m) => visit(&own(m.flex.period), &mut m.isps.iter().map(|isp| isp.run)),
        Message::FlexRequest(m) => visit(&own(m.flex.period), &mut m.isps.iter().map(|isp| isp.run)),
        Message::FlexOrder(m) => visit(&own(m.flex.period), &mut m.isps.iter().map(|isp| isp.run)),
        Message::FlexOffer(m) => {
            for option in &m.options {
                visit(&own(m.flex.period), &mut option.isps.iter().map(|isp| isp.run));
            }
        }
        Message::Metering(m) => {
            for profile in &m.profiles {
                visit(&own(m.period), &mut profile.isps.iter().map(|isp| IspRun { start: isp.start, duration: 1 }));
            }
        }
        Message::FlexSettlement(m) => {
            for order in &m.flex_order_settlements {
                let settled = Some(Settled::Order(order.order_reference.as_deref()));
                visit(&List { period: order.period, settled }, &mut order.isps.iter().map(|isp| isp.run));
            }
            for contract in &m.contract_settlements {
                let settled = Some(Settled::Contract(contract.contract_id.as_deref()));
                for day in &contract.periods {
                    visit(&List { period: day.period, settled }, &mut day.isps.iter().map(|isp| isp.run));
                }
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
    /// Looks at all lists; `isps` is the number of ISPs of a list's day.
    pub(super) fn of(message: &Message, isps: impl Fn(&List<'_>) -> usize) -> Extent {
        let mut extent = Extent { fits: true, in_order: true, end: 0 };
        each(message, &mut |list, runs| {
            let isps = isps(list);
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
