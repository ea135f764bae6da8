//! What is offered can be delivered: all outstanding offers of an aggregator together, at their worst exclusive options.
//!
//! Which device stands behind an offer is not on the wire, so the fleet is held against what no fleet can break. With the day's plan
//! of batteries and vehicles `P` and the deviations offered `Δ`, batteries never draw more than `P + Δ`, since vehicles do not feed
//! in and curtailed feed-in only adds to `Δ`. Stored energy is then at most
//!
//! ```text
//! E(i) = E(0) + Σ_{j ≤ i} f(P(j) + Δ(j)) · Δt      f(p) = η·p while charging, p/η while discharging
//! ```
//! and must not fall below empty, nor end the day below where it began or the plan ended; and `P + Δ` is no less than the batteries
//! can discharge. What is ordered where nothing can go wrong (perfect forecasts, no failures, no limitation, no vehicles) is delivered.

use copperplate::agent::{Action, Dispatch};
use copperplate::forecast::Model;
use copperplate::sim::Variant;
use copperplate::time::{Period, SimDuration};
use copperplate::uftp::message::{FlexOffer, Message};
use jiff::civil::Date;

use crate::devices::{self, Stored};
use crate::finding::Found;
use crate::series::{by_isp, first_step};
use crate::talk::{Order, Talk, spread};
use crate::trial::{Run, Trial};

use super::answer::{change_wh, initial_wh};
use super::bill::{self, Item};

const NAME: &str = "offers";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    // What other devices offer is checked in `behind`, as they deliver it.
    if trial.study.wire.fails() || !devices::all_plain(trial.study) {
        return;
    }
    for run in trial.runs.iter().filter(|r| r.strategy.trades) {
        let talk = Talk::new(&run.result.messages);
        let orders: Vec<(Order<'_>, Item)> = talk.orders().into_iter().zip(bill::items(trial.study, run.strategy, &talk)).collect();
        for agr in 0..trial.study.agrs.len() {
            let calm = calm_days(trial, run, &talk, &orders, agr);
            for (k, period) in trial.study.periods.iter().enumerate() {
                // What happened on the days before decides what the batteries begin with.
                if k <= calm {
                    fleet(trial, run, &talk, agr, period, found);
                }
                if k < calm {
                    followed(trial, run, agr, period, found);
                }
            }
            delivered(trial, run, &orders, agr, calm, found);
        }
    }
}

/// How many of the first days an aggregator knows beforehand, so that all goes as it planned: forecasts are perfect, nothing fails, no
/// limitation acts, no vehicle comes at another time than announced, and no cap is called that its plan does not
/// keep.
fn calm_days(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, orders: &[(Order<'_>, Item)], agr: usize) -> usize {
    let study = trial.study;
    let failure = &study.agrs[agr].terms.failure;
    let sure = failure.asset_per_day == 0.0
        && failure.communication_per_hour == 0.0
        && !run.strategy.orange
        && study.forecast == Model::Perfect
        && study.grid.responses.is_empty()
        && steady(trial)
        && !devices::vehicles(study).any(|v| owns(trial, agr, v.spec.connection.i()));
    if !sure {
        return 0;
    }
    let breaks = |(o, item): &&(Order<'_>, Item)| {
        let own = *o.agr() == study.agrs[agr].domain && item.limitation;
        let kept = planned(trial, talk, o, item) && item.rows.iter().all(|r| r.deficiency <= slack_w(trial, agr, orders));
        own && !kept
    };
    let first = orders.iter().filter(breaks).map(|(o, _)| o.date()).min();
    study.periods.iter().take_while(|p| first.is_none_or(|d| p.date < d)).count()
}

/// Whether the first prognosis of a day keeps a called cap, to a watt a connection.
fn planned(trial: &Trial<'_>, talk: &Talk<'_>, order: &Order<'_>, item: &Item) -> bool {
    let period = trial.study.calendar.period(order.date());
    let first = talk.messages().find_map(|(_, m)| match m {
        Message::DPrognosis(p) if p.header.sender_domain == *order.agr() && p.revision == 1 && p.flex == order.message.flex => Some(p),
        _ => None,
    });
    let Some(first) = first else { return false };
    let expected = spread(&period, &first.isps);
    let slack = 2 + trial.study.grid.connections.len() as i64;
    item.rows.iter().all(|r| {
        let over = expected[usize::from(r.number) - 1] - (r.baseline + r.ordered);
        (if r.ordered < 0 { over } else { -over }) <= slack
    })
}

/// Whether a connection is an aggregator's.
fn owns(trial: &Trial<'_>, agr: usize, connection: usize) -> bool {
    trial.study.agr_of[connection].is_some_and(|a| a.i() == agr)
}

/// What rounding to whole watts, device by device and order by order, comes to, W; a battery that is full or empty adds in one ISP
/// what rounding has left of the hours before.
fn slack_w(trial: &Trial<'_>, agr: usize, orders: &[(Order<'_>, Item)]) -> i64 {
    let devices = trial.study.devices.iter().filter(|d| owns(trial, agr, d.connection.i())).count();
    let isps = 86_400 / trial.study.calendar.isp().0;
    2 + (devices + orders.len()) as i64 + isps / 8
}

