//! Outstanding offers and the devices behind them.

use std::sync::Arc;

use crate::time::SimTime;
use crate::uftp::message::{ConversationId, MessageId, Text};
use crate::units::{ActivationFactor, Money, Watts};

/// An outstanding offer and the assets behind it.
#[derive(Debug, Clone)]
pub(super) struct Booking {
    pub message: MessageId,
    pub conversation: ConversationId,
    /// Row of the congestion point.
    pub point: usize,
    pub stage: Stage,
    pub contract: Option<Text>,
    /// The request it answers.
    pub request: MessageId,
    /// Until when the offer is good.
    pub expires: SimTime,
    pub options: Vec<BookedOption>,
    pub ordered: Option<(usize, ActivationFactor)>,
}

/// How far an offer has come; whether it is ordered stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Sent, not answered yet.
    Sent,
    /// Sent, and to be taken back as soon as it is accepted: nobody may revoke an offer that is not.
    Unwanted,
    /// Accepted.
    Open,
    /// A revocation is under way, with its MessageID.
    Revoking { by: MessageId },
}

/// What one option would use.
#[derive(Debug, Clone)]
pub(super) struct BookedOption {
    pub reference: Text,
    /// Curtailed feed-in per ISP, W, not negative.
    pub curtailed_w: Vec<f64>,
    pub shifts: Vec<Shift>,
    pub(super) price: Money,
    pub(super) power: Vec<Watts>,
    pub(super) min_factor: ActivationFactor,
}

/// A changed plan of one device: the difference per ISP, W.
#[derive(Debug, Clone)]
pub(super) struct Shift {
    /// Row of the device.
    pub(super) device: usize,
    pub(super) delta_w: Vec<f64>,
}

impl Shift {
    /// Puts the activated share of the difference into the day's plans.
    pub(super) fn apply(&self, plans: &mut [Arc<[f64]>], factor: ActivationFactor) {
        plans[self.device] = self.added(&plans[self.device], factor.share()).collect();
    }

    /// A plan with a share of the difference in it, W per ISP.
    pub(super) fn added(&self, plan: &[f64], share: f64) -> impl Iterator<Item = f64> {
        plan.iter().zip(&self.delta_w).map(move |(p, d)| p + share * d)
    }
}

impl Booking {
    /// The option an order names; an order on a single option need not name it.
    pub(super) fn option(&self, reference: Option<&str>) -> Option<usize> {
        match reference {
            Some(name) => self.options.iter().position(|o| &*o.reference == name),
            None => (self.options.len() == 1).then_some(0),
        }
    }

    /// Feed-in this offer may still need at an ISP, W: all of it while outstanding, the activated share once ordered.
    pub(super) fn curtailed_w(&self, isp: usize) -> f64 {
        match self.ordered {
            Some((option, factor)) => self.options[option].curtailed_w[isp] * f64::from(factor.hundredths()) / 100.0,
            None => self.options.iter().map(|o| o.curtailed_w[isp]).fold(0.0, f64::max),
        }
    }

    /// The option that is ordered, with the share of it that is; the first one as long as none is.
    pub(super) fn likely(&self) -> (&BookedOption, f64) {
        match self.ordered {
            Some((option, factor)) => (&self.options[option], factor.share()),
            None => (&self.options[0], 1.0),
        }
    }

    /// Rows of the devices whose plans it changes.
    pub(super) fn devices(&self) -> impl Iterator<Item = usize> {
        self.options.iter().flat_map(|o| o.shifts.iter().map(|s| s.device))
    }
}
