use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The congestion point is that of the message referred to.
    ///
    /// Why: an offer elsewhere does not answer the request, and an order elsewhere does not buy the offer. The specification asks to repeat the Period; that the place is repeated lies in the sense of it.
    /// Clause: "Offers and orders repeat the Period of what they reference".
    /// Example: an order for feeder 8 that names an offer for feeder 7.
    "reference-congestion-point", "Reference CongestionPoint mismatch", Reference, [DsoPortfolioQueryResponse, FlexOffer, FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let referred = case.referred;
    let pair = match (case.message, referred) {
        (Message::DsoPortfolioQueryResponse(m), Some(Message::DsoPortfolioQuery(query))) => {
            m.congestion_point.as_ref().map(|point| (&point.entity_address, &query.entity_address))
        }
        (message, referred) => {
            message.flex().zip(referred.and_then(Message::flex)).map(|(ours, theirs)| (&ours.congestion_point, &theirs.congestion_point))
        }
    };
    match pair {
        Some((ours, theirs)) => require(ours == theirs, || Breach::detail(format!("{theirs} there"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_place_is_refused() {
        let other = || EntityAddress::new("ea1.2024-01.com.example.dso:feeder-8");
        let broken = broken!(FlexOffer, |m| m.flex.congestion_point = other());
        assert_eq!(broken, ["congestion-point", "d-prognosis-known", "reference-congestion-point"]);
        assert_eq!(
            broken!(DsoPortfolioQueryResponse, |m| m.congestion_point.as_mut().unwrap().entity_address = other()),
            ["reference-congestion-point"]
        );
    }
}
