//! Bills of customers with a tariff: meters times tariff, day by day; transfers that no system cost knows.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use copperplate::asset::Device;
use copperplate::kpi::{DEFINITIONS, compute};
use copperplate::market::ledger::{Kind, Party};
use copperplate::powerflow::Solution;
use copperplate::scenario::schema::{Prices, Retail};
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, Observer, Reference, Variant, observe_case};

use crate::sim_support::{days, meters, study};

/// Powers of all connections in each step of what really happens, W.
#[derive(Default)]
struct Meters(Vec<Vec<f64>>);

impl Observer for Meters {
    fn step(&mut self, variant: Variant, _step: usize, p_w: &[f64], _q_var: &[f64], _answer: Option<(&Solution, usize)>) {
        if variant == Variant::Actual {
            self.0.push(p_w.to_vec());
        }
    }
}

struct Street {
    study: Study,
    cases: Vec<(CaseResult, Meters)>,
}

/// Two days of the street, a part of it with a fixed price by name, a part without a tariff.
fn street() -> &'static Street {
    static STREET: OnceLock<Street> = OnceLock::new();
    STREET.get_or_init(|| {
        let study = study("street-2035.toml", 2, |s| {
            let Prices::Weather { retail, .. } = &mut s.prices else { panic!("prices of the weather's hours") };
            let homes = retail.get_mut("homes").expect("the street has a tariff");
            homes.share = 0.6;
            let fixed = Retail {
                share: 0.2,
                connections: vec!["LV4.101 Load 1".to_owned(), "LV4.101 Load 30".to_owned()],
                energy_eur_per_mwh: Some(80.0),
                feed_in_eur_per_mwh: None,
                ..homes.clone()
            };
            retail.insert("fixed".to_owned(), fixed);
        });
        let reference = Reference::new(&study);
        let run = |strategy| {
            let mut meters = Meters::default();
            let case = observe_case(&study, &reference, strategy, &|_| {}, &mut meters);
            (case, meters)
        };
        let cases = study.strategies.iter().map(run).collect();
        Street { study, cases }
    })
}

/// Everything a tariff says, applied to whole watts by hand.
#[test]
fn bills_are_meters_times_tariff() {
    let Street { study, cases } = street();
    assert_eq!(study.steps_per_isp(), 1);
    let mwh = 0.25e-6;
    for (strategy, (case, meters_w)) in study.strategies.iter().zip(cases) {
        let mut owed: BTreeMap<(String, String, String, Kind), f64> = BTreeMap::new();
        let mut fed_in = 0;
        for (period, first) in days(study) {
            for i in 0..period.isps() {
                let day_ahead = study.prices.day_ahead_eur_per_mwh[first + i];
                for (c, p_w) in meters_w.0[first + i].iter().enumerate() {
                    let Some(group) = study.retail_of[c] else { continue };
                    let (fixed, name) = match &*study.retail[group].name {
                        "fixed" => (true, "customers: fixed"),
                        "homes" => (false, "customers: homes"),
                        other => panic!("no group is called {other}"),
                    };
                    let supplier = study.agr_of[c].map_or("supplier", |a| study.agrs[a.i()].domain.as_str());
                    let mut pay = |payer: &str, payee: &str, kind, eur_per_mwh: f64| {
                        let key = (period.date.to_string(), payer.to_owned(), payee.to_owned(), kind);
                        *owed.entry(key).or_default() += p_w.round_ties_even().abs() * mwh * eur_per_mwh;
                    };
                    let supply = if fixed { 80.0 } else { day_ahead } + 20.0;
                    if *p_w > 0.0 {
                        pay(name, supplier, Kind::Supply, supply);
                        pay(name, "dso.example.com", Kind::NetworkCharge, 95.0);
                        pay(name, "state", Kind::Tax, 70.0);
                    } else {
                        let price = if fixed { day_ahead } else { 75.0 };
                        pay(supplier, name, Kind::FeedIn, price.min(supply + 95.0 + 70.0));
                        fed_in += 1;
                    }
                }
            }
        }
        assert!(fed_in > 100, "somebody feeds in");
        for entry in case.ledger.entries().iter().filter(|e| Kind::RETAIL.contains(&e.kind)) {
            let key = (entry.reference.clone(), entry.payer.to_string(), entry.payee.to_string(), entry.kind);
            let eur = owed.remove(&key).unwrap_or_else(|| panic!("{}: {entry:?} is owed or booked twice", strategy.name));
            assert!((entry.amount.as_f64() - eur).abs() <= 1e-4, "{}: booked {entry:?}, owed {eur} €", strategy.name);
        }
        owed.retain(|_, eur| eur.abs() > 1e-4);
        assert!(owed.is_empty(), "{}: not booked: {owed:?}", strategy.name);
    }
}

