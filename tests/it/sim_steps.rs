//! The length of the physical step changes what a run shows, not what happens: energy is kept, draws hang on instants.

use std::path::Path;
use std::sync::Arc;

use copperplate::import::Feeder;
use copperplate::profile::ProfileTable;
use copperplate::scenario::open;
use copperplate::scenario::schema::{Forecast, Scenario};
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, LoggedMessage, Reference, run_case};
use copperplate::time::SimDuration;
use copperplate::uftp::message::{IspPower, Message};

use crate::sim_support::{Ran, bytes, prepare, study, told};
use crate::uftp_samples::shared;

/// Origin: five-minute values 0, 0, 3 of a kilowatt at ten connections are 240 kWh a day, worth 18.20 € at its prices.
#[test]
fn a_profile_finer_than_the_step_keeps_its_energy() {
    let Some(folder) = shared("cases/profile-finer-than-step") else { return };
    for minutes in [1, 5, 15] {
        let study = prepare(&folder.join("scenario.toml"), |s| s.time.step_minutes = minutes).unwrap_or_else(|f| panic!("{}", told(&f)));
        let ran = Ran::new(study);
        let euros = ran.cases[0].totals.energy_eur;
        assert!((euros - 18.20).abs() < 0.005, "{euros} € in steps of {minutes} min");
    }
}

/// Every step of a table parted into three, which have its value as their mean.
fn in_thirds(table: &ProfileTable) -> ProfileTable {
    let mut out = ProfileTable::new(table.start(), SimDuration(table.step().0 / 3));
    for name in table.names() {
        let column = table.column(table.find(name).expect("its own column"));
        out.push(name, &column.iter().flat_map(|v| [0.5 * v, 0.0, 2.5 * v]).collect::<Vec<_>>());
    }
    out
}

/// Two days of the summer scenario, after edits of scenario and feeder.
fn summer(edit: impl Fn(&mut Scenario), change: impl Fn(&mut Feeder)) -> Study {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let mut opened = open(&path, &[]).unwrap_or_else(|f| panic!("{}", told(&f)));
    opened.scenario.time.until = opened.scenario.time.from.tomorrow().unwrap();
    edit(&mut opened.scenario);
    change(&mut opened.feeder);
    opened.study(None).unwrap_or_else(|f| panic!("{}", told(&f))).0
}

#[test]
fn truth_and_forecasts_of_a_finer_profile_are_those_of_its_means() {
    let thirds = |f: &mut Feeder| f.profiles = Arc::new(in_thirds(&f.profiles));
    for forecast in [Forecast::Perfect {}, Forecast::Persistence {}] {
        let edit = |s: &mut Scenario| s.forecast = forecast.clone();
        let (coarse, fine) = (summer(edit, |_| {}), summer(edit, thirds));
        assert_eq!(fine.truth.step(), fine.step);
        for (strategy, other) in coarse.strategies.iter().zip(&fine.strategies).filter(|(s, _)| s.trades) {
            let (a, b) =
                (run_case(&coarse, &Reference::new(&coarse), strategy, &|_| {}), run_case(&fine, &Reference::new(&fine), other, &|_| {}));
            assert!((a.totals.energy_eur - b.totals.energy_eur).abs() < 0.01, "{}", strategy.name);
            same_prognoses(&a, &b);
        }
    }
}

/// The prognoses of a case, W per ISP.
fn prognoses(case: &CaseResult) -> Vec<Vec<i64>> {
    let powers = |isps: &[IspPower]| isps.iter().flat_map(|i| vec![i.power.0; usize::from(i.run.duration)]).collect();
    let of = |m: &LoggedMessage| if let Message::DPrognosis(p) = &*m.message { Some(powers(&p.isps)) } else { None };
    case.messages.iter().filter_map(of).collect()
}

/// Whether aggregators foresee the same, but for the rounding of a watt.
fn same_prognoses(a: &CaseResult, b: &CaseResult) {
    let (a, b) = (prognoses(a).concat(), prognoses(b).concat());
    assert!(!a.is_empty() && a.len() == b.len());
    assert!(a.iter().zip(&b).all(|(p, q)| p.abs_diff(*q) <= 1));
}

#[test]
fn profiles_on_the_steps_of_the_run_are_shared() {
    let opened = open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml"), &[]).unwrap();
    let (study, _) = opened.study(None).unwrap();
    assert!(Arc::ptr_eq(&study.truth, &opened.feeder.profiles));
}

#[test]
fn steps_of_any_length_see_the_same_forecast_errors() {
    let run = |minutes: u16| Ran::new(study("quickstart.toml", 1, |s| s.time.step_minutes = minutes));
    let quarters = run(15);
    for minutes in [1, 5] {
        let fine = run(minutes);
        for ((strategy, a), (_, b)) in quarters.each().zip(fine.each()) {
            let sent = |case: &CaseResult| case.messages.iter().map(bytes).collect::<Vec<_>>();
            assert!(sent(a) == sent(b), "{} in steps of {minutes} min", strategy.name);
        }
    }
}

#[test]
fn long_isps_average_the_errors_of_their_quarters() {
    let run = |isp_minutes: u16, step_minutes: u16| {
        let ran = Ran::new(study("quickstart.toml", 1, |s| (s.time.isp_minutes, s.time.step_minutes) = (isp_minutes, step_minutes)));
        prognoses(ran.case("grid-capacity-management").1).swap_remove(0)
    };
    let (quarters, hours) = (run(15, 15), run(60, 15));
    assert_eq!((quarters.len(), hours.len()), (96, 24));
    for (hour, power) in hours.iter().enumerate() {
        let mean = quarters[4 * hour..][..4].iter().sum::<i64>() as f64 / 4.0;
        assert!((mean - *power as f64).abs() <= 2.0, "hour {hour}: {power} W beside {mean} W");
    }
}

/// A run tells how far it is every 96 steps, from the first on, and when it is over.
#[test]
fn progress_is_told_along_the_run() {
    let study = summer(|_| {}, |_| {});
    let told = std::sync::Mutex::new(Vec::new());
    let reference = Reference::new(&study);
    let _ = run_case(&study, &reference, &study.strategies[0], &|step| told.lock().expect("one thread").push(step));
    assert_eq!(told.into_inner().expect("one thread"), [0, 96, 192]);
}
