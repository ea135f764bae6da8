//! Contracts in whole runs: the operator keeps to their terms, and the ledger is what hand arithmetic makes of the messages.

use std::collections::BTreeMap;
use std::path::Path;

use copperplate::market::ledger::{Kind, Party};
use copperplate::scenario::schema::{Called, Contract, Limits, Performance, Right};
use copperplate::sim::CaseResult;
use copperplate::uftp::message::isp::{listed, power_series};
use copperplate::uftp::message::{FlexOrder, FlexSettlement, Message};
use copperplate::units::{Money, Watts};
use jiff::civil::{Date, date};

use crate::sim_bills::accepted_orders;
use crate::sim_support::{Ran, prepare, told};

/// The end of the week.
const SUNDAY: Date = date(2016, 7, 24);

/// Congestion management of the quickstart from Monday, 18 July, with another contract for the cap.
fn run(until: Date, edit: impl FnOnce(&mut Contract)) -> Ran {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let study = prepare(&path, |s| {
        (s.time.from, s.time.until) = (date(2016, 7, 18), until);
        s.strategies = vec!["congestion-management".to_owned()];
        let k = s.contract.iter().position(|c| matches!(c.right, Right::CapacityLimitation { .. })).expect("a cap");
        let mut cap = s.contract[k].clone();
        cap.limits = Limits::default();
        edit(&mut cap);
        s.contract[k] = cap;
    });
    Ran::new(study.unwrap_or_else(|findings| panic!("{}", told(&findings))))
}

fn calls(case: &CaseResult) -> Vec<&FlexOrder> {
    accepted_orders(case).into_iter().filter(|o| o.unsolicited == Some(true)).collect()
}

/// Refusals of orders.
fn refusals(case: &CaseResult) -> usize {
    let refused = |m: &Message| matches!(m, Message::FlexOrderResponse(r) if !r.response.is_accepted());
    case.messages.iter().filter(|m| refused(&m.message)).count()
}

/// First ISP and length of every call, by day.
fn runs(ran: &Ran, case: &CaseResult) -> BTreeMap<Date, Vec<(usize, usize)>> {
    let mut runs: BTreeMap<Date, Vec<(usize, usize)>> = BTreeMap::new();
    for order in calls(case) {
        let called = listed(&ran.study.calendar.period(order.flex.period), &order.isps);
        let day = runs.entry(order.flex.period).or_default();
        for (i, _) in called.iter().enumerate().filter(|(_, called)| **called) {
            match day.last_mut() {
                Some((first, length)) if *first + *length == i => *length += 1,
                _ => day.push((i, 1)),
            }
        }
    }
    runs
}

#[test]
fn calls_keep_to_lengths_pauses_and_numbers() {
    let free = run(SUNDAY, |_| {});
    let (_, case) = free.case("congestion-management");
    let long = runs(&free, case);
    assert!(long.values().flatten().any(|(_, length)| *length > 6), "there is something to limit: {long:?}");
    let bound = run(SUNDAY, |cap| {
        cap.limits = Limits {
            min_minutes: Some(30),
            max_minutes: Some(75),
            recovery_minutes: Some(45),
            calls_per_day: Some(2),
            calls_per_week: Some(3),
            ..Limits::default()
        };
    });
    let (_, case) = bound.case("congestion-management");
    let short = runs(&bound, case);
    assert!(short.values().all(|day| day.len() <= 2), "{short:?}");
    assert_eq!(short.values().map(Vec::len).sum::<usize>(), 3, "{short:?}");
    for day in short.values() {
        assert!(day.iter().all(|(_, length)| (2..=5).contains(length)), "{short:?}");
        assert!(day.windows(2).all(|w| w[1].0 >= w[0].0 + w[0].1 + 3), "{short:?}");
    }
    assert_eq!(refusals(case), 0);
}

