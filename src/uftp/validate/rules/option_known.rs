use crate::uftp::message::Message;
use crate::uftp::validate::refers;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An order names an option of its offer; it may leave the name out if there is only one.
    ///
    /// Why: nobody could tell which of the alternatives was bought.
    /// Clause: FlexOrder, "OptionReference".
    /// Example: `OptionReference="C"` of an offer with the options A and B.
    "option-known", "Unknown OptionReference reference", Content, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(Message::FlexOffer(_))) = (case.message, case.referred) else { return Ok(()) };
    require(refers::option(case).is_some(), || match &m.option_reference {
        Some(name) => Breach::detail(&**name),
        None => Breach::detail("the offer has several options and none is named"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_option_is_named() {
        assert_eq!(broken!(FlexOrder, |m| m.option_reference = Some(Text::from("C"))), ["option-known"]);
        assert_eq!(broken!(FlexOrder, |m| m.option_reference = None), ["option-known"]);
    }
}
