//! The exact plan of a battery: against published optima, against a dynamic programme, and by its properties.

use copperplate::asset::battery::Battery;
use copperplate::asset::store_plan::{Buffers, Meter, Task};
use proptest::prelude::*;

use crate::uftp_samples::shared;

/// Cost of a plan and charge at its end; panics if it leaves the store or the power.
fn outcome(battery: &Battery, task: &Task<'_>, plan: &[f64]) -> (f64, f64) {
    let mut stored_wh = task.start_wh;
    let mut cost = 0.0;
    for (p, price) in plan.iter().zip(task.price) {
        let d = change_wh(battery, *p, task.slot_h);
        cost += price * p * task.slot_h + task.wear * (-d).max(0.0);
        stored_wh += d;
        assert!(p.abs() <= battery.max_power_w, "{p} W");
        assert!((-1e-6..=battery.capacity_wh + 1e-6).contains(&stored_wh), "{stored_wh} Wh");
    }
    (cost, stored_wh)
}

fn change_wh(battery: &Battery, p_w: f64, slot_h: f64) -> f64 {
    if p_w > 0.0 { p_w * battery.efficiency * slot_h } else { p_w / battery.efficiency * slot_h }
}

fn power_w(battery: &Battery, change_wh: f64, slot_h: f64) -> f64 {
    if change_wh > 0.0 { change_wh / battery.efficiency / slot_h } else { change_wh * battery.efficiency / slot_h }
}

