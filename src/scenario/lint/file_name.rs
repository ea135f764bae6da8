//! Names that become file names.

use std::collections::BTreeMap;

use super::{Faults, Subject, strategy_path};
use crate::diagnostic::{Rule, Severity};
use crate::output::file_name::{LONGEST, fault};

/// The rule.
pub const RULE: Rule = Rule {
    code: "file-name",
    severity: Severity::Error,
    what: "The name of a scenario or strategy cannot be the name of a file, or two names are the same but for capitals.",
    why: "The results folder takes the name of the scenario; charts and messages take the names of strategies. A name with a path in it \
          would put them into another folder, and some file systems do not tell capitals from small letters.",
    example: "strategies = [\"do-nothing\", \"../both\"]\n\n[strategy.\"../both\"]\npreset = \"congestion-management\"",
    mend: "strategies = [\"do-nothing\", \"both\"]\n\n[strategy.both]\npreset = \"congestion-management\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let s = subject.scenario;
    let own = std::iter::once(("name".to_owned(), &s.name));
    let strategies = s.strategy.keys().map(|name| (strategy_path(name, ""), name));
    for (path, name) in own.chain(strategies) {
        if let Some(why) = fault(name) {
            let finding = RULE.finding(format!("'{}' cannot be the name of a file: {why}", name.escape_debug()));
            faults.at(&path, finding.help(format!("use letters, digits, blanks and signs other than '/' and '\\', at most {LONGEST} \
                                                   bytes")));
        }
    }
    let swept = s.sweep.iter().flat_map(|sweep| sweep.strategies.iter().enumerate().map(|(k, name)| (format!("sweep.strategies[{k}]"), name)));
    let run = s.strategies.iter().enumerate().map(|(k, name)| (format!("strategies[{k}]"), name));
    for names in [run.collect::<Vec<_>>(), swept.collect()] {
        let mut files: BTreeMap<String, &str> = BTreeMap::new();
        for (path, name) in names {
            let first = *files.entry(name.to_lowercase()).or_insert(name);
            if first != name {
                let finding = RULE.finding(format!("strategies '{first}' and '{name}' differ in capitals only"));
                faults.at(&path, finding.help("some file systems take them for one name: give each its own"));
            }
        }
    }
}
