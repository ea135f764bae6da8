//! `devices.csv`, what each device did over the run, and `household.parquet`, one household step by step; both are there where a
//! study follows single households.

use crate::asset::Device;
use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;
use crate::sim::{Behind, DeviceSeries, DeviceTotals};

use super::Finished;

/// Every case with what happened behind its meters.
fn seen<'a>(cases: &'a [Finished<'_>]) -> impl Iterator<Item = (&'a str, &'a Behind)> {
    cases.iter().filter_map(|c| Some((c.strategy.name.as_str(), c.case.behind.as_ref()?)))
}

/// A device and strategy a row; `None` where no single households are followed.
pub(super) fn totals(study: &Study, cases: &[Finished<'_>]) -> Option<Table> {
    seen(cases).next()?;
    let mut text: [Strings; 4] = Default::default();
    let mut rows: Vec<(&Device, &DeviceTotals)> = Vec::new();
    for (strategy, behind) in seen(cases) {
        for (spec, totals) in study.devices.iter().zip(&behind.devices) {
            let words = [strategy, &spec.id, spec.kind, &study.grid.connections[spec.connection.i()].id];
            text.iter_mut().zip(words).for_each(|(column, word)| column.push(word));
            rows.push((&spec.device, totals));
        }
    }
    let numbers = |of: &dyn Fn(&Device, &DeviceTotals) -> f64| Column::F64(rows.iter().map(|(d, t)| of(d, t)).collect());
    let only = |is: bool, x: f64| if is { x } else { f64::NAN };
    let is_house = |d: &Device| matches!(d, Device::House(_));
    let is_vehicle = |d: &Device| matches!(d, Device::Vehicle(_));
    let cycles = |d: &Device, t: &DeviceTotals| match d {
        Device::Battery(b) => t.cycled_wh / (2.0 * b.store.capacity_wh),
        _ => f64::NAN,
    };
    let [strategy, device, kind, connection] = text;
    Some(Table::new([
        ("strategy", Column::Str(strategy)),
        ("device", Column::Str(device)),
        ("kind", Column::Str(kind)),
        ("connection", Column::Str(connection)),
        ("drawn_kwh", numbers(&|_, t| t.drawn_wh * 1e-3)),
        ("fed_in_kwh", numbers(&|_, t| t.fed_wh * 1e-3)),
        ("peak_kw", numbers(&|_, t| t.peak_w * 1e-3)),
        ("curtailed_kwh", numbers(&|d, t| only(matches!(d, Device::Curtailable(_)), t.curtailed_wh * 1e-3))),
        ("cold_kh", numbers(&|d, t| only(is_house(d), t.cold_kh))),
        ("spf", numbers(&|d, t| only(is_house(d) && t.drawn_wh > 0.0, t.heat_wh / t.drawn_wh))),
        ("sessions", numbers(&|d, t| only(is_vehicle(d), f64::from(t.sessions)))),
        ("short_sessions", numbers(&|d, t| only(is_vehicle(d), f64::from(t.short_sessions)))),
        ("unserved_kwh", numbers(&|d, t| only(is_vehicle(d), t.unserved_wh * 1e-3))),
        ("cycles", numbers(&cycles)),
        ("moved_kwh", numbers(&|_, t| t.moved_wh * 1e-3)),
        ("limited_kwh", numbers(&|_, t| t.limited_wh * 1e-3)),
    ]))
}

/// A strategy, device of the household and step a row; `None` where there is no household to show.
pub(super) fn household(study: &Study, cases: &[Finished<'_>]) -> Option<Table> {
    let households: Vec<_> = seen(cases).filter_map(|(name, behind)| Some((name, behind.household.as_ref()?))).collect();
    households.first()?;
    let (mut strategy, mut device, mut kind) = (Strings::default(), Strings::default(), Strings::default());
    let mut time = Vec::new();
    let mut numbers: [Vec<f32>; 5] = Default::default();
    for (name, household) in households {
        for series in &household.devices {
            let spec = &study.devices[series.device.i()];
            for step in 0..study.steps {
                strategy.push(name);
                device.push(&spec.id);
                kind.push(spec.kind);
                time.push(study.step_start(step));
                numbers.iter_mut().zip(row(series, step)).for_each(|(column, x)| column.push(x));
            }
        }
    }
    let [asked, power, air, tank, charge] = numbers.map(Column::F32);
    Some(Table::new([
        ("strategy", Column::Str(strategy)),
        ("time", Column::Time(time)),
        ("device", Column::Str(device)),
        ("kind", Column::Str(kind)),
        ("asked_w", asked),
        ("power_w", power),
        ("air_c", air),
        ("tank_c", tank),
        ("charge", charge),
    ]))
}

fn row(series: &DeviceSeries, step: usize) -> [f32; 5] {
    let [air_c, tank_c] = [0, 1].map(|k| series.house_c[k][step]);
    [series.asked_w[step], series.power_w[step], air_c, tank_c, series.charge[step]]
}
