//! What a participant must remember to speak UFTP: the messages exchanged ([`Book`]) and the answers it waits for
//! ([`Outstanding`]). State without clock and without input or output: the driver says what was sent, received and what time it is.

mod book;
mod outstanding;

pub use book::{Book, Seen};
pub use outstanding::{Due, Outstanding};
