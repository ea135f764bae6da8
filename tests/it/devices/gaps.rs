//! Plans against optima of mixed-integer programmes.
//!
//! Origin: scipy 1.17 (HiGHS); `.ci/plan_gaps.py` draws the cases, solves them and checks them again.

use std::path::Path;

use copperplate::asset::battery::Battery;
use copperplate::asset::house::building::{Building, Inputs, Warmth};
use copperplate::asset::house::schedule::{self, Problem, cheapest_heating};
use copperplate::asset::store_plan::{Buffers, Meter, Task};
use copperplate::asset::vehicle::schedule::{Slot, cheapest_pieces, cheapest_stepwise};
use serde_json::Value;

const SLOT_H: f64 = 0.25;

fn cases(kind: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plan_gaps.json");
    let table: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    table.into_iter().filter(|c| c["kind"] == kind).collect()
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap()
}

fn series(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// What a plan adds to the bill of a house, €.
fn cost_eur(case: &Value, plan_kw: &[f64]) -> f64 {
    let (price, feed_in, others) = (series(case, "price"), series(case, "feed_in_price"), series(case, "others_kw"));
    let bill = |i: usize, kw: f64| price[i] * kw.max(0.0) + feed_in[i] * kw.min(0.0);
    plan_kw.iter().enumerate().map(|(i, p)| bill(i, others[i] + p) - bill(i, others[i])).sum::<f64>() * SLOT_H / 1e3
}

/// Largest gap of the plans of a kind, as a share of the optimum.
fn largest_gap(kind: &str, plan_eur: impl Fn(&Value) -> f64) -> f64 {
    let cases = cases(kind);
    let gap = |case: &Value| {
        let (cost, optimum) = (plan_eur(case), number(case, "optimum_eur"));
        (cost - optimum) / optimum.abs()
    };
    let all: Vec<f64> = cases.iter().map(gap).collect();
    assert!(all.iter().all(|g| *g > -1e-6), "no plan is cheaper than the optimum: {all:?}");
    all.into_iter().fold(0.0, f64::max)
}

#[test]
fn batteries_behind_a_meter_are_planned_exactly() {
    let plan = |case: &Value| {
        let watts = |key: &str| series(case, key).iter().map(|kw| kw * 1e3).collect::<Vec<f64>>();
        let (price, feed_in_price, others_w) = (series(case, "price"), series(case, "feed_in_price"), watts("others_kw"));
        let [power_w, capacity_wh, start_wh] = ["power_kw", "capacity_kwh", "start_kwh"].map(|key| number(case, key) * 1e3);
        let battery = Battery { max_power_w: power_w, capacity_wh, efficiency: number(case, "efficiency") };
        let bounds = [-power_w, power_w].map(|p| vec![p; price.len()]);
        let task = Task {
            start_wh,
            end_wh: start_wh,
            slot_h: SLOT_H,
            price: &price,
            least_w: &bounds[0],
            most_w: &bounds[1],
            wear: number(case, "wear"),
            meter: Some(Meter { feed_in_price: &feed_in_price, others_w: &others_w }),
        };
        let plan: Vec<f64> = battery.schedule(&task, &mut Buffers::default()).iter().map(|w| w / 1e3).collect();
        let out_kwh = plan.iter().map(|kw| (-kw).max(0.0)).sum::<f64>() * SLOT_H / battery.efficiency;
        cost_eur(case, &plan) + number(case, "wear") * out_kwh / 1e3
    };
    let gap = largest_gap("battery", plan);
    assert!(gap <= 1e-6, "{gap}");
}

#[test]
fn vehicles_with_a_least_current_are_planned_well() {
    let plan = |case: &Value| {
        let (price, feed_in, others) = (series(case, "price"), series(case, "feed_in_price"), series(case, "others_kw"));
        let [most_w, least_w, energy_wh] = ["most_kw", "least_kw", "energy_kwh"].map(|key| number(case, key) * 1e3);
        let slot = |i: usize| Slot { least_w: 0.0, most_w, kink_w: -1e3 * others[i], price: (feed_in[i], price[i]) };
        let slots: Vec<Slot> = (0..price.len()).map(slot).collect();
        let pieces = cheapest_pieces(energy_wh, &slots, least_w, SLOT_H);
        let mut plans = vec![pieces];
        if others.iter().all(|o| *o >= 0.0) {
            plans.push(cheapest_stepwise(energy_wh, &price, least_w, most_w, SLOT_H));
        }
        let costs = plans.iter().map(|plan| {
            let charged_wh = plan.iter().sum::<f64>() * SLOT_H;
            assert!((charged_wh - energy_wh).abs() < 1e-6, "{charged_wh} Wh instead of {energy_wh}, at {least_w} to {most_w} W");
            assert!(plan.iter().all(|p| *p == 0.0 || (least_w - 1e-9..=most_w + 1e-9).contains(p)), "{plan:?}");
            cost_eur(case, &plan.iter().map(|w| w / 1e3).collect::<Vec<f64>>())
        });
        costs.fold(f64::NEG_INFINITY, f64::max)
    };
    let gap = largest_gap("vehicle", plan);
    assert!(gap <= 1e-4, "{gap}");
}

#[test]
fn houses_are_planned_well() {
    let plan = |case: &Value| {
        let building = Building {
            h_ve_w_k: number(case, "h_ve"),
            h_em_w_k: number(case, "h_em"),
            h_im_w_k: number(case, "h_im"),
            c_i_j_k: number(case, "c_i"),
            c_m_j_k: number(case, "c_m"),
        };
        let step = building.transition(900.0);
        let (price, feed_in, others) = (series(case, "price"), series(case, "feed_in_price"), series(case, "others_kw"));
        let (cop, outdoor_c, band_c, start_c) =
            (series(case, "cop"), series(case, "outdoor_c"), series(case, "band_c"), series(case, "start_c"));
        let (gain_air_w, to_air, most_kw) = (number(case, "gain_air_w"), number(case, "to_air"), number(case, "most_kw"));
        let slot = |i: usize| {
            let surplus_kw = (-others[i]).clamp(0.0, most_kw);
            let mut slot = schedule::Slot { band_c: (band_c[0], band_c[1]), ..schedule::Slot::default() };
            slot.drift_k = [0, 1].map(|row| step.g[row][0] * outdoor_c[i] + step.g[row][1] * gain_air_w);
            let source = |kw: f64, price: f64| schedule::Source { most_kw: kw * cop[i], price: price * SLOT_H / 1e3 / cop[i] };
            slot.sources[0] = source(surplus_kw, feed_in[i]);
            slot.sources[1] = source(most_kw - surplus_kw, price[i]);
            slot
        };
        let slots: Vec<schedule::Slot> = (0..price.len()).map(slot).collect();
        let problem = Problem {
            keep: step.f,
            rise_k_kw: [0, 1].map(|row: usize| 1e3 * (step.g[row][1] * to_air + step.g[row][2] * (1.0 - to_air))),
            start_c: [start_c[0], start_c[1]],
            slots: &slots,
            end_c: [start_c[0], start_c[1]],
            outside: (20.0, 20.0),
            short: [20.0; 2],
            gap: schedule::USUAL_GAP,
        };
        let (heat_kw, _) = cheapest_heating(&problem, &mut schedule::Buffers::default());
        let plan: Vec<f64> = heat_kw.iter().zip(&cop).map(|(q, cop)| q / cop).collect();
        let mut x = Warmth { air_c: start_c[0], mass_c: start_c[1] };
        for (q, outdoor_c) in heat_kw.iter().zip(&outdoor_c) {
            let (air_w, mass_w) = (gain_air_w + 1e3 * to_air * q, 1e3 * (1.0 - to_air) * q);
            x = step.after(&x, &Inputs { outdoor_c: *outdoor_c, air_w, mass_w });
            assert!(x.air_c >= band_c[0] - 0.01 && x.air_c <= band_c[1] + 0.01, "{x:?}");
        }
        assert!(x.air_c >= start_c[0] - 0.01 && x.mass_c >= start_c[1] - 0.01, "{x:?}");
        cost_eur(case, &plan)
    };
    let gap = largest_gap("house", plan);
    assert!(gap <= 1e-3, "{gap}");
}
