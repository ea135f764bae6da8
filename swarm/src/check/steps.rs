//! The length of a step changes what is seen, not what is drawn: sessions of vehicles, prices and forecasts of the ISPs are the same
//! with steps of 5 and of 15 minutes, and so is the energy of devices that follow a profile. Nor does a day more at the end change
//! what was before.

use std::sync::Arc;

use copperplate::agent::{Area, Input};
use copperplate::asset::{Outlook, Session};
use copperplate::ids::ConnectionIdx;
use copperplate::scenario::study::Study;
use copperplate::sim::Variant;
use copperplate::uftp::message::Message;
use jiff::civil::Date;

use crate::case::Again;
use crate::devices::{batteries, profiled, vehicles};
use crate::finding::Found;
use crate::series::by_isp;
use crate::trial::{Run, Trial, open_with, watch, watch_reference};

const NAME: &str = "steps";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    // The sun moves within a longer step.
    if trial.case.again.contains(&Again::Steps) && trial.study.weather.is_none() {
        lengths(trial, found);
    }
    if trial.case.again.contains(&Again::Days) {
        days(trial, found);
    }
}

/// Steps of 5 and of 15 minutes.
fn lengths(trial: &Trial<'_>, found: &mut Found) {
    let study_of = |minutes: u64| {
        let opened = open_with(trial.folder, &[format!("time.step_minutes={minutes}")]).expect("a sound scenario");
        opened.study(None).expect("a sound scenario").0
    };
    let (coarse, fine) = (study_of(15), study_of(5));
    let strategy = &trial.runs[0].strategy.name;
    let sessions = |study: &Study| -> Vec<Session> { vehicles(study).flat_map(|v| v.sessions.to_vec()).collect() };
    if sessions(&coarse) != sessions(&fine) {
        found.say(NAME, "sessions", strategy, || "vehicles have other sessions".to_owned());
    }
    let by = |study: &Study, series: &[f64]| -> Vec<f64> { study.periods.iter().flat_map(|p| by_isp(study, p, |k| series[k])).collect() };
    let (a, b) = (&coarse.prices, &fine.prices);
    let same = alike(&by(&coarse, &a.day_ahead_eur_per_mwh), &by(&fine, &b.day_ahead_eur_per_mwh))
        && alike(&by(&coarse, &a.imbalance_eur_per_mwh), &by(&fine, &b.imbalance_eur_per_mwh));
    if !same {
        found.say(NAME, "prices", strategy, || "ISPs have other prices".to_owned());
    }
    let (a, b) = (run_first(&coarse), run_first(&fine));
    if !told_alike(&coarse, &a, &b, Date::MAX) {
        found.say(NAME, "forecasts", strategy, || "forecasts of the ISPs differ".to_owned());
    }
    for device in profiled(&coarse) {
        let powers = |run: &Run<'_>| -> Vec<f64> { run.witness.device(Variant::Free, device.row).iter().map(|s| s.power_w).collect() };
        if !alike(&by(&coarse, &powers(&a)), &by(&fine, &powers(&b))) {
            found.say(NAME, "energy", strategy, || format!("{} draws other energy in an ISP", device.spec.id));
        }
    }
}

/// A run without its last day is the same run up to there.
fn days(trial: &Trial<'_>, found: &mut Found) {
    let long = trial.study;
    let [.., kept, _] = long.periods.as_slice() else { return };
    let opened = open_with(trial.folder, &[format!("time.until={}", kept.date)]).expect("a sound scenario");
    let short = opened.study(None).expect("a sound scenario").0;
    let (a, b) = (run_first(&short), &trial.runs[0]);
    let strategy = &b.strategy.name;
    let prices = |study: &Study| study.prices.day_ahead_eur_per_mwh[..short.steps].to_vec();
    let imbalance = |study: &Study| study.prices.imbalance_eur_per_mwh[..short.steps].to_vec();
    if !alike(&prices(&short), &prices(long)) || !alike(&imbalance(&short), &imbalance(long)) {
        found.say(NAME, "prices-of-days", strategy, || "a day more changes the prices of the days before".to_owned());
    }
    let sessions = |study: &Study| -> Vec<Session> {
        let last = kept.end();
        vehicles(study).flat_map(|v| v.sessions.iter().copied().filter(move |s| s.arrival < last)).collect()
    };
    if sessions(&short) != sessions(long) {
        found.say(NAME, "sessions-of-days", strategy, || "a day more changes the sessions of the days before".to_owned());
    }
    if !told_alike(&short, &a, b, kept.date) {
        found.say(NAME, "forecasts-of-days", strategy, || "a day more changes the forecasts of the days before".to_owned());
    }
    // From the morning of the last day on the longer run deals with the next one.
    let before = |run: &Run<'_>| -> Vec<Arc<Message>> {
        run.result.messages.iter().filter(|m| m.sent < kept.start).map(|m| Arc::clone(&m.message)).collect()
    };
    if before(&a) != before(b) {
        found.say(NAME, "messages-of-days", strategy, || "a day more changes messages of the days before".to_owned());
    }
}

/// The first strategy of a study.
fn run_first(study: &Study) -> Run<'_> {
    let (reference, witness) = watch_reference(study);
    watch(study, &reference, &witness, &study.strategies[0])
}

/// Whether participants are told the same of days up to `last`: of everything but devices that are steered, which begin a step
/// earlier or later.
fn told_alike(study: &Study, a: &Run<'_>, b: &Run<'_>, last: Date) -> bool {
    let steered: Vec<usize> =
        vehicles(study).map(|v| v.spec.connection.i()).chain(batteries(study).map(|b| b.spec.connection.i())).collect();
    let free: Vec<ConnectionIdx> = (0..study.grid.connections.len()).filter(|c| !steered.contains(c)).map(ConnectionIdx::new).collect();
    let table = |input: &Input| match input {
        Input::Portfolio(v) if v.period.date <= last => {
            let powers = v.outlook.iter().flat_map(|o| if let Outlook::Power(p) = o { p.clone() } else { Vec::new() });
            Some(v.inflexible_w.iter().flatten().copied().chain(powers).collect())
        }
        Input::Area(v) if v.period.date <= last => {
            let of = |area: &Area, i: usize| free.iter().map(|c| area.at(*c, i)).collect::<Vec<f64>>();
            let isps = (0..v.period.isps()).flat_map(|i| [&v.p_w, &v.q_var, &v.feed_in_w, &v.device_w].map(|area| of(area, i)));
            Some(isps.flatten().collect())
        }
        _ => None,
    };
    let told = |run: &Run<'_>| -> Vec<Vec<f64>> { run.witness.told().filter_map(|(_, _, input)| table(input)).collect() };
    let (x, y) = (told(a), told(b));
    x.len() == y.len() && x.iter().zip(&y).all(|(x, y)| alike(x, y))
}

fn alike(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-9 * (1.0 + x.abs().max(y.abs())))
}
