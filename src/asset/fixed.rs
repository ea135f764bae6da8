//! Consumption that follows a profile: households, fixed charging, heat pumps by profile. Only heat pumps can be limited, and by
//! the operator alone.

use crate::ids::ProfileIdx;
use crate::profile::ProfileTable;

use super::model::{Ask, Cap, Content, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};
use super::spec::AssetSpec;

/// Power as nominal power times profile; without a profile the nominal power holds always.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Series {
    /// Active power where the profile is 1, W, consumption positive.
    pub p_nominal_w: f64,
    /// Reactive power where the profile is 1, var.
    pub q_nominal_var: f64,
    /// Profile of active power.
    pub p_profile: Option<ProfileIdx>,
    /// Profile of reactive power.
    pub q_profile: Option<ProfileIdx>,
}

impl Series {
    /// The series of an asset.
    #[must_use]
    pub fn of(asset: &AssetSpec) -> Series {
        let AssetSpec { p_nominal_w, q_nominal_var, p_profile, q_profile, .. } = *asset;
        Series { p_nominal_w, q_nominal_var, p_profile, q_profile }
    }

    /// Active and reactive power where the profiles are 1, W and var, and the profiles, for who takes many rows of one series.
    #[must_use]
    pub fn parts<'p>(&self, profiles: &'p ProfileTable) -> [(f64, Option<&'p [f64]>); 2] {
        let column = |profile: Option<ProfileIdx>| profile.map(|p| profiles.column(p));
        [(self.p_nominal_w, column(self.p_profile)), (self.q_nominal_var, column(self.q_profile))]
    }

    /// Active and reactive power at a row of a profile table, W and var.
    #[must_use]
    #[inline]
    pub fn at(&self, profiles: &ProfileTable, row: usize) -> (f64, f64) {
        let factor = |profile: Option<ProfileIdx>| profile.map_or(1.0, |p| profiles.column(p)[row]);
        (self.p_nominal_w * factor(self.p_profile), self.q_nominal_var * factor(self.q_profile))
    }
}

/// Consumption that follows a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fixed {
    /// Its power.
    pub series: Series,
    /// Whether a limitation can reach it.
    pub limitable: bool,
}

impl Model for Fixed {
    type State = ();
    type Seen = ();

    #[inline]
    fn step(&self, (): &mut (), moment: &Moment<'_>, _set_w: f64, cap: Cap) -> (Flow, Reading) {
        let (wish_w, q_var) = self.series.at(moment.profiles, moment.row);
        let p_w = wish_w.min(cap.consumption_w);
        (Flow { p_w, q_var, capped_w: wish_w - p_w, ..Flow::default() }, Reading::default())
    }

    fn unread(&self) {}

    fn read(&self, (): &mut (), _: &Reading) {}

    fn plan(&self, (): &(), outlook: &Outlook, _: &Task<'_>) -> Vec<f64> {
        outlook.power_w().to_vec()
    }

    fn envelope(&self, (): &(), outlook: &Outlook, task: &Task<'_>) -> Envelope {
        let power = outlook.power_w().to_vec();
        let wh = power.iter().sum::<f64>() * task.period.isp().as_hours();
        Envelope { least_w: power.clone(), most_w: power, energy_wh: (wh, wh) }
    }

    fn replan(&self, (): &(), _: &Outlook, _: &Task<'_>, base_w: &[f64], _: &Ask<'_>) -> Vec<f64> {
        base_w.to_vec()
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::None
    }

    fn rated_w(&self) -> (f64, f64) {
        (self.series.p_nominal_w.abs(), 0.0)
    }

    fn limitable(&self) -> bool {
        self.limitable
    }

    fn content(&self) -> Content {
        Content::None
    }
}
