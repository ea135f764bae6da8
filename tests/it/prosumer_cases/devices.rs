//! Cases of buildings, heat pumps, tanks, vehicles and batteries.

use copperplate::asset::battery::Battery;
use copperplate::asset::house::building::{Building, Inputs as Acting, Warmth};
use copperplate::asset::house::heat_pump::{Sink, Source, cop};
use copperplate::asset::house::schedule::{self, Problem, cheapest_heating};
use copperplate::asset::house::tank::{Draw, Tank, WATER_J_KG_K};
use copperplate::asset::store_plan;
use copperplate::asset::vehicle::charging::Pack;
use copperplate::asset::vehicle::schedule::{cheapest_charging, cheapest_stepwise};

use serde_json::Value as Json;

use super::Outcome;

/// Inputs of a case by name.
struct Inputs<'a>(&'a Json);

impl Inputs<'_> {
    /// A number.
    fn number(&self, key: &str) -> f64 {
        self.0[key].as_f64().unwrap_or_else(|| panic!("no number `{key}`"))
    }

    /// A list of numbers.
    fn numbers(&self, key: &str) -> Vec<f64> {
        let list = self.0[key].as_array().unwrap_or_else(|| panic!("no list `{key}`"));
        list.iter().map(|v| v.as_f64().unwrap()).collect()
    }

    /// A word.
    fn word(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_else(|| panic!("no word `{key}`"))
    }
}

/// The runner of a kind.
pub(super) fn runner(kind: &str) -> Option<fn(&Json) -> Outcome> {
    Some(match kind {
        "cop_when2heat" => cop_when2heat,
        "building_2r2c" => building_2r2c,
        "tank_1node" => tank_1node,
        "ev_taper" => ev_taper,
        "ev_schedule" => ev_schedule,
        "battery_schedule" => battery_schedule,
        "heat_pump_schedule" => heat_pump_schedule,
        _ => return None,
    })
}

