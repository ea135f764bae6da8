use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};
use jiff::civil::Date;

use crate::ids::EntityAddress;
use crate::uftp::message::Message;

rule! {
    /// The congestion point is active on the Period, and the sender takes part in it.
    ///
    /// Why: flexibility elsewhere relieves nothing here.
    /// Clause: rejection reason "Invalid CongestionPoint".
    /// Example: an offer for a congestion point that the operator has withdrawn.
    "congestion-point", "Invalid CongestionPoint", Form,
    [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let known = |address: &EntityAddress, period: Date| match case.view.registry.congestion_point(address, period, case.peer()) {
        Some(_) => Ok(()),
        None => Err(Breach::detail(address.to_string())),
    };
    match case.message {
        Message::FlexSettlement(m) => m.flex_order_settlements.iter().try_for_each(|item| known(&item.congestion_point, item.period)),
        other => other.flex().map_or(Ok(()), |flex| known(&flex.congestion_point, flex.period)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn an_unknown_one_is_refused() {
        let other = || EntityAddress::new("ea1.2024-01.com.example.dso:feeder-8");
        assert_eq!(broken!(DPrognosis, |m| m.flex.congestion_point = other()), ["congestion-point"]);
        assert_eq!(
            broken!(FlexSettlement, |m| m.flex_order_settlements[0].congestion_point = other()),
            ["congestion-point", "d-prognosis-known"]
        );
    }
}
