use crate::uftp::validate::Standing;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A common reference operator in closed mode serves registered participants only.
    ///
    /// Why: the registry tells where connections lie and who represents them.
    /// Clause: AGRPortfolioUpdate, AGRPortfolioQuery, DSOPortfolioUpdate, DSOPortfolioQuery: rejection reason "Unauthorized".
    /// Example: a portfolio query of an aggregator that has not registered.
    "sender-authorized", "Unauthorized", Sender,
    [AgrPortfolioUpdate, AgrPortfolioQuery, DsoPortfolioUpdate, DsoPortfolioQuery], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let standing = case.view.registry.standing(case.peer(), case.sender_role);
    require(standing != Standing::Unauthorized, Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_unregistered_are_refused() {
        let mut scene = Scene::before(MessageType::AgrPortfolioQuery);
        scene.standing = Standing::Unauthorized;
        assert_eq!(scene.broken(sample(MessageType::AgrPortfolioQuery)), ["sender-authorized"]);
    }
}
