//! Whole messages.

use super::{ReadError, Reader, Writer};
use crate::uftp::message::Message;

/// The message as XML text: attributes in the schema's order, children indented by two spaces, defaulted attributes written out.
#[must_use]
pub fn write(message: &Message) -> String {
    let message_type = message.message_type();
    let mut w = Writer::new(message_type.reference_attribute());
    w.document(message_type.name(), |w| message.write_body(w));
    w.into_text()
}

/// The message that `text` is.
///
/// # Errors
/// The first thing that is not as the schema says, with its place.
pub fn read(text: &[u8]) -> Result<Message, ReadError> {
    Reader::document(text, Message::read_body)
}
