//! What rules on the meaning look at, and where they put what they find.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Finding, Findings, Location};
use crate::grid::RadialOrder;
use crate::ids::ConnectionIdx;
use crate::import::Feeder;
use crate::scenario::document::COMMAND_LINE;
use crate::scenario::path::join;
use crate::scenario::portfolio;
use crate::scenario::schema::Scenario;
use crate::time::IspCalendar;

/// Points at a value of the scenario by its dotted path; `None` where nobody wrote one.
pub type Locate<'a> = &'a dyn Fn(&str) -> Option<Location>;

/// What the rules look at: a scenario and, where they could be read, its feeder and calendar.
pub(crate) struct Subject<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) feeder: Option<&'a Feeder>,
    pub(crate) calendar: Option<IspCalendar>,
    /// Connections behind the element of each congestion point; `None` where the feeder or the element is not known.
    pub(crate) behind: Vec<Option<Vec<ConnectionIdx>>>,
    /// Domain of the aggregator of each connection, as drawn with the seed; `None` where the feeder is not known.
    pub(crate) holders: Option<Vec<Option<&'a str>>>,
}

impl<'a> Subject<'a> {
    /// `order` is that of the feeder, if it is radial.
    pub(crate) fn new(scenario: &'a Scenario, feeder: Option<&'a Feeder>, order: Option<&RadialOrder>, seed: u64) -> Subject<'a> {
        let behind = |element: &str| {
            let grid = &feeder?.grid;
            Some(order?.downstream_connections(grid, grid.branch(element)?))
        };
        let calendar = IspCalendar::new(&scenario.time.zone, scenario.time.isp_minutes).ok();
        let behind = scenario.congestion_point.iter().map(|p| behind(&p.element)).collect();
        let sorted = portfolio::by_domain(scenario);
        let holders = feeder.map(|feeder| portfolio::holders(&sorted, &feeder.grid, seed).into_iter());
        let holders = holders.map(|holders| holders.map(|agr| agr.map(|agr| sorted[agr.i()].domain.as_str())).collect());
        Subject { scenario, feeder, calendar, behind, holders }
    }
}

/// Findings in the making, each placed by the dotted path of the value it is about.
pub(crate) struct Faults<'a> {
    locate: Locate<'a>,
    pub(crate) findings: Findings,
}

impl<'a> Faults<'a> {
    pub(crate) fn new(locate: Locate<'a>) -> Faults<'a> {
        Faults { locate, findings: Findings::default() }
    }

    /// Adds a finding about the value at `path`, or about the table around it where that was left to its default.
    pub(crate) fn at(&mut self, path: &str, finding: Finding) {
        let around = |path: &str| path.rfind(['.', '[']).map(|end| path[..end].to_owned());
        let places = std::iter::successors(Some(path.to_owned()), |path| around(path));
        let place = places.filter(|path| !path.is_empty()).find_map(|path| (self.locate)(&path));
        self.findings.push(finding.located(place));
    }

    /// Where somebody wrote the value at `path`.
    pub(crate) fn written(&self, path: &str) -> Option<Location> {
        (self.locate)(path)
    }

    /// The file `name` that the value at `path` names: relative to the file which wrote it, or else to `otherwise`.
    pub(crate) fn file(&self, path: &str, otherwise: &Path, name: &str) -> PathBuf {
        let folder = match self.written(path) {
            Some(place) if place.source.name == COMMAND_LINE => PathBuf::new(),
            Some(place) => Path::new(&place.source.name).parent().unwrap_or(Path::new("")).to_path_buf(),
            None => otherwise.to_path_buf(),
        };
        folder.join(name)
    }
}

/// Path of a key of the table `[strategy.NAME]`.
pub(super) fn strategy_path(name: &str, key: &str) -> String {
    let table = join("strategy", name);
    if key.is_empty() { table } else { format!("{table}.{key}") }
}

/// A table whose items are referred to by name.
pub(super) struct Table {
    /// Its name in annotations.
    pub(super) name: &'static str,
    /// The names of its items; `None` where they cannot be known, as without a feeder.
    pub(super) items: for<'a> fn(&Subject<'a>) -> Option<Vec<Cow<'a, str>>>,
    /// What is said of a name that is not among them.
    pub(super) unknown: fn(&str, &[&str]) -> Finding,
}
