//! Rights and requests: a capacity limitation is called within its windows and no oftener than agreed in a week; an offer stays within
//! what the request leaves room for, its rebound too; an order is an option of its offer.

use std::collections::{BTreeMap, BTreeSet};

use copperplate::time::IspIndex;
use copperplate::uftp::message::{Disposition, FlexOffer, FlexRequest, Message};
use jiff::civil::{Date, Weekday};

use crate::finding::Found;
use crate::talk::{Talk, spread};
use crate::trial::{Run, Trial};

use super::bill::{listed, within};

const NAME: &str = "trade";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    for run in &trial.runs {
        let talk = Talk::new(&run.result.messages);
        calls(trial, run, &talk, found);
        for (_, message) in talk.messages() {
            if let Message::FlexOffer(offer) = message
                && let Some(Message::FlexRequest(request)) = offer.flex_request_message_id.and_then(|id| talk.get(id))
            {
                room(trial, run, offer, request, found);
            }
        }
    }
}

fn calls(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, found: &mut Found) {
    let study = trial.study;
    let mut in_week: BTreeMap<(&str, Date), BTreeSet<(Date, usize)>> = BTreeMap::new();
    for (_, message) in talk.messages() {
        let Message::FlexOrder(order) = message else { continue };
        if order.unsolicited != Some(true) {
            continue;
        }
        let contract = order.contract_id.as_deref().and_then(|id| run.strategy.contracts.iter().find(|c| c.id == id));
        let Some(contract) = contract else {
            found.say(NAME, "no-right", &run.strategy.name, || format!("{} is ordered under no contract", order.order_reference));
            continue;
        };
        let period = study.calendar.period(order.flex.period);
        let called = listed(&period, &order.isps);
        for i in (0..called.len()).filter(|i| called[*i]) {
            if !within(study, contract, &period, IspIndex::from_offset(i)) {
                found.say(NAME, "window", &run.strategy.name, || {
                    format!("{} is called on {} in ISP {}, outside its windows", contract.id, period.date, i + 1)
                });
            }
        }
        let calls = in_week.entry((&contract.id, monday(period.date))).or_default();
        // A call is an unbroken run of ISPs.
        calls.extend((0..called.len()).filter(|i| called[*i] && (*i == 0 || !called[i - 1])).map(|i| (period.date, i)));
        let agreed = contract.limits.calls_per_week.map_or(usize::MAX, |n| n as usize);
        if calls.len() > agreed {
            found.say(NAME, "calls", &run.strategy.name, || {
                format!("{} is called {} times in a week, {agreed} agreed", contract.id, calls.len())
            });
        }
    }
}

fn monday(date: Date) -> Date {
    let mut day = date;
    while day.weekday() != Weekday::Monday {
        day = day.yesterday().expect("a year above 1");
    }
    day
}

/// Between nothing and the far bound where flexibility was asked for, within the bounds elsewhere.
fn room(trial: &Trial<'_>, run: &Run<'_>, offer: &FlexOffer, request: &FlexRequest, found: &mut Found) {
    let period = trial.study.calendar.period(offer.flex.period);
    let mut bounds = vec![(0, 0, false); period.isps()];
    for isp in &request.isps {
        for number in isp.run.start..isp.run.start + isp.run.duration {
            bounds[usize::from(number) - 1] = (isp.min_power.0, isp.max_power.0, isp.disposition == Disposition::Requested);
        }
    }
    let mut touches = false;
    for option in &offer.options {
        for (i, p) in spread(&period, &option.isps).iter().enumerate().filter(|(_, p)| **p != 0) {
            let (min, max, requested) = bounds[i];
            touches |= requested;
            let (kind, inside) = match requested {
                true => ("beyond-request", (min.min(0)..=max.max(0)).contains(p)),
                false if *p > 0 => ("rebound-up", *p <= max),
                false => ("rebound-down", *p >= min),
            };
            if !inside {
                found.say(NAME, kind, &run.strategy.name, || {
                    let from = &offer.header.sender_domain;
                    format!("{from} offers {p} W in ISP {} of {}, the request leaves {min} to {max} W", i + 1, period.date)
                });
            }
        }
    }
    if !touches {
        found.say(NAME, "useless", &run.strategy.name, || format!("an offer of {} touches nothing requested", offer.header.sender_domain));
    }
}
