//! What stands behind which meter, as the feeder's files say.

use crate::ids::{ConnectionIdx, ProfileIdx};

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
