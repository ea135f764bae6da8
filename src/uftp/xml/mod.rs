//! Messages as XML text and back.
//!
//! Writing is canonical: equal messages become equal bytes. Reading is strict: what the schema does not know is refused, with
//! line, column and reason; `read` lists the few tolerances.

mod datetime;
mod declaration;
mod document;
mod element;
mod namespaces;
mod problem;
mod read;
mod value;
mod write;

pub use document::{read, write};
pub(in crate::uftp) use element::element;
pub use problem::{MAX_BYTES, Problem, ReadError};
pub(in crate::uftp) use read::{ReadElement, Reader};
pub(in crate::uftp) use value::Value;
pub(in crate::uftp) use write::{WriteElement, Writer};
