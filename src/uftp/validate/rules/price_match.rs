use crate::uftp::message::Message;
use crate::uftp::validate::refers;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The price of an order is that of the option it buys, scaled by the activation factor, in its currency.
    ///
    /// Why: an order buys at the price asked. Scaled prices are rounded to four decimals, halves to even.
    /// Clause: FlexOrder: rejection reason "Price mismatch".
    /// Example: half of an option at 15.00 EUR costs 7.50 EUR.
    "price-match", "Price mismatch", Content, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(Message::FlexOffer(offer)), Some(option)) = (case.message, case.referred, refers::option(case)) else {
        return Ok(());
    };
    let due = m.activation_factor.scale_price(option.price);
    require(m.price == due && m.currency == offer.currency, || {
        Breach::detail(format!("{} {} ordered, {due} {} asked", m.price, m.currency, offer.currency))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_price_is_scaled_exactly() {
        assert_eq!(broken!(FlexOrder, |m| m.price = Money(75_001)), ["price-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.price = Money::from_f64(15.0)), ["price-match"]);
    }
}
