//! `street-2035` shows what it is for: cheap evening hours overload the transformer, orders keep it, and what comes back stays within it.

use std::sync::OnceLock;

use copperplate::kpi::{Kpis, activations, compute};
use copperplate::scenario::schema::{BatteryControl, Behaviour, Charging, HeatControl, Scenario};
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, Variant};

use crate::sim_support::{Ran, study};

const TRADES: &str = "grid-capacity-management";

fn ran(days: i64, edit: impl FnOnce(&mut Scenario)) -> Ran {
    Ran::new(study("street-2035.toml", days, |s| {
        s.strategies = ["copper-plate", TRADES].map(Into::into).to_vec();
        edit(s);
    }))
}

/// The scenario as it is.
fn street() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    RAN.get_or_init(|| ran(7, |_| ()))
}

fn kpis(ran: &Ran, name: &str) -> Kpis {
    let (strategy, case) = ran.case(name);
    compute(&ran.study, strategy, case)
}

fn number(kpis: &Kpis, key: &str) -> f64 {
    kpis.get(key).number().unwrap_or_else(|| panic!("{key} has a meaning"))
}

/// Energy through the transformer above its rating between 18 and 24 h, kWh.
fn evening_kwh(study: &Study, case: &CaseResult) -> f64 {
    let through_w = &case.recording.of(Variant::Free).through_w[0];
    let evening = |s: &usize| study.calendar.local_time(study.step_start(*s)).hour() >= 18;
    let above_w = |s: usize| (through_w[s] - 160e3).max(0.0);
    (0..study.steps).filter(evening).map(above_w).sum::<f64>() * study.step.as_hours() * 1e-3
}

#[test]
fn the_price_overloads_the_evening() {
    let priced = street();
    let own = ran(7, |s| {
        s.feeder.houses.as_mut().expect("houses").control = HeatControl::Thermostat;
        s.feeder.electric_vehicles.as_mut().expect("vehicles").charging = Charging::OnArrival;
        s.feeder.batteries.as_mut().expect("batteries").control = BatteryControl::SelfConsumption;
    });
    let kwh = [priced, &own].map(|ran| evening_kwh(&ran.study, ran.case("copper-plate").1));
    assert!(kwh[0] > 30.0, "{kwh:?} kWh");
    assert!(kwh[1] < 0.1 * kwh[0], "the same devices, each by its own needs: {kwh:?} kWh");
    let kpis = kpis(priced, "copper-plate");
    assert!(number(&kpis, "overload_ex_ante_h") > 8.0);
    // Aggregators dispatch plans of their own: by other forecasts, almost the same.
    let energies = ["overload_ex_ante_mwh", "overload_realised_mwh"].map(|key| number(&kpis, key));
    assert!((energies[1] / energies[0] - 1.0).abs() < 0.05, "{energies:?} MWh");
}

#[test]
fn orders_keep_the_transformer_and_what_comes_back_does_too() {
    let ran = street();
    let kpis = kpis(ran, TRADES);
    let (before, after) = (number(&kpis, "overload_ex_ante_mwh"), number(&kpis, "overload_after_orders_mwh"));
    assert!(after <= 0.05 * before, "{after} of {before} MWh");
    let (factor, peak) = (number(&kpis, "rebound_factor"), number(&kpis, "rebound_peak"));
    assert!(factor > 0.5 && factor < 1.0 && peak > 0.0 && peak < 1.0, "{factor}, {peak}");
    let (_, case) = ran.case(TRADES);
    let through_w = &case.recording.of(Variant::Orders).through_w[0];
    let behind = activations(&ran.study, case).into_iter().flat_map(|a| a.steps[1]..a.steps[2]);
    let highest_w = behind.map(|s| through_w[s]).fold(0.0, f64::max);
    assert!(highest_w > 100e3 && highest_w <= 160e3, "{highest_w} W come back at most");
}

/// Who prices what it is fined for earns by its offers, as soon as it has seen its own errors.
#[test]
fn a_prudent_aggregator_asks_for_the_fines_it_expects() {
    let plain = ran(5, |s| s.aggregator.iter_mut().for_each(|a| a.behaviour = Some(Behaviour::FixedMargin {})));
    let prudent = ran(5, |_| ());
    let prices = |ran: &Ran, last: bool| -> Vec<f64> {
        let (_, case) = ran.case(TRADES);
        let is_last = |date| ran.study.periods.iter().position(|p| p.date == date).expect("a day of the run") > 1;
        let orders = case.settled().into_iter().filter(|s| is_last(s.item.period) == last);
        orders.map(|s| s.item.price.as_f64()).collect()
    };
    // The first two days are sold before the first is metered.
    assert_eq!(prices(&plain, false), prices(&prudent, false));
    let mean = |prices: Vec<f64>| prices.iter().sum::<f64>() / prices.len() as f64;
    let (low, high) = (mean(prices(&plain, true)), mean(prices(&prudent, true)));
    assert!(high > 1.2 * low, "{low} € an order, {high} €");
    let paid = [&plain, &prudent].map(|ran| number(&kpis(ran, TRADES), "paid_flexibility_eur"));
    assert!(paid[0] < paid[1] && paid[1] > 0.0, "{paid:?}");
}
