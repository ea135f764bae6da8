use crate::uftp::message::Message;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// A new version has a higher revision than any accepted one.
    ///
    /// Why: messages may overtake each other, and what is older must not replace what is newer. Revisions count per sender, congestion point (or meter) and Period; those of a FlexRequest also per ContractID and ServiceType. The specification leaves the scope open.
    /// Clause: rejection reason "Subordinate sequence number"; attribute "Revision" of D-Prognosis, FlexRequest and Metering.
    /// Example: revision 1 after revision 2.
    "revision", "Subordinate sequence number", Content, [DPrognosis, FlexRequest, Metering], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let revision = match case.message {
        Message::DPrognosis(m) => m.revision,
        Message::FlexRequest(m) => m.revision,
        Message::Metering(m) => m.revision,
        _ => return Ok(()),
    };
    match case.view.archive.latest_revision(case.message) {
        Some(latest) if latest >= revision => Err(Breach::detail(format!("revision {revision} after {latest}"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn revisions_grow_within_their_scope() {
        let mut scene = Scene::before(MessageType::DPrognosis);
        let validated = scene.check(Arc::new(sample(MessageType::DPrognosis))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let next = |revision, period| {
            let mut message = sample(MessageType::DPrognosis);
            if let Message::DPrognosis(m) = &mut message {
                (m.header.message_id, m.revision, m.flex.period) = (MessageId(m.header.conversation_id.0), revision, period);
            }
            scene.broken(message)
        };
        assert_eq!(next(1, PERIOD), ["revision"]);
        assert_eq!(next(2, PERIOD), [""; 0]);
        assert_eq!(next(1, PERIOD.tomorrow().unwrap()), [""; 0]);
    }
}
