//! Learned forecasts in a run: nobody foresees what it could not have read.

use std::sync::Arc;

use copperplate::agent::Input;
use copperplate::ids::Domain;
use copperplate::profile::ProfileTable;
use copperplate::scenario::schema::{BaseLoad, Forecast, Learner};
use copperplate::scenario::study::Study;
use copperplate::sim::{Observer, Reference, observe_case};
use copperplate::time::SimTime;
use proptest::prelude::*;

use crate::sim_support::study;

fn learned(learner: Learner) -> Study {
    study("winter-evening.toml", 3, |s| {
        s.forecast = Forecast::Learned { learner, data_delay_days: 1, holidays: Vec::new() };
        s.feeder.base_load = BaseLoad::Drawn;
    })
}

/// Every forecast that anybody is handed, with its time.
#[derive(Default)]
struct Told(Vec<(SimTime, Domain, String)>);

impl Observer for Told {
    fn told(&mut self, now: SimTime, who: &Domain, input: &Input) {
        if let Input::Area(_) | Input::Portfolio(_) = input {
            self.0.push((now, who.clone(), format!("{input:?}")));
        }
    }
}

fn told(study: &Study) -> Vec<(SimTime, Domain, String)> {
    let mut told = Told::default();
    let _ = observe_case(study, &Reference::new(study), &study.strategies[0], &|_| {}, &mut told);
    told.0
}

fn changed_from(table: &ProfileTable, t: SimTime, factor: f64) -> ProfileTable {
    let from = table.step_at(t).expect("within the table");
    let mut out = ProfileTable::new(table.start(), table.step());
    for name in table.names() {
        let mut column = table.column(table.find(name).expect("its own column")).to_vec();
        column[from..].iter_mut().for_each(|x| *x = factor * *x + 0.02);
        out.push(name, &column);
    }
    out
}

/// Whatever happens from `t` on, by truth and by what synthetic forecasts would be made of, changes no forecast handed over before `t`.
#[test]
fn no_learner_foresees_what_it_has_not_read() {
    for learner in [Learner::WeeklyProfile, Learner::ExponentialSmoothing, Learner::Ridge] {
        let study = learned(learner);
        let plain = told(&study);
        let (start, end) = (study.start, study.step_start(study.steps));
        let mut seen = false;
        for k in 0..6 {
            let t = SimTime(start.0 + (end.0 - start.0) * (2 * k - 1) / 12 / 900 * 900);
            let table = Arc::new(changed_from(&study.truth, t, 0.3));
            let other = Study { truth: Arc::clone(&table), foreseen: table, ..study.clone() };
            let changed = told(&other);
            let early = |all: &[(SimTime, Domain, String)]| all.iter().filter(|f| f.0 < t).cloned().collect::<Vec<_>>();
            assert!(early(&plain) == early(&changed), "{learner:?}: something was foreseen that nobody had read");
            seen |= plain != changed;
        }
        assert!(seen, "{learner:?}: what was read shows later");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// The same at any time, for the learner that sees most.
    #[test]
    fn regression_foresees_nothing_at_any_time(hour in -48..72_i64, factor in 0.0..2.0_f64) {
        let study = learned(Learner::Ridge);
        let t = SimTime(study.start.0 + 3600 * hour);
        let table = Arc::new(changed_from(&study.truth, t, factor));
        let other = Study { truth: Arc::clone(&table), foreseen: table, ..study.clone() };
        let early = |all: Vec<(SimTime, Domain, String)>| all.into_iter().filter(|f| f.0 < t).collect::<Vec<_>>();
        prop_assert!(early(told(&study)) == early(told(&other)));
    }
}