/// Whether nothing varies within an ISP: orders are ISP averages, and who keeps them in each step moves a little more.
fn steady(trial: &Trial<'_>) -> bool {
    let isp = trial.study.calendar.isp().0;
    trial.study.step.0 == isp || trial.profiles.step() % isp == 0
}

/// Batteries of an aggregator.
fn batteries<'a>(trial: &'a Trial<'_>, agr: usize) -> impl Iterator<Item = Stored<'a>> {
    devices::batteries(trial.study).filter(move |b| owns(trial, agr, b.spec.connection.i()))
}

/// Batteries do what was dispatched last, to a watt for rounding.
fn followed(trial: &Trial<'_>, run: &Run<'_>, agr: usize, period: &Period, found: &mut Found) {
    let study = trial.study;
    let Some(dispatch) = dispatches(run, agr, period.date).last() else { return };
    let h = study.calendar.isp().as_hours();
    for stored in batteries(trial, agr) {
        let Some((_, schedule)) = dispatch.schedules.iter().find(|(d, _)| *d == stored.row) else { continue };
        let seen = run.witness.device(Variant::Actual, stored.row);
        let done = by_isp(study, period, |k| seen[k].power_w);
        let off_wh: f64 = done.iter().zip(schedule.iter()).map(|(d, s)| (d - s).abs() * h).sum();
        if off_wh > h * (1 + period.isps()) as f64 {
            found.say(NAME, "battery-plan", &run.strategy.name, || {
                let isp = done.iter().zip(schedule.iter()).position(|(d, s)| (d - s).abs() > 2.0).unwrap_or(0);
                let (own, set, id) = (done[isp], schedule[isp], &stored.spec.id);
                format!("{id} moves {off_wh:.1} Wh off its schedule on {}, {own:.1} for {set:.1} W in ISP {}", period.date, isp + 1)
            });
        }
    }
}

