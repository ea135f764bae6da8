//! The participants of a case: what each knows of its own business when it starts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::agent::agr::{self, Agr, OwnDevice};
use crate::agent::cro::Cro;
use crate::agent::dso::{self, Dso, OrangePower, Watched};
use crate::agent::{Desk, Directory, Inbox, PublicCp, Registry};
use crate::asset::{Device, Flexibility};
use crate::ids::{AgrIdx, AssetIdx, ConnectionIdx, Domain, ProfileIdx, Role};
use crate::market::contract::Contract;
use crate::powerflow::Network;
use crate::scenario::study::{CongestionPoint, Strategy, Study};
use crate::uftp::validate::{Baseline, Terms};

use super::attendance::Attendance;

/// All participants: common reference, DSO, aggregators by domain.
pub(super) fn participants(study: &Study, strategy: &Strategy, network: &Arc<Network>, who: &Attendance<'_>) -> Registry {
    let desk = |domain: &Domain| Desk::new(domain.clone(), Arc::clone(&study.calendar), study.currency, study.seed);
    let inbox = |domain: &Domain, role: Role| Inbox::new(directory(study, strategy, domain, role));
    let mut registry = Registry::default();
    let cro = Cro::new(desk(&study.cro), inbox(&study.cro, Role::Cro));
    registry.seat(study.cro.clone(), Role::Cro, Box::new(cro));
    let mut dso_inbox = inbox(&study.dso, Role::Dso);
    for (point, power_w) in study.congestion_points.iter().zip(installed_w(study)) {
        dso_inbox.know_power(&point.public.address, power_w);
    }
    let dso = Dso::new(desk(&study.dso), dso_inbox, dso_profile(study, strategy, network));
    registry.seat(study.dso.clone(), Role::Dso, Box::new(dso));
    for (row, agr) in study.agrs.iter().enumerate() {
        let profile = agr_profile(study, strategy, AgrIdx::new(row), who);
        registry.seat(agr.domain.clone(), Role::Agr, Box::new(Agr::new(desk(&agr.domain), inbox(&agr.domain, Role::Agr), profile)));
    }
    registry
}

/// Whom and what a participant knows when the case starts.
fn directory(study: &Study, strategy: &Strategy, domain: &Domain, role: Role) -> Directory {
    let others = [(study.cro.clone(), Role::Cro), (study.dso.clone(), Role::Dso)]
        .into_iter()
        .chain(study.agrs.iter().map(|a| (a.domain.clone(), Role::Agr)));
    let own = |c: &&Contract| role == Role::Dso || c.aggregator == *domain;
    let terms = |mutex_offers_supported| Terms { mutex_offers_supported, baseline: Baseline::DPrognosis, plausible_power: None };
    Directory {
        domain: domain.clone(),
        role,
        peers: others.filter(|(d, _)| d != domain).collect(),
        congestion_points: study.congestion_points.iter().map(|cp| (cp.public.address.clone(), terms(cp.public.mutex_offers))).collect(),
        contracts: strategy.contracts.iter().filter(own).cloned().collect(),
        release_deadline: study.timetable.results,
        calendar: Arc::clone(&study.calendar),
        currency: study.currency,
    }
}

fn dso_profile(study: &Study, strategy: &Strategy, network: &Arc<Network>) -> dso::Profile {
    let orange = OrangePower { delay: study.orange.delay, step: study.step, device_floor_w: study.orange.device_floor_w };
    let (grid, _) = study.grid(strategy);
    dso::Profile {
        cro: study.cro.clone(),
        network: Arc::clone(network),
        addresses: study.grid.connections.iter().map(|c| c.address.clone()).collect(),
        installed_feed_in_w: study.installed_feed_in_w(),
        watched: study.congestion_points.iter().map(|cp| watched(&grid, cp)).collect(),
        within: study.within.clone(),
        contracts: strategy.contracts.clone(),
        trades: strategy.trades,
        price_ceiling_eur_per_mwh: strategy.price_ceiling_eur_per_mwh,
        penalty_eur_per_mwh: strategy.penalty_eur_per_mwh,
        prognosis_check: strategy.prognosis_check,
        rounds: study.timetable.rounds.clone(),
        orange: strategy.orange.then_some(orange),
    }
}

