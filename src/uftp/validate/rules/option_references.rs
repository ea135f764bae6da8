use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// Options of an offer have different references, and there is one at least.
    ///
    /// Why: the order names the option by it.
    /// Clause: FlexOffer, "OptionReference" of OfferOption.
    /// Example: two options called "A".
    "option-references", "Duplicate OptionReference", Content, [FlexOffer], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Message::FlexOffer(m) = case.message else { return Ok(()) };
    require(!m.options.is_empty(), || Breach::detail("there is no option"))?;
    // A peer decides how many there are: look at neighbours of the sorted names when they are many.
    let mut names: Vec<&str> = Vec::new();
    if m.options.len() > 1 {
        names.extend(m.options.iter().map(|option| &*option.option_reference));
        names.sort_unstable();
    }
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Breach::detail(pair[0])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn options_are_told_apart() {
        assert_eq!(broken!(FlexOffer, |m| m.options[1].option_reference = Text::from("A")), ["option-references"]);
        assert_eq!(broken!(FlexOffer, |m| m.options.clear()), ["request-match", "option-references"]);
    }
}
