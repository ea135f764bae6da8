//! Rights, what they are paid, and the limits on calls.

use copperplate::ids::{Domain, EntityAddress};
use copperplate::market::Direction;
use copperplate::market::contract::{
    Bounds, Called, CapacityLimitation, Contract, Counters, Fees, Limits, Right, Run, Standing, Tariff, Term, Window, obligation,
    tariff_given_up_eur,
};
use copperplate::market::performance::Performance;
use copperplate::market::reserved_hours::{granted_isps, limitable_isps, room};
use copperplate::market::settlement::{OrderedIsp, Share, against_bound, delivery, fill};
use copperplate::time::{IspCalendar, IspIndex, Period, SimDuration, SimTime};
use copperplate::units::Watts;
use jiff::civil::{Date, Time, date};
use serde_json::{Value, json};

use super::Runner;
use super::inputs::Inputs;

pub(super) fn runner(group: &str) -> Option<Runner> {
    Some(match group {
        "reservation" => reservation,
        "option-settlement" => option_settlement,
        "paid-share" => paid_share,
        "cap" => cap,
        "hours-limit" => hours_limit,
        "headroom-85" => headroom,
        "tariff-discount" => tariff_discount,
        "counters" => counters,
        _ => return None,
    })
}

/// A Monday in a zone whose clock never changes; the days that follow it number from 0.
pub(super) const DAY_0: Date = date(2024, 1, 1);

pub(super) fn calendar(isp: SimDuration) -> IspCalendar {
    IspCalendar::new("UTC", u16::try_from(isp.0 / 60).unwrap()).unwrap()
}

/// A limitation of consumption on call at any time, for nothing.
pub(super) fn limitation(cap_w: f64) -> Contract {
    Contract {
        id: "cap".to_owned(),
        aggregator: Domain::new("agr.example.com"),
        congestion_point: EntityAddress::new("ea1.2024-01.com.example.dso:x"),
        direction: Direction::Consumption,
        right: Right::CapacityLimitation(CapacityLimitation { cap_w }),
        called: Called::DayAhead,
        windows: Window::daily(Time::midnight(), Time::midnight()),
        fees: Fees::default(),
        tariff: Tariff { utilisation_eur_per_mwh: 0.0, plus_day_ahead: false, price_cap_eur_per_mwh: None },
        limits: Limits::default(),
        used_before: Counters::default(),
        performance: Performance::for_delivered(0.0),
        suspend_after_breaches: None,
    }
}

/// What a limitation asks for in the first ISPs of a day, W each.
pub(super) fn flexibility(contract: &Contract, isp: SimDuration, called: &[bool], expected: &[Watts]) -> Vec<Watts> {
    let period: Period = calendar(isp).period(DAY_0);
    let mut all = called.to_vec();
    all.resize(period.isps(), false);
    let expected_w = |isp: IspIndex| expected.get(isp.offset()).map_or(0.0, |w| w.as_f64());
    let call = contract.call(&period, &all, &expected_w).expect("a limitation can be called");
    call.power[..called.len()].to_vec()
}

/// Called ISPs of a limitation held against its cap.
pub(super) fn judged(contract: &Contract, called: &[bool], power: &[Watts], actual: &[Watts]) -> Vec<(OrderedIsp, Share)> {
    let range = contract.right.terms().called_range(contract.direction).expect("a limitation has a bound");
    let bound = Watts::from_f64(range.bound_w(contract.direction));
    let relieves = contract.direction;
    let row = |i: usize| {
        let order = OrderedIsp { power: power[i], requested: true, relieves };
        (order, against_bound(bound, relieves, power[i], actual[i]))
    };
    (0..power.len()).filter(|i| called[*i]).map(row).collect()
}

pub(super) fn as_numbers(watts: impl IntoIterator<Item = Watts>) -> Vec<i64> {
    watts.into_iter().map(|w| w.0).collect()
}

/// The powers have no unit: a millionth of it stands for a watt.
fn reservation(i: Inputs<'_>) -> Value {
    const SCALE: f64 = 1e6;
    let power = |key: &str| Watts::from_f64(i.number(key) * SCALE);
    let bounds = Bounds { min: power("min_w"), max: power("max_w"), requested: i.flag("requested") };
    json!({ "obligation_w": obligation(power("reserved_w"), bounds).as_f64() / SCALE })
}

fn option_settlement(i: Inputs<'_>) -> Value {
    let (baseline, ordered, actual) = (i.watts("baseline_w"), i.watts("ordered_w"), i.watts("actual_w"));
    let requested = if i.has("requested") { i.flags("requested") } else { vec![true; ordered.len()] };
    // Where every ISP is requested, each counts by its own sign.
    let relieves = if i.has("relieves") { i.direction("relieves") } else { Direction::Consumption };
    let row = |k: usize| {
        let order = OrderedIsp { power: ordered[k], requested: requested[k], relieves };
        (order, fill(baseline[k], &[order], actual[k])[0])
    };
    let rows: Vec<(OrderedIsp, Share)> = (0..ordered.len()).map(row).collect();
    let (performance, price_eur) = (i.performance(), i.number("price_eur"));
    let delivery = delivery(&rows, i.isp());
    let penalty_eur = performance.penalty_eur(price_eur, delivery);
    json!({
        "delivered_w": as_numbers(rows.iter().map(|(_, s)| s.delivered)),
        "deficiency_w": as_numbers(rows.iter().map(|(_, s)| s.deficiency)),
        "delivered_share": delivery.share,
        "paid_share": performance.paid_share(delivery.share),
        "penalty_eur": penalty_eur,
        "net_eur": price_eur - penalty_eur,
    })
}

