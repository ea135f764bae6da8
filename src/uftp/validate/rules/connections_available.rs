use crate::uftp::message::Message;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A portfolio query asks about something that is registered.
    ///
    /// Why: there is nothing to answer with.
    /// Clause: AGRPortfolioQuery, DSOPortfolioQuery: rejection reason "No connections available".
    /// Example: the query of an aggregator that represents nobody on that day.
    "connections-available", "No connections available", Content, [AgrPortfolioQuery, DsoPortfolioQuery], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let registry = case.view.registry;
    let any = match case.message {
        Message::AgrPortfolioQuery(m) => registry.has_connections(case.peer(), None, m.period),
        Message::DsoPortfolioQuery(m) => registry.has_connections(case.peer(), Some(&m.entity_address), m.period),
        _ => true,
    };
    require(any, Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn empty_portfolios_are_refused() {
        for t in [MessageType::AgrPortfolioQuery, MessageType::DsoPortfolioQuery] {
            let mut scene = Scene::before(t);
            scene.knows_agreements = false;
            assert_eq!(scene.broken(sample(t)), ["connections-available"]);
        }
    }
}
