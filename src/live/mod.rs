//! A participant on a network: the simulation's agents behind HTTP (feature `http`).
//!
//! ```text
//!   listener: HTTP checks → open the envelope → queue … 200 once it is on disk       (one thread, all connections)
//!   queue ──► driver: journal, then agent, agenda, outstanding answers               (one thread, the only one with state)
//!             driver ──► a letter per peer, sealed ──► POST, again after 1, 2, 4 … s  (a thread per peer)
//! ```
//! The driver is to a network what `sim` is to the event queue: it hands inputs to the same agents and carries out what they
//! want. What it hands over it has written to the journal before, and a restart hands over the same again; what the agents want
//! then was done before and is held back, but for letters that no peer is known to have taken in.
//!
//! A message is entered among the outstanding ones before it is posted, because its answer may come before the POST returns; it
//! is sent again under the same MessageID until it is answered or given up.
//!
//! Without a common reference operator among the peers the participant runs one for itself, which knows what the
//! configuration says about portfolios.
//!
//! Origin: Shapeshifter specification 3.1.0, "Transport", "Message delivery".

#[cfg(feature = "http")]
mod agenda;
#[cfg(feature = "http")]
mod archive;
#[cfg(feature = "http")]
mod business;
#[cfg(feature = "http")]
mod check;
#[cfg(feature = "http")]
mod clock;
#[cfg(feature = "http")]
mod config;
#[cfg(feature = "http")]
mod connections;
#[cfg(feature = "http")]
mod driver;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod journal;
#[cfg(feature = "http")]
mod letter;
#[cfg(feature = "http")]
mod loaded;
#[cfg(feature = "http")]
mod log;
#[cfg(feature = "http")]
mod metrics;
#[cfg(feature = "http")]
mod notice;
#[cfg(feature = "http")]
mod open;
#[cfg(feature = "http")]
mod outbox;
#[cfg(feature = "http")]
mod readings;
pub mod rules;
#[cfg(feature = "http")]
mod series;
#[cfg(feature = "http")]
mod start;
#[cfg(feature = "http")]
mod state;

#[cfg(feature = "http")]
pub use config::Config;
#[cfg(feature = "http")]
pub use driver::{Ended, Participant};
#[cfg(feature = "http")]
pub use loaded::Loaded;
#[cfg(feature = "http")]
pub use open::load;

/// Path that every participant of version 3 listens on.
pub const PATH: &str = "/shapeshifter/api/v3/message";