fn paid_share(i: Inputs<'_>) -> Value {
    let performance = i.performance();
    json!({ "paid_share": i.numbers("delivered_share").into_iter().map(|d| performance.paid_share(d)).collect::<Vec<f64>>() })
}

fn cap(i: Inputs<'_>) -> Value {
    let tariff = Tariff {
        utilisation_eur_per_mwh: i.number("utilisation_eur_per_mwh"),
        plus_day_ahead: i.flag("plus_day_ahead"),
        price_cap_eur_per_mwh: i.some("price_cap_eur_per_mwh"),
    };
    let contract = Contract { direction: i.direction("direction"), tariff, performance: i.performance(), ..limitation(i.number("cap_w")) };
    let (called, isp) = (i.flags("called"), i.isp());
    let power = flexibility(&contract, isp, &called, &i.watts("expected_w"));
    let day_ahead = if i.has("day_ahead_eur_per_mwh") { i.numbers("day_ahead_eur_per_mwh") } else { vec![0.0; power.len()] };
    let price_eur = contract.tariff.price_eur(&power, isp, |k| day_ahead[k]);
    let delivery = delivery(&judged(&contract, &called, &power, &i.watts("actual_w")), isp);
    let penalty_eur = contract.performance.penalty_eur(price_eur, delivery);
    json!({
        "flexibility_w": as_numbers(power),
        "price_eur": price_eur,
        "breach_mwh": delivery.deficiency_mwh,
        "penalty_eur": penalty_eur,
        "net_eur": price_eur - penalty_eur,
    })
}

fn hours_limit(i: Inputs<'_>) -> Value {
    let isp = SimDuration::minutes(i.count("isp_minutes") as i64);
    let limit = limitable_isps(u32::try_from(i.count("hours_of_year")).unwrap(), i.number("firm_share"), isp);
    json!({
        "limit_isps": limit,
        "limit_h": limit as f64 * isp.as_hours(),
        "granted_isps": granted_isps(limit, i.count("limited_isps_so_far"), i.count("wanted_isps")),
    })
}

fn headroom(i: Inputs<'_>) -> Value {
    let room = room(&i.numbers("load_kw"), i.number("share")).expect("there are loads");
    json!({ "headroom_kw": room.headroom_kw, "values_above": room.values_above })
}

fn tariff_discount(i: Inputs<'_>) -> Value {
    let [kw, tariff, months, share] = ["contracted_kw", "tariff_eur_per_kw_year", "months", "discount_share"].map(|key| i.number(key));
    json!({ "discount_eur": tariff_given_up_eur(kw, tariff, months, share) })
}

/// Runs in order of call, each refused by the first term it breaks or counted.
fn counters(i: Inputs<'_>) -> Value {
    let isp = SimDuration::minutes(15);
    let (calendar, limits, prior) = (calendar(isp), Inputs(&i.0["limits"]), Inputs(&i.0["prior"]));
    let isps = |key: &str| limits.has(key).then(|| SimDuration(limits.count(key) as i64 * isp.0));
    let calls = |key: &str| limits.has(key).then(|| u32::try_from(limits.count(key)).unwrap());
    let limits = Limits {
        shortest: isps("min_isps"),
        longest: isps("max_isps"),
        recovery: isps("recovery_isps"),
        calls_per_day: calls("per_day"),
        calls_per_week: calls("per_week"),
        per_year: isps("isps_per_year"),
    };
    let used = SimDuration(prior.count("isps_this_year") as i64 * isp.0);
    let last_end =
        prior.has("last_end_isp").then(|| calendar.period(DAY_0).start + SimDuration(prior.number("last_end_isp") as i64 * isp.0));
    let mut standing = Standing { used: Counters::resumed(DAY_0.year(), used, last_end), ..Standing::default() };
    let contract = Contract { limits, ..limitation(0.0) };
    let refusal = |run: &Value| {
        let [day, first, length] = [0, 1, 2].map(|k| run[k].as_u64().expect("a count"));
        let period = calendar.period(DAY_0 + jiff::Span::new().days(day as i64));
        let called: Vec<bool> = period.iter().map(|isp| (first..first + length).contains(&u64::from(isp.number()))).collect();
        let broken = standing.broken(&contract, &calendar, &period, &called, true);
        if broken.is_none() {
            standing.accept(&period, &called);
        }
        broken.map(Term::as_str)
    };
    let refused: Vec<Option<&str>> = i.list("runs").iter().map(refusal).collect();
    json!({ "refused": refused })
}

/// First and last ISP of each stretch of ISPs, by number.
pub(super) fn stretches(period: &Period, within: &[bool]) -> Vec<(u16, u16)> {
    let number = |t: SimTime| period.isp_at(t).expect("within the day").number();
    Run::all(period, within).into_iter().map(|run| (number(run.from), number(run.until - period.isp()))).collect()
}
