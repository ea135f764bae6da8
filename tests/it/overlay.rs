//! Who has what behind the meter: seats fixed by the seed, so that a feeder can grow year by year, and base loads of their own.

use std::collections::BTreeSet;
use std::path::Path;

use copperplate::kpi::compute;
use copperplate::scenario::schema::{BaseLoad, Scenario};
use copperplate::scenario::study::Study;
use copperplate::sim::{DeviceStep, Observer, Reference, Variant, observe_case};

use crate::sim_support::study;

fn street(days: i64, share: f64, base_load: BaseLoad) -> Study {
    study("street-2035.toml", days, |s: &mut Scenario| {
        s.strategies = vec!["copper-plate".to_owned()];
        s.feeder.base_load = base_load;
        s.feeder.houses.as_mut().expect("houses").share = share;
        s.feeder.electric_vehicles.as_mut().expect("vehicles").share = share;
        s.feeder.pv.as_mut().expect("PV").share = share;
        s.feeder.batteries.as_mut().expect("batteries").share = share;
    })
}

/// A larger share keeps the seats of a smaller one, with the same devices in them, and the base loads of everybody.
#[test]
fn seats_are_kept_as_shares_grow() {
    let years = [0.0, 0.2, 0.5, 0.8, 1.0].map(|share| street(3, share, BaseLoad::Drawn));
    for kind in ["house", "vehicle", "pv", "battery"] {
        let seats = |s: &Study| -> BTreeSet<String> { s.devices.iter().filter(|d| d.kind == kind).map(|d| d.id.clone()).collect() };
        let all: Vec<_> = years.iter().map(seats).collect();
        assert!(all.windows(2).all(|w| w[0].is_subset(&w[1]) && w[0].len() < w[1].len()), "{kind}: {:?}", all.iter().map(BTreeSet::len));
    }
    for pair in years.windows(2) {
        for old in &pair[0].devices {
            let new = pair[1].devices.iter().find(|d| d.id == old.id).unwrap_or_else(|| panic!("{} stays", old.id));
            assert_eq!((new.connection, &new.announced, new.device.rated_w()), (old.connection, &old.announced, old.device.rated_w()));
        }
    }
}

/// What single base loads did as it happened, `[device][step]`.
struct Loads<'a>(&'a Study, Vec<Vec<f64>>);

impl Observer for Loads<'_> {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Actual && self.0.devices[seen.device.i()].kind == "load" {
            self.1[seen.device.i()].push(seen.power_w);
        }
    }
}

/// Drawn base loads peak apart, published ones together; results say how much.
#[test]
fn diversity_of_base_loads_is_told() {
    let simultaneity = |base_load: BaseLoad| {
        let study = street(14, 0.2, base_load);
        let mut loads = Loads(&study, vec![Vec::new(); study.devices.len()]);
        let case = observe_case(&study, &Reference::new(&study), &study.strategies[0], &|_| {}, &mut loads);
        let homes: Vec<Vec<f64>> = loads.1.into_iter().filter(|series| !series.is_empty()).collect();
        let together = (0..study.steps).map(|k| homes.iter().map(|h| h[k]).sum::<f64>()).fold(0.0, f64::max);
        let apart: f64 = homes.iter().map(|h| h.iter().copied().fold(0.0, f64::max)).sum();
        let kpis = compute(&study, &study.strategies[0], &case);
        let figure = |key| kpis.get(key).number().expect("a number");
        assert!((figure("base_load_simultaneity") - together / apart).abs() < 1e-9);
        assert!((figure("base_load_peak_kw_each") - together / 1e3 / homes.len() as f64).abs() < 1e-9);
        together / apart
    };
    let [drawn, published] = [BaseLoad::Drawn, BaseLoad::Published].map(simultaneity);
    assert!(drawn < 0.9 * published, "{drawn} drawn, {published} as published");
}

/// A replacement replaces what the feeder's tables describe, whatever the scenario rates that at: another limit is no other transformer.
#[test]
fn a_replacement_does_not_depend_on_the_rating_before() {
    let replaced = |sets: &[&str]| {
        let replacement =
            "strategy.reinforce.replacement=[{ element = \"transformer:MV1.101-LV1.101-Trafo 1\", rating = 400, capex_eur = 1 }]";
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).chain([replacement.to_owned()]).collect();
        let (study, _) = copperplate::scenario::open(Path::new("scenarios/quickstart.toml"), &sets).unwrap().study(None).unwrap();
        let strategy = study.strategies.iter().find(|s| s.reinforcement.is_some()).unwrap();
        format!("{:?}", strategy.reinforcement.as_ref().unwrap().grid.transformers)
    };
    let published = replaced(&[]);
    let rated = "feeder.rating=[{ element = \"transformer:MV1.101-LV1.101-Trafo 1\", rating = 100 }]";
    assert_eq!(replaced(&[rated]), published);
    assert_eq!(replaced(&["feeder.rating_scale=0.5"]), published);
}