/// Holds the outstanding offers of an aggregator for a day against its batteries.
fn fleet(trial: &Trial<'_>, run: &Run<'_>, talk: &Talk<'_>, agr: usize, period: &Period, found: &mut Found) {
    let study = trial.study;
    let own: Vec<Stored<'_>> = batteries(trial, agr).collect();
    let offers = outstanding(talk, study.agrs[agr].domain.as_str(), period.date);
    let (Some(first), Some(plan)) = (own.first(), dispatches(run, agr, period.date).next()) else { return };
    if offers.is_empty() {
        return;
    }
    let efficiency = first.battery.efficiency;
    let first_step = first_step(study, period);
    let start_wh: f64 = own
        .iter()
        .map(|stored| match first_step {
            0 => initial_wh(&stored.battery),
            k => run.witness.device(Variant::Actual, stored.row)[k - 1].content_wh,
        })
        .sum();
    let discharge_w: f64 = own.iter().map(|b| b.battery.max_power_w).sum();
    let isps = period.isps();
    let planned: Vec<f64> = (0..isps).map(|i| plan.schedules.iter().map(|(_, s)| s[i]).sum()).collect();
    let vehicles = plan.schedules.len() > own.len();
    let isp = study.calendar.isp();
    // Whole watts on the wire, option by option.
    let slack_wh = 1.0 + isp.as_hours() * isps as f64 * offers.len() as f64;
    let name = &run.strategy.name;
    // Battery by battery: where one charges while another discharges, more is lost than by their sum.
    let kept = |b: &Stored<'_>| plan.schedules.iter().find(|(d, _)| *d == b.row).map_or(0.0, |(_, s)| change_of(s, efficiency, isp));
    let planned_wh: f64 = start_wh + own.iter().map(kept).sum::<f64>();
    let most_options = offers.iter().map(|o| o.options.len()).max().unwrap_or(0);
    for option in 0..most_options {
        let mut power = planned.clone();
        for offer in &offers {
            let chosen = &offer.options[option.min(offer.options.len() - 1)];
            spread(period, &chosen.isps).iter().zip(&mut power).for_each(|(d, p)| *p += *d as f64);
        }
        let mut stored = start_wh;
        let of = || format!("{} for {}", study.agrs[agr].domain, period.date);
        for (i, p) in power.iter().enumerate() {
            stored += change_wh(*p, efficiency, isp);
            if *p < -discharge_w - 1.0 - offers.len() as f64 {
                found.say(NAME, "battery-power", name, || {
                    format!("{}: {p:.0} W in ISP {} with all offers, batteries discharge {discharge_w:.0} W", of(), i + 1)
                });
            }
            if stored < -slack_wh {
                found.say(NAME, "battery-empty", name, || {
                    format!("{}: {stored:.0} Wh left in ISP {} with all offers, {start_wh:.0} Wh at midnight", of(), i + 1)
                });
            }
        }
        if !vehicles && stored < start_wh.min(planned_wh) - slack_wh {
            found.say(NAME, "battery-end", name, || {
                format!(
                    "{}: the day begins with {start_wh:.0} Wh and ends with {stored:.0} Wh with all offers, {planned_wh:.0} Wh as planned",
                    of()
                )
            });
        }
    }
}

/// What a schedule does to the energy stored, Wh.
fn change_of(schedule: &[f64], efficiency: f64, isp: SimDuration) -> f64 {
    schedule.iter().map(|p| change_wh(*p, efficiency, isp)).sum()
}

/// What an aggregator dispatched for a day, the plan before anything was ordered first.
fn dispatches<'a>(run: &'a Run<'_>, agr: usize, date: Date) -> impl Iterator<Item = &'a Dispatch> {
    let dispatches = run.witness.wanted().filter_map(|(_, _, a)| if let Action::Dispatch(d) = a { Some(d) } else { None });
    dispatches.filter(move |d| d.agr.i() == agr && d.period.date == date)
}

/// Offers of an aggregator for a day that were neither refused nor taken back.
fn outstanding<'a>(talk: &Talk<'a>, agr: &str, date: Date) -> Vec<&'a FlexOffer> {
    let revoked: Vec<_> = talk
        .messages()
        .filter_map(|(_, m)| if let Message::FlexOfferRevocation(r) = m { Some(r.flex_offer_message_id) } else { None })
        .collect();
    let offers = talk.messages().filter_map(|(_, m)| if let Message::FlexOffer(o) = m { Some(o) } else { None });
    let own = offers.filter(|o| o.header.sender_domain.as_str() == agr && o.flex.period == date);
    own.filter(|o| talk.accepted(o.header.message_id) && !revoked.contains(&o.header.message_id)).collect()
}

/// Where nothing can go wrong, what was ordered is delivered, to a watt for each device and order.
fn delivered(trial: &Trial<'_>, run: &Run<'_>, orders: &[(Order<'_>, Item)], agr: usize, calm: usize, found: &mut Found) {
    let study = trial.study;
    let slack = slack_w(trial, agr, orders);
    let own = |(o, item): &&(Order<'_>, Item)| *o.agr() == study.agrs[agr].domain && !item.limitation;
    for (order, item) in orders.iter().filter(own) {
        let day = study.periods.iter().position(|p| p.date == order.date()).expect("a day of the run");
        if day >= calm {
            continue;
        }
        for row in item.rows.iter().filter(|r| !item.overlaid[usize::from(r.number) - 1]) {
            let requested = item.requested[usize::from(row.number) - 1];
            let missing = if requested { (row.ordered - row.delivered).abs() } else { 0 };
            if missing > slack || row.deficiency > slack {
                found.say(NAME, "undelivered", &run.strategy.name, || format!("{} of {}: {row:?}", item.reference, order.date()));
            }
        }
    }
}