/// Of two hours a year one was called before the first day: four ISPs are left, the first ones that are needed.
#[test]
fn hours_of_the_year_run_out() {
    let ran = run(SUNDAY, |cap| cap.limits = Limits { hours_per_year: Some(2.0), hours_used: 1.0, ..Limits::default() });
    let (_, case) = ran.case("congestion-management");
    let lengths: Vec<usize> = runs(&ran, case).values().flatten().map(|(_, length)| *length).collect();
    assert_eq!(lengths.iter().sum::<usize>(), 4, "{lengths:?}");
    assert_eq!(refusals(case), 0);
}

/// Every amount of a bill by hand: the price is what the call asked for; payment falls by the curve, and each called ISP is held against
/// the cap.
#[test]
fn a_call_is_paid_by_its_curve() {
    let (cap_kw, utilisation, penalty) = (30.0, 60.0, 200.0);
    let ran = run(SUNDAY, |cap| {
        cap.right = Right::CapacityLimitation { cap_kw };
        cap.performance =
            Performance { penalty_eur_per_mwh: penalty, grace: 0.05, slope: 3.0, zero_below: 0.63, suspend_after_breaches: None };
    });
    let (_, case) = ran.case("congestion-management");
    let orders = calls(case);
    let bills = case.messages.iter().filter_map(|m| if let Message::FlexSettlement(bill) = &*m.message { Some(bill) } else { None });
    let mut found = 0;
    for item in bills.flat_map(|bill: &FlexSettlement| &bill.flex_order_settlements).filter(|i| i.baseline_reference.is_some()) {
        let order = orders.iter().find(|o| Some(&o.order_reference) == item.order_reference.as_ref()).expect("it was ordered");
        let period = ran.study.calendar.period(order.flex.period);
        let (called, power) = (listed(&period, &order.isps), power_series(&period, &order.isps));
        assert_eq!(item.isps.len(), called.iter().filter(|c| **c).count(), "a row for every called ISP");
        let (mut asked, mut got, mut short) = (0, 0, 0);
        for row in &item.isps {
            let f = power.values()[usize::from(row.run.start) - 1].0;
            let q = (-(cap_kw * 1e3) as i64 - row.actual_power.0).max(0);
            assert_eq!(row.power_deficiency, Watts(q));
            (asked, got, short) = (asked + f, got + f - f.min(q), short + q);
        }
        let price = Money::from_f64(asked as f64 * 0.25e-6 * utilisation);
        let d = got as f64 / asked as f64;
        let paid = if d < 0.63 { 0.0 } else { (1.0 - 3.0 * (0.95 - d).max(0.0)).clamp(0.0, 1.0) };
        let due = price.as_f64() * (1.0 - paid) + short as f64 * 0.25e-6 * penalty;
        assert_eq!(item.price, price);
        assert!((item.penalty - Money::from_f64(due)).0.abs() <= 1, "{} instead of {due}", item.penalty);
        assert_eq!(item.net_settlement, item.price - item.penalty);
        found += 1;
    }
    assert!(found >= 2, "{found} calls");
}

/// A cap in all windows is ordered every day; what it keeps free below the contracted power earns the fee, and the fixed fee is booked
/// by the hour: four days of 200 kW less 60 kW from 09:00 to 17:00 at 5 €/MW/h, and 96 of 8766 hours of 1000 €.
#[test]
fn a_block_pays_its_fees() {
    let ran = run(date(2016, 7, 21), |cap| {
        cap.called = Some(Called::Always);
        (cap.reference_kw, cap.availability_eur_per_mw_h, cap.fixed_eur_per_year) = (Some(200.0), 5.0, 1000.0);
    });
    let (strategy, case) = ran.case("congestion-management");
    let days = runs(&ran, case);
    assert_eq!(days.values().cloned().collect::<Vec<_>>(), vec![vec![(36, 32)]; 4]);
    let dso = Party::from(&ran.study.dso);
    let cap = strategy.contracts.iter().find(|c| c.fees.fixed_eur_per_year > 0.0).expect("the cap");
    assert!(case.unbooked.is_empty(), "{:?}", case.unbooked);
    let booked = |kind| {
        let entries = case.ledger.entries().iter().filter(|e| e.kind == kind);
        let own = entries.filter(|e| e.payer == dso && e.payee == Party::from(&cap.aggregator) && e.reference.starts_with(&cap.id));
        own.map(|e| e.amount).sum::<Money>()
    };
    assert_eq!(booked(Kind::Availability), Money(4 * 56_000));
    assert_eq!(booked(Kind::FixedFee), Money(109_514));
}

