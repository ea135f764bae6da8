//! Every device as it really is, in one variant of a case.

use crate::asset::{Cap, Content, Device, Flow, Moment, Reading, State};
use crate::scenario::study::Study;

/// States of all devices, row by row, and what their instruments show.
#[derive(Debug, Clone)]
pub(super) struct Fleet<'a> {
    study: &'a Study,
    states: Vec<State>,
    readings: Vec<Reading>,
    /// Energy that users left without, Wh.
    pub(super) unserved_wh: f64,
    /// What heat pumps of houses did.
    pub(super) heat: Heat,
}

/// What the heat pumps of all houses did.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Heat {
    /// Electricity they drew, Wh.
    pub drawn_wh: f64,
    /// Heat they delivered into rooms and tanks, Wh.
    pub heat_wh: f64,
    /// Kelvins below the comfort band while people were at home, times hours.
    pub cold_kh: f64,
}

impl<'a> Fleet<'a> {
    pub(super) fn new(study: &'a Study) -> Fleet<'a> {
        Fleet {
            study,
            states: study.devices.iter().map(|d| d.begins.clone()).collect(),
            readings: study.devices.iter().map(|d| d.shows).collect(),
            unserved_wh: 0.0,
            heat: Heat::default(),
        }
    }

    /// Lets a step of device `d` happen.
    #[inline]
    pub(super) fn step(&mut self, d: usize, moment: &Moment<'_>, set_w: f64, cap: Cap) -> Flow {
        let (flow, reading) = self.study.devices[d].device.step(&mut self.states[d], moment, set_w, cap);
        self.readings[d] = reading;
        self.unserved_wh += flow.unserved_wh;
        if let Device::House(_) = self.study.devices[d].device {
            self.heat.drawn_wh += flow.p_w * moment.step.as_hours();
            self.heat.heat_wh += flow.heat_wh;
            self.heat.cold_kh += flow.cold_kh;
        }
        flow
    }

    /// The power that device `d` would draw at a set point, W; nothing happens.
    pub(super) fn answer_w(&self, d: usize, moment: &Moment<'_>, set_w: f64) -> f64 {
        self.study.devices[d].device.step(&mut self.states[d].clone(), moment, set_w, Cap::NONE).0.p_w
    }

    /// Energy that vehicles still want in stays under way, Wh.
    pub(super) fn owed_wh(&self) -> f64 {
        self.contents(Content::Owed).map(|(_, now)| now.content_wh).sum()
    }

    /// Energy in stores beyond that at the beginning, Wh.
    pub(super) fn stored_change_wh(&self) -> f64 {
        self.contents(Content::Stored).map(|(began, now)| now.content_wh - began.content_wh).sum()
    }

    /// First and last readings of the devices that count such energy.
    fn contents(&self, content: Content) -> impl Iterator<Item = (&Reading, &Reading)> {
        let devices = self.study.devices.iter().zip(&self.readings);
        devices.filter(move |(spec, _)| spec.device.content() == content).map(|(spec, now)| (&spec.shows, now))
    }

    /// Every device as it really is.
    #[cfg(test)]
    pub(super) fn states_mut(&mut self) -> impl Iterator<Item = &mut State> {
        self.states.iter_mut()
    }

    /// What the instruments show, device by device.
    pub(super) fn readings(&self) -> &[Reading] {
        &self.readings
    }
}
