//! Makes a failing case smaller: takes away one thing after the other while the same checker still says the same, until nothing more
//! can go.

use std::path::Path;

use crate::case::{Case, Feeder, Prices, Prosumers};
use crate::finding::Finding;
use crate::trial::examine;

/// Most attempts: a case that takes long should not take for ever.
const ATTEMPTS: usize = 300;

/// The smallest case found that still has the finding; `folder` is for trying.
pub(crate) fn shrink(case: &Case, finding: &Finding, folder: &Path) -> Case {
    let fails = |case: &Case| {
        let found = examine(case, folder, (finding.checker != "panic" && finding.checker != "draw").then_some(finding.checker));
        found.0.iter().any(|f| f.name() == finding.name())
    };
    let mut smallest = case.clone();
    let mut attempts = 0;
    'again: loop {
        for smaller in smaller(&smallest) {
            attempts += 1;
            if attempts > ATTEMPTS {
                return smallest;
            }
            if fails(&smaller) {
                smallest = smaller;
                continue 'again;
            }
        }
        return smallest;
    }
}

/// The case with one thing less, in every way there is; big things first.
fn smaller(case: &Case) -> Vec<Case> {
    let mut out = Vec::new();
    let mut with = |change: &dyn Fn(&mut Case)| {
        let mut other = case.clone();
        change(&mut other);
        if other != *case {
            out.push(other);
        }
    };
    for k in 0..case.strategies.len() {
        with(&|c| drop_of(&mut c.strategies, k, 1));
    }
    with(&|c| c.time.days = (c.time.days - 1).max(1));
    with(&|c| {
        if c.time.days > 1 {
            c.time.days -= 1;
            c.time.from = c.time.from.tomorrow().expect("a year below 9999");
        }
    });
    for k in 0..case.aggregators.len() {
        let gone = case.aggregators[k].domain;
        with(&|c| {
            drop_of(&mut c.aggregators, k, 1);
            if !c.aggregators.iter().any(|a| a.domain == gone) {
                c.contracts.retain(|contract| contract.aggregator != gone);
                c.wire.silences.retain(|s| s.participant != gone);
                c.wire.faults.retain(|f| f.from != Some(gone));
            }
        });
    }
    for k in 0..case.points.len() {
        let gone = case.points[k].id;
        with(&|c| {
            drop_of(&mut c.points, k, 1);
            if !c.points.iter().any(|p| p.id == gone) {
                c.contracts.retain(|contract| contract.point != gone);
            }
        });
    }
    for k in 0..case.contracts.len() {
        with(&|c| drop_of(&mut c.contracts, k, 0));
        with(&|c| c.contracts[k].windows.clear());
    }
    with(&|c| c.overlay.vehicles = None);
    with(&|c| c.overlay.heat_pumps = None);
    with(&|c| c.overlay.batteries = None);
    with(&|c| c.overlay.prosumers = None);
    let mut behind = |change: &dyn Fn(&mut Prosumers)| with(&|c| c.overlay.prosumers.iter_mut().for_each(change));
    behind(&|p| p.houses = None);
    behind(&|p| p.pv = None);
    behind(&|p| p.vehicles = None);
    behind(&|p| p.batteries = None);
    behind(&|p| p.processes.clear());
    behind(&|p| p.generators.clear());
    behind(&|p| p.retail = None);
    behind(&|p| p.learner = None);
    behind(&|p| p.check = None);
    behind(&|p| p.behaviours.clear());
    behind(&|p| p.weather = None);
    with(&|c| c.wire.faults.clear());
    with(&|c| c.wire.silences.clear());
    with(&|c| c.wire.transport = "object");
    with(&|c| c.overlay.three_phase = false);
    with(&|c| c.time.step_minutes = c.time.isp_minutes);
    with(&|c| c.forecast = crate::case::Forecast::Perfect);
    with(&|c| c.prices = Prices::Synthetic { level: 60.0, swing: 1.0, noise: 0.0, spread: 0.0 });
    if let Feeder::Made(made) = &case.feeder {
        for home in made.homes.iter().map(|h| h.id.clone()) {
            with(&|c| {
                if let Feeder::Made(m) = &mut c.feeder
                    && m.homes.len() > 1
                {
                    m.homes.retain(|h| h.id != home);
                    m.assets.retain(|a| a.home != home);
                }
            });
        }
        for asset in made.assets.iter().map(|a| a.id.clone()) {
            with(&|c| {
                if let Feeder::Made(m) = &mut c.feeder
                    && m.assets.len() > 1
                {
                    m.assets.retain(|a| a.id != asset);
                }
            });
        }
    }
    out
}

/// Takes one away, if more than `least` are there.
fn drop_of<T>(from: &mut Vec<T>, k: usize, least: usize) {
    if from.len() > least {
        from.remove(k);
    }
}
