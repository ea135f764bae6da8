//! Envelopes: a payload message signed by its sender (cryptographic scheme CS1).
//!
//! `Body` of a SignedMessage is base64 of `signature (64 bytes) ‖ payload`, with the Ed25519 signature of the payload's bytes:
//! what libsodium calls `crypto_sign` in combined mode. What is signed is the exact text; nothing is normalised, so the received
//! bytes are kept.
//!
//! A published key is `cs1.` and base64 of the 32-byte signing key and a 32-byte encryption key, which no 3.x message uses. Two
//! keys may be published while one replaces the other; a signature by any of them counts.
//!
//! Origin: Shapeshifter specification 3.1.0, "Cryptographic scheme", "SignedMessage".

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::message::Message;
use super::validate::Received;
use super::xml::{self, ReadError, Reader, Value, Writer, element};
use crate::ids::{Domain, Role};

const SIGNATURE_BYTES: usize = 64;

/// A participant's secret signing key.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

/// A participant's published signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64.
    #[error("the key is not base64")]
    NotBase64,
    /// Base64 of something else.
    #[error("the key has {found} bytes, not {expected}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: &'static str,
    },
    /// The bytes are no point of the curve, a weak one, or halves that do not belong together.
    #[error("the bytes are no Ed25519 key")]
    NotAKey,
}

impl SecretKey {
    /// From base64 of libsodium's 64 bytes, seed and public key.
    ///
    /// # Errors
    /// Not base64, another length, or halves that do not belong together.
    pub fn from_base64(text: &str) -> Result<SecretKey, KeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| KeyError::NotBase64)?;
        let pair = <&[u8; 64]>::try_from(bytes.as_slice()).map_err(|_| KeyError::Length { found: bytes.len(), expected: "64" })?;
        SigningKey::from_keypair_bytes(pair).map(SecretKey).map_err(|_| KeyError::NotAKey)
    }

    /// From a seed of 32 bytes, which must be drawn by whoever knows a good source of chance.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> SecretKey {
        SecretKey(SigningKey::from_bytes(seed))
    }

    /// Base64 of libsodium's 64 bytes.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.to_keypair_bytes())
    }

    /// The key to publish.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

impl PublicKey {
    /// From a published key `cs1.…` of 32 or 64 bytes, or from base64 of 32 bytes alone.
    ///
    /// # Errors
    /// Not base64, another length, no key or a weak one.
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        let text = text.trim();
        let (published, encoded) = text.strip_prefix("cs1.").map_or((false, text), |rest| (true, rest));
        let bytes = STANDARD.decode(encoded).map_err(|_| KeyError::NotBase64)?;
        let expected = if published { "32 or 64" } else { "32" };
        if bytes.len() != 32 && !(published && bytes.len() == 64) {
            return Err(KeyError::Length { found: bytes.len(), expected });
        }
        let key: [u8; 32] = bytes[..32].try_into().expect("32 of the bytes");
        VerifyingKey::from_bytes(&key).ok().filter(|k| !k.is_weak()).map(PublicKey).ok_or(KeyError::NotAKey)
    }

    /// Base64 of the 32 bytes.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.as_bytes())
    }

    /// The published form, without an encryption key.
    #[must_use]
    pub fn to_cs1(&self) -> String {
        format!("cs1.{}", self.to_base64())
    }
}

/// SignedMessage: the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage {
    /// Who signed.
    pub sender_domain: Domain,
    /// In which role.
    pub sender_role: Role,
    /// Signature and payload.
    pub body: Body,
}

/// `Body` of a SignedMessage: signature and payload as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body(Vec<u8>);

/// Why an envelope was not opened, and the status that HTTP answers with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The envelope is no SignedMessage.
    #[error("the envelope: {0}")]
    Envelope(ReadError),
    /// No key of the sender is known.
    #[error("no key of {role} {domain} is known", role = .role.as_str())]
    NoKey {
        /// The sender.
        domain: Domain,
        /// Its role.
        role: Role,
    },
    /// The signature is not by any of the sender's keys, or the payload was changed.
    #[error("the signature is not by {role} {domain}", role = .role.as_str())]
    Signature {
        /// The sender.
        domain: Domain,
        /// Its role.
        role: Role,
    },
    /// The signed payload is no message.
    #[error("the message: {0}")]
    Payload(ReadError),
}

impl OpenError {
    /// The HTTP status of the specification's transport chapter. 419 is temporary: the sender may try again.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            OpenError::Envelope(_) | OpenError::Payload(_) => 400,
            OpenError::NoKey { .. } => 419,
            OpenError::Signature { .. } => 401,
        }
    }
}

/// A message out of its envelope.
#[derive(Debug, Clone)]
pub struct Opened {
    /// To be checked; it carries the envelope's sender along.
    pub received: Received,
    /// The envelope, with the payload's bytes as they were signed.
    pub envelope: SignedMessage,
}

element!(SignedMessage {
    "SenderDomain" => sender_domain,
    "SenderRole" => sender_role,
    "Body" => body,
});

impl Value for Body {
    const EXPECTED: &'static str = "base64 of a signature of 64 bytes and a message";

    fn write(&self, text: &mut String) {
        STANDARD.encode_string(&self.0, text);
    }

    fn parse(text: &str) -> Option<Body> {
        let decoded = if text.contains([' ', '\t', '\n', '\r']) {
            STANDARD.decode(text.replace([' ', '\t', '\n', '\r'], ""))
        } else {
            STANDARD.decode(text)
        };
        decoded.ok().filter(|bytes| bytes.len() > SIGNATURE_BYTES).map(Body)
    }
}

