//! Bills across months' ends, bills that are not accepted, and what is shown of both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use copperplate::kpi::{self, Value};
use copperplate::market::ledger::{Kind, Party};
use copperplate::scenario::schema::Silence;
use copperplate::scenario::schema::{self, Scenario};
use copperplate::sim::{CaseResult, Fate};
use copperplate::uftp::message::{FlexOrder, FlexSettlement, Message, MessageId, SettlementDisposition};
use copperplate::units::{Money, Watts};
use jiff::civil::{Date, date};

use crate::sim_support::{Ran, prepare, scarce, study, summer, told, winter};

/// The quickstart from one day to another, both included.
fn quickstart(from: Date, until: Date, edit: impl FnOnce(&mut Scenario)) -> Ran {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let study = prepare(&path, |s| {
        (s.time.from, s.time.until) = (from, until);
        edit(s);
    });
    Ran::new(study.unwrap_or_else(|findings| panic!("{}", told(&findings))))
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    amounts.sum()
}

/// Bills that their aggregator accepted, with the references of the items it agrees with.
fn accepted(case: &CaseResult) -> Vec<(&FlexSettlement, BTreeSet<String>)> {
    let answers: BTreeMap<MessageId, BTreeSet<String>> = case
        .messages
        .iter()
        .filter_map(|m| if let Message::FlexSettlementResponse(r) = &*m.message { Some(r) } else { None })
        .filter(|r| r.response.is_accepted())
        .map(|r| {
            let agreed = r.statuses.iter().filter(|s| s.disposition == SettlementDisposition::Accepted);
            (r.response.reference, agreed.filter_map(|s| s.order_reference.as_deref().map(str::to_owned)).collect())
        })
        .collect();
    let sent = case.messages.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated);
    let bills = sent.filter_map(|m| if let Message::FlexSettlement(b) = &*m.message { Some(b) } else { None });
    bills.filter_map(|b| answers.get(&b.header.message_id).map(|agreed| (b, agreed.clone()))).collect()
}

pub(crate) fn accepted_orders(case: &CaseResult) -> Vec<&FlexOrder> {
    let answered: BTreeSet<MessageId> = case
        .messages
        .iter()
        .filter(|m| matches!(*m.message, Message::FlexOrderResponse(_)))
        .filter_map(|m| m.message.response().filter(|r| r.is_accepted()).map(|r| r.reference))
        .collect();
    let orders = case.messages.iter().filter_map(|m| if let Message::FlexOrder(o) = &*m.message { Some(o) } else { None });
    orders.filter(|o| answered.contains(&o.header.message_id)).collect()
}

/// Σ settled price of a kind = what the ledger has + what is shown as not booked.
#[track_caller]
fn prices_add_up(ran: &Ran) {
    let dso = Party::from(&ran.study.dso);
    for (strategy, case) in ran.each() {
        let paid = |kind| sum(case.ledger.entries().iter().filter(|e| e.kind == kind && e.payer == dso).map(|e| e.amount));
        let settled = case.settled();
        let billed: BTreeSet<&str> = settled.iter().filter_map(|s| s.item.order_reference.as_deref()).collect();
        let prices = sum(settled.iter().map(|s| s.item.price));
        let open = sum(case.unbooked.iter().filter(|u| billed.contains(u.reference.as_str())).map(|u| u.amount));
        assert_eq!(paid(Kind::Flexibility) + paid(Kind::Limitation), prices - open, "{}", strategy.name);
        let booked = sum(settled.iter().filter(|s| s.booked).map(|s| s.item.price));
        assert_eq!(booked, prices - open, "{}", strategy.name);
    }
}

#[test]
fn the_ledger_has_what_was_settled_less_what_is_not_booked() {
    for ran in [summer(), winter(), scarce()] {
        prices_add_up(ran);
        assert!(ran.each().all(|(_, case)| case.unbooked.is_empty()), "undisturbed, everything is booked");
    }
}

/// Ten days across the end of July. Origin: recomputed from the orders of the same run.
#[test]
fn a_months_end_leaves_no_bill_unpaid() {
    let ran = quickstart(date(2016, 7, 25), date(2016, 8, 3), |_| {});
    let (_, case) = ran.case("grid-capacity-management");
    let prices = sum(case.settled().iter().map(|s| s.item.price));
    let paid = sum(case.ledger.entries().iter().filter(|e| e.kind == Kind::Flexibility).map(|e| e.amount));
    assert_eq!(paid, prices);
    assert!((prices.as_f64() - 378.49).abs() < 0.005, "{prices}");
    prices_add_up(&ran);
}

