//! Short runs of the shipped scenarios through the library, and what a bystander knows of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use copperplate::asset::Device;
use copperplate::diagnostic::{Findings, render};
use copperplate::ids::ConnectionIdx;
use copperplate::scenario::open;
use copperplate::scenario::schema::Scenario;
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{CaseResult, LoggedMessage, Reference, run_case};
use copperplate::time::Period;
use copperplate::uftp::message::{Message, ProfileType};
use copperplate::uftp::xml;
use jiff::civil::Date;

/// A study with the result of each of its strategies, in their order.
pub(crate) struct Ran {
    pub(crate) study: Study,
    pub(crate) cases: Vec<CaseResult>,
}

impl Ran {
    pub(crate) fn new(study: Study) -> Ran {
        let reference = Reference::new(&study);
        let cases = study.strategies.iter().map(|s| run_case(&study, &reference, s, &|_| {})).collect();
        Ran { study, cases }
    }

    /// A strategy and its result by name.
    pub(crate) fn case(&self, name: &str) -> (&Strategy, &CaseResult) {
        let k = self.study.strategies.iter().position(|s| s.name == name).expect("a strategy of the scenario");
        (&self.study.strategies[k], &self.cases[k])
    }

    /// Every strategy with its result.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&Strategy, &CaseResult)> {
        self.study.strategies.iter().zip(&self.cases)
    }
}

/// Every finding as people read it, without the folder the repository lies in.
pub(crate) fn told(findings: &Findings) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let text: Vec<String> = findings.0.iter().map(|f| render(f, false)).collect();
    text.join("\n\n").replace(root, "").replace('\\', "/")
}

/// What the command does before it simulates: read, import, build, after `edit`.
pub(crate) fn prepare(path: &Path, edit: impl FnOnce(&mut Scenario)) -> Result<Study, Findings> {
    let mut opened = open(path, &[])?;
    edit(&mut opened.scenario);
    opened.study(None).map(|(study, _)| study)
}

/// A shipped scenario cut to `days` days, after `edit`.
pub(crate) fn study(name: &str, days: i64, edit: impl FnOnce(&mut Scenario)) -> Study {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    prepare(&path, |s| {
        s.time.until = s.time.from + jiff::Span::new().days(days - 1);
        edit(s);
    })
    .unwrap_or_else(|findings| panic!("{}", told(&findings)))
}

/// Everything obeys, nothing fails and everybody foresees; nothing acts outside the market.
pub(crate) fn ideal(s: &mut Scenario) {
    s.forecast = copperplate::scenario::schema::Forecast::Perfect {};
    for a in &mut s.aggregator {
        a.willingness = 1.0;
        a.caution = 1.0;
        a.failure.asset_per_day = 0.0;
        a.failure.communication_per_hour = 0.0;
    }
}

/// The study without limitations by the DSO: what happens is what orders make of it.
pub(crate) fn without_orange(mut study: Study) -> Study {
    study.strategies.iter_mut().for_each(|s| s.orange = false);
    study
}

/// Two days of the summer scenario as it is shipped, all strategies.
pub(crate) fn summer() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    RAN.get_or_init(|| Ran::new(study("quickstart.toml", 2, |_| {})))
}

/// Two days of the winter scenario as it is shipped, all strategies.
pub(crate) fn winter() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    RAN.get_or_init(|| Ran::new(study("winter-evening.toml", 2, |_| {})))
}

/// As [`summer`], but few sell, so that the DSO has to limit.
pub(crate) fn scarce() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    RAN.get_or_init(|| Ran::new(study("quickstart.toml", 2, |s| s.aggregator.iter_mut().for_each(|a| a.willingness = 0.2))))
}

/// A message as bytes.
pub(crate) fn bytes(m: &LoggedMessage) -> Vec<u8> {
    xml::write(&m.message).into_bytes()
}

/// Readings by day and connection, W per ISP, from the Metering messages.
pub(crate) fn meters(study: &Study, case: &CaseResult) -> BTreeMap<(Date, ConnectionIdx), Vec<i64>> {
    let mut out = BTreeMap::new();
    for LoggedMessage { message, .. } in &case.messages {
        let Message::Metering(m) = &**message else { continue };
        let address = m.ean.connection();
        let c = study.grid.connections.iter().position(|c| c.address == address).expect("a connection of the feeder");
        let profile = m.profiles.iter().find(|p| p.profile_type == ProfileType::Power).expect("a power profile");
        let watts = profile.isps.iter().map(|i| (i.value.as_f64() * 1e3).round_ties_even() as i64).collect();
        assert!(out.insert((m.period, ConnectionIdx::new(c)), watts).is_none(), "a day is metered once");
    }
    out
}

/// Power of a connection's devices in a step by their profiles: (net of what nobody can curtail, feed-in that could be), W.
/// Vehicles and batteries are not in it.
pub(crate) fn by_profile(study: &Study, c: ConnectionIdx, step: usize) -> (f64, f64) {
    let row = study.truth.step_at(study.step_start(step)).expect("profiles cover the run");
    let (mut fixed, mut feed_in) = (0.0, 0.0);
    for d in study.devices.iter().filter(|d| d.connection == c) {
        match &d.device {
            Device::Fixed(f) => fixed += f.series.at(&study.truth, row).0,
            Device::Curtailable(f) => feed_in -= f.series.at(&study.truth, row).0,
            _ => {}
        }
    }
    (fixed, feed_in)
}

/// The days of a run, each with its first step.
pub(crate) fn days(study: &Study) -> impl Iterator<Item = (&Period, usize)> {
    study.periods.iter().map(|p| (p, study.steps_of(p).start))
}
