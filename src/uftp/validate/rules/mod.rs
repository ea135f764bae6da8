//! What the rules look at, by subject; `ladder.rs` names them and orders them.

pub(super) mod answer;
pub(super) mod conversation;
pub(super) mod days;
pub(super) mod isps;
pub(super) mod known;
pub(super) mod market;
pub(super) mod offer;
pub(super) mod once;
pub(super) mod order;
pub(super) mod request;
pub(super) mod sender;
pub(super) mod sequence;
pub(super) mod settlement;

/// What the tests of the rules share.
#[cfg(test)]
mod testing {
    pub(super) use std::sync::Arc;

    pub(super) use jiff::civil::date;

    pub(super) use crate::ids::{Domain, EntityAddress, Role};
    pub(super) use crate::time::{IspIndex, IspSeries, SimTime};
    pub(super) use crate::uftp::message::*;
    pub(super) use crate::uftp::participant::Seen;
    pub(super) use crate::uftp::sample::{PERIOD, Scene, id, sample};
    pub(super) use crate::uftp::validate::{Baseline, Received, Reservation, Standing, Terms};
    pub(super) use crate::units::{ActivationFactor, Money, Watts};

    /// The rules broken by the sample of a type after a change.
    macro_rules! broken {
        ($type:ident, $change:expr) => {
            broken!($type as $type, $change)
        };
        ($type:ident as $body:ident, $change:expr) => {{
            let mut message = sample(MessageType::$type);
            let change: &dyn Fn(&mut $body) = &$change;
            match &mut message {
                Message::$type(m) => change(m),
                _ => unreachable!("the sample is of its type"),
            }
            Scene::before(MessageType::$type).broken(message)
        }};
    }
    pub(super) use broken;
}
