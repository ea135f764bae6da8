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

/// A weight on prognoses takes most of the extra payments for flexibility away from who inflates, without ending trade. It does not bring
/// the relief that was not there.
#[test]
fn a_discount_saves_payments_for_flexibility() {
    use copperplate::market::ledger::Kind;
    use copperplate::scenario::schema::Remedy;
    let (mut honest, mut flagging, mut discounting) = (0.0, 0.0, 0.0);
    for seed in 1..=3 {
        let run = |share, remedy: Remedy| {
            let case = costs("gaming.toml", seed, &["checking"], |s| {
                s.aggregator[0].behaviour = Some(Behaviour::Inflating { share, programme: false });
                let check = s.strategy.get_mut("checking").and_then(|own| own.prognosis_check.as_mut());
                check.expect("its check").remedy = remedy;
            });
            let (_, case) = case.into_iter().next().expect("one strategy");
            let paid: f64 = case.ledger.entries().iter().filter(|e| e.kind == Kind::Flexibility).map(|e| e.amount.0 as f64 * 1e-4).sum();
            (paid, case)
        };
        let (without, flagged, discounted) = (run(0.0, Remedy::Flag), run(0.3, Remedy::Flag), run(0.3, Remedy::Discount));
        let caught = discounted.1.prognoses.iter().filter(|p| p.flag).map(|p| p.agr.to_string());
        assert!(caught.into_iter().any(|agr| agr == "sunny.example.com"));
        assert!(discounted.1.prognoses.iter().all(|p| !p.excluded));
        honest += without.0;
        flagging += flagged.0;
        discounting += discounted.0;
    }
    assert!(discounting - honest < 0.5 * (flagging - honest), "{honest} {discounting} {flagging}");
}

/// With errors that are drawn the check flags honest aggregators no more often than its level says, and still finds the other.
#[test]
fn honest_errors_are_no_gaming() {
    let (mut checked, mut flagged, mut found) = (0, 0, 0);
    for seed in 1..=5 {
        let of = |share| {
            let edit = |s: &mut Scenario| {
                s.forecast = Forecast::Synthetic { feed_in_sigma: 0.12, load_sigma: 0.1, shared: 0.5, correlation_h: 3.0 };
                s.aggregator[0].behaviour = Some(Behaviour::Inflating { share, programme: false });
            };
            costs("gaming.toml", seed, &["checking"], edit).remove(0).1.prognoses
        };
        let honest = of(0.0);
        checked += honest.iter().filter(|p| p.z.is_some()).count();
        flagged += honest.iter().filter(|p| p.flag).count();
        assert!(honest.iter().all(|p| !p.excluded), "nobody honest is excluded");
        found += usize::from(of(0.3).iter().any(|p| p.flag && p.agr.to_string() == "sunny.example.com"));
    }
    assert!(checked > 100 && flagged as f64 <= 0.05 * checked as f64, "{flagged} of {checked} prognoses");
    assert_eq!(found, 5, "inflation of 30 % shows");
}

/// Who plans devices into the congestion that it foresees says nothing false and costs the operator more: the overload stays about as
/// it is, the payments grow with what it counts on.
#[test]
fn increase_and_decrease_costs_the_operator() {
    let of = |behaviour: Behaviour| -> f64 {
        let cost = |seed| {
            costs("winter-evening.toml", seed, &["grid-capacity-management"], |s| {
                s.time.until = jiff::civil::date(2016, 1, 31);
                s.aggregator[0].behaviour = Some(behaviour.clone());
            })
            .remove(0)
            .0
        };
        (1..=3).map(cost).sum()
    };
    let truthful = of(Behaviour::Truthful {});
    let by_payment = [60.0, 150.0].map(|payment_eur_per_mwh| of(Behaviour::IncDec { payment_eur_per_mwh }));
    assert!(truthful < by_payment[0] && by_payment[0] < by_payment[1], "{truthful} {by_payment:?}");
}
