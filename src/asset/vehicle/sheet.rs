//! The data sheet of a vehicle at its charger: what its owner knows of it.

use crate::rng::Stream;

use super::charging::Pack;

/// An electric vehicle at its charger: what its owner knows of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// Charger, W at the grid side.
    pub max_power_w: f64,
    /// Power below which it does not charge, W: 6 A on its phases. Nothing where any power will do.
    pub least_power_w: f64,
    /// The phase it charges on, counted from 0; none of a vehicle that charges on three.
    pub phase: Option<u8>,
    /// Its battery, where that limits charging.
    pub pack: Option<Pack>,
    /// Whether and how it feeds back.
    pub feeds_back: Option<FeedsBack>,
}

/// How a vehicle feeds back; it needs a battery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeedsBack {
    /// State of charge that it keeps.
    pub floor: f64,
    /// Wear, € per MWh that leaves the battery.
    pub wear_eur_per_mwh: f64,
    /// Power that an operator's limitation leaves it at least, W: what it gives it can have back with this much.
    pub assured_w: f64,
}

impl Default for FeedsBack {
    /// Half full, 130 €/kWh over 2000 cycles of 90 %, and 4.2 kW of § 14a EnWG.
    fn default() -> FeedsBack {
        FeedsBack { floor: 0.5, wear_eur_per_mwh: 72.0, assured_w: 4200.0 }
    }
}

/// 6 A on one phase, W; three phases have three times as much.
pub const SIX_AMPERE_W: f64 = 1380.0;

impl Vehicle {
    /// A vehicle that charges with any power up to `max_power_w`.
    #[must_use]
    pub fn plain(max_power_w: f64) -> Vehicle {
        Vehicle { max_power_w, least_power_w: 0.0, phase: None, pack: None, feeds_back: None }
    }

    /// A vehicle at a charger of one phase, which is drawn, or of three.
    #[must_use]
    pub fn at_charger(seed: u64, id: &str, max_power_w: f64, three_phases: bool, pack: Pack) -> Vehicle {
        let phase = (Stream::new(seed, id, "phase").at(0).uniform() * 3.0) as u8;
        let phases = if three_phases { 3.0 } else { 1.0 };
        Vehicle {
            max_power_w,
            least_power_w: phases * SIX_AMPERE_W,
            phase: (!three_phases).then_some(phase),
            pack: Some(pack),
            feeds_back: None,
        }
    }
}
