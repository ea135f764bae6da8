//! Rules that findings about a scenario come from, one file a rule: its page, its wording, and what it looks for.
//!
//! Rules on the text (`toml_syntax` to `wrong_unit` below) are used while the text is read. Rules on the meaning have a
//! `check(&Subject, &mut Faults)` and are applied together, before a run or by `validate`; those on names of things that are not
//! there have a table instead, and `references.rs` does the looking.
//!
//! To add a rule on the meaning, write `lint/<code with underscores>.rs` with a `pub const RULE: Rule`, whose example and mend
//! the tests run over a sound scenario, and a `check` that calls `faults.at("dotted.path", RULE.finding("…").help("…"))`; then
//! add its name to the list below. `docs/diagnostics.md` is rewritten by the ignored test beside the one that compares it.

pub mod extends_cycle;
pub mod missing_file;
pub mod missing_key;
pub mod out_of_range;
mod references;
mod subject;
pub mod sweep_key;
pub mod toml_syntax;
pub mod unknown_aggregator;
pub mod unknown_congestion_point;
pub mod unknown_connection;
pub mod unknown_contract;
pub mod unknown_element;
pub mod unknown_item;
pub mod unknown_key;
pub mod unknown_participant;
pub mod unknown_value;
pub mod wrong_type;
pub mod wrong_unit;

use crate::diagnostic::Rule;

pub use subject::Locate;
pub(crate) use subject::{Faults, Subject};
use subject::{Table, strategy_path};

/// Names the rules on the meaning once: their modules, their pages, their checks in the order in which they are applied.
macro_rules! rules_on_meaning {
    ($($name:ident)*) => {
        $(pub mod $name;)*

        /// All rules on scenarios.
        #[must_use]
        pub fn catalogue() -> Vec<&'static Rule> {
            vec![
                &extends_cycle::RULE, &missing_file::RULE, &missing_key::RULE, &out_of_range::RULE, &sweep_key::RULE,
                &toml_syntax::RULE, &unknown_item::RULE, &unknown_key::RULE, &unknown_value::RULE, &wrong_type::RULE, &wrong_unit::RULE,
                &unknown_aggregator::RULE, &unknown_congestion_point::RULE, &unknown_connection::RULE, &unknown_contract::RULE,
                &unknown_element::RULE, &unknown_participant::RULE,
                $(&$name::RULE,)*
            ]
        }

        /// Applies every rule on the meaning.
        pub(crate) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
            references::check(subject, faults);
            $($name::check(subject, faults);)*
        }
    };
}

rules_on_meaning! {
    unknown_zone zone_not_carried step_length reversed_dates broken_day skipped_time market_order clock_change
    no_profiles no_weather_prices needs_weather heat_twice least_above_most idle_key spread_phase session_list
    profile_too_short no_history straddling_steps too_much_power
    duplicate_id file_name not_a_domain not_an_address not_a_reference unmetered_connection unknown_currency
    empty_congestion_point element_twice limits_order
    connection_taken share_sum empty_portfolio no_aggregator
    empty_window window_off_grid overlapping_windows idle_term never_called
    unknown_strategy preset_name no_replacement smaller_replacement unlikely_unit unused
    sweep_design sweep_distribution
}
