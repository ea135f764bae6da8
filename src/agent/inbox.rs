//! Judges incoming messages before an agent acts on them.

use crate::time::SimTime;
use crate::uftp::message::Message;

/// The receiving side of one participant.
#[derive(Debug, Default)]
pub struct Inbox {}

impl Inbox {
    /// Why a message is refused, if it is.
    pub fn refusal(&mut self, _now: SimTime, _message: &Message) -> Option<String> {
        None
    }
}
