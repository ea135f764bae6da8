use crate::ids::EntityAddress;
use crate::uftp::message::Message;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

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
    let active = |address: &EntityAddress, period| case.view.registry.congestion_point(address, period, case.peer()).is_some();
    let unknown = match case.message {
        Message::FlexSettlement(m) => {
            m.flex_order_settlements.iter().find(|item| !active(&item.congestion_point, item.period)).map(|item| &item.congestion_point)
        }
        other => other.flex().filter(|_| case.terms.is_none()).map(|flex| &flex.congestion_point),
    };
    unknown.map_or(Ok(()), |address| Err(Breach::detail(address.to_string())))
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
