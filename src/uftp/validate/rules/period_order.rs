use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use jiff::civil::Date;

use crate::uftp::message::{Message, PortfolioConnection};

rule! {
    /// A span of days ends no earlier than it begins; it may be open-ended where the end may be left out.
    ///
    /// Why: an empty span says nothing.
    /// Clause: rejection reason "Period out of bounds" (start after end).
    /// Example: `StartPeriod="2026-03-10" EndPeriod="2026-03-09"`.
    "period-order", "Period out of bounds", Form, [AgrPortfolioUpdate, DsoPortfolioUpdate], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let connections = |list: &[PortfolioConnection]| list.iter().try_for_each(|c| ordered(c.start_period, c.end_period));
    match case.message {
        Message::AgrPortfolioUpdate(m) => connections(&m.connections),
        Message::DsoPortfolioUpdate(m) => m.congestion_points.iter().try_for_each(|point| {
            ordered(point.start_period, point.end_period)?;
            connections(&point.connections)
        }),
        _ => Ok(()),
    }
}

fn ordered(start: Date, end: Option<Date>) -> Verdict {
    match end {
        Some(end) if end < start => Err(Breach::detail(format!("{start} to {end}"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn spans_do_not_run_backwards() {
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.connections[0].end_period = Some(date(2026, 3, 9))), ["period-order"]);
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.connections[0].end_period = Some(date(2026, 3, 10))), [""; 0]);
    }
}
