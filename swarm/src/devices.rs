//! Devices of a study by kind, each with its row.

use copperplate::asset::battery::{Battery, HomeBattery};
use copperplate::asset::fixed::Series;
use copperplate::asset::{Device, DeviceSpec, Session, State};
use copperplate::ids::AssetIdx;
use copperplate::scenario::study::Study;

/// A device that follows a profile.
#[derive(Clone, Copy)]
pub(crate) struct Profiled<'a> {
    pub(crate) row: AssetIdx,
    pub(crate) spec: &'a DeviceSpec,
    pub(crate) series: &'a Series,
    /// Feed-in, which may be curtailed; else consumption.
    pub(crate) source: bool,
}

impl Profiled<'_> {
    /// Whether only a limitation may hold it back.
    pub(crate) fn heats(&self) -> bool {
        self.spec.kind == "heat-pump"
    }

    /// Row of its connection.
    pub(crate) fn connection(&self) -> usize {
        self.spec.connection.i()
    }
}

/// Whether nothing but profiles as they were written, plain vehicles and plain batteries is in a study: checkers that reckon what any
/// device would have done know no others.
pub(crate) fn all_plain(study: &Study) -> bool {
    let known = profiled(study).count() + vehicles(study).count() + batteries(study).count();
    study.weather.is_none() && known == study.devices.len()
}

/// Devices with their rows.
pub(crate) fn rows(study: &Study) -> impl Iterator<Item = (AssetIdx, &DeviceSpec)> {
    study.devices.iter().enumerate().map(|(d, spec)| (AssetIdx::new(d), spec))
}

/// What follows a profile.
pub(crate) fn profiled(study: &Study) -> impl Iterator<Item = Profiled<'_>> {
    rows(study).filter_map(|(row, spec)| match &spec.device {
        Device::Fixed(fixed) => Some(Profiled { row, spec, series: &fixed.series, source: false }),
        Device::Curtailable(plant) => Some(Profiled { row, spec, series: &plant.series, source: true }),
        _ => None,
    })
}

/// A vehicle with the power of its charger, W, and its sessions as they happen.
#[derive(Clone, Copy)]
pub(crate) struct Parked<'a> {
    pub(crate) row: AssetIdx,
    pub(crate) spec: &'a DeviceSpec,
    pub(crate) max_power_w: f64,
    pub(crate) sessions: &'a [Session],
}

/// Vehicles that any power will do for; those with a battery of their own are checked in `behind`.
pub(crate) fn vehicles(study: &Study) -> impl Iterator<Item = Parked<'_>> {
    rows(study).filter_map(|(row, spec)| match (&spec.device, &spec.begins) {
        (Device::Vehicle(v), State::Vehicle(w)) if v.pack.is_none() => {
            Some(Parked { row, spec, max_power_w: v.max_power_w, sessions: w.sessions() })
        }
        _ => None,
    })
}

/// A battery with its data.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'a> {
    pub(crate) row: AssetIdx,
    pub(crate) spec: &'a DeviceSpec,
    pub(crate) battery: Battery,
}

/// Batteries that follow the price of the day and neither wear nor draw anything themselves; others are checked in `behind`.
pub(crate) fn batteries(study: &Study) -> impl Iterator<Item = Stored<'_>> {
    rows(study).filter_map(|(row, spec)| match &spec.device {
        Device::Battery(battery) if *battery == HomeBattery::plain(battery.store) && study.retail_of[spec.connection.i()].is_none() => {
            Some(Stored { row, spec, battery: battery.store })
        }
        _ => None,
    })
}
