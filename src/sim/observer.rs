//! Bystanders of a running case: they see everything, truth and knowledge, and change nothing.

use crate::agent::{Action, Input};
use crate::asset::{Flow, Reading};
use crate::ids::{AssetIdx, Domain};
use crate::powerflow::Solution;
use crate::time::SimTime;

use super::recorder::Variant;

/// A bystander of a running case: sees, and never feeds back.
///
/// The variant without flexibility is shown once, when the reference is made; the others as their case runs. Where a case
/// neither trades nor limits, only [`Variant::Actual`] is shown.
pub trait Observer {
    /// A device after a step of a variant.
    fn device(&mut self, _seen: &DeviceStep) {}

    /// All connections after a step of a variant: `[connection]`, W and var, as drawn at the voltages found, with the load flow's
    /// answer, a row of a solution. There is none where the variant without flexibility had the same powers: its answer holds.
    fn step(&mut self, _variant: Variant, _step: usize, _p_w: &[f64], _q_var: &[f64], _answer: Option<(&Solution, usize)>) {}

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
    /// Row among the study's devices.
    pub device: AssetIdx,
    /// What it was to do, W, consumption positive; `−∞` where nothing was planned.
    pub planned_w: f64,
    /// What it did, at rated voltage, W.
    pub power_w: f64,
    /// Energy in the device after the step, Wh: stored in a battery, still wanted by a plugged-in vehicle, else zero.
    pub content_wh: f64,
    /// Heat that a house was given, Wh.
    pub heat_wh: f64,
    /// Kelvins below the comfort band of a house while people were at home, times hours.
    pub cold_kh: f64,
    /// Air, mass and hot water of a house after the step, °C.
    pub house_c: [f64; 3],
}

impl DeviceStep {
    pub(super) fn of(variant: Variant, step: usize, d: usize, planned_w: f64, flow: &Flow, reading: &Reading) -> DeviceStep {
        DeviceStep {
            variant,
            step,
            device: AssetIdx::new(d),
            planned_w,
            power_w: flow.p_w,
            content_wh: reading.content_wh,
            heat_wh: flow.heat_wh,
            cold_kh: flow.cold_kh,
            house_c: reading.house_c,
        }
    }
}

/// Looks away.
pub(super) struct Nobody;

impl Observer for Nobody {}
