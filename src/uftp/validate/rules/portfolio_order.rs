use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A portfolio update was made later than the last accepted one of its sender.
    ///
    /// Why: messages may overtake each other. The text asks for a sequence number that the schema does not have; the time stamp serves.
    /// Clause: AGRPortfolioUpdate, DSOPortfolioUpdate: rejection reason "Subordinate sequence number".
    /// Example: an update of 08:00 that arrives after the one of 09:00.
    "portfolio-order", "Subordinate sequence number", Content, [AgrPortfolioUpdate, DsoPortfolioUpdate], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let latest = case.view.archive.latest_portfolio(case.peer(), case.message.message_type());
    let stamp = case.message.header().time_stamp;
    require(latest.is_none_or(|latest| latest.instant() < stamp.instant()), || Breach::detail("a later one has been accepted"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn what_is_overtaken_is_refused() {
        let mut scene = Scene::before(MessageType::AgrPortfolioUpdate);
        let validated = scene.check(Arc::new(sample(MessageType::AgrPortfolioUpdate))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let mut older = sample(MessageType::AgrPortfolioUpdate);
        if let Message::AgrPortfolioUpdate(m) = &mut older {
            m.header.message_id = MessageId(m.header.conversation_id.0);
            m.header.time_stamp.second = SimTime(m.header.time_stamp.second.0 - 1);
        }
        assert_eq!(scene.broken(older), ["portfolio-order"]);
    }
}