/// The first breach suspends from the next day: no fee is paid then. The operator knows when the meters have come, and calls no more.
#[test]
fn a_breach_ends_calls_and_fees() {
    let ran = run(SUNDAY, |cap| {
        cap.right = Right::CapacityLimitation { cap_kw: -40.0 };
        (cap.reference_kw, cap.availability_eur_per_mw_h) = (Some(200.0), 5.0);
        cap.performance.suspend_after_breaches = Some(1);
    });
    let (_, case) = ran.case("congestion-management");
    let bills = case.messages.iter().filter_map(|m| if let Message::FlexSettlement(bill) = &*m.message { Some(bill) } else { None });
    let items = bills.flat_map(|bill| &bill.flex_order_settlements).filter(|i| i.baseline_reference.is_some());
    let breached = items.filter(|i| i.isps.iter().any(|row| row.power_deficiency > Watts::ZERO)).map(|i| i.period);
    let first = breached.min().expect("a breach");
    // The meters of a day come on the next; until then a call may be out for the day after that.
    let last = runs(&ran, case).into_keys().max().expect("a call");
    assert!(last <= first.saturating_add(jiff::Span::new().days(2)), "breached on {first}, called on {last}");
    assert!(first < date(2016, 7, 22), "days are left on which it is not called");
    assert_eq!(refusals(case), 0, "the operator knows");
    let paid = case.ledger.entries().iter().filter(|e| e.kind == Kind::Availability && e.reference.starts_with("feed-in-cap"));
    let paid: Vec<String> = paid.map(|e| e.reference.clone()).collect();
    let due = (18..=first.day()).map(|day| format!("feed-in-cap 2016-07-{day}"));
    assert_eq!(paid, due.collect::<Vec<_>>());
}

/// Under a bid obligation the aggregator is asked in the windows and offers at its own price; above the cap the operator rejects it.
#[test]
fn bids_come_at_own_prices_up_to_a_cap() {
    let bids = |cap_eur_per_mwh| {
        let ran = run(SUNDAY, |cap| {
            cap.right = Right::BidObligation { power_kw: 20.0 };
            (cap.utilisation_eur_per_mwh, cap.price_cap_eur_per_mwh) = (0.0, Some(cap_eur_per_mwh));
        });
        let (_, case) = ran.case("congestion-management");
        let offers = case.messages.iter().filter_map(|m| if let Message::FlexOffer(o) = &*m.message { Some(o) } else { None });
        let offers: Vec<_> = offers.filter(|o| o.contract_id.as_deref() == Some("feed-in-cap")).collect();
        let ordered = accepted_orders(case).into_iter().filter(|o| o.contract_id.as_deref() == Some("feed-in-cap")).count();
        let dear = |m: &Message| {
            let reason = m.response().and_then(|r| r.rejection_reason.as_deref());
            matches!(m, Message::FlexOfferResponse(_)) && reason == Some("Price above the cap of contract feed-in-cap")
        };
        let rejected = case.messages.iter().filter(|m| dear(&m.message)).count();
        // The window is from 09:00 to 17:00.
        let isps = offers.iter().flat_map(|o| &o.options).flat_map(|option| &option.isps);
        assert!(isps.clone().count() > 0 && isps.map(|i| i.run).all(|run| run.start > 36 && run.end() <= 69));
        (offers.len(), ordered, rejected)
    };
    let (offers, ordered, rejected) = bids(250.0);
    assert!(offers > 0 && ordered > 0 && rejected == 0, "{offers} offers, {ordered} orders, {rejected} rejected");
    let (offers, ordered, rejected) = bids(1.0);
    assert!(ordered == 0 && rejected == offers, "{offers} offers, {ordered} orders, {rejected} rejected");
}
