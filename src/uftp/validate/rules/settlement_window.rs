use crate::uftp::message::Message;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// Items of a settlement lie within its window.
    ///
    /// Why: the window says what is settled now; anything else belongs to another settlement.
    /// Clause: FlexSettlement, "PeriodStart", "PeriodEnd"; rejection reason "Period out of bounds".
    /// Example: an item of 2026-02-28 in the settlement of March.
    "settlement-window", "Period out of bounds", Form, [FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    let orders = m.flex_order_settlements.iter().map(|item| item.period);
    let contracts = m.contract_settlements.iter().flat_map(|contract| contract.periods.iter().map(|p| p.period));
    match orders.chain(contracts).find(|&day| day < m.period_start || day > m.period_end) {
        Some(day) => Err(Breach::detail(format!("{day} is not within {} to {}", m.period_start, m.period_end))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn items_outside_the_window_are_refused() {
        assert_eq!(
            broken!(FlexSettlement, |m| m.flex_order_settlements[0].period = date(2026, 2, 28)),
            ["settlement-window", "d-prognosis-known"]
        );
        assert_eq!(broken!(FlexSettlement, |m| m.contract_settlements[0].periods[0].period = date(2026, 4, 1)), ["settlement-window"]);
    }
}
