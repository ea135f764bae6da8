use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The Period is that of the message referred to.
    ///
    /// Why: ISP numbers of another day would be meant.
    /// Clause: rejection reason "Reference Period mismatch".
    /// Example: an offer for 2026-03-11 that answers a request for 2026-03-10.
    "reference-period", "Reference Period mismatch", Reference,
    [AgrPortfolioQueryResponse, DsoPortfolioQueryResponse, FlexOffer, FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let Some(theirs) = case.referred.and_then(Message::period) else { return Ok(()) };
    let ours = case.message.period();
    require(ours.is_none_or(|ours| ours == theirs), || Breach::detail(format!("{theirs} there")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn another_day_is_refused() {
        // The prognosis it names is of another day too.
        assert_eq!(broken!(FlexOffer, |m| m.flex.period = date(2026, 3, 11)), ["d-prognosis-known", "reference-period"]);
        assert_eq!(broken!(AgrPortfolioQueryResponse, |m| m.period = date(2026, 3, 11)), ["reference-period"]);
        assert_eq!(broken!(DsoPortfolioQueryResponse, |m| m.period = date(2026, 3, 11)), ["reference-period"]);
    }
}
