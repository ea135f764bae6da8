use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// Meter data speaks of days that have begun.
    ///
    /// Why: nothing can be metered in advance.
    /// Clause: rejection reason "Period out of bounds".
    /// Example: metering data of tomorrow.
    "period-metered", "Period out of bounds", Form, [Metering], check,
}

fn check(case: &Case<'_>) -> Verdict {
    match case.period {
        Some(period) if period.start > case.view.now => Err(Breach::detail(format!("{period} has not begun"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn tomorrow_is_refused() {
        assert_eq!(broken!(Metering, |m| m.period = date(2026, 3, 12)), ["period-metered"]);
    }
}
