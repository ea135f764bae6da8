//! Forecasts are what they are called: perfect ones are the profile's ISP averages, persistent ones those of 48 hours before (of the
//! day itself where the profile begins later).

use copperplate::agent::Input;
use copperplate::asset::{AssetKind, AssetSpec};
use copperplate::forecast::Model;
use copperplate::time::{IspIndex, Period, SimDuration};

use crate::finding::Found;
use crate::series::{average_w, straddles};
use crate::trial::{Run, Trial};

const NAME: &str = "forecasts";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if !matches!(trial.study.forecast, Model::Synthetic(_)) {
        trial.runs.iter().for_each(|run| vintages(trial, run, found));
    }
}

fn vintages(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let mut hold = |what: &str, period: &Period, told: &[f64], assets: &[&AssetSpec]| {
        let mut expected = vec![0.0; period.isps()];
        for asset in assets {
            let Some(series) = expectation(trial, asset, period) else { return };
            expected.iter_mut().zip(&series).for_each(|(e, s)| *e += s);
        }
        let size: f64 = 1.0 + assets.iter().map(|a| a.p_nominal_w.abs()).sum::<f64>();
        if let Some(i) = (0..period.isps()).find(|i| (told[*i].abs() - expected[*i].abs()).abs() > 1e-9 * size) {
            let kind = if straddles(study) { "profile-straddled" } else { "profile" };
            found.say(NAME, kind, &run.strategy.name, || {
                format!("{what} in ISP {} of {}: {:.3} W told, {:.3} W expected", i + 1, period.date, told[i], expected[i])
            });
        }
    };
    let source = |a: &AssetSpec| matches!(a.kind, AssetKind::Pv | AssetKind::Plant);
    let planned = |c: usize| study.vehicles.iter().any(|v| v.connection.i() == c) || study.batteries.iter().any(|b| b.connection.i() == c);
    for (_, who, input) in run.witness.told() {
        match input {
            Input::Portfolio(v) => {
                let own = |c: usize| study.agr_of[c].is_some_and(|a| study.agrs[a.i()].domain == *who);
                let connections = (0..study.grid.connections.len()).filter(|c| own(*c));
                for (c, told) in connections.zip(&v.inflexible_w) {
                    let behind: Vec<_> = study.assets.iter().filter(|a| a.connection.i() == c && !source(a)).collect();
                    hold(&study.grid.connections[c].id, &v.period, told, &behind);
                }
                let sources = study.assets.iter().filter(|a| source(a) && own(a.connection.i()));
                sources.zip(&v.available_w).for_each(|(a, told)| hold(&a.id, &v.period, told, &[a]));
            }
            Input::Area(v) => {
                for c in (0..study.grid.connections.len()).filter(|c| !planned(*c)) {
                    let behind: Vec<_> = study.assets.iter().filter(|a| a.connection.i() == c).collect();
                    hold(&study.grid.connections[c].id, &v.period, &v.p_w[c], &behind);
                }
            }
            _ => {}
        }
    }
}

/// ISP averages that a forecast starts from; `None` where the profiles hold only part of what it looks at.
fn expectation(trial: &Trial<'_>, asset: &AssetSpec, period: &Period) -> Option<Vec<f64>> {
    let study = trial.study;
    let isp = study.calendar.isp();
    let back = if study.forecast == Model::Persistence { SimDuration::hours(48) } else { SimDuration::hours(0) };
    (0..period.isps())
        .map(|i| {
            let start = period.isp_start(IspIndex::from_offset(i));
            let known = start - back >= study.foreseen.start();
            average_w(asset, &study.foreseen, if known { start - back } else { start }, isp)
        })
        .collect()
}
