//! `feeder.toml`: what a feeder is called, where it comes from, and when its profiles begin.
//!
//! ```toml
//! name = "lv-rural1-2"
//! zone = "Europe/Berlin"           # IANA zone of the profiles' local days
//! start = 2016-01-01T00:00:00      # local time at which step 0 begins; with an offset, the instant
//! step_minutes = 15                # divides an hour
//! origin = "who made the data"
//! licence = "under what terms"
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::rules;
use crate::diagnostic::{Finding, Findings, Source, TomlFault, did_you_mean, nearest, toml_fault};
use crate::table::read_text;
use crate::time::written::{Moment, NoInstant};
use crate::time::{IspCalendar, SimDuration, SimTime, YEARS};

/// Name of the file.
pub(super) const FILE: &str = "feeder.toml";
const KEYS: [&str; 6] = ["name", "zone", "start", "step_minutes", "origin", "licence"];

/// What the file says.
pub(super) struct Meta {
    pub(super) name: String,
    pub(super) zone: String,
    pub(super) start: SimTime,
    pub(super) step: SimDuration,
    pub(super) origin: String,
    pub(super) licence: String,
}

/// Reads it; `None` when something in it is wrong.
pub(super) fn read(dir: &Path, findings: &mut Findings) -> Option<Meta> {
    let source = match read_text(&dir.join(FILE)) {
        Ok(source) => source,
        Err(finding) => {
            findings.push(finding);
            return None;
        }
    };
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for e in &errors {
        let TomlFault { message, label, help, span } = toml_fault(&source.text, e);
        findings.push(Finding { label, ..rules::FEEDER_TOML.finding(message).at(&source, span).help(help) });
    }
    if !errors.is_empty() {
        // Of what the parser made up nothing more is said.
        return None;
    }
    let mut doc = Document { table: table.get_ref(), source: &source, slips: BTreeMap::new(), findings };
    doc.unknown_keys();
    let (name, origin, licence) = (doc.text("name"), doc.text("origin"), doc.text("licence"));
    let (calendar, start) = (doc.calendar(), doc.start());
    let ((calendar, zone), start) = (calendar?, start?);
    let start = doc.instant(&calendar, start)?;
    Some(Meta { name: name?, start, step: calendar.isp(), zone, origin: origin?, licence: licence? })
}

struct Document<'a> {
    table: &'a DeTable<'a>,
    source: &'a Arc<Source>,
    /// What misspelt keys hold, by the keys they are meant for.
    slips: BTreeMap<&'static str, &'a Spanned<DeValue<'a>>>,
    findings: &'a mut Findings,
}

impl<'a> Document<'a> {
    fn unknown_keys(&mut self) {
        let absent: Vec<&'static str> = KEYS.into_iter().filter(|key| !self.table.contains_key(*key)).collect();
        for (key, value) in self.table.iter().filter(|(key, _)| !KEYS.contains(&key.get_ref().as_ref())) {
            // 'timezone' is meant for 'zone', though its letters are not near.
            let part = absent.iter().copied().find(|name| key.get_ref().contains(name) || name.contains(key.get_ref().as_ref()));
            let meant = nearest(key.get_ref(), &absent).or(part);
            self.slips.extend(meant.map(|name| (name, value)));
            let finding = rules::FEEDER_TOML.finding(format!("unknown key '{}'", key.get_ref()));
            let help = match meant {
                Some(name) => format!("did you mean '{name}'?"),
                None => did_you_mean(key.get_ref(), &KEYS, "the keys are"),
            };
            self.findings.push(finding.at(self.source, key.span()).help(help));
        }
    }

    /// The value of `key` as `what` the key holds, if `pick` finds it in there.
    fn get<T>(&mut self, key: &str, what: &str, pick: impl Fn(&'a DeValue<'a>) -> Option<T>) -> Option<(T, Range<usize>)> {
        let Some(value) = self.table.get(key).or_else(|| self.slips.get(key).copied()) else {
            let finding = rules::FEEDER_TOML.finding(format!("key '{key}' is missing in '{}'", self.source.name));
            self.findings.push(finding.at(self.source, 0..0).help(format!("it holds {what}")));
            return None;
        };
        let picked = pick(value.get_ref()).map(|v| (v, value.span()));
        if picked.is_none() {
            let finding = rules::FEEDER_TOML.finding(format!("'{key}' must be {what}"));
            self.findings.push(finding.at(self.source, value.span()));
        }
        picked
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.get(key, "a text in quotes", DeValue::as_str).map(|(text, _)| text.to_owned())
    }

    fn start(&mut self) -> Option<(Moment, Range<usize>)> {
        let what = "a local date-time such as 2016-01-01T00:00:00";
        self.get("start", what, |v| v.as_datetime()?.to_string().parse().ok())
    }

    /// The instant of a moment.
    fn instant(&mut self, calendar: &IspCalendar, (moment, place): (Moment, Range<usize>)) -> Option<SimTime> {
        let finding = match calendar.instant(&moment) {
            Ok(t) => return Some(t),
            Err(NoInstant::Skipped { later }) => rules::skipped_time(&moment, calendar.zone_name(), later),
            Err(NoInstant::Year) => rules::FEEDER_TOML
                .finding(format!("'start' is {moment}, allowed are the years {} to {}", YEARS.start(), YEARS.end()))
                .help("'start' is the time of the first profile value"),
        };
        self.findings.push(finding.at(self.source, place));
        None
    }

    /// The calendar of zone and step, and the zone's name.
    fn calendar(&mut self) -> Option<(IspCalendar, String)> {
        let zone = self.get("zone", "the name of an IANA time zone", DeValue::as_str);
        let minutes = |v: &DeValue<'_>| v.as_integer().and_then(|i| u16::from_str_radix(i.as_str(), i.radix()).ok());
        let step = self.get("step_minutes", "a whole number of minutes", minutes);
        let ((zone, at_zone), (step, at_step)) = (zone?, step?);
        // Both may be wrong; a calendar names only the first.
        let mut findings = Vec::new();
        if IspCalendar::new(zone, 15).is_err() {
            findings.push(rules::unknown_zone(zone).at(self.source, at_zone));
        }
        if step == 0 || 60 % step != 0 {
            let finding = rules::BAD_STEP.finding(format!("a step of {step} minutes does not divide an hour"));
            findings.push(finding.at(self.source, at_step).help("15, 5 and 1 are usual"));
        }
        self.findings.extend(Findings(findings));
        Some((IspCalendar::new(zone, step).ok()?, zone.to_owned()))
    }
}
