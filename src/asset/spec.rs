//! What stands behind which meter, as the feeder's files say.

use std::sync::Arc;

use crate::ids::{ConnectionIdx, ProfileIdx};
use crate::time::Period;

use super::model::{Outlook, Reading};
use super::vehicle::Session;
use super::{Device, State};

/// What an asset is; decides what may be done with it, not how its power is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssetKind {
    /// Inflexible consumption.
    Load,
    /// Heat pump, as the electric power it draws.
    HeatPump,
    /// Charging of electric vehicles as a fixed profile.
    Charging,
    /// Photovoltaic generation.
    Pv,
    /// Other feed-in, such as the net of PV and battery; may be curtailed, never charged.
    Plant,
}

impl AssetKind {
    /// Names as files carry them.
    pub const NAMES: [(&'static str, AssetKind); 5] = [
        ("load", AssetKind::Load),
        ("heat-pump", AssetKind::HeatPump),
        ("charging", AssetKind::Charging),
        ("pv", AssetKind::Pv),
        ("plant", AssetKind::Plant),
    ];

    /// Whether it is feed-in that can be curtailed.
    #[must_use]
    pub fn is_curtailable(self) -> bool {
        matches!(self, AssetKind::Pv | AssetKind::Plant)
    }

    /// Name as files carry it.
    #[must_use]
    pub fn name(self) -> &'static str {
        AssetKind::NAMES[self as usize].0
    }
}

/// An asset with its power: nominal times profile, consumption positive, so a generator has a negative nominal power.
/// Without a profile the nominal power holds always.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetSpec {
    /// Unique id among assets.
    pub id: String,
    /// Meter it is behind.
    pub connection: ConnectionIdx,
    /// What it is.
    pub kind: AssetKind,
    /// Active power where the profile is 1, W.
    pub p_nominal_w: f64,
    /// Reactive power where the profile is 1, var.
    pub q_nominal_var: f64,
    /// Profile of active power.
    pub p_profile: Option<ProfileIdx>,
    /// Profile of reactive power.
    pub q_profile: Option<ProfileIdx>,
}

/// A device of a study: where it is, what its owner knows, what it really is when the run begins.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceSpec {
    /// Unique id among devices; names it in results and keys its draws.
    pub id: String,
    /// Meter it is behind.
    pub connection: ConnectionIdx,
    /// What it is called in results, such as `pv` or `vehicle`.
    pub kind: &'static str,
    /// The data sheet.
    pub device: Device,
    /// What it really is when the run begins.
    pub begins: State,
    /// What its instrument shows then.
    pub shows: Reading,
    /// Sessions that a driver announces, by arrival; empty for anything but vehicles.
    pub announced: Arc<[Session]>,
}

impl DeviceSpec {
    /// What is announced of a Period.
    #[must_use]
    pub fn outlook(&self, period: &Period) -> Outlook {
        if self.announced.is_empty() {
            return Outlook::Nothing;
        }
        let first = self.announced.partition_point(|s| s.departure <= period.start);
        let touching = self.announced[first..].iter().take_while(|s| s.arrival < period.end());
        Outlook::Sessions(touching.copied().collect())
    }
}