/// Origin: scipy 1.17 (HiGHS), linear programmes and mixed-integer ones with one direction a slot; tolerance with each case.
#[test]
fn optima_of_another_solver_are_reached() {
    let Some(path) = shared("prosumers_cases.json") else { return };
    let table: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut count = 0;
    for case in table["cases"].as_array().unwrap().iter().filter(|c| c["kind"] == "battery_schedule") {
        let inputs = &case["inputs"];
        let number = |key: &str| inputs[key].as_f64().unwrap();
        assert_eq!(inputs["end_at_least"], "start");
        let price: Vec<f64> = inputs["price_eur_per_mwh"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        let battery = Battery {
            max_power_w: number("power_kw") * 1e3,
            capacity_wh: number("capacity_kwh") * 1e3,
            efficiency: number("one_way_efficiency"),
        };
        let bounds = [-battery.max_power_w, battery.max_power_w].map(|p| vec![p; price.len()]);
        let task = Task {
            start_wh: number("start_kwh") * 1e3,
            end_wh: number("start_kwh") * 1e3,
            slot_h: number("slot_h"),
            price: &price,
            least_w: &bounds[0],
            most_w: &bounds[1],
            wear: number("wear_eur_per_mwh_discharged_from_store"),
            meter: None,
        };
        let plan = battery.schedule(&task, &mut Buffers::default());
        let (cost, stored_wh) = outcome(&battery, &task, &plan);
        let (expected, tolerance) = (case["expected"]["cost_eur"].as_f64().unwrap(), case["tolerance"]["cost_eur"].as_f64().unwrap());
        assert!((cost / 1e6 - expected).abs() <= tolerance, "{}: {} € instead of {expected} €", case["id"], cost / 1e6);
        assert!(stored_wh >= task.start_wh - 1e-6, "{}", case["id"]);
        count += 1;
    }
    assert_eq!(count, 9);
}

/// Levels of charge of the dynamic programme, and the unit between them.
const LEVELS: i32 = 31;
const UNIT_WH: f64 = 100.0;
const SLOT_H: f64 = 0.25;
/// What the programme pays per Wh outside the bounds, and per Wh short of the end: far above every price here.
const OUTSIDE: f64 = 1e6;
const SHORT: f64 = 1e3;

/// A battery and task whose limits are whole units of charge, so that an optimum lies on the levels.
#[derive(Debug, Clone)]
struct Whole {
    battery: Battery,
    start: i32,
    end: i32,
    price: Vec<f64>,
    /// Bounds on the change of the charge per slot, in units.
    bounds: Vec<(i32, i32)>,
    wear: f64,
    /// Where feed-in has a price of its own: that price per slot, and the change of the charge that makes up for all others.
    meter: Option<Vec<(f64, i32)>>,
}

impl Whole {
    fn watts(&self) -> [Vec<f64>; 2] {
        let watts = |units: i32| power_w(&self.battery, f64::from(units) * UNIT_WH, SLOT_H);
        [self.bounds.iter().map(|b| watts(b.0)).collect(), self.bounds.iter().map(|b| watts(b.1)).collect()]
    }

    /// Prices of feed-in and powers of all others.
    fn meter(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        let slots = self.meter.as_ref()?.iter();
        Some(slots.map(|(price, units)| (*price, -power_w(&self.battery, f64::from(*units) * UNIT_WH, SLOT_H))).unzip())
    }

    fn task<'a>(&'a self, [least_w, most_w]: &'a [Vec<f64>; 2], meter: &'a Option<(Vec<f64>, Vec<f64>)>) -> Task<'a> {
        let [start_wh, end_wh] = [self.start, self.end].map(|k| f64::from(k) * UNIT_WH);
        let meter = meter.as_ref().map(|(feed_in_price, others_w)| Meter { feed_in_price, others_w });
        Task { start_wh, end_wh, slot_h: SLOT_H, price: &self.price, least_w, most_w, wear: self.wear, meter }
    }

    /// Energy by which a change, in units, misses the bounds of slot `i`, Wh.
    fn missed_wh(&self, i: usize, units: f64) -> f64 {
        let (least, most) = self.bounds[i];
        ((f64::from(least) - units).max(0.0) + (units - f64::from(most)).max(0.0)) * UNIT_WH
    }

    fn slot_cost(&self, i: usize, units: f64) -> f64 {
        let d = units * UNIT_WH;
        let grid_wh = power_w(&self.battery, d, SLOT_H) * SLOT_H;
        // Less than all others draw is fed in; the cost of doing nothing is nothing.
        let (feed_in_price, kink) = self.meter.as_ref().map_or((self.price[i], 0), |m| (m[i].0.min(self.price[i]), m[i].1));
        let kink_wh = power_w(&self.battery, f64::from(kink) * UNIT_WH, SLOT_H) * SLOT_H;
        let bought = |wh: f64| self.price[i] * (wh - kink_wh).max(0.0) + feed_in_price * (wh - kink_wh).min(0.0);
        bought(grid_wh) - bought(0.0) + self.wear * (-d).max(0.0) + OUTSIDE * self.missed_wh(i, units)
    }

    /// Least cost with penalties over all plans on the levels.
    fn by_levels(&self) -> f64 {
        let mut after: Vec<f64> = (0..LEVELS).map(|k| SHORT * f64::from((self.end - k).max(0)) * UNIT_WH).collect();
        for i in (0..self.price.len()).rev() {
            let cost: Vec<Option<f64>> = (-LEVELS..=LEVELS)
                .map(|units| {
                    let possible = power_w(&self.battery, f64::from(units) * UNIT_WH, SLOT_H).abs() <= self.battery.max_power_w + 1e-6;
                    possible.then(|| self.slot_cost(i, f64::from(units)))
                })
                .collect();
            let least = |from: i32| {
                let to = (0..LEVELS).filter_map(|to| Some(cost[(to - from + LEVELS) as usize]? + after[to as usize]));
                to.fold(f64::INFINITY, f64::min)
            };
            after = (0..LEVELS).map(least).collect();
        }
        after[self.start as usize]
    }

    /// The same measure for a plan.
    fn measure(&self, task: &Task<'_>, plan: &[f64]) -> f64 {
        let (_, stored_wh) = outcome(&self.battery, task, plan);
        let units = |p: f64| change_wh(&self.battery, p, SLOT_H) / UNIT_WH;
        let slots: f64 = plan.iter().enumerate().map(|(i, p)| self.slot_cost(i, units(*p))).sum();
        slots + SHORT * (task.end_wh - stored_wh).max(0.0)
    }
}

