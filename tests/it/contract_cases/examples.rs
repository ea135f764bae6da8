//! One full example of each contract.

use copperplate::market::Direction;
use copperplate::market::contract::{
    BidObligation, Breaches, Contract, Fees, FlexOption, Right, Tariff, Terms, Window, effective_eur_per_mwh, is_acceptable,
    tariff_given_up_eur,
};
use copperplate::market::device_cap::allowed_kw;
use copperplate::market::obligation::{Threshold, paid_eur_per_mwh};
use copperplate::market::performance::Delivery;
use copperplate::market::redispatch::{compensation_eur, lost_work_mwh, value_of_moved_energy_eur};
use copperplate::market::reserved_hours::{granted_isps, limitable_isps};
use copperplate::market::settlement::delivery;
use copperplate::time::{IspIndex, Period, SimDuration};
use copperplate::units::Watts;
use jiff::civil::{Date, Time, Weekday};
use serde_json::{Value, json};

use super::Runner;
use super::inputs::{Inputs, bounds};
use super::rights::{DAY_0, as_numbers, calendar, flexibility, judged, limitation, stretches};
use super::rules::devices;

/// Contracts by the name of their first example; further ones add a number.
const EXAMPLES: [(&str, Runner); 10] = [
    ("cbc-time-block", time_block),
    ("right-85", right_85),
    ("right-by-block", right_by_block),
    ("right-variable", right_variable),
    ("bid-obligation", bid_obligation),
    ("mandatory", mandatory),
    ("gb-scheduled-utilisation", scheduled_utilisation),
    ("gb-availability-and-utilisation", availability_and_utilisation),
    ("para14a-home", home),
    ("redispatch-2", redispatch_2),
];

pub(super) fn runner(group: &str, name: &str) -> Option<Runner> {
    let is = |contract: &str| name.strip_prefix(contract).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    EXAMPLES.iter().find(|(contract, _)| group == "contract-example" && is(contract)).map(|(_, run)| *run)
}

/// Windows of a text like `mon-fri 16:00-20:00` or `16:00-20:00`.
fn windows(text: &str) -> Vec<Window> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let (days, clock) = text.rsplit_once(' ').unwrap_or(("", text));
    let (from, until) = clock.split_once('-').expect("a start and an end");
    let number = |day: &str| NAMES.iter().position(|n| *n == day).unwrap_or_else(|| panic!("'{day}' is no weekday"));
    let weekdays = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        (number(first)..=number(last)).map(|d| Weekday::from_monday_zero_offset(d as i8).unwrap()).collect::<Vec<_>>()
    };
    let days: Vec<Weekday> = days.split([',', ' ']).filter(|part| !part.is_empty()).flat_map(weekdays).collect();
    let clock = |text: &str| if text == "24:00" { Time::midnight() } else { text.parse().expect("a clock time") };
    Window::daily(clock(from), clock(until)).into_iter().map(|w| Window { days: days.clone(), ..w }).collect()
}

fn day(number: usize) -> Date {
    DAY_0 + jiff::Span::new().days(number as i64)
}

fn time_block(i: Inputs<'_>) -> Value {
    let isp = i.isp();
    let calendar = calendar(isp);
    let fees = Fees {
        availability_eur_per_mw_h: i.number("fee_eur_per_mw_h"),
        reference_w: i.number("reference_kw") * 1e3,
        fixed_eur_per_year: 0.0,
    };
    let contract = Contract { windows: windows(i.word("window")), fees, performance: i.performance(), ..limitation(i.number("cap_w")) };
    let week: Vec<_> = (0..7).map(|d| calendar.period(day(d))).collect();
    let within = |d: usize| week[d].iter().map(|isp| contract.holds(&calendar, &week[d], isp)).collect::<Vec<bool>>();
    let busy = (0..7).map(within).find(|day| day.contains(&true)).expect("a window in the week");
    let window_isps: Vec<usize> = (0..busy.len()).filter(|k| busy[*k]).map(|k| k + 1).collect();
    let available = |period: &Period| period.iter().map(|isp| contract.available_at(&calendar, period, isp)).collect::<Vec<Watts>>();
    let availability_eur: f64 = week.iter().map(|period| contract.availability_eur(&available(period), isp)).sum();
    let expected = i.watts("expected_w");
    let called = vec![true; expected.len()];
    let power = flexibility(&contract, isp, &called, &expected);
    let delivery = delivery(&judged(&contract, &called, &power, &i.watts("actual_w")), isp);
    let price_eur = contract.tariff.price_eur(&power, isp, |_| 0.0);
    let penalty_eur = contract.performance.penalty_eur(price_eur, delivery);
    json!({
        "window_isps": window_isps,
        "flexibility_w": as_numbers(power),
        "availability_week_eur": availability_eur,
        "breach_mwh": delivery.deficiency_mwh,
        "penalty_eur": penalty_eur,
        "net_week_eur": availability_eur + price_eur - penalty_eur,
    })
}