/// Spring, with the day of 23 hours and three months' ends, an option and a cap in force together: every order and every day of the
/// option stands in one accepted bill, and every euro is booked.
#[test]
fn three_months_ends_leave_no_euro_unbooked() {
    let (from, until) = (date(2016, 3, 25), date(2016, 6, 2));
    let ran = quickstart(from, until, |s| {
        s.strategies = vec!["grid-capacity-management".to_owned(), "congestion-management".to_owned()];
        for own in [s.strategies[0].clone(), s.strategies[1].clone()] {
            let both = schema::Strategy {
                preset: None,
                obligation: None,
                price_ceiling_eur_per_mwh: None,
                penalty_eur_per_mwh: None,
                contracts: Some(vec!["midday-option".to_owned(), "feed-in-cap".to_owned()]),
                orange: None,
                request_quantile: None,
                prognosis_check: None,
                replacement: Vec::new(),
            };
            s.strategy.insert(own, both);
        }
    });
    let days = std::iter::successors(Some(from), |d| d.tomorrow().ok()).take_while(|d| *d <= until).count();
    for (strategy, case) in ran.each() {
        assert!(case.unbooked.is_empty(), "{}: {:?}", strategy.name, case.unbooked);
        let bills = accepted(case);
        let months: BTreeSet<i8> = bills.iter().map(|(b, _)| b.period_end.month()).collect();
        assert_eq!(months.len(), 4, "{}", strategy.name);
        for (bill, _) in &bills {
            let window = bill.period_start..=bill.period_end;
            assert!(bill.flex_order_settlements.iter().all(|i| window.contains(&i.period)));
            assert!(bill.contract_settlements.iter().flat_map(|c| &c.periods).all(|p| window.contains(&p.period)));
        }
        let mut items: Vec<String> = bills.iter().flat_map(|(_, agreed)| agreed.iter().cloned()).collect();
        let mut orders: Vec<String> = accepted_orders(case).iter().map(|o| o.order_reference.to_string()).collect();
        assert!(orders.len() > 20, "{}: {} orders", strategy.name, orders.len());
        items.sort();
        orders.sort();
        assert_eq!(items, orders, "{}", strategy.name);
        let contracts = bills.iter().flat_map(|(b, _)| &b.contract_settlements);
        let billed: Vec<(String, Date)> =
            contracts.flat_map(|c| c.periods.iter().map(|p| (c.contract_id.as_deref().unwrap_or_default().to_owned(), p.period))).collect();
        assert_eq!(billed.len(), days, "{}: the option holds every day", strategy.name);
        assert_eq!(billed.iter().collect::<BTreeSet<_>>().len(), days, "{}: and is billed once", strategy.name);
        // A fee is traced to its contract and day, and each ISP's row to the orders under the contract.
        let fees = case.ledger.entries().iter().filter(|e| e.kind == Kind::Availability).map(|e| e.reference.clone());
        let days_billed: BTreeSet<String> = billed.iter().map(|(id, day)| format!("{id} {day}")).collect();
        assert!(fees.collect::<BTreeSet<_>>().is_subset(&days_billed), "{}", strategy.name);
        let mut under: BTreeMap<(&str, Date, u16), i64> = BTreeMap::new();
        for order in accepted_orders(case) {
            for (isp, power) in order.isps.iter().flat_map(|r| r.run.numbers().map(move |isp| (isp, r.power.0))) {
                *under.entry((order.contract_id.as_deref().unwrap_or_default(), order.flex.period, isp)).or_default() += power;
            }
        }
        for c in bills.iter().flat_map(|(b, _)| &b.contract_settlements) {
            for (day, isp) in c.periods.iter().flat_map(|p| p.isps.iter().map(move |isp| (p.period, isp))) {
                let ordered = under.get(&(c.contract_id.as_deref().unwrap_or_default(), day, isp.run.start)).copied().unwrap_or(0);
                assert_eq!(isp.ordered_power, (ordered != 0).then_some(Watts(ordered)), "{day} ISP {}", isp.run.start);
            }
        }
        // Availability is what the accepted bills say stayed reserved, at the contract's fee.
        let option = strategy.contracts.iter().find(|c| c.id == "midday-option").expect("it is in force");
        let reserved = bills.iter().flat_map(|(b, _)| &b.contract_settlements).flat_map(|c| &c.periods);
        let fees = sum(reserved.map(|p| {
            let watts: Watts = p.isps.iter().map(|i| i.reserved_power.abs()).sum();
            Money::from_f64(watts.as_f64() * 1e-6 * 0.25 * option.fees.availability_eur_per_mw_h)
        }));
        let booked = sum(case.ledger.entries().iter().filter(|e| e.kind == Kind::Availability).map(|e| e.amount));
        assert!((booked - fees).0.abs() <= days as i64, "{}: {booked} for {fees}", strategy.name);
        assert!(fees > Money::ZERO);
        assert!(case.ledger.paid(&Party::from(&ran.study.dso), Kind::Limitation) > Money::ZERO, "{}: the cap was called", strategy.name);
    }
    prices_add_up(&ran);
}