fn results<const N: usize>(pairs: [(&'static str, f64); N]) -> Outcome {
    pairs.into_iter().map(|(key, value)| (key, vec![value])).collect()
}

fn cop_when2heat(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    let source = match inputs.word("source") {
        "air" => Source::Air,
        "soil" => Source::Ground,
        other => panic!("source {other}"),
    };
    let sink = match inputs.word("sink") {
        "floor" => Sink::Floor,
        "radiator" => Sink::Radiators,
        "water" => Sink::Water,
        other => panic!("sink {other}"),
    };
    let flow_c = sink.flow_c(inputs.number("air_c"));
    results([("sink_c", flow_c), ("cop", cop(source, inputs.number("source_c"), flow_c))])
}

fn building(inputs: &Inputs<'_>) -> Building {
    Building {
        h_ve_w_k: inputs.number("h_ve"),
        h_em_w_k: inputs.number("h_em"),
        h_im_w_k: inputs.number("h_im"),
        c_i_j_k: inputs.number("c_i"),
        c_m_j_k: inputs.number("c_m"),
    }
}

fn building_2r2c(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    let building = building(inputs);
    let acting = Acting { outdoor_c: inputs.number("outdoor_c"), air_w: inputs.number("gain_air_w"), mass_w: inputs.number("gain_mass_w") };
    let step = building.transition(inputs.number("step_s"));
    let mut x = Warmth { air_c: inputs.number("start_air_c"), mass_c: inputs.number("start_mass_c") };
    for _ in 0..inputs.number("steps") as usize {
        x = step.after(&x, &acting);
    }
    let (steady, (slow_h, fast_h)) = (building.steady(&acting), building.time_constants_h());
    results([
        ("air_c", x.air_c),
        ("mass_c", x.mass_c),
        ("steady_air_c", steady.air_c),
        ("steady_mass_c", steady.mass_c),
        ("tau_slow_h", slow_h),
        ("tau_fast_h", fast_h),
    ])
}

fn tank_1node(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    assert_eq!(inputs.number("c_j_kg_k"), WATER_J_KG_K);
    let tank = Tank { litres: inputs.number("litres"), ua_w_k: inputs.number("ua_w_k") };
    let draw = Draw {
        heat_w: inputs.number("heat_w"),
        room_c: inputs.number("room_c"),
        flow_kg_s: inputs.number("draw_l_h") / 3600.0,
        cold_c: inputs.number("cold_c"),
    };
    results([("end_c", tank.after_c(inputs.number("start_c"), &draw, inputs.number("hours") * 3600.0))])
}

fn ev_taper(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    let pack = Pack {
        capacity_wh: inputs.number("battery_kwh") * 1e3,
        efficiency: inputs.number("efficiency"),
        knee: inputs.number("knee_soc"),
        floor_share: inputs.number("floor_share"),
        full: 1.0,
    };
    let most_w = inputs.number("charger_kw") * 1e3;
    let charged = pack.charge(most_w, inputs.number("start_soc"), most_w, inputs.number("hours"));
    results([("end_soc", charged.soc), ("grid_kwh", charged.grid_wh / 1e3), ("grid_kw_at_end", charged.end_w / 1e3)])
}

fn ev_schedule(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    let (price, slot_h) = (inputs.numbers("price_eur_per_mwh"), inputs.number("slot_h"));
    let [most_w, least_w, energy_wh] = ["charger_kw", "least_kw_when_on", "energy_kwh"].map(|key| inputs.number(key) * 1e3);
    let cost = |plan: &[f64]| {
        let charged_wh = plan.iter().sum::<f64>() * slot_h;
        assert!((charged_wh - energy_wh).abs() < 1e-6, "{charged_wh} Wh of {energy_wh}");
        assert!(plan.iter().all(|p| (0.0..=most_w).contains(p)));
        plan.iter().zip(&price).map(|(p, price)| p * price * slot_h * 1e-6).sum::<f64>()
    };
    let any = cheapest_charging(energy_wh, 0..price.len(), &price, &vec![most_w; price.len()], slot_h);
    let stepwise = cheapest_stepwise(energy_wh, &price, least_w, most_w, slot_h);
    assert!(stepwise.iter().all(|p| *p == 0.0 || *p >= least_w), "off, or at least {least_w} W: {stepwise:?}");
    results([("cost_eur", cost(&any)), ("cost_with_least_current_eur", cost(&stepwise))])
}

fn battery_schedule(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    assert_eq!(inputs.word("end_at_least"), "start");
    let price = inputs.numbers("price_eur_per_mwh");
    let battery = Battery {
        max_power_w: inputs.number("power_kw") * 1e3,
        capacity_wh: inputs.number("capacity_kwh") * 1e3,
        efficiency: inputs.number("one_way_efficiency"),
    };
    let bounds = [-battery.max_power_w, battery.max_power_w].map(|p| vec![p; price.len()]);
    let (start_wh, slot_h) = (inputs.number("start_kwh") * 1e3, inputs.number("slot_h"));
    let wear = inputs.number("wear_eur_per_mwh_discharged_from_store");
    let task =
        store_plan::Task { start_wh, end_wh: start_wh, slot_h, price: &price, least_w: &bounds[0], most_w: &bounds[1], wear, meter: None };
    let plan = battery.schedule(&task, &mut store_plan::Buffers::default());
    let (mut stored_wh, mut cost) = (start_wh, 0.0);
    for (p, price) in plan.iter().zip(&price) {
        let out_wh = (-p).max(0.0) / battery.efficiency * slot_h;
        stored_wh += p.max(0.0) * battery.efficiency * slot_h - out_wh;
        cost += price * p * slot_h + wear * out_wh;
        assert!((-1e-6..=battery.capacity_wh + 1e-6).contains(&stored_wh) && p.abs() <= battery.max_power_w);
    }
    assert!(stored_wh >= start_wh - 1e-6);
    results([("cost_eur", cost / 1e6)])
}

/// The gap at which the planner stops here, as a share of the cost: the tolerance of the table.
const GAP: f64 = 1e-7;

fn heat_pump_schedule(inputs: &Json) -> Outcome {
    let inputs = &Inputs(inputs);
    let building = building(inputs);
    let slot_h = inputs.number("slot_h");
    let step = building.transition(slot_h * 3600.0);
    let (price, cop, outdoor_c) = (inputs.numbers("price_eur_per_mwh"), inputs.numbers("cop"), inputs.numbers("outdoor_c"));
    let band_c = (inputs.number("air_min_c"), inputs.number("air_max_c"));
    let start_c = [inputs.number("start_air_c"), inputs.number("start_mass_c")];
    // Cost of a kWh of electricity per slot, €.
    let plan = |eur_per_kwh: &dyn Fn(usize) -> f64| {
        let slots: Vec<schedule::Slot> = (0..price.len())
            .map(|k| {
                let mut slot = schedule::Slot { band_c, ..schedule::Slot::default() };
                slot.drift_k = [0, 1].map(|row| step.g[row][0] * outdoor_c[k] + step.g[row][1] * inputs.number("gain_air_w"));
                slot.sources[0] = schedule::Source { most_kw: inputs.number("max_kw") * cop[k], price: eur_per_kwh(k) * slot_h / cop[k] };
                slot
            })
            .collect();
        let problem = Problem {
            keep: step.f,
            rise_k_kw: [step.g[0][1] * 1e3, step.g[1][1] * 1e3],
            start_c,
            slots: &slots,
            end_c: start_c,
            outside: (10.0, 10.0),
            short: [10.0; 2],
            gap: GAP,
        };
        let (heat_kw, _) = cheapest_heating(&problem, &mut schedule::Buffers::default());
        let mut x = Warmth { air_c: start_c[0], mass_c: start_c[1] };
        let (mut cost_eur, mut kwh) = (0.0, 0.0);
        for (k, heat_kw) in heat_kw.iter().enumerate() {
            let electric_kw = heat_kw / cop[k];
            assert!((-1e-9..=inputs.number("max_kw") + 1e-9).contains(&electric_kw));
            let acting = Acting { outdoor_c: outdoor_c[k], air_w: inputs.number("gain_air_w") + heat_kw * 1e3, mass_w: 0.0 };
            x = step.after(&x, &acting);
            assert!((band_c.0 - 1e-5..=band_c.1 + 1e-5).contains(&x.air_c), "{} °C after slot {k}", x.air_c);
            cost_eur += electric_kw * slot_h * price[k] / 1e3;
            kwh += electric_kw * slot_h;
        }
        assert!(x.air_c >= start_c[0] - 1e-5 && x.mass_c >= start_c[1] - 1e-5, "{x:?}");
        (cost_eur, kwh)
    };
    let (cost_eur, kwh) = plan(&|k| price[k] / 1e3);
    let (_, least_kwh) = plan(&|_| 0.1);
    results([("cost_eur", cost_eur), ("energy_kwh", kwh), ("least_energy_kwh", least_kwh)])
}
