//! Lists in which nothing may stand twice, apart from ISPs and the options of an offer.

use std::fmt::Display;

use jiff::civil::Date;

use crate::ids::EntityAddress;
use crate::uftp::message::{Message, PortfolioConnection};
use crate::uftp::validate::case::{Breach, Case, Verdict};
use crate::uftp::validate::rule::page;

page! {
    /// An order is settled by one item of a settlement, answered by one status, and by one status of a prognosis.
    ///
    /// Why: both of two items might be paid, and of two answers either might be meant. The rule does not compare items without an order.
    /// Clause: FlexSettlement: a FlexOrderSettlement for each order; FlexSettlementResponse: a status for each; D-PrognosisResponse: FlexOrderStatus.
    /// Example: two items of "ORD-1" in one settlement → `Order stands twice (ORD-1)`.
    ORDER_ONCE, order_once
}

fn order_once(case: &Case<'_>) -> Verdict {
    match case.message {
        Message::FlexSettlement(m) => once(m.flex_order_settlements.iter().filter_map(|item| item.order_reference.as_deref())),
        Message::FlexSettlementResponse(m) => once(m.statuses.iter().filter_map(|status| status.order_reference.as_deref())),
        Message::DPrognosisResponse(m) => once(m.flex_order_statuses.iter().map(|status| status.flex_order_message_id)),
        _ => Ok(()),
    }
}

page! {
    /// A settlement has one item for a contract, and in it one for a day.
    ///
    /// Why: reserved power would count twice, or the message would state two powers for one time.
    /// Clause: FlexSettlement: ContractSettlement and its Period.
    /// Example: `Period="2026-03-10"` twice under contract "C-1".
    CONTRACT_ONCE, contract_once
}

fn contract_once(case: &Case<'_>) -> Verdict {
    let Message::FlexSettlement(m) = case.message else { return Ok(()) };
    once(m.contract_settlements.iter().filter_map(|contract| contract.contract_id.as_deref()))?;
    m.contract_settlements.iter().try_for_each(|contract| once(contract.periods.iter().map(|day| day.period)))
}

page! {
    /// Metering data has one profile of a type.
    ///
    /// Why: it would be unclear which of two powers was metered.
    /// Clause: Metering, "ProfileType" of Profile.
    /// Example: two profiles of type `Power`.
    PROFILE_ONCE, profile_once
}

fn profile_once(case: &Case<'_>) -> Verdict {
    let Message::Metering(m) = case.message else { return Ok(()) };
    once(m.profiles.iter().map(|profile| profile.profile_type.as_str()))
}

page! {
    /// A list of connections names a connection once; an update names it once for each day.
    ///
    /// Why: it has one aggregator and counts once. An update may list it again for other days, and under several congestion points, because these may nest.
    /// Clause: Connection of AGRPortfolioUpdate, DSOPortfolioUpdate, AGRPortfolioQueryResponse and DSOPortfolioQueryResponse.
    /// Example: `ean.871685900012636543` from 2026-03-01 on and again from 2026-03-10 on.
    CONNECTION_ONCE, connection_once
}

fn connection_once(case: &Case<'_>) -> Verdict {
    match case.message {
        Message::AgrPortfolioUpdate(m) => once_a_day(&mut m.connections.iter().map(span)),
        Message::DsoPortfolioUpdate(m) => {
            m.congestion_points.iter().try_for_each(|point| once_a_day(&mut point.connections.iter().map(span)))
        }
        Message::AgrPortfolioQueryResponse(m) => m.dso_views.iter().try_for_each(|view| {
            let mut points = view.dso_portfolios.iter().flat_map(|portfolio| &portfolio.congestion_points);
            points.try_for_each(|point| once(point.connections.iter()))?;
            once(view.connections.iter())
        }),
        Message::DsoPortfolioQueryResponse(m) => {
            let mut points = m.congestion_point.iter();
            points.try_for_each(|point| once(point.connections.iter().map(|connection| &connection.entity_address)))
        }
        _ => Ok(()),
    }
}

page! {
    /// A list of congestion points names a congestion point once; an update names it once for each day.
    ///
    /// Why: two sets of terms would apply to one trade.
    /// Clause: CongestionPoint of DSOPortfolioUpdate and AGRPortfolioQueryResponse.
    /// Example: feeder 7 twice, with and without mutually exclusive options.
    CONGESTION_POINT_ONCE, congestion_point_once
}

