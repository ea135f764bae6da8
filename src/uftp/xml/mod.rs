//! Messages as XML text and back.
//!
//! Writing is canonical: equal messages become equal bytes. Reading is strict: what the schema does not know is refused, with
//! line, column and reason; `read` lists the few tolerances.

mod datetime;
mod element;
mod read;
mod value;
mod write;

pub(in crate::uftp) use element::{Element, element};
pub(in crate::uftp) use read::Reader;
pub use read::{Problem, ReadError};
pub(in crate::uftp) use value::Value;
pub(in crate::uftp) use write::Writer;

use super::message::Message;

/// The largest message that is read, bytes. A settlement of a month with thousands of orders stays below it.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

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
    Reader::document(text)
}