/// Whole problems; `lowest` price below zero brings slots that pay for burning energy.
fn whole(lowest: i32) -> impl Strategy<Value = Whole> {
    // With 0.8 both ways, 16 units charged and 25 units discharged are the same power.
    let battery = prop_oneof![(1..20_i32).prop_map(|units| (1.0, units)), Just((0.8, 16))];
    let metered = (-20..40_i32, -20..20_i32);
    let slot = (lowest..60, prop::option::weighted(0.3, (-30..30_i32, 0..20_i32)), metered);
    let slots = prop::collection::vec(slot, 1..12);
    (battery, 0..LEVELS, 0..LEVELS, slots, prop_oneof![Just(0.0), 0.0..15.0_f64], any::<bool>()).prop_map(
        |((efficiency, units), start, end, slots, wear, metered)| {
            let max_power_w = f64::from(units) * UNIT_WH / efficiency / SLOT_H;
            let battery = Battery { max_power_w, capacity_wh: f64::from(LEVELS - 1) * UNIT_WH, efficiency };
            let (most, least) = (units, -(f64::from(units) / efficiency / efficiency).round() as i32);
            let bounds = |b: Option<(i32, i32)>| match b {
                Some((low, width)) => (low.clamp(least, most), (low + width).clamp(least, most)),
                None => (least, most),
            };
            Whole {
                battery,
                start,
                end,
                price: slots.iter().map(|s| f64::from(s.0)).collect(),
                bounds: slots.iter().map(|s| bounds(s.1)).collect(),
                wear,
                meter: metered.then(|| slots.iter().map(|s| (f64::from(s.2.0), s.2.1.clamp(least, most))).collect()),
            }
        },
    )
}

/// Any battery on a horizon with any prices, free bounds.
fn free() -> impl Strategy<Value = (Battery, f64, Vec<f64>, f64)> {
    let battery = (100.0..6000.0_f64, 1000.0..12_000.0_f64, 0.8..=1.0_f64);
    let battery = battery.prop_map(|(max_power_w, capacity_wh, efficiency)| Battery { max_power_w, capacity_wh, efficiency });
    (battery, 0.0..=1.0_f64, prop::collection::vec(-60.0..120.0_f64, 1..40), prop_oneof![Just(0.0), 0.0..40.0_f64])
}

/// The plan of a battery that ends as it began, with free bounds, and its cost.
fn planned(battery: &Battery, start_wh: f64, price: &[f64], wear: f64) -> (Vec<f64>, f64) {
    let [least_w, most_w] = [f64::NEG_INFINITY, f64::INFINITY].map(|p| vec![p; price.len()]);
    let task = Task { start_wh, end_wh: start_wh, slot_h: SLOT_H, price, least_w: &least_w, most_w: &most_w, wear, meter: None };
    let plan = battery.schedule(&task, &mut Buffers::default());
    let (cost, stored_wh) = outcome(battery, &task, &plan);
    assert!(stored_wh >= start_wh - 1e-6, "ends at least as full as it began");
    (plan, cost)
}

/// Rounding of costs in the properties: prices of 100 on 10 kWh.
const COST_ROUNDING: f64 = 1e-3;

proptest! {
    #[test]
    fn a_plan_costs_what_the_best_on_the_levels_costs(w in prop_oneof![whole(1), whole(-50)]) {
        let watts = w.watts();
        let meter = w.meter();
        let task = w.task(&watts, &meter);
        let plan = w.battery.schedule(&task, &mut Buffers::default());
        let (exact, levels) = (w.measure(&task, &plan), w.by_levels());
        prop_assert!((exact - levels).abs() <= 1e-9 * levels.abs() + COST_ROUNDING, "{exact} beside {levels}: {plan:?}");
    }

    #[test]
    fn no_shift_between_two_slots_improves_a_plan(
        (battery, start, price, wear) in free(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), share in -1.0..1.0_f64,
    ) {
        let start_wh = start * battery.capacity_wh;
        let (plan, cost) = planned(&battery, start_wh, &price, wear);
        let mut change: Vec<f64> = plan.iter().map(|p| change_wh(&battery, *p, SLOT_H)).collect();
        let (from, to) = (from.index(price.len()), to.index(price.len()));
        let shift = share * battery.max_power_w * SLOT_H;
        change[from] -= shift;
        change[to] += shift;
        let other: Vec<f64> = change.iter().map(|d| power_w(&battery, *d, SLOT_H)).collect();
        let mut stored_wh = start_wh;
        let feasible = other.iter().zip(&change).all(|(p, d)| {
            stored_wh += d;
            p.abs() <= battery.max_power_w && (0.0..=battery.capacity_wh).contains(&stored_wh)
        });
        let worth = |(p, price): (&f64, &f64)| price * p * SLOT_H + wear * (-change_wh(&battery, *p, SLOT_H)).max(0.0);
        let other_cost: f64 = other.iter().zip(&price).map(worth).sum();
        prop_assert!(!feasible || other_cost >= cost - COST_ROUNDING, "{other_cost} beside {cost}");
    }

    #[test]
    fn more_power_or_capacity_never_earns_less((battery, start, price, wear) in free(), more in 1.0..2.0_f64) {
        let start_wh = start * battery.capacity_wh;
        let (_, cost) = planned(&battery, start_wh, &price, wear);
        let stronger = Battery { max_power_w: battery.max_power_w * more, ..battery };
        let larger = Battery { capacity_wh: battery.capacity_wh * more, ..battery };
        prop_assert!(planned(&stronger, start_wh, &price, wear).1 <= cost + COST_ROUNDING);
        prop_assert!(planned(&larger, start_wh, &price, wear).1 <= cost + COST_ROUNDING);
        prop_assert!(cost <= COST_ROUNDING, "standing still costs nothing");
    }

    #[test]
    fn a_battery_of_twice_the_size_does_twice_as_much((battery, start, price, wear) in free()) {
        let start_wh = start * battery.capacity_wh;
        let twice = Battery { max_power_w: 2.0 * battery.max_power_w, capacity_wh: 2.0 * battery.capacity_wh, ..battery };
        let (plan, _) = planned(&battery, start_wh, &price, wear);
        let (doubled, _) = planned(&twice, 2.0 * start_wh, &price, wear);
        prop_assert!(plan.iter().zip(&doubled).all(|(p, q)| 2.0 * p == *q));
        let (dearer, _) = planned(&battery, start_wh, &price.iter().map(|p| 4.0 * p).collect::<Vec<_>>(), 4.0 * wear);
        prop_assert_eq!(plan, dearer);
    }
}

