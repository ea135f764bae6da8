use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The days of a connection lie within those of its congestion point, and one is open-ended only if the other is.
    ///
    /// Why: a connection cannot belong to a congestion point that does not exist.
    /// Clause: DSOPortfolioUpdate, "StartPeriod" and "EndPeriod" of Connection; rejection reason "Period out of bounds".
    /// Example: a congestion point from 2026-03-10 with a connection from 2026-03-01.
    "period-nesting", "Period out of bounds", Form, [DsoPortfolioUpdate], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::DsoPortfolioUpdate(m) = case.message else { return Ok(()) };
    for point in &m.congestion_points {
        for connection in &point.connections {
            let end_fits = match (point.end_period, connection.end_period) {
                (None, None) => true,
                (Some(point_end), Some(end)) => end >= point.start_period && end <= point_end,
                _ => false,
            };
            let start_fits = connection.start_period >= point.start_period
                && point.end_period.is_none_or(|point_end| connection.start_period <= point_end);
            require(start_fits && end_fits, || Breach::detail(format!("{} in {}", connection.entity_address, point.entity_address)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn connections_stay_within_their_congestion_point() {
        assert_eq!(
            broken!(DsoPortfolioUpdate, |m| m.congestion_points[0].connections[0].start_period = date(2026, 3, 1)),
            ["period-nesting"]
        );
        assert_eq!(broken!(DsoPortfolioUpdate, |m| m.congestion_points[0].end_period = Some(date(2026, 4, 1))), ["period-nesting"]);
        let both = |m: &mut DsoPortfolioUpdate| {
            m.congestion_points[0].end_period = Some(date(2026, 4, 1));
            m.congestion_points[0].connections[0].end_period = Some(date(2026, 4, 1));
        };
        assert_eq!(broken!(DsoPortfolioUpdate, both), [""; 0]);
    }
}
