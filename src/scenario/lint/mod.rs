//! Rules that findings about a scenario come from, one file a rule: its page, its wording, and what it looks for.
//!
//! To add a rule on typed values, write `lint/<code with underscores>.rs` with a `pub const RULE: Rule`, whose example the tests
//! run, and a `check(&Scenario, &Document, &mut Findings)` that pushes `RULE.finding("…").located(document.nearest("…"))`; then
//! name it below twice (module and catalogue) and call `check`. `docs/diagnostics.md` is rewritten by the ignored test beside
//! the one that compares it.

pub mod extends_cycle;
pub mod missing_file;
pub mod missing_key;
pub mod out_of_range;
pub mod sweep_design;
pub mod sweep_distribution;
pub mod sweep_key;
pub mod toml_syntax;
pub mod unknown_key;
pub mod unknown_value;
pub mod wrong_type;

use crate::diagnostic::Rule;

/// All rules on scenarios, by code.
#[must_use]
pub fn catalogue() -> Vec<&'static Rule> {
    vec![
        &extends_cycle::RULE,
        &missing_file::RULE,
        &missing_key::RULE,
        &out_of_range::RULE,
        &sweep_design::RULE,
        &sweep_distribution::RULE,
        &sweep_key::RULE,
        &toml_syntax::RULE,
        &unknown_key::RULE,
        &unknown_value::RULE,
        &wrong_type::RULE,
    ]
}
