use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A settlement ends no earlier than it begins, and its last day is over.
    ///
    /// Why: what has not been delivered cannot be settled.
    /// Clause: FlexSettlement: rejection reason "PeriodEnd rejected".
    /// Example: the settlement of March, sent on 31 March.
    "settlement-end", "PeriodEnd rejected", Content, [FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    require(m.period_end >= m.period_start, || Breach::detail("before PeriodStart"))?;
    let over = case.view.calendar.period(m.period_end).end() <= case.view.now;
    require(over, || Breach::detail(format!("{} is not over", m.period_end)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_window_is_over() {
        assert_eq!(broken!(FlexSettlement, |m| m.period_end = date(2026, 4, 2)), ["settlement-end"]);
        assert_eq!(broken!(FlexSettlement, |m| m.period_end = date(2026, 4, 1)), [""; 0]);
        assert_eq!(broken!(FlexSettlement, |m| m.period_end = date(2026, 2, 1)), ["settlement-window", "settlement-end"]);
    }
}
