//! What an inflated prognosis costs, and what a check of prognoses saves: the shipped scenario, at a value of 500 €/MWh of overload that remains,
//! the price ceiling of grid capacity management.

use std::path::PathBuf;

use copperplate::kpi::compute;
use copperplate::scenario::schema::{Behaviour, Forecast, Learner, Scenario};
use copperplate::sim::{CaseResult, Reference, run_case};

use crate::sim_support::{prepare, told};

const OVERLOAD_EUR_PER_MWH: f64 = 500.0;

/// The cases of some strategies of a shipped scenario, with what the operator pays and suffers in each, €.
fn costs(name: &str, seed: u64, strategies: &[&str], edit: impl FnOnce(&mut Scenario)) -> Vec<(f64, CaseResult)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let study = prepare(&path, |s| {
        s.seed = seed;
        s.strategies.retain(|name| strategies.contains(&name.as_str()));
        edit(s);
    })
    .unwrap_or_else(|findings| panic!("{}", told(&findings)));
    let reference = Reference::new(&study);
    let cost = |name: &&str| {
        let strategy = study.strategies.iter().find(|s| s.name == *name).expect("a strategy of the scenario");
        let case = run_case(&study, &reference, strategy, &|_| {});
        let kpis = compute(&study, strategy, &case);
        let figure = |key| kpis.get(key).number().expect("a number");
        (figure("paid_total_eur") + OVERLOAD_EUR_PER_MWH * figure("overload_realised_mwh"), case)
    };
    strategies.iter().map(cost).collect()
}

#[test]
fn gaming_costs_the_operator_and_the_check_saves_it() {
    let (mut honest, mut trusting, mut checking) = (0.0, 0.0, 0.0);
    for seed in 1..=3 {
        let run = |share| {
            costs("gaming.toml", seed, &["trusting", "checking"], |s| {
                s.aggregator[0].behaviour = Some(Behaviour::Inflating { share, programme: false });
            })
        };
        let (without, with) = (run(0.0), run(0.3));
        // Nobody honest is flagged, so the check costs nothing.
        assert!(without[1].1.prognoses.iter().all(|p| !p.flag) && without[0].0 == without[1].0);
        let gamer = |case: &CaseResult| case.prognoses.iter().filter(|p| p.excluded).map(|p| p.agr.to_string()).collect::<Vec<_>>();
        let excluded = gamer(&with[1].1);
        assert!(!excluded.is_empty() && excluded.iter().all(|agr| agr == "sunny.example.com"), "{excluded:?}");
        honest += without[0].0;
        trusting += with[0].0;
        checking += with[1].0;
    }
    assert!(trusting > 1.02 * honest, "gaming costs: {honest} {trusting}");
    assert!(checking < trusting - 0.5 * (trusting - honest), "the check saves most of it: {honest} {checking} {trusting}");
}

#[test]
fn a_better_forecast_is_worth_something() {
    let of = |sigma| -> f64 {
        let edit = |s: &mut Scenario| {
            if let Forecast::Synthetic { feed_in_sigma, .. } = &mut s.forecast {
                *feed_in_sigma = sigma;
            }
        };
        (1..=3).map(|seed| costs("forecast-quality.toml", seed, &["grid-capacity-management"], edit)[0].0).sum()
    };
    let by_error = [0.0, 0.1, 0.2, 0.4].map(of);
    assert!(by_error.windows(2).all(|w| w[0] < w[1]), "{by_error:?}");
    let learned = |learner, data_delay_days| {
        let edit = move |s: &mut Scenario| s.forecast = Forecast::Learned { learner, data_delay_days, holidays: Vec::new() };
        costs("forecast-learners.toml", 1, &["grid-capacity-management", "cautious"], edit)
    };
    let (fresh, old) = (learned(Learner::Ridge, 1), learned(Learner::Ridge, 5));
    assert!(fresh[0].0 < old[0].0, "newer data: {} {}", fresh[0].0, old[0].0);
    for learner in [Learner::WeeklyProfile, Learner::ExponentialSmoothing, Learner::Ridge] {
        let [expected, cautious] = &learned(learner, 1)[..] else { unreachable!("two strategies") };
        assert!(cautious.0 < expected.0, "{learner:?}: asking for a quantile leaves less overload: {} {}", expected.0, cautious.0);
    }
}
