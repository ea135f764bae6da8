//! Envelopes are those of libsodium, byte for byte.

use copperplate::ids::{Domain, Role};
use copperplate::uftp::sign::{PublicKey, SecretKey, SignedMessage, open};

const PAYLOAD: &str = include_str!("../data/uftp/signed/payload.xml");
const ENVELOPE: &str = include_str!("../data/uftp/signed/envelope.xml");
const SECRET: &str = include_str!("../data/uftp/signed/secret.key");
const PUBLIC: &str = include_str!("../data/uftp/signed/public.key");

#[test]
fn envelopes_equal_those_of_libsodium() {
    let key = SecretKey::from_base64(SECRET).unwrap();
    let sealed = SignedMessage::seal(PAYLOAD, Domain::new("agr.example.com"), Role::Agr, &key);
    assert_eq!(sealed, SignedMessage::read(ENVELOPE.as_bytes()).unwrap());
    assert_eq!(sealed.write().trim_end(), ENVELOPE.trim_end());
}

#[test]
fn envelopes_of_libsodium_are_opened() {
    let public = PublicKey::parse(PUBLIC).unwrap();
    assert_eq!(public, SecretKey::from_base64(SECRET).unwrap().public_key());
    let opened = open(ENVELOPE.as_bytes(), |_, _| vec![public]).unwrap();
    assert_eq!(opened.envelope.verified(&[public]), Some(PAYLOAD.as_bytes()));
    assert_eq!(opened.received.message().message_type().name(), "FlexOffer");
}
