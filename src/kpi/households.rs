//! Comfort, charge, PV, diversity and rebound: what households get and give. They have a meaning where a study follows single
//! households, each where it has devices of its kind.

use crate::asset::Device;
use crate::forecast::Quantity;
use crate::ids::Domain;
use crate::scenario::study::{Strategy, Study};
use crate::sim::{Behind, CaseResult, DeviceTotals, ForecastScore};

use super::rebound::{activations, factors};
use super::{DEFINITIONS, Kpis, Section, Value};

/// Sets the figures behind the meters.
pub(super) fn compute(k: &mut Kpis, study: &Study, strategy: &Strategy, case: &CaseResult) {
    let all = DEFINITIONS.iter().filter(|d| d.section == Section::BehindTheMeter);
    all.for_each(|d| k.set(d.key, Value::NotApplicable));
    let Some(behind) = &case.behind else { return };
    houses(k, study, behind);
    vehicles(k, study, behind);
    pv(k, study, behind);
    batteries(k, study, behind);
    if strategy.trades {
        flexibility(k, study, case);
    }
    forecasts(k, study, case);
}

/// Totals of the devices that `is` takes.
fn of<'a>(study: &'a Study, behind: &'a Behind, is: fn(&Device) -> bool) -> Vec<&'a DeviceTotals> {
    study.devices.iter().zip(&behind.devices).filter(|(spec, _)| is(&spec.device)).map(|(_, totals)| totals).collect()
}

fn sum(devices: &[&DeviceTotals], of: impl Fn(&DeviceTotals) -> f64) -> f64 {
    devices.iter().map(|t| of(t)).sum()
}

/// Highest power of devices together, kW each, and over the sum of their own.
fn diversity(k: &mut Kpis, keys: [&'static str; 2], devices: &[&DeviceTotals], peak_w: f64) {
    k.set(keys[0], Value::ratio(peak_w * 1e-3, devices.len() as f64));
    k.set(keys[1], Value::ratio(peak_w, sum(devices, |t| t.most_w)));
}

fn houses(k: &mut Kpis, study: &Study, behind: &Behind) {
    let houses = of(study, behind, |d| matches!(d, Device::House(_)));
    if houses.is_empty() {
        return;
    }
    let cold_kh = sum(&houses, |t| t.cold_kh);
    k.number("comfort_deficit_kh", cold_kh);
    k.number("comfort_deficit_each_kh", cold_kh / houses.len() as f64);
    k.set("heat_pump_spf", Value::ratio(sum(&houses, |t| t.heat_wh), sum(&houses, |t| t.drawn_wh)));
    diversity(k, ["heat_pump_peak_kw_each", "heat_pump_simultaneity"], &houses, behind.heat_pumps_peak_w);
}

fn vehicles(k: &mut Kpis, study: &Study, behind: &Behind) {
    let vehicles = of(study, behind, |d| matches!(d, Device::Vehicle(_)));
    if vehicles.is_empty() {
        return;
    }
    let sessions = sum(&vehicles, |t| f64::from(t.sessions));
    k.number("vehicle_sessions", sessions);
    k.set("vehicle_short_percent", Value::ratio(100.0 * sum(&vehicles, |t| f64::from(t.short_sessions)), sessions));
    diversity(k, ["vehicle_peak_kw_each", "vehicle_simultaneity"], &vehicles, behind.vehicles_peak_w);
}

fn pv(k: &mut Kpis, study: &Study, behind: &Behind) {
    let systems = of(study, behind, |d| matches!(d, Device::Curtailable(_)));
    let (fed_wh, curtailed_wh) = (sum(&systems, |t| t.fed_wh), sum(&systems, |t| t.curtailed_wh));
    k.set("pv_curtailed_percent", Value::ratio(100.0 * curtailed_wh, fed_wh + curtailed_wh));
    let m = &behind.meters;
    k.set("self_consumption_percent", Value::ratio(100.0 * m.own_use_wh, m.generated_wh));
    k.set("self_sufficiency_percent", Value::ratio(100.0 * (m.demand_wh - m.from_grid_wh), m.demand_wh));
}

/// Full cycles of the batteries together: energy into and out of them over twice their capacity.
fn batteries(k: &mut Kpis, study: &Study, behind: &Behind) {
    let (mut cycled_wh, mut capacity_wh) = (0.0, 0.0);
    for (spec, totals) in study.devices.iter().zip(&behind.devices) {
        if let Device::Battery(b) = &spec.device {
            cycled_wh += totals.cycled_wh;
            capacity_wh += b.store.capacity_wh;
        }
    }
    k.set("battery_cycles", Value::ratio(cycled_wh, 2.0 * capacity_wh));
}

fn flexibility(k: &mut Kpis, study: &Study, case: &CaseResult) {
    let [factor, peak] = factors(&activations(study, case));
    k.set("rebound_factor", factor);
    k.set("rebound_peak", peak);
    let known = |key: &str| k.get(key).number().unwrap_or(0.0);
    let additionality = Value::ratio(known("true_flexibility_mwh"), known("delivered_mwh"));
    k.set("additionality", additionality);
}

/// Mean absolute error of learned forecasts of load over mean load, all horizons together.
fn forecasts(k: &mut Kpis, study: &Study, case: &CaseResult) {
    let Some(record) = &case.forecasts else { return };
    let nmae = |of: &dyn Fn(&Domain) -> bool| {
        let rows = record.scores.iter().filter(|s| s.quantity == Quantity::Load.name() && of(&s.participant) && s.nmae.is_finite());
        let load_w = |s: &ForecastScore| if s.nmae > 0.0 { s.mae_w / s.nmae } else { 0.0 };
        let (error, load) = rows.fold((0.0, 0.0), |(e, l), s| (e + s.mae_w * s.isps as f64, l + load_w(s) * s.isps as f64));
        Value::ratio(100.0 * error, load)
    };
    k.set("forecast_nmae_dso_percent", nmae(&|who| *who == study.dso));
    k.set("forecast_nmae_agr_percent", nmae(&|who| *who != study.dso));
}