/// What the bystander saw of a connection is what its aggregator metered.
#[test]
fn bills_rest_on_metering() {
    let Street { study, cases } = street();
    for (case, seen) in cases {
        for ((date, c), watts) in meters(study, case) {
            let first = study.steps_of(&study.calendar.period(date)).start;
            for (i, w) in watts.iter().enumerate() {
                assert_eq!(*w, seen.0[first + i][c.i()].round_ties_even() as i64, "{date} ISP {} of connection {}", i + 1, c.i());
            }
        }
    }
}

/// Who settles wholesale supplies: customers of a group pay the day-ahead market nothing, the supplier pays it for those without an
/// aggregator, and aggregators settle as without tariffs.
#[test]
fn nobody_pays_twice_for_energy() {
    let Street { study, cases } = street();
    for (case, _) in cases {
        let energy = |party: &str| case.ledger.entries().iter().filter(|e| e.kind == Kind::Energy && e.payer.as_str() == party).count();
        assert_eq!(energy("supplier"), study.periods.len());
        assert_eq!(energy("customers"), study.periods.len(), "some have no tariff");
        assert_eq!(energy("customers: homes") + energy("customers: fixed"), 0);
        for agr in &study.agrs {
            assert_eq!(energy(agr.domain.as_str()), study.periods.len());
        }
    }
}

/// Where no device plans by the price, a tariff moves no figure that is known without it, money above all: bills are transfers. It adds those
/// of what happens behind the meter.
#[test]
fn bills_move_no_key_figure() {
    let run = |taxed: bool| {
        let study = study("quickstart.toml", 2, |s| {
            let Prices::Synthetic { retail, .. } = &mut s.prices else { panic!("synthetic prices") };
            let homes = Retail {
                share: 0.7,
                connections: Vec::new(),
                energy_eur_per_mwh: None,
                supplier_eur_per_mwh: 20.0,
                network_eur_per_mwh: 95.0,
                tax_eur_per_mwh: 70.0,
                feed_in_eur_per_mwh: Some(75.0),
            };
            if taxed {
                retail.insert("homes".to_owned(), homes);
            }
        });
        assert!(study.devices.iter().all(|d| !matches!(d.device, Device::Vehicle(_) | Device::Battery(_) | Device::House(_))));
        let reference = Reference::new(&study);
        let figures = study.strategies.iter().map(|strategy| {
            let case = observe_case(&study, &reference, strategy, &|_| {}, &mut Meters::default());
            let taxes = case.ledger.paid(&Party::State, Kind::Tax);
            assert_eq!(taxes.as_f64() < 0.0, taxed, "{taxes}");
            compute(&study, strategy, &case)
        });
        figures.collect::<Vec<_>>()
    };
    for (taxed, free) in run(true).iter().zip(&run(false)) {
        let known: Vec<&str> = DEFINITIONS.iter().map(|d| d.key).filter(|key| free.get(key).number().is_some()).collect();
        assert!(known.contains(&"cost_total_eur") && known.contains(&"paid_total_eur"));
        for key in known {
            assert_eq!(taxed.get(key), free.get(key), "{key}");
        }
    }
}
