//! UFTP (Shapeshifter) 3.1: messages, their XML, the rules a receiver applies, signatures, and a participant's bookkeeping.
//!
//! A message is a typed value ([`message::Message`]) that travels in process as `Arc<Message>`. [`xml`] turns it into text and
//! back; in a simulation nothing needs the text.
//!
//! This module stands alone: it knows no grid, no clock, no network.

pub mod message;
pub mod participant;
pub mod sample;
pub mod sign;
pub mod syntax;
pub mod validate;
pub mod xml;