fn silent(who: &str, from: &str, until: &str) -> impl FnOnce(&mut Scenario) {
    let silence = Silence { participant: who.to_owned(), from: from.parse().unwrap(), until: until.parse().unwrap() };
    move |s| s.wire.silence = vec![silence]
}

/// An aggregator that is off the air when the bill comes: nothing of the bill is booked, and that is seen everywhere.
#[test]
fn a_bill_without_an_answer_is_seen() {
    let ran = Ran::new(study("quickstart.toml", 3, |s| silent("harvest.example.com", "2016-07-25T07:00", "2016-08-30T00:00")(s)));
    let calm = Ran::new(study("quickstart.toml", 3, |_| {}));
    for name in ["grid-capacity-management", "congestion-management"] {
        let (strategy, case) = ran.case(name);
        let missing: Vec<_> = case.unbooked.iter().filter(|u| u.kind != Kind::Availability).collect();
        assert!(!missing.is_empty() && case.unbooked.iter().all(|u| u.payee.as_str() == "harvest.example.com"), "{name}");
        assert!(case.unbooked.iter().all(|u| u.reason.contains("no answer")), "{:?}", case.unbooked);
        assert!(case.ledger.entries().iter().all(|e| e.kind != Kind::Availability || e.payee.as_str() != "harvest.example.com"));
        let kpis = kpi::compute(&ran.study, strategy, case);
        let known = kpi::compute(&calm.study, calm.case(name).0, calm.case(name).1);
        let eur = sum(case.unbooked.iter().map(|u| u.amount)).as_f64();
        assert_eq!(kpis.get("unbooked_eur"), Value::Number(eur));
        assert_eq!(kpis.get("paid_per_avoided_mwh"), Value::NotApplicable);
        assert!(known.get("paid_per_avoided_mwh").number().is_some() && known.get("unbooked_eur") == Value::Number(0.0));
        assert!(kpis.get("delivered_mwh").number() < known.get("delivered_mwh").number(), "{name}");
    }
    prices_add_up(&ran);
}

/// The command says so: a warning, a key figure, the file, and a note in the report that names whose bill and why.
#[test]
fn the_command_tells_what_is_not_booked() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unbooked");
    std::fs::create_dir_all(&scratch).unwrap();
    let scenario = scratch.join("unanswered.toml");
    let text = format!(
        "extends = \"{}/scenarios/quickstart.toml\"\nname = \"unanswered\"\nstrategies = [\"grid-capacity-management\"]\n\
         [time]\nuntil = \"2016-07-24\"\n\
         [[wire.silence]]\nparticipant = \"harvest.example.com\"\nfrom = \"2016-07-25T07:00\"\nuntil = \"2016-08-30T00:00\"\n",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::write(&scenario, text).unwrap();
    let out = scratch.join("out");
    let run = Command::new(env!("CARGO_BIN_EXE_copperplate")).args(["run".as_ref(), scenario.as_os_str()]).arg("--out").arg(&out).output();
    let run = run.unwrap();
    assert!(run.status.success());
    let (told, shown) = (String::from_utf8(run.stderr).unwrap(), String::from_utf8(run.stdout).unwrap());
    assert!(told.contains("warning[unbooked]") && told.contains("harvest.example.com"), "{told}");
    assert!(shown.contains("settled, not booked (€)"), "{shown}");
    let rows = std::fs::read_to_string(out.join("unbooked.csv")).unwrap();
    assert!(rows.lines().count() > 1 && rows.contains("no answer to the bill up to 2016-07-24"), "{rows}");
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("Some settled amounts are not booked") && page.contains("no answer to the bill"), "the note");
}