impl SignedMessage {
    /// Signs a payload.
    #[must_use]
    pub fn seal(payload: &str, sender_domain: Domain, sender_role: Role, key: &SecretKey) -> SignedMessage {
        let signature = key.0.sign(payload.as_bytes()).to_bytes();
        SignedMessage { sender_domain, sender_role, body: Body([&signature, payload.as_bytes()].concat()) }
    }

    /// The envelope as XML text.
    #[must_use]
    pub fn write(&self) -> String {
        let mut w = Writer::new(None);
        w.document("SignedMessage", |w| xml::WriteElement::write(self, w));
        w.into_text()
    }

    /// The envelope that `text` is.
    ///
    /// # Errors
    /// The first thing that is not as the schema says, with its place.
    pub fn read(text: &[u8]) -> Result<SignedMessage, ReadError> {
        Reader::root("SignedMessage", text)
    }

    /// The payload's bytes as they came, whoever signed them: for looking at, not for acting on.
    #[must_use]
    pub fn unverified(&self) -> &[u8] {
        self.body.0.get(SIGNATURE_BYTES..).unwrap_or_default()
    }

    /// The payload's bytes, if one of the keys signed them.
    #[must_use]
    pub fn verified(&self, keys: &[PublicKey]) -> Option<&[u8]> {
        let (signature, payload) = self.body.0.split_at_checked(SIGNATURE_BYTES)?;
        let signature = Signature::from_slice(signature).ok()?;
        keys.iter().any(|key| key.0.verify_strict(payload, &signature).is_ok()).then_some(payload)
    }
}

/// Opens an envelope: reads it, looks up the sender's keys, verifies, reads the message.
///
/// # Errors
/// What failed first; [`OpenError::http_status`] says how HTTP answers.
pub fn open(text: &[u8], keys: impl FnOnce(&Domain, Role) -> Vec<PublicKey>) -> Result<Opened, OpenError> {
    let envelope = SignedMessage::read(text).map_err(OpenError::Envelope)?;
    let (domain, role) = (envelope.sender_domain.clone(), envelope.sender_role);
    let keys = keys(&domain, role);
    if keys.is_empty() {
        return Err(OpenError::NoKey { domain, role });
    }
    let Some(payload) = envelope.verified(&keys) else { return Err(OpenError::Signature { domain, role }) };
    let message: Message = xml::read(payload).map_err(OpenError::Payload)?;
    Ok(Opened { received: Received::new(Arc::new(message), domain, role), envelope })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uftp::message::MessageType;
    use crate::uftp::sample::{domain, sample};

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(&[n; 32])
    }

    fn sealed() -> String {
        let payload = xml::write(&sample(MessageType::FlexOffer));
        SignedMessage::seal(&payload, domain(Role::Agr), Role::Agr, &key(1)).write()
    }

    #[test]
    fn what_is_sealed_is_opened_by_any_of_the_senders_keys() {
        let opened = open(sealed().as_bytes(), |d, r| {
            assert_eq!((d, r), (&domain(Role::Agr), Role::Agr));
            vec![key(2).public_key(), key(1).public_key()]
        });
        let opened = opened.unwrap();
        assert_eq!(**opened.received.message(), sample(MessageType::FlexOffer));
        assert_eq!(opened.envelope.write(), sealed());
    }

    #[test]
    fn what_was_changed_or_signed_by_another_is_not_opened() {
        let status = |text: &str, keys: Vec<PublicKey>| open(text.as_bytes(), |_, _| keys).unwrap_err().http_status();
        assert_eq!(status(&sealed(), vec![key(2).public_key()]), 401);
        assert_eq!(status(&sealed(), Vec::new()), 419);
        assert_eq!(status("<SignedMessage/>", vec![key(1).public_key()]), 400);
        let not_a_message = SignedMessage::seal("<Nonsense/>", domain(Role::Agr), Role::Agr, &key(1)).write();
        assert_eq!(status(&not_a_message, vec![key(1).public_key()]), 400);
        let mut changed = SignedMessage::read(sealed().as_bytes()).unwrap();
        let last = changed.body.0.len() - 1;
        changed.body.0[last] ^= 1;
        assert_eq!(changed.verified(&[key(1).public_key()]), None);
    }

    #[test]
    fn keys_have_their_lengths() {
        let public = key(1).public_key();
        assert_eq!(PublicKey::parse(&public.to_base64()), Ok(public));
        assert_eq!(PublicKey::parse(&public.to_cs1()), Ok(public));
        let with_encryption_key = STANDARD.encode([*public.0.as_bytes(), [7; 32]].concat());
        assert_eq!(PublicKey::parse(&format!("cs1.{with_encryption_key}")), Ok(public));
        assert_eq!(PublicKey::parse(&with_encryption_key), Err(KeyError::Length { found: 64, expected: "32" }));
        assert_eq!(PublicKey::parse("cs1.***"), Err(KeyError::NotBase64));
        assert_eq!(PublicKey::parse(&STANDARD.encode([0; 32])), Err(KeyError::NotAKey));
        assert_eq!(SecretKey::from_base64(&key(1).to_base64()).unwrap().public_key(), public);
        assert!(matches!(SecretKey::from_base64(&public.to_base64()), Err(KeyError::Length { found: 32, .. })));
    }
}
