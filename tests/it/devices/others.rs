//! Home batteries, processes and generators.

use copperplate::asset::battery::{Battery, HomeBattery, Mode};
use copperplate::asset::fixed::Series;
use copperplate::asset::generator::Generator;
use copperplate::asset::process::{Process, Stand};
use copperplate::asset::{Ask, Cap, Model, Moment, Outlook, Reading, Task};
use copperplate::rng::Stream;
use copperplate::time::SimDuration;

use super::{MONDAY, STEP, calendar, day_price, free, midnight, moment, profiles, unbound};

const STORE: Battery = Battery { max_power_w: 4000.0, capacity_wh: 8000.0, efficiency: 0.95 };

/// A house with PV: surplus at noon, W per ISP.
fn others_w() -> Vec<f64> {
    (0..96).map(|i| 500.0 - 5000.0 * libm::cos((i as f64 - 48.0) / 16.0).max(0.0) * f64::from(u8::from((24..72).contains(&i)))).collect()
}

fn bill(plan: &[f64], others_w: &[f64], price: &[f64], feed_in: f64) -> f64 {
    let slot = |((p, o), price): ((&f64, &f64), &f64)| price * (p + o).max(0.0) + feed_in * (p + o).min(0.0);
    plan.iter().zip(others_w).zip(price).map(slot).sum::<f64>() * 0.25e-6
}

#[test]
fn behind_a_meter_both_beats_each_alone() {
    let period = calendar().period(MONDAY);
    let price: Vec<f64> = day_price(96).iter().map(|p| p + 200.0).collect();
    let (feed_in, others) = (vec![80.0; 96], others_w());
    let bounds = unbound(96);
    let task = Task { feed_in_price: &feed_in, others_w: &others, ..free(&period, &price, &bounds, &|_| 0.0) };
    let seen = Some(Reading { at: period.start, content_wh: 4000.0, ..Reading::default() });
    let cost = |mode| {
        let battery = HomeBattery { standby_w: 0.0, ..HomeBattery::installed(STORE, mode) };
        let plan = battery.plan(&seen, &Outlook::Nothing, &task);
        let mut stored_wh = 4000.0;
        plan.iter().for_each(|p| {
            STORE.follow(&mut stored_wh, *p, 0.25);
        });
        // What is left in the store is worth what it would save.
        let wear = battery.cost(&seen, &Outlook::Nothing, &task, &plan).wear;
        let own = bill(&plan, &others, &price, 80.0) - bill(&[0.0; 96], &others, &price, 80.0);
        let energy = battery.cost(&seen, &Outlook::Nothing, &task, &plan).energy;
        assert!((own - energy).abs() < 1e-9, "the cost of a plan is the difference of bills: {own}, {energy}");
        own + wear - 250e-6 * (stored_wh - 4000.0).min(0.0)
    };
    let (own, price_only, both) = (cost(Mode::SelfConsumption), cost(Mode::Price), cost(Mode::Both));
    assert!(both <= own + 1e-9 && both <= price_only + 1e-9 && both < 0.0, "{both} € beside {own} and {price_only} €");
}

#[test]
fn a_battery_closes_with_stand_by_at_any_set_point() {
    let battery = HomeBattery::installed(STORE, Mode::Both);
    let table = profiles(midnight(MONDAY));
    let mut sets = Stream::new(3, "test", "set");
    let mut stored_wh = 4000.0;
    for step in 0..5000 {
        let start = midnight(MONDAY) + SimDuration(STEP.0 * step);
        let mut draw = sets.at(step as u64);
        let set_w = 12_000.0 * (draw.uniform() - 0.5);
        let cap = if draw.uniform() < 0.2 { Cap { consumption_w: 1500.0, feed_in_w: 500.0 } } else { Cap::NONE };
        let before = stored_wh;
        let (flow, reading) = battery.step(&mut stored_wh, &moment(start, &table, None), set_w, cap);
        let inner_w = flow.p_w - 10.0;
        let into_wh = 0.25 * if inner_w > 0.0 { inner_w * 0.95 } else { inner_w / 0.95 };
        assert!((stored_wh - before - into_wh).abs() < 1e-6 && reading.content_wh == stored_wh);
        assert!((0.0..=8000.0).contains(&stored_wh) && flow.p_w <= cap.consumption_w + 1e-9 && -flow.p_w <= cap.feed_in_w + 1e-9);
    }
}

#[test]
fn self_consumption_follows_the_meter() {
    let battery = HomeBattery { standby_w: 0.0, ..HomeBattery::installed(STORE, Mode::SelfConsumption) };
    let table = profiles(midnight(MONDAY));
    let mut stored_wh = 4000.0;
    for others_w in [-1500.0, 700.0, -9000.0, 3000.0] {
        let at = Moment { others_w, ..moment(midnight(MONDAY), &table, None) };
        let (flow, _) = battery.step(&mut stored_wh, &at, f64::NAN, Cap::NONE);
        assert_eq!(flow.p_w, (-others_w).clamp(-4000.0, 4000.0));
    }
}

