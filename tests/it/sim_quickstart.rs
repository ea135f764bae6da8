//! The quickstart as a newcomer sees it: its table of key figures, and what the project promises of them.

use copperplate::kpi::{self, Value};
use copperplate::results::{Finished, summary};
use copperplate::sim::{Reference, run_case};
use rayon::prelude::*;

use crate::sim_support::study;

#[test]
fn its_table_is_as_recorded_and_orders_relieve_it() {
    let study = study("quickstart.toml", 7, |_| {});
    let reference = Reference::new(&study);
    let finish = |strategy| {
        let case = run_case(&study, &reference, strategy, &|_| {});
        let kpis = kpi::compute(&study, strategy, &case);
        Finished { strategy, case, kpis }
    };
    let cases: Vec<Finished<'_>> = study.strategies.par_iter().map(finish).collect();
    insta::assert_snapshot!(summary(&study, &cases, 200));
    for case in &cases {
        let number = |key: &str| match case.kpis.get(key) {
            Value::Number(x) => x,
            other => panic!("{key} of {} is {other:?}", case.strategy.name),
        };
        // A unit is lost once: what counts and costs is one insulation life at most, the formula goes on.
        let [by_formula, counted] = ["loss_of_life_raw_days", "loss_of_life_days"].map(number);
        let price = study.values.transformer_eur.unwrap();
        assert!((number("cost_ageing_eur") - counted / 6250.0 * price).abs() < 1e-9 * price);
        match number("hot_spot_max_c") > 180.0 {
            true => assert!(by_formula > 6250.0 && counted == 6250.0, "{by_formula} days by formula, {counted} counted"),
            false => assert!((by_formula - counted).abs() < 1e-9 * counted && counted < 6250.0, "{by_formula}, {counted}"),
        }
        if case.strategy.trades {
            assert!((number("overload_ex_ante_h") - 37.0).abs() < 1.0, "some 37 h of overload by feed-in");
            assert!(number("relieved_by_orders_percent") >= 60.0, "orders do the work in {}", case.strategy.name);
            assert!(number("relieved_by_orange_percent") < 5.0, "orange does not in {}", case.strategy.name);
        }
    }
}
