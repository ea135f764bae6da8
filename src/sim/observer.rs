//! Bystanders of a running case: they see everything, truth and knowledge, and change nothing.

use crate::agent::{Action, Input};
use crate::ids::{AssetIdx, Domain};
use crate::powerflow::Solution;
use crate::time::SimTime;

use super::recorder::Variant;

/// A bystander of a running case: sees, and never feeds back.
///
/// Where nothing is traded there is one truth: only [`Variant::Actual`] is shown device by device.
pub trait Observer {
    /// A device after a step of a variant.
    fn device(&mut self, _seen: &DeviceStep) {}

    /// All connections after a step of a variant, with the load flow's answer: `[connection]`, W and var, as drawn at the voltages
    /// found.
    fn step(&mut self, _variant: Variant, _step: usize, _p_w: &[f64], _q_var: &[f64], _solution: &Solution) {}

    /// What a participant was handed.
    fn told(&mut self, _now: SimTime, _who: &Domain, _input: &Input) {}

    /// What it wanted.
    fn wanted(&mut self, _now: SimTime, _who: &Domain, _action: &Action) {}
}

/// What one device did in a step of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviceStep {
    /// Which truth.
    pub variant: Variant,
    /// Row of the run.
    pub step: usize,
    /// Profile assets come first, then vehicles, then batteries.
    pub device: AssetIdx,
    /// What it was to do: the profile's power of an asset, the plan of a vehicle or battery, W, consumption positive.
    pub planned_w: f64,
    /// What it did, at rated voltage, W.
    pub power_w: f64,
    /// Energy in the device after the step, Wh: stored in a battery, still wanted by a plugged-in vehicle, else zero.
    pub content_wh: f64,
}

/// Looks away.
pub(super) struct Nobody;

impl Observer for Nobody {}