fn right_85(i: Inputs<'_>) -> Value {
    let isp = i.isp();
    let limit = limitable_isps(u32::try_from(i.count("hours_of_year")).unwrap(), i.number("firm_share"), isp);
    let granted = granted_isps(limit, i.count("limited_isps_so_far"), i.count("wanted_isps"));
    let contract = limitation(i.number("cap_w"));
    let expected = i.watts("expected_w");
    let called: Vec<bool> = (0..expected.len() as u64).map(|k| k < granted).collect();
    let power = flexibility(&contract, isp, &called, &expected);
    json!({
        "called_isps": granted,
        "price_eur": contract.tariff.price_eur(&power, isp, |_| 0.0),
        "flexibility_w": as_numbers(power),
        "tariff_given_up_eur_per_year": tariff_given_up_eur(i.number("contracted_kw"), i.number("tariff_eur_per_kw_year"), 12.0, 1.0),
    })
}

/// The contract holds outside the block, in which the whole capacity is free.
fn right_by_block(i: Inputs<'_>) -> Value {
    let isp = i.isp();
    let (from, until) = i.word("block").split_once('-').expect("a start and an end");
    let contract = Contract { windows: windows(&format!("{until}-{from}")), ..limitation(i.number("cap_w")) };
    let calendar = calendar(isp);
    let period = calendar.period(DAY_0);
    let free: Vec<bool> = period.iter().map(|isp| !contract.holds(&calendar, &period, isp)).collect();
    let mut block_isps = stretches(&period, &free);
    if block_isps.len() > 1 {
        block_isps.rotate_right(1);
    }
    let (mut breaches, mut so_far, mut excess_mwh) = (Breaches::default(), Vec::new(), Vec::new());
    let limit = i.has("suspend_after_breaches").then(|| u32::try_from(i.count("suspend_after_breaches")).unwrap());
    for (d, actual) in i.list("actual_w_outside_by_day").iter().enumerate() {
        let actual: Vec<Watts> = actual.as_array().unwrap().iter().map(|w| Watts::from_f64(w.as_f64().unwrap())).collect();
        let called = vec![true; actual.len()];
        let power = flexibility(&contract, isp, &called, &vec![Watts::ZERO; actual.len()]);
        let delivery = delivery(&judged(&contract, &called, &power, &actual), isp);
        breaches.take(day(d), u32::from(delivery.deficiency_mwh > 0.0), limit);
        so_far.push(breaches.count());
        excess_mwh.push(delivery.deficiency_mwh);
    }
    json!({
        "block_isps": block_isps,
        "breaches_so_far": so_far,
        "suspended_from_day": breaches.suspended_from().map(|from| (from - DAY_0).get_days()),
        "excess_mwh": excess_mwh,
    })
}

fn right_variable(i: Inputs<'_>) -> Value {
    let isp = SimDuration::minutes(15);
    let (announced, expected) = (i.numbers("announced_cap_w"), i.watts("expected_w"));
    let of_isp = |(cap_w, expected): (&f64, &Watts)| flexibility(&limitation(*cap_w), isp, &[true], &[*expected])[0];
    let power: Vec<Watts> = announced.iter().zip(&expected).map(of_isp).collect();
    json!({ "price_eur": limitation(0.0).tariff.price_eur(&power, isp, |_| 0.0), "flexibility_w": as_numbers(power) })
}

fn bid_obligation(i: Inputs<'_>) -> Value {
    let right = BidObligation { power_w: i.number("power_w") };
    let owed: Vec<Watts> = i.list("request").iter().map(|row| right.obliges(Watts::ZERO, bounds(row))).collect();
    let own_price = i.number("own_price_eur_per_mwh");
    let accepted = is_acceptable(own_price, i.some("price_cap_eur_per_mwh"));
    let paid = Tariff { utilisation_eur_per_mwh: own_price, plus_day_ahead: false, price_cap_eur_per_mwh: None };
    let sold: Vec<Watts> = owed.iter().map(|o| if accepted { *o } else { Watts::ZERO }).collect();
    json!({
        "accepted": accepted,
        "paid_eur": paid.price_eur(&sold, i.isp(), |_| 0.0),
        "counter_trade_income_eur": value_of_moved_energy_eur(&sold, &i.numbers("outside_price_eur_per_mwh"), i.isp()),
        "obligation_w": as_numbers(owed),
    })
}