fn congestion_point_once(case: &Case<'_>) -> Verdict {
    match case.message {
        Message::DsoPortfolioUpdate(m) => {
            once_a_day(&mut m.congestion_points.iter().map(|point| (&point.entity_address, point.start_period, point.end_period)))
        }
        Message::AgrPortfolioQueryResponse(m) => m.dso_views.iter().try_for_each(|view| {
            once(view.dso_portfolios.iter().flat_map(|portfolio| &portfolio.congestion_points).map(|point| &point.entity_address))
        }),
        _ => Ok(()),
    }
}

/// No name stands twice. A peer decides how many there are: neighbours of the sorted names are looked at.
fn once<N: Ord + Display>(names: impl Iterator<Item = N>) -> Verdict {
    let mut names: Vec<N> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Breach::detail(pair[0].to_string())),
        None => Ok(()),
    }
}

/// First and last day of something that is listed; open-ended without a last.
type Span<'m> = (&'m EntityAddress, Date, Option<Date>);

fn span(connection: &PortfolioConnection) -> Span<'_> {
    (&connection.entity_address, connection.start_period, connection.end_period)
}

/// No address stands twice on one day: sorted by address and first day, none begins before its predecessor has ended.
fn once_a_day<'m>(spans: &mut dyn Iterator<Item = Span<'m>>) -> Verdict {
    let mut spans: Vec<Span<'m>> = spans.collect();
    spans.sort_unstable();
    let overlap = |pair: &&[Span<'m>]| {
        let [(before, _, end), (after, start, _)] = pair else { return false };
        before == after && end.is_none_or(|end| end >= *start)
    };
    match spans.windows(2).find(overlap) {
        Some(pair) => Err(Breach::detail(pair[0].0.to_string())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn an_order_is_settled_and_answered_once() {
        let twice = |m: &mut FlexSettlement| {
            let mut again = m.flex_order_settlements[0].clone();
            again.price = Money(1);
            m.flex_order_settlements.push(again);
        };
        assert_eq!(broken!(FlexSettlement, twice), ["order-once"]);
        assert_eq!(broken!(FlexSettlementResponse, |m| m.statuses.push(m.statuses[0].clone())), ["order-once"]);
        assert_eq!(broken!(DPrognosisResponse, |m| m.flex_order_statuses.push(m.flex_order_statuses[0])), ["order-once"]);
    }

    #[test]
    fn a_contract_is_settled_once_a_day() {
        assert_eq!(broken!(FlexSettlement, |m| m.contract_settlements.push(m.contract_settlements[0].clone())), ["contract-once"]);
        let day = |m: &mut FlexSettlement| {
            let periods = &mut m.contract_settlements[0].periods;
            periods.push(periods[0].clone());
        };
        assert_eq!(broken!(FlexSettlement, day), ["contract-once"]);
    }

    #[test]
    fn a_meter_has_one_profile_of_a_type() {
        assert_eq!(broken!(Metering, |m| m.profiles.push(m.profiles[0].clone())), ["profile-once"]);
    }

    #[test]
    fn connections_and_congestion_points_stand_once_a_day() {
        assert_eq!(broken!(AgrPortfolioUpdate, |m| m.connections.push(m.connections[0].clone())), ["connection-once"]);
        let elsewhen = |m: &mut AgrPortfolioUpdate| {
            let mut later = m.connections[0].clone();
            m.connections[0].end_period = Some(m.connections[0].start_period);
            later.start_period = later.start_period.tomorrow().unwrap();
            m.connections.push(later);
        };
        assert_eq!(broken!(AgrPortfolioUpdate, elsewhen), [""; 0]);
        let connection = |m: &mut DsoPortfolioUpdate| {
            let connections = &mut m.congestion_points[0].connections;
            connections.push(connections[0].clone());
        };
        assert_eq!(broken!(DsoPortfolioUpdate, connection), ["connection-once"]);
        assert_eq!(broken!(DsoPortfolioUpdate, |m| m.congestion_points.push(m.congestion_points[0].clone())), ["congestion-point-once"]);
        let seen = |m: &mut AgrPortfolioQueryResponse| {
            let points = &mut m.dso_views[0].dso_portfolios[0].congestion_points;
            points.push(points[0].clone());
        };
        assert_eq!(broken!(AgrPortfolioQueryResponse, seen), ["congestion-point-once"]);
        let doubled = |m: &mut DsoPortfolioQueryResponse| {
            let connections = &mut m.congestion_point.as_mut().unwrap().connections;
            connections.push(connections[0].clone());
        };
        assert_eq!(broken!(DsoPortfolioQueryResponse, doubled), ["connection-once"]);
    }
}
