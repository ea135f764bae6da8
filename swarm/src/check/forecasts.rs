//! Forecasts are what they are called: perfect ones are the profile's ISP averages, persistent ones those of 48 hours before (of the
//! ISP itself where the profile begins later).

use copperplate::agent::Input;
use copperplate::asset::Outlook;
use copperplate::forecast::Model;
use copperplate::ids::ConnectionIdx;
use copperplate::time::{IspIndex, Period, SimDuration};

use crate::devices::{Profiled, profiled, rows};
use crate::finding::Found;
use crate::trial::{Run, Trial};

const NAME: &str = "forecasts";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if !matches!(trial.study.forecast, Model::Synthetic(_) | Model::Learned(_)) {
        trial.runs.iter().for_each(|run| vintages(trial, run, found));
    }
}

fn vintages(trial: &Trial<'_>, run: &Run<'_>, found: &mut Found) {
    let study = trial.study;
    let devices: Vec<Profiled<'_>> = profiled(study).collect();
    let follows: Vec<usize> = devices.iter().map(|d| d.row.i()).collect();
    let planned: Vec<usize> = rows(study).filter(|(row, _)| !follows.contains(&row.i())).map(|(_, spec)| spec.connection.i()).collect();
    let mut hold = |what: &str, period: &Period, told: &dyn Fn(usize) -> f64, behind: &[&Profiled<'_>]| {
        let mut expected = vec![0.0; period.isps()];
        for device in behind {
            let Some(series) = expectation(trial, device, period) else { return };
            expected.iter_mut().zip(&series).for_each(|(e, s)| *e += s);
        }
        let size: f64 = 1.0 + behind.iter().map(|d| d.series.p_nominal_w.abs()).sum::<f64>();
        if let Some(i) = (0..period.isps()).find(|i| (told(*i) - expected[*i]).abs() > 1e-9 * size) {
            found.say(NAME, "profile", &run.strategy.name, || {
                format!("{what} in ISP {} of {}: {:.3} W told, {:.3} W expected", i + 1, period.date, told(i), expected[i])
            });
        }
    };
    for (_, who, input) in run.witness.told() {
        match input {
            Input::Portfolio(v) => {
                let own = |c: usize| study.agr_of[c].is_some_and(|a| study.agrs[a.i()].domain == *who);
                let connections = (0..study.grid.connections.len()).filter(|c| own(*c));
                for (c, told) in connections.zip(&v.inflexible_w) {
                    let behind: Vec<_> = devices.iter().filter(|d| d.connection() == c && !d.source).collect();
                    hold(&study.grid.connections[c].id, &v.period, &|i| told[i], &behind);
                }
                // An outlook for each device but loads, in the order of the study.
                let fixed = |row: usize| devices.iter().any(|d| d.row.i() == row && !d.source);
                let looked = rows(study).filter(|(row, spec)| own(spec.connection.i()) && !fixed(row.i()));
                for ((row, _), outlook) in looked.zip(&v.outlook) {
                    if let (Some(d), Outlook::Power(told)) = (devices.iter().find(|d| d.row == row), outlook) {
                        hold(&d.spec.id, &v.period, &|i| told[i], &[d]);
                    }
                }
            }
            Input::Area(v) => {
                for c in (0..study.grid.connections.len()).filter(|c| !planned.contains(c)) {
                    let behind: Vec<_> = devices.iter().filter(|d| d.connection() == c).collect();
                    hold(&study.grid.connections[c].id, &v.period, &|i| v.p_w.at(ConnectionIdx::new(c), i), &behind);
                }
            }
            _ => {}
        }
    }
}

/// ISP averages that a forecast starts from; `None` where the profiles hold only part of what it looks at.
fn expectation(trial: &Trial<'_>, device: &Profiled<'_>, period: &Period) -> Option<Vec<f64>> {
    let study = trial.study;
    let isp = study.calendar.isp();
    let back = if study.forecast == Model::Persistence { SimDuration::hours(48) } else { SimDuration::hours(0) };
    (0..period.isps())
        .map(|i| {
            let start = period.isp_start(IspIndex::from_offset(i));
            let known = start - back >= trial.profiles.start();
            trial.profiles.average_w(study, device.series, if known { start - back } else { start }, isp)
        })
        .collect()
}
