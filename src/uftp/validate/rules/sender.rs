//! Who speaks to whom, in which version, under which identifier.

use crate::uftp::validate::Standing;
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::rule::page;

page! {
    /// The version of a message is 3.0.0 or 3.1.0.
    ///
    /// Why: another version may mean something else by the same attribute. The response repeats the sender's version, so that it can be read.
    /// Clause: "Version" of the common attributes; "an unsupported version is rejected".
    /// Example: `Version="4.0.0"` → `Unsupported Version (4.0.0; 3.0.0 and 3.1.0 are spoken here)`.
    VERSION_SUPPORTED, version_supported
}

fn version_supported(case: &Case<'_>) -> Verdict {
    let version = case.message.header().version;
    require(version.is_supported(), || Breach::detail(format!("{version}; 3.0.0 and 3.1.0 are spoken here")))
}

page! {
    /// The sender of the message is the sender of the envelope.
    ///
    /// Why: the signature proves only the sender of the envelope.
    /// Clause: rejection reason "Mismatch SenderDomain"; common attribute "SenderDomain".
    /// Example: an envelope of `agr.example.com` around `SenderDomain="other.example.com"`.
    ENVELOPE_SENDER, envelope_sender
}

fn envelope_sender(case: &Case<'_>) -> Verdict {
    require(case.envelope_domain == case.peer(), Breach::plain)
}

page! {
    /// The sender's role may send this message.
    ///
    /// Why: an aggregator cannot order, an operator cannot offer.
    /// Clause: rejection reason "Invalid Sender combination"; the sender and recipient of each message definition.
    /// Example: a FlexOrder in an envelope with `SenderRole="AGR"`.
    SENDER_ROLE, sender_role
}

fn sender_role(case: &Case<'_>) -> Verdict {
    let message_type = case.message.message_type();
    require(message_type.sender_roles().contains(&case.sender_role), || {
        Breach::detail(format!("{} does not send {}", case.sender_role.as_str(), message_type.name()))
    })
}

page! {
    /// The receiver knows a participant of the sender's domain and role.
    ///
    /// Why: the receiver can neither answer nor act under an agreement.
    /// Clause: rejection reason "Unknown SenderDomain (message)".
    /// Example: an offer of an aggregator that is unknown to the operator.
    SENDER_KNOWN, sender_known
}

fn sender_known(case: &Case<'_>) -> Verdict {
    let standing = case.view.registry.standing(case.peer(), case.sender_role);
    require(standing != Standing::Unknown, Breach::plain)
}

page! {
    /// The sender is not blocked.
    ///
    /// Why: a receiver may block a participant without deleting it.
    /// Clause: rejection reason "Barred Sender".
    /// Example: any message of a participant that was blocked after repeated faults.
    SENDER_NOT_BARRED, sender_not_barred
}

fn sender_not_barred(case: &Case<'_>) -> Verdict {
    let standing = case.view.registry.standing(case.peer(), case.sender_role);
    require(standing != Standing::Barred, Breach::plain)
}

page! {
    /// A common reference operator in closed mode serves registered participants only.
    ///
    /// Why: the registry holds the location of connections and their aggregators.
    /// Clause: AGRPortfolioUpdate, AGRPortfolioQuery, DSOPortfolioUpdate, DSOPortfolioQuery: rejection reason "Unauthorized".
    /// Example: a portfolio query of an aggregator that has not registered.
    SENDER_AUTHORIZED, sender_authorized
}

fn sender_authorized(case: &Case<'_>) -> Verdict {
    let standing = case.view.registry.standing(case.peer(), case.sender_role);
    require(standing != Standing::Unauthorized, Breach::plain)
}

page! {
    /// The message is for this receiver.
    ///
    /// Why: an endpoint may serve several domains, and only the addressed one may act on a message.
    /// Clause: rejection reason "Unknown RecipientDomain".
    /// Example: `RecipientDomain="other.example.com"` at the endpoint of `dso.example.com`.
    RECIPIENT_KNOWN, recipient_known
}

