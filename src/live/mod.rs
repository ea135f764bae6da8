//! A participant on a network: the simulation's agents behind HTTP (feature `http`).
//!
//! ```text
//!             listener: HTTP checks → open the envelope → queue ──► 200          (threads of the listener)
//!   queue ──► driver: agenda, agent, outstanding answers                          (one thread, the only one with state)
//!             driver ──► a letter per peer, sealed ──► POST, again after 1, 2, 4 … s   (a thread per peer)
//! ```
//! The driver is to a network what `sim` is to the event queue: it hands inputs to the same agents and carries out what they
//! want. A message is entered among the outstanding ones before it is posted, because its answer may come before the POST
//! returns; it is sent again under the same MessageID until it is answered or given up.
//!
//! Without a common reference operator among the peers the participant runs one for itself, which knows what the
//! configuration says about portfolios.
//!
//! Origin: Shapeshifter specification 3.1.0, "Transport", "Message delivery".

#[cfg(feature = "http")]
mod agenda;
#[cfg(feature = "http")]
mod business;
#[cfg(feature = "http")]
mod clock;
#[cfg(feature = "http")]
mod config;
#[cfg(feature = "http")]
mod driver;
#[cfg(feature = "http")]
mod http;
pub mod rules;
#[cfg(feature = "http")]
mod series;

#[cfg(feature = "http")]
pub use config::{Config, Loaded, load};
#[cfg(feature = "http")]
pub use driver::{Ended, Participant};

/// Path that every participant of version 3 listens on.
pub const PATH: &str = "/shapeshifter/api/v3/message";
