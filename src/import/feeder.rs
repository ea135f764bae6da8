//! A feeder as every reader gives it.

use std::ops::Range;
use std::sync::Arc;

use crate::asset::AssetSpec;
use crate::grid::{Grid, Places};
use crate::ids::ProfileIdx;
use crate::profile::ProfileTable;

/// A feeder: the grid, what stands behind its meters, and a time series for that.
#[derive(Debug, Clone, PartialEq)]
pub struct Feeder {
    /// The physical grid.
    pub grid: Grid,
    /// Where its rows were written, for findings.
    pub places: Places,
    /// Assets behind the meters, in file order.
    pub assets: Vec<AssetSpec>,
    /// Profiles the assets refer to; no steps when the feeder has none.
    pub profiles: Arc<ProfileTable>,
    /// IANA zone whose local days the profiles follow.
    pub zone: String,
    /// Where the data come from.
    pub origin: String,
    /// Under what terms.
    pub licence: String,
}

/// Power per connection, `[step][connection]`, consumption positive; what a load flow takes.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionPower {
    /// Active power, W.
    pub p_w: Vec<f64>,
    /// Reactive power, var.
    pub q_var: Vec<f64>,
}

impl Feeder {
    /// Power of every connection in `steps` of the profiles: the sum of nominal power times profile of its assets.
    ///
    /// Panics if `steps` reach beyond the profiles and an asset has one.
    #[must_use]
    pub fn power(&self, steps: Range<usize>) -> ConnectionPower {
        let width = self.grid.connections.len();
        let mut power = ConnectionPower { p_w: vec![0.0; steps.len() * width], q_var: vec![0.0; steps.len() * width] };
        for asset in &self.assets {
            let at = asset.connection.i();
            for (target, nominal, profile) in
                [(&mut power.p_w, asset.p_nominal_w, asset.p_profile), (&mut power.q_var, asset.q_nominal_var, asset.q_profile)]
            {
                let cells = target.iter_mut().skip(at).step_by(width);
                match profile {
                    Some(profile) => {
                        let values = &self.profiles.column(profile)[steps.clone()];
                        cells.zip(values).for_each(|(cell, factor)| *cell += nominal * factor);
                    }
                    None => cells.for_each(|cell| *cell += nominal),
                }
            }
        }
        power
    }

    /// The largest value of each profile, without its sign.
    #[must_use]
    pub(super) fn profile_peaks(&self) -> Vec<f64> {
        let column = |k| self.profiles.column(ProfileIdx::new(k)).iter();
        (0..self.profiles.names().len()).map(|k| column(k).fold(0.0, |peak: f64, share| peak.max(share.abs()))).collect()
    }

    /// Power of every connection with all profiles at 1.
    #[must_use]
    pub fn nominal_power(&self) -> ConnectionPower {
        let width = self.grid.connections.len();
        let mut power = ConnectionPower { p_w: vec![0.0; width], q_var: vec![0.0; width] };
        for asset in &self.assets {
            power.p_w[asset.connection.i()] += asset.p_nominal_w;
            power.q_var[asset.connection.i()] += asset.q_nominal_var;
        }
        power
    }
}
