use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// Prices are in the market's currency.
    ///
    /// Why: amounts of different currencies cannot be compared or settled together.
    /// Clause: attribute "Currency" of FlexOffer, FlexOrder and FlexSettlement (ISO 4217).
    /// Example: `Currency="USD"` in a market of euros.
    "currency", "Currency rejected", Form, [FlexOffer, FlexOrder, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let theirs = match case.message {
        Message::FlexOffer(m) => m.currency,
        Message::FlexOrder(m) => m.currency,
        Message::FlexSettlement(m) => m.currency,
        _ => return Ok(()),
    };
    let ours = case.view.currency;
    require(theirs == ours, || Breach::detail(format!("{theirs}, not {ours}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_currency_is_refused() {
        let usd = Currency::new("USD").unwrap();
        assert_eq!(broken!(FlexOffer, |m| m.currency = usd), ["currency"]);
        assert_eq!(broken!(FlexOrder, |m| m.currency = usd), ["currency", "price-match"]);
    }
}