/// What is installed behind each congestion point, W: an operator knows the connections it has agreed to, whatever its ratings.
/// Profiles beyond nominal power raise it.
fn installed_w(study: &Study) -> impl Iterator<Item = f64> {
    let rows = study.truth.step_at(study.start).map_or(0..0, |first| first..first + study.steps);
    let mut peaks: BTreeMap<ProfileIdx, f64> = BTreeMap::new();
    let mut behind = vec![0.0; study.grid.connections.len()];
    for spec in &study.devices {
        let (draws_w, feeds_in_w) = spec.device.rated_w();
        let profile = match &spec.device {
            Device::Fixed(f) => f.series.p_profile,
            Device::Curtailable(c) => c.series.p_profile,
            Device::Process(p) => p.series.p_profile,
            Device::Vehicle(_) | Device::Battery(_) | Device::House(_) | Device::Generator(_) => None,
        };
        let peak = profile.map_or(1.0, |profile| {
            let of_run = || study.truth.column(profile)[rows.clone()].iter().fold(1.0, |peak: f64, share| peak.max(share.abs()));
            *peaks.entry(profile).or_insert_with(of_run)
        });
        behind[spec.connection.i()] += draws_w.max(feeds_in_w) * peak;
    }
    study.congestion_points.iter().map(move |point| point.public.connections.iter().map(|c| behind[c.i()]).sum())
}

fn watched(grid: &crate::grid::Grid, cp: &CongestionPoint) -> Watched {
    let rated_va = match cp.branch.i().checked_sub(grid.lines.len()) {
        Some(t) => grid.transformers[t].rated_power_va,
        None => libm::sqrt(3.0) * grid.buses[grid.lines[cp.branch.i()].from.i()].u_rated_v * grid.lines[cp.branch.i()].rated_current_a,
    };
    Watched {
        public: cp.public.clone(),
        branch: cp.branch,
        from_is_upstream: cp.from_is_upstream,
        rated_va,
        planning: cp.limits.planning,
        rating: cp.limits.rating,
        emergency: cp.limits.emergency,
    }
}

fn agr_profile(study: &Study, strategy: &Strategy, agr: AgrIdx, who: &Attendance<'_>) -> agr::Profile {
    let own = |c: ConnectionIdx| study.agr_of[c.i()] == Some(agr);
    let connections: Vec<_> = study
        .grid
        .connections
        .iter()
        .enumerate()
        .filter(|(c, _)| own(ConnectionIdx::new(*c)))
        .map(|(c, spec)| (ConnectionIdx::new(c), spec.address.clone()))
        .collect();
    let row = |c: ConnectionIdx| connections.binary_search_by_key(&c, |(own, _)| *own).expect("an own connection");
    let flexible = study.devices.iter().enumerate().filter(|(_, d)| own(d.connection) && d.device.flexibility() != Flexibility::None);
    let devices = flexible
        .map(|(k, d)| OwnDevice {
            asset: AssetIdx::new(k),
            connection: row(d.connection),
            device: d.device.clone(),
            willing: who.willing[k],
            steered: d.steered,
        })
        .collect();
    let touched = |cp: &&CongestionPoint| cp.public.connections.iter().any(|c| own(*c));
    let congestion_points: Vec<PublicCp> = study.congestion_points.iter().filter(touched).map(|cp| cp.public.clone()).collect();
    let spec = &study.agrs[agr.i()];
    agr::Profile {
        agr,
        dso: study.dso.clone(),
        cro: study.cro.clone(),
        retail: connections.iter().map(|(c, _)| study.retail_of[c.i()].map(|r| study.retail[r].clone())).collect(),
        devices,
        congestion_points,
        within: study.within.clone(),
        contracts: strategy.contracts.iter().filter(|c| c.aggregator == spec.domain).cloned().collect(),
        behaviour: spec.terms.behaviour,
        at_cost: strategy.obligation,
        caution: spec.terms.caution,
        support_eur_per_mwh: spec.terms.support_eur_per_mwh,
        shifting_eur_per_mwh: spec.terms.shifting_eur_per_mwh,
        penalty_eur_per_mwh: strategy.penalty_eur_per_mwh,
        rounds: study.timetable.rounds.clone(),
        connections,
    }
}