const PROCESS: Process = Process {
    series: Series { p_nominal_w: 10_000.0, q_nominal_var: 0.0, p_profile: None, q_profile: None },
    share: 0.4,
    longest: SimDuration(3600),
    recovery: SimDuration(7200),
    makes_up: true,
    lost_per_mwh: 30.0,
};

#[test]
fn a_process_holds_back_within_its_times_and_makes_up() {
    let table = profiles(midnight(MONDAY));
    let mut stand = Stand::default();
    let (mut powers, mut owed_wh) = (Vec::new(), 0.0);
    for step in 0..96 {
        let start = midnight(MONDAY) + SimDuration(STEP.0 * step);
        let set_w = if step < 24 { 0.0 } else { f64::NAN };
        let (flow, reading) = PROCESS.step(&mut stand, &moment(start, &table, None), set_w, Cap::NONE);
        owed_wh += (10_000.0 - flow.p_w) * 0.25;
        assert!((reading.content_wh - owed_wh).abs() < 1e-6);
        powers.push(flow.p_w);
    }
    let held: Vec<bool> = powers.iter().map(|p| *p < 10_000.0).collect();
    assert_eq!(held[..12], [true, true, true, true, false, false, false, false, false, false, false, false]);
    assert!(held[12], "after two hours it can again");
    assert!(powers.iter().all(|p| (6000.0..=14_000.0).contains(p)) && owed_wh.abs() < 1e-6, "{owed_wh} Wh owed");
}

#[test]
fn an_offer_of_a_process_is_a_plan_that_it_carries_out() {
    let period = calendar().period(MONDAY);
    let price = day_price(96);
    let bounds = unbound(96);
    let task = free(&period, &price, &bounds, &|_| 0.0);
    let base = vec![10_000.0; 96];
    let asked: Vec<bool> = (0..96).map(|i| (40..44).contains(&i)).collect();
    let (up, down) = (vec![5000.0; 96], vec![3000.0; 96]);
    let ask = Ask { asked: &asked, more: false, up_w: &up, down_w: &down };
    let outlook = Outlook::Power(base.clone());
    let plan = PROCESS.replan(&(), &outlook, &task, &base, &ask);
    assert!((40..44).all(|i| (plan[i] - 7000.0).abs() < 1e-9), "{plan:?}");
    assert!((plan.iter().sum::<f64>() - 960_000.0).abs() < 1e-6);
    let table = profiles(period.start);
    let mut stand = Stand::default();
    for isp in period.iter() {
        let (flow, _) = PROCESS.step(&mut stand, &moment(period.isp_start(isp), &table, None), plan[isp.offset()], Cap::NONE);
        assert!((flow.p_w - plan[isp.offset()]).abs() < 1e-6, "ISP {isp:?}");
    }
    // Without room for what comes back there is no offer.
    let none = vec![0.0; 96];
    let ask = Ask { asked: &asked, more: false, up_w: &none, down_w: &down };
    assert_eq!(PROCESS.replan(&(), &outlook, &task, &base, &ask), base);
}

#[test]
fn a_generator_runs_where_the_price_exceeds_its_fuel() {
    let generator = Generator { max_power_w: 20_000.0, least_power_w: 8000.0, fuel_per_mwh: 90.0, tan_phi: 0.0 };
    let period = calendar().period(MONDAY);
    let price = day_price(96);
    let (feed_in, others) = (vec![50.0; 96], vec![12_000.0; 96]);
    let bounds = unbound(96);
    let sold = generator.plan(&(), &Outlook::Nothing, &free(&period, &price, &bounds, &|_| 0.0));
    assert!(sold.iter().zip(&price).all(|(p, price)| *p == if *price > 90.0 { -20_000.0 } else { 0.0 }));
    // Behind a meter it covers the consumption and no more.
    let task = Task { feed_in_price: &feed_in, others_w: &others, ..free(&period, &price, &bounds, &|_| 0.0) };
    let own = generator.plan(&(), &Outlook::Nothing, &task);
    assert!(own.iter().zip(&price).all(|(p, price)| *p == if *price > 90.0 { -12_000.0 } else { 0.0 }));
    let table = profiles(period.start);
    let feed = |set_w, feed_in_w| generator.step(&mut (), &moment(period.start, &table, None), set_w, Cap { feed_in_w, ..Cap::NONE }).0.p_w;
    assert_eq!([feed(-5000.0, 1e9), feed(-3000.0, 1e9), feed(-30_000.0, 1e9)], [-8000.0, 0.0, -20_000.0]);
    assert_eq!([feed(-20_000.0, 10_000.0), feed(-20_000.0, 7000.0), feed(f64::NAN, 1e9)], [-10_000.0, 0.0, 0.0]);
}