/// The operator hears nothing just after it ordered: its bills lack what aggregators accepted, are rejected, mended and accepted.
#[test]
fn a_rejected_bill_is_mended() {
    let ran = Ran::new(study("quickstart.toml", 3, |s| {
        s.strategies = vec!["grid-capacity-management".to_owned()];
        silent("dso.example.com", "2016-07-22T15:30:01", "2016-07-22T17:00")(s);
    }));
    let (_, case) = ran.case("grid-capacity-management");
    let answers =
        case.messages.iter().filter_map(|m| if let Message::FlexSettlementResponse(r) = &*m.message { Some(&r.response) } else { None });
    let missed: Vec<_> =
        answers.filter(|r| r.rejection_reason.as_deref().is_some_and(|t| t.starts_with("Missing Settlement Items"))).collect();
    assert!(!missed.is_empty(), "a bill was rejected");
    let bills = accepted(case);
    assert!(missed.iter().all(|r| bills.iter().all(|(b, _)| b.header.message_id != r.reference)));
    let items: BTreeSet<String> = bills.iter().flat_map(|(_, agreed)| agreed.iter().cloned()).collect();
    let orders: BTreeSet<String> = accepted_orders(case).iter().map(|o| o.order_reference.to_string()).collect();
    assert_eq!(items, orders, "whatever was accepted is settled in the end");
    assert!(case.unbooked.is_empty(), "{:?}", case.unbooked);
    prices_add_up(&ran);
}

/// Meter data that never come: the days from then on wait for the next window; the day itself is settled as not delivered, the
/// aggregator disputes that and agrees with the rest.
#[test]
fn days_without_meters_wait_for_the_next_window() {
    let who = "harvest.example.com";
    let run = |edit: &dyn Fn(&mut Scenario)| {
        quickstart(date(2016, 7, 25), date(2016, 8, 3), |s| {
            s.strategies = vec!["grid-capacity-management".to_owned()];
            edit(s);
        })
    };
    let calm = run(&|_| {});
    let orders = accepted_orders(calm.case("grid-capacity-management").1).into_iter().filter(|o| o.header.recipient_domain.as_str() == who);
    let day = orders.map(|o| o.flex.period).filter(|d| *d < date(2016, 7, 31)).max().expect("it sells in July");
    let next = day.tomorrow().unwrap();
    let ran = run(&|s| silent(who, &format!("{day}T16:30"), &format!("{next}T07:00"))(s));
    let (_, case) = ran.case("grid-capacity-management");
    let bills: Vec<_> = accepted(case).into_iter().filter(|(b, _)| b.header.recipient_domain.as_str() == who).collect();
    let late = bills.iter().find(|(b, _)| b.period_start <= day && day <= b.period_end).expect("the day is billed in the end");
    assert_eq!(late.0.period_end, date(2016, 8, 3), "in the next window");
    assert!(bills.iter().all(|(b, _)| b.header.message_id == late.0.header.message_id || b.period_end < day));
    let (of_day, others): (Vec<_>, Vec<_>) = late.0.flex_order_settlements.iter().partition(|i| i.period == day);
    assert!(!of_day.is_empty() && of_day.iter().all(|i| i.isps.iter().all(|r| r.delivered_flex_power == Watts::ZERO)));
    assert!(others.iter().all(|i| late.1.contains(i.order_reference.as_deref().unwrap())), "the rest is agreed with");
    let disputed: BTreeSet<&str> = case.unbooked.iter().map(|u| u.reference.as_str()).collect();
    assert_eq!(disputed, of_day.iter().filter_map(|i| i.order_reference.as_deref()).collect());
    assert!(case.unbooked.iter().all(|u| u.reason.starts_with("disputed")));
    prices_add_up(&ran);
}

/// At most so many calls of a cap in a week that begins on Monday.
#[test]
fn a_cap_is_called_as_often_a_week_as_agreed() {
    let calls = |most: u32| -> BTreeMap<Date, usize> {
        let ran = quickstart(date(2016, 7, 18), date(2016, 7, 31), |s| {
            s.strategies = vec!["congestion-management".to_owned()];
            let cap = s.contract.iter_mut().find(|c| matches!(c.right, schema::Right::CapacityLimitation { .. })).unwrap();
            cap.limits.calls_per_week = Some(most);
        });
        let (_, case) = ran.case("congestion-management");
        let mut weeks = BTreeMap::new();
        for order in accepted_orders(case).into_iter().filter(|o| o.unsolicited == Some(true)) {
            let day = order.flex.period;
            let back = jiff::Span::new().days(i64::from(day.weekday().to_monday_zero_offset()));
            *weeks.entry(day - back).or_default() += 1;
        }
        weeks
    };
    let (free, bound) = (calls(7), calls(2));
    assert!(free.values().all(|n| *n > 2), "the cap is wanted more often: {free:?}");
    assert!(bound.keys().eq(free.keys()) && bound.values().all(|n| *n == 2), "{bound:?}");
}