fn mandatory(i: Inputs<'_>) -> Value {
    let obliged = Threshold { from_kw: i.number("threshold_kw"), pooled: i.flag("pooled") }.obliges(&i.numbers("flexible_kw"));
    let paid = paid_eur_per_mwh(obliged, i.number("asked_eur_per_mwh"), i.number("regulated_eur_per_mwh"));
    json!({ "obliged": obliged, "paid_eur_per_mwh": paid, "paid_eur": paid * i.number("energy_mwh") })
}

/// Each half-hour is a delivery of its own.
fn scheduled_utilisation(i: Inputs<'_>) -> Value {
    let half_hour = SimDuration::minutes(30);
    let option = Right::FlexOption(FlexOption { power_w: i.number("power_mw") * 1e6 });
    let reserved = option.terms().reserves(Direction::Consumption);
    let tariff =
        Tariff { utilisation_eur_per_mwh: i.number("utilisation_gbp_per_mwh"), plus_day_ahead: false, price_cap_eur_per_mwh: None };
    let price = tariff.price_eur(&[reserved], half_hour, |_| 0.0);
    let performance = i.performance();
    let net = |share| price - performance.penalty_eur(price, Delivery { share, deficiency_mwh: 0.0 });
    let paid: Vec<f64> = i.numbers("delivered_share").into_iter().map(net).collect();
    json!({
        "obligation_mw": vec![reserved.abs().as_f64() * 1e-6; i.count("half_hours") as usize],
        "total_gbp": paid.iter().sum::<f64>(),
        "paid_gbp": paid,
    })
}

fn availability_and_utilisation(i: Inputs<'_>) -> Value {
    let [power_mw, window_h, dispatched_h] = ["power_mw", "window_h", "dispatched_h"].map(|key| i.number(key));
    let [availability, utilisation] = ["availability_gbp_per_mw_h", "utilisation_gbp_per_mwh"].map(|key| i.number(key));
    let reserved = Watts::from_f64(power_mw * 1e6);
    let fees = Fees { availability_eur_per_mw_h: availability, ..Fees::default() };
    let hours = |h: f64| SimDuration((h * 3600.0).round() as i64);
    let tariff = Tariff { utilisation_eur_per_mwh: utilisation, plus_day_ahead: false, price_cap_eur_per_mwh: None };
    let price = tariff.price_eur(&[reserved], hours(dispatched_h), |_| 0.0);
    let delivery = Delivery { share: i.number("delivered_share"), deficiency_mwh: 0.0 };
    json!({
        "availability_gbp": fees.availability_eur([reserved.as_f64()], hours(window_h)),
        "utilisation_gbp": price - i.performance().penalty_eur(price, delivery),
        "effective_gbp_per_mwh": effective_eur_per_mwh(availability, window_h, utilisation, dispatched_h),
    })
}

fn home(i: Inputs<'_>) -> Value {
    let floor_kw = devices(i).floor_kw();
    let wanted = i.numbers("devices_grid_draw_wanted_kw");
    // Without a device that counts there is nothing to hold down.
    let allowed: Vec<f64> =
        wanted.iter().map(|kw| floor_kw.map_or(*kw, |floor| allowed_kw(*kw, floor, i.number("announced_kw")))).collect();
    let held_back: Vec<f64> = wanted.iter().zip(&allowed).map(|(wanted, allowed)| wanted - allowed).collect();
    json!({ "floor_kw": floor_kw, "allowed_kw": allowed, "held_back_kw": held_back })
}

fn redispatch_2(i: Inputs<'_>) -> Value {
    let rows = i.watts("expected_w").into_iter().zip(i.watts("actual_w"));
    let lost: Vec<f64> = rows.map(|(expected, actual)| lost_work_mwh(expected, actual, i.isp())).collect();
    let operator_buys: f64 = lost.iter().zip(i.numbers("intraday_eur_per_mwh")).map(|(w, price)| w * price).sum();
    json!({
        "compensation_eur": compensation_eur(lost.iter().sum(), i.number("support_eur_per_mwh"), 0.0, None),
        "operator_buys_eur": operator_buys,
        "lost_work_mwh": lost,
    })
}

/// A text that names days and times.
#[test]
fn windows_are_read() {
    let window = &windows("mon-wed,fri 16:00-24:00")[0];
    let isps = |day| calendar(SimDuration::hours(1)).period(day).iter().filter(|h| window.holds(day, Time::midnight() + hour(*h))).count();
    assert_eq!([0, 2, 3, 4, 5].map(|d| isps(day(d))), [8, 8, 0, 8, 0]);
}

fn hour(isp: IspIndex) -> jiff::Span {
    jiff::Span::new().hours(isp.offset() as i64)
}
