//! The length of a step changes what is seen, not what is drawn: sessions of vehicles, prices and forecasts of the ISPs are the same
//! with steps of 5 and of 15 minutes, and so is the energy of devices that follow a profile.

use copperplate::agent::Input;
use copperplate::ids::AssetIdx;
use copperplate::sim::Variant;

use crate::case::Again;
use crate::finding::Found;
use crate::series::{by_isp, straddles};
use crate::trial::{Run, Trial, open_with, watch};

const NAME: &str = "steps";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if !trial.case.again.contains(&Again::Steps) {
        return;
    }
    let study_of = |minutes: u64| {
        let opened = open_with(trial.folder, &[format!("time.step_minutes={minutes}")]).expect("a sound scenario");
        opened.study(None).expect("a sound scenario").0
    };
    let (coarse, fine) = (study_of(15), study_of(5));
    let strategy = &trial.runs[0].strategy.name;
    if coarse.vehicles != fine.vehicles {
        found.say(NAME, "sessions", strategy, || "vehicles have other sessions".to_owned());
    }
    let by = |study: &copperplate::scenario::study::Study, series: &[f64]| -> Vec<f64> {
        study.periods.iter().flat_map(|p| by_isp(study, p, |k| series[k])).collect()
    };
    let (a, b) = (&coarse.prices, &fine.prices);
    let same = alike(&by(&coarse, &a.day_ahead_eur_per_mwh), &by(&fine, &b.day_ahead_eur_per_mwh))
        && alike(&by(&coarse, &a.imbalance_eur_per_mwh), &by(&fine, &b.imbalance_eur_per_mwh));
    if !same {
        found.say(NAME, "prices", strategy, || "ISPs have other prices".to_owned());
    }
    let (a, b) = (watch(&coarse, &coarse.strategies[0]), watch(&fine, &fine.strategies[0]));
    forecasts(&a, &b, found);
    for asset in (0..coarse.assets.len()).map(AssetIdx::new).filter(|_| a.witness.shows(Variant::Free)) {
        let (x, y) = (a.witness.device(Variant::Free, asset), b.witness.device(Variant::Free, asset));
        let (x, y): (Vec<f64>, Vec<f64>) = (x.iter().map(|s| s.power_w).collect(), y.iter().map(|s| s.power_w).collect());
        if !alike(&by(&coarse, &x), &by(&fine, &y)) {
            let id = &coarse.assets[asset.i()].id;
            let kind = if straddles(&coarse) { "energy-straddled" } else { "energy" };
            found.say(NAME, kind, strategy, || format!("{id} draws other energy in an ISP"));
        }
    }
}

/// What participants are told of the future.
fn forecasts(a: &Run<'_>, b: &Run<'_>, found: &mut Found) {
    let vintages = |run: &Run<'_>| -> Vec<Vec<Vec<f64>>> {
        let tables = |input: &Input| match input {
            Input::Portfolio(v) => Some([v.inflexible_w.as_slice(), &v.available_w].concat()),
            Input::Area(v) => Some([v.p_w.as_slice(), &v.feed_in_w, &v.device_w].concat()),
            _ => None,
        };
        run.witness.told().filter_map(|(_, _, input)| tables(input)).collect()
    };
    let (x, y) = (vintages(a), vintages(b));
    let same = x.len() == y.len() && x.iter().zip(&y).all(|(x, y)| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| alike(x, y)));
    if !same {
        found.say(NAME, "forecasts", &a.strategy.name, || "forecasts of the ISPs differ".to_owned());
    }
}

fn alike(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-9 * (1.0 + x.abs().max(y.abs())))
}