const HOME: Battery = Battery { max_power_w: 4000.0, capacity_wh: 8000.0, efficiency: 0.9 };

/// The plan of [`HOME`] with bounds per slot.
fn bounded(start_wh: f64, end_wh: f64, price: &[f64], bounds: &[(f64, f64)]) -> Vec<f64> {
    let (least_w, most_w): (Vec<f64>, Vec<f64>) = bounds.iter().copied().unzip();
    let task = Task { start_wh, end_wh, slot_h: SLOT_H, price, least_w: &least_w, most_w: &most_w, wear: 0.0, meter: None };
    let plan = HOME.schedule(&task, &mut Buffers::default());
    outcome(&HOME, &task, &plan);
    plan
}

const FREE: (f64, f64) = (-4000.0, 4000.0);

#[test]
fn bounds_come_before_price_and_are_prepared_for() {
    // Full at the start and bound to charge in the last slot: it makes room at a loss.
    let plan = bounded(8000.0, 0.0, &[-10.0, 50.0], &[FREE, (4000.0, 4000.0)]);
    assert!((plan[1] - 4000.0).abs() < 1e-9, "{plan:?}");
    assert!(change_wh(&HOME, plan[0], SLOT_H) <= -900.0 + 1e-9, "{plan:?}");
    // Nowhere to make room: it charges what fits.
    assert_eq!(bounded(8000.0, 0.0, &[50.0], &[(4000.0, 4000.0)]), [0.0]);
    // Bound to stand still, it does, whatever the price.
    assert_eq!(bounded(4000.0, 0.0, &[500.0, -500.0], &[(0.0, 0.0); 2]), [0.0, 0.0]);
    // Bounds beyond its power mean its power.
    assert_eq!(bounded(0.0, 0.0, &[10.0], &[(9000.0, f64::INFINITY)]), [4000.0]);
}

#[test]
fn an_end_out_of_reach_is_approached() {
    let plan = bounded(0.0, 8000.0, &[50.0, 900.0, 50.0], &[FREE; 3]);
    assert_eq!(plan, [4000.0; 3]);
}

#[test]
fn of_equals_it_stands_still() {
    for price in [0.0, 50.0, 1.0 / 3.0] {
        assert_eq!(bounded(4000.0, 4000.0, &[price; 8], &[FREE; 8]), [0.0; 8]);
    }
    assert_eq!(bounded(4000.0, 4000.0, &[], &[]), [0.0; 0]);
}

#[test]
fn a_store_of_nothing_does_nothing() {
    for nothing in [Battery { capacity_wh: 0.0, ..HOME }, Battery { max_power_w: 0.0, ..HOME }] {
        assert_eq!(nothing.plan(0.0, &[-50.0, 100.0], SLOT_H), [0.0; 2]);
    }
}
