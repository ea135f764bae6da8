//! Messages in their envelopes, signed in one name.

use crate::ids::{Domain, Role};
use crate::uftp::message::{Message, MessageId};
use crate::uftp::sign::{SecretKey, SignedMessage};
use crate::uftp::xml;

/// A sealed message on its way. Only a [`Signer`] makes one, so nothing leaves in another's name.
#[derive(Debug)]
pub(super) struct Letter {
    id: MessageId,
    envelope: String,
}

impl Letter {
    /// Which message.
    pub(super) fn id(&self) -> MessageId {
        self.id
    }

    /// The envelope.
    pub(super) fn envelope(&self) -> &str {
        &self.envelope
    }
}

/// Name and key of a participant.
pub(super) struct Signer {
    domain: Domain,
    role: Role,
    key: SecretKey,
}

impl Signer {
    /// Signs as `domain`.
    pub(super) fn new(domain: Domain, role: Role, key: SecretKey) -> Signer {
        Signer { domain, role, key }
    }

    /// Signs a message; `None` if it speaks in another's name.
    pub(super) fn seal(&self, message: &Message) -> Option<Letter> {
        let header = message.header();
        (header.sender_domain == self.domain).then(|| Letter {
            id: header.message_id,
            envelope: SignedMessage::seal(&xml::write(message), self.domain.clone(), self.role, &self.key).write(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uftp::message::MessageType;
    use crate::uftp::sample::{domain, sample};

    #[test]
    fn nothing_is_signed_in_anothers_name() {
        let signer = |name: Domain| Signer::new(name, Role::Agr, SecretKey::from_seed(&[1; 32]));
        let offer = sample(MessageType::FlexOffer);
        assert_eq!(signer(domain(Role::Agr)).seal(&offer).map(|l| l.id()), Some(offer.header().message_id));
        assert!(signer(domain(Role::Dso)).seal(&offer).is_none());
    }
}
