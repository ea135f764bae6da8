//! Comfort, charge, PV, diversity and rebound: what households get and give. They have a meaning where a study follows single
//! households, each where it has devices of its kind.

use std::collections::BTreeMap;

use crate::asset::{AssetKind, Device, DeviceSpec, Flexibility};
use crate::forecast::Quantity;
use crate::ids::{ConnectionIdx, Domain};
use crate::scenario::study::{Strategy, Study};
use crate::sim::{Behind, CaseResult, DeviceTotals, ForecastScore};

use super::rebound::{activations, factors};
use super::{DEFINITIONS, Kpis, Section, Value};

/// Sets the figures behind the meters.
pub(super) fn compute(k: &mut Kpis, study: &Study, strategy: &Strategy, case: &CaseResult) {
    let all = DEFINITIONS.iter().filter(|d| d.section == Section::BehindTheMeter);
    all.for_each(|d| k.set(d.key, Value::NotApplicable));
    let Some(behind) = &case.behind else { return };
    let base_load = |spec: &DeviceSpec| spec.kind == AssetKind::Load.name();
    let loads: Vec<_> = study.devices.iter().zip(&behind.devices).filter(|(spec, _)| base_load(spec)).map(|(_, totals)| totals).collect();
    diversity(k, ["base_load_peak_kw_each", "base_load_simultaneity"], &loads, behind.base_loads_peak_w);
    houses(k, study, behind);
    vehicles(k, study, behind);
    pv(k, study, behind);
    batteries(k, study, behind);
    fairness(k, study, behind);
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

/// Jain's index of how evenly something is shared out: `(Σ x)² / (n Σ x²)`. It has no meaning where nobody has any.
fn jain(shares: &[f64]) -> Value {
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|x| x * x).sum();
    Value::ratio(sum * sum, shares.len() as f64 * squares)
}

fn fairness(k: &mut Kpis, study: &Study, behind: &Behind) {
    let cold: Vec<f64> = of(study, behind, |d| matches!(d, Device::House(_))).iter().map(|t| t.cold_kh).collect();
    k.set("jain_comfort", jain(&cold));
    let mut by_connection: BTreeMap<ConnectionIdx, [f64; 2]> = BTreeMap::new();
    let steerable = study.devices.iter().zip(&behind.devices).filter(|(spec, _)| spec.device.flexibility() != Flexibility::None);
    for (spec, totals) in steerable {
        let [moved_kwh, limited_kwh] = by_connection.entry(spec.connection).or_default();
        *moved_kwh += totals.moved_wh * 1e-3;
        *limited_kwh += totals.limited_wh * 1e-3;
    }
    for (row, key) in ["jain_moved", "jain_limited"].into_iter().enumerate() {
        k.set(key, jain(&by_connection.values().map(|kwh| kwh[row]).collect::<Vec<_>>()));
    }
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

#[cfg(test)]
mod tests {
    use super::{Value, jain};

    /// 6² / (3 · 14) = 6/7: with 1, 2 and 3 kWh.
    #[test]
    fn an_even_share_is_one_and_a_single_bearer_one_of_n() {
        assert_eq!(jain(&[2.0; 5]), Value::Number(1.0));
        assert_eq!(jain(&[0.0, 3.0, 0.0, 0.0]), Value::Number(0.25));
        assert!(matches!(jain(&[1.0, 2.0, 3.0]), Value::Number(x) if (x - 6.0 / 7.0).abs() < 1e-12));
        assert_eq!([jain(&[0.0; 3]), jain(&[])], [Value::NotApplicable; 2]);
    }
}
