//! What the threads of the network tell the one with the agent.

use tokio::sync::oneshot;

use crate::uftp::message::MessageId;

/// What the network tells the driver.
pub(super) enum Notice {
    /// A message came, and its sender signed it.
    Arrived(Arrival),
    /// A peer took a message in.
    Delivered(MessageId),
    /// A peer will not take a message in.
    Undeliverable { id: MessageId, why: String },
    /// Nobody listens any more.
    Deaf(String),
}

/// A message that came, verified, with somebody waiting for an answer.
pub(super) struct Arrival {
    /// The body of the request.
    pub(super) envelope: String,
    /// Fingerprint of what was signed, and by whom: equal for equal messages, however their envelopes are written.
    pub(super) fingerprint: Fingerprint,
    /// Whether it was taken in.
    pub(super) taken: oneshot::Sender<bool>,
}

/// Fingerprint of a signed payload.
pub(super) type Fingerprint = [u8; 32];