fn recipient_known(case: &Case<'_>) -> Verdict {
    require(case.message.header().recipient_domain == *case.view.domain, Breach::plain)
}

page! {
    /// The receiver's role accepts this message.
    ///
    /// Why: an aggregator cannot process an offer.
    /// Clause: rejection reason "Invalid Message" (unacceptable type); the sender and recipient of each message definition.
    /// Example: a FlexOffer to an aggregator.
    RECIPIENT_ROLE, recipient_role
}

fn recipient_role(case: &Case<'_>) -> Verdict {
    let message_type = case.message.message_type();
    require(message_type.recipient_roles().contains(&case.view.role), || {
        Breach::detail(format!("{} does not take {}", case.view.role.as_str(), message_type.name()))
    })
}

page! {
    /// A MessageID identifies one message only.
    ///
    /// Why: references would be ambiguous. Repeating the same message is not a fault: in the case of "Already Submitted", the receiver repeats its first response.
    /// Clause: rejection reasons "Duplicate Identifier", "Already Submitted"; idempotency by (SenderDomain, RecipientDomain, MessageID).
    /// Example: an offer with another price under the MessageID of an earlier one.
    DUPLICATE_IDENTIFIER, duplicate_identifier
}

fn duplicate_identifier(case: &Case<'_>) -> Verdict {
    let before = case.view.archive.received_before(case.message.header());
    require(before.is_none_or(|earlier| earlier == case.message), Breach::plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn other_versions_are_refused() {
        let four = Version { major: 4, minor: 0, patch: 0 };
        assert_eq!(broken!(FlexOffer, |m| m.header.version = four), ["version-supported"]);
        assert_eq!(broken!(FlexOffer, |m| m.header.version = Version::V3_0_0), [""; 0]);
    }

    #[test]
    fn another_sender_inside_is_refused() {
        let scene = Scene::before(MessageType::FlexOffer);
        let received = Received::new(Arc::new(sample(MessageType::FlexOffer)), Domain::new("other.example.com"), scene.sender_role);
        let refused = received.check(&scene.view()).unwrap_err();
        assert_eq!(refused.reason(), "Mismatch SenderDomain");
    }

    #[test]
    fn an_operator_does_not_offer() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.sender_role = Role::Dso;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["sender-role"]);
    }

    #[test]
    fn strangers_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.standing = Standing::Unknown;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["sender-known"]);
    }

    #[test]
    fn blocked_senders_are_refused() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.standing = Standing::Barred;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["sender-not-barred"]);
    }

    #[test]
    fn the_unregistered_are_refused() {
        let mut scene = Scene::before(MessageType::AgrPortfolioQuery);
        scene.standing = Standing::Unauthorized;
        assert_eq!(scene.broken(sample(MessageType::AgrPortfolioQuery)), ["sender-authorized"]);
    }

    #[test]
    fn messages_for_others_are_refused() {
        assert_eq!(broken!(FlexOffer, |m| m.header.recipient_domain = Domain::new("other.example.com")), ["recipient-known"]);
    }

    #[test]
    fn an_aggregator_takes_no_offers() {
        let mut scene = Scene::before(MessageType::FlexOffer);
        scene.role = Role::Agr;
        assert_eq!(scene.broken(sample(MessageType::FlexOffer)), ["recipient-role"]);
    }

    #[test]
    fn another_message_under_the_same_identifier_is_refused() {
        let first = Arc::new(sample(MessageType::FlexRequest));
        let mut scene = Scene::before(MessageType::FlexRequest);
        let validated = scene.check(Arc::clone(&first)).unwrap();
        scene.book.accepted(validated.accept(), None);
        assert_eq!(scene.book.seen(&first), Seen::Again { response: None });
        let mut other = (*first).clone();
        if let Message::FlexRequest(m) = &mut other {
            m.revision = 2;
        }
        assert_eq!(scene.book.seen(&other), Seen::Conflict);
        assert_eq!(scene.broken(other), ["duplicate-identifier"]);
    }
}
