//! UFTP (Shapeshifter) 3.1: messages, their XML, the rules a receiver applies, signatures, and a participant's bookkeeping.
//!
//! A message is a typed value ([`message::Message`]) that travels in process as `Arc<Message>`. [`xml`] turns it into text and
//! back; in a simulation nothing needs the text.
//!
//! What a participant does with a message that arrives:
//! ```
//! use std::sync::Arc;
//!
//! use copperplate::uftp::message::{DateTime, MessageId, MessageType};
//! use copperplate::uftp::participant::Seen;
//! use copperplate::uftp::sample::{Scene, sample};
//! use copperplate::uftp::validate::Received;
//!
//! let mut scene = Scene::before(MessageType::FlexOffer); // an operator that has sent a FlexRequest
//! let offer = Arc::new(sample(MessageType::FlexOffer));
//!
//! // Once more? Then the same response once more, and nothing else.
//! assert_eq!(scene.book.seen(&offer), Seen::New);
//! let (id, at) = (MessageId(uuid::Uuid::nil()), DateTime::new(&scene.calendar, scene.now));
//! match Received::in_process(offer, scene.sender_role).check(&scene.view()) {
//!     Ok(validated) => {
//!         let accepted = validated.accept(); // or `refuse`, for a reason of its own
//!         let response = accepted.reply(id, at).map(Arc::new);
//!         scene.book.accepted(accepted, response); // and off with the response
//!     }
//!     Err(refused) => {
//!         let response = refused.reply(id, at).map(Arc::new);
//!         scene.book.refused(&refused, response);
//!     }
//! }
//! ```
//!
//! This module stands alone: it knows no grid, no clock, no network.

pub mod message;
pub mod participant;
pub mod sample;
pub mod sign;
pub mod syntax;
pub mod validate;
pub mod xml;
