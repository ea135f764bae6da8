//! The days a message speaks of.

use jiff::civil::Date;

use crate::uftp::message::{Message, PortfolioConnection};
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::rule::page;

page! {
    /// The Period of a trade is not over.
    ///
    /// Why: a past day can be neither forecast nor changed.
    /// Clause: rejection reason "Period out of bounds" (in the past).
    /// Example: a FlexRequest for yesterday.
    PERIOD_CURRENT, period_current
}

fn period_current(case: &Case<'_>) -> Verdict {
    match case.period {
        Some(period) if period.end() <= case.view.now => Err(Breach::detail(format!("{period} is over"))),
        _ => Ok(()),
    }
}

page! {
    /// Meter data are for days that have begun.
    ///
    /// Why: meters cannot read the future.
    /// Clause: rejection reason "Period out of bounds".
    /// Example: metering data of tomorrow.
    PERIOD_METERED, period_metered
}

fn period_metered(case: &Case<'_>) -> Verdict {
    match case.period {
        Some(period) if period.start > case.view.now => Err(Breach::detail(format!("{period} has not begun"))),
        _ => Ok(()),
    }
}

page! {
    /// A span of days ends no earlier than it begins; it may be open-ended if the end is optional.
    ///
    /// Why: an empty span has no meaning.
    /// Clause: rejection reason "Period out of bounds" (start after end).
    /// Example: `StartPeriod="2026-03-10" EndPeriod="2026-03-09"`.
    PERIOD_ORDER, period_order
}

fn period_order(case: &Case<'_>) -> Verdict {
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

page! {
    /// The days of a connection lie within those of its congestion point, and one is open-ended only if the other is.
    ///
    /// Why: a connection cannot belong to a congestion point that does not exist.
    /// Clause: DSOPortfolioUpdate, "StartPeriod" and "EndPeriod" of Connection; rejection reason "Period out of bounds".
    /// Example: a congestion point from 2026-03-10 with a connection from 2026-03-01.
    PERIOD_NESTING, period_nesting
}

fn period_nesting(case: &Case<'_>) -> Verdict {
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

page! {
    /// Items of a settlement lie within its window.
    ///
    /// Why: the window states the settled days; items of other days belong to another settlement.
    /// Clause: FlexSettlement, "PeriodStart", "PeriodEnd"; rejection reason "Period out of bounds".
    /// Example: an item of 2026-02-28 in the settlement of March.
    SETTLEMENT_WINDOW, settlement_window
}

fn settlement_window(case: &Case<'_>) -> Verdict {
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
    fn yesterday_is_refused() {
        let mut scene = Scene::before(MessageType::DPrognosis);
        scene.now = scene.calendar.period(PERIOD).end();
        assert_eq!(scene.broken(sample(MessageType::DPrognosis)), ["period-current"]);
        scene.now = SimTime(scene.now.0 - 1);
        assert_eq!(scene.broken(sample(MessageType::DPrognosis)), [""; 0]);
    }

    #[test]
    fn tomorrow_is_refused() {
        assert_eq!(broken!(Metering, |m| m.period = date(2026, 3, 12)), ["period-metered"]);
    }

    #[test]
    fn spans_do_not_run_backwards() {
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.connections[0].end_period = Some(date(2026, 3, 9))), ["period-order"]);
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.connections[0].end_period = Some(date(2026, 3, 10))), [""; 0]);
    }

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

    #[test]
    fn items_outside_the_window_are_refused() {
        assert_eq!(
            broken!(FlexSettlement, |m| m.flex_order_settlements[0].period = date(2026, 2, 28)),
            ["settlement-window", "d-prognosis-known"]
        );
        assert_eq!(broken!(FlexSettlement, |m| m.contract_settlements[0].periods[0].period = date(2026, 4, 1)), ["settlement-window"]);
    }
}
