//! Every rule that a finding can come from, and those of the commands themselves.

use crate::diagnostic::{Rule, Severity, UNKNOWN_CODE};
use crate::scenario::lint;
use crate::{grid, import, live, output, price, profile, report, sweep, table, weather};

use super::message;

/// All rules, as `copperplate explain CODE` and `docs/diagnostics.md` know them.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    let own = vec![
        &COLLAPSED,
        &FILE_EXISTS,
        &ITERATION_LIMIT,
        &NO_FEEDERS,
        &OUTSIDE_PROFILES,
        &PHASES_SPREAD,
        &SCENARIO_NAME,
        &TOO_LARGE,
        &UNBOOKED,
        &UNKNOWN_CODE,
        &UNSOLVED_STEPS,
        &price::PRICE_RANGE,
        &price::PRICE_UNIT,
        &price::PRICES_TIME,
        &price::PRICES_TOO_SHORT,
        &price::PRICES_UNDATED,
    ];
    let all = [
        own,
        lint::catalogue(),
        table::rules::catalogue(),
        profile::rules::catalogue(),
        weather::rules::catalogue(),
        grid::rules::catalogue(),
        import::rules::catalogue(),
        output::catalogue(),
        report::catalogue(),
        sweep::rules::catalogue(),
        live::rules::catalogue(),
        message::rules::catalogue(),
    ];
    // A rule on scenarios may be the one on feeders or profiles, under one code.
    let mut rules: Vec<&Rule> = all.concat();
    rules.sort_by_key(|rule| rule.code);
    rules.dedup_by(|a, b| **a == **b);
    rules
}

/// The rule on load flows without an operating point.
pub const COLLAPSED: Rule = Rule {
    code: "collapsed",
    severity: Severity::Error,
    what: "A load flow has no operating point: the voltage of a bus collapses.",
    why: "The branches cannot carry the power that the connections draw or feed in.",
    example: "copperplate powerflow street        # 400 kW at the end of 2 km of thin cable",
    mend: "check powers and impedances, and their units",
};

/// The rule on runs with steps that have no operating point.
pub const UNSOLVED_STEPS: Rule = Rule {
    code: "unsolved-steps",
    severity: Severity::Warning,
    what: "Steps of a run have no load-flow solution.",
    why: "The branches cannot carry the power of these steps. Overload, voltages and losses of the other steps would look like those of the whole run, so the run gives none.",
    example: "copperplate run street.toml --set feeder.load_scale=20",
    mend: "copperplate powerflow feeders/street --series     # shows which steps, then check powers, impedances and their units",
};

/// The rule on batches beyond memory.
pub const TOO_LARGE: Rule = Rule {
    code: "too-large",
    severity: Severity::Error,
    what: "A batch of load flows is larger than memory.",
    why: "The batch holds the input and results of all steps in memory at the same time.",
    example: "copperplate powerflow street --batch 4000000000",
    mend: "copperplate powerflow street --batch 10000",
};

/// The shipped feeders cannot be found.
pub const NO_FEEDERS: Rule = Rule {
    code: "no-feeders",
    severity: Severity::Error,
    what: "'init' cannot find the feeders that the shipped scenarios use.",
    why: "The new scenario refers to a feeder by its path, which the program does not know outside the repository.",
    example: "copperplate init my-street        # outside the repository, with an installed program",
    mend: "copperplate init my-street --scenarios ~/copperplate/scenarios",
};

/// The rule on files that are not overwritten.
pub const FILE_EXISTS: Rule = Rule {
    code: "file-exists",
    severity: Severity::Error,
    what: "A file of that name already exists.",
    why: "'init', 'import', 'message sample' and 'report --out' overwrite only files that they wrote themselves.",
    example: "copperplate init street        # street.toml exists",
    mend: "copperplate init street-2",
};

/// The rule on load flows that take too many sweeps.
pub const ITERATION_LIMIT: Rule = Rule {
    code: "iteration-limit",
    severity: Severity::Error,
    what: "A load flow did not converge within the allowed number of sweeps.",
    why: "The operating point lies near the limit of what the branches can carry, or the tolerance is below the precision of the numbers.",
    example: "copperplate powerflow street --tolerance 1e-16",
    mend: "copperplate powerflow street --tolerance 1e-9",
};

/// The rule on times without profile values.
pub const OUTSIDE_PROFILES: Rule = Rule {
    code: "outside-profiles",
    severity: Severity::Error,
    what: "The feeder's profiles do not cover the time given with '--at' or the number of steps.",
    why: "The program does not extrapolate weather and behaviour beyond the data.",
    example: "copperplate powerflow scenarios/feeders/lv-rural1-2 --at 2030-07-24T13:00",
    mend: "copperplate powerflow scenarios/feeders/lv-rural1-2 --at 2016-07-24T13:00",
};

/// The rule on names of new scenarios.
pub const SCENARIO_NAME: Rule = Rule {
    code: "scenario-name",
    severity: Severity::Error,
    what: "The name of a new scenario has characters other than letters, digits, '-' and '_'.",
    why: "The name becomes the name of a file and of the results folder.",
    example: "copperplate init \"my street\"",
    mend: "copperplate init my-street",
};

/// The rule on bills without an accepted answer.
pub const UNBOOKED: Rule = Rule {
    code: "unbooked",
    severity: Severity::Warning,
    what: "A settled amount is not booked, because the aggregator rejected, disputed or never answered its bill.",
    why: "Payments and delivered energy leave the amount out, so the strategy looks cheaper than it is. No cost per avoided MWh is shown.",
    example: "copperplate run street.toml        # [[wire.silence]] covers the day on which the bill is sent",
    mend: "look into unbooked.csv for the bill and the reason",
};

/// The rule on phases that a balanced load flow does not see.
pub const PHASES_SPREAD: Rule = Rule {
    code: "phases-spread",
    severity: Severity::Warning,
    what: "The balanced load flow spreads single-phase connections evenly over three phases.",
    why: "A balanced load flow cannot show which phase has the highest loading, nor the displacement of the neutral.",
    example: "copperplate powerflow street        # connections.csv has phases a, b and c",
    mend: "copperplate powerflow street --phases three-phase",
};
