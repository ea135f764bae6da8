//! Powers and profiles that are right in another unit only: kW for W, kvar for var, per cent or W for fractions.
//!
//! What an asset does is judged by its peak, nominal power times the largest value of its profile:
//!
//! | judged | doubted | because |
//! |---|---|---|
//! | the largest peak of the feeder | below 100 W | no household, let alone a feeder, has its largest power there |
//! | the peak of one asset | below 50 W, where others have more | a household written in kW has some ten; a row is a connection's whole load or a device |
//! | reactive power | above ten times the active one | the power factor would be below 0.1, which no load or inverter has |
//! | a profile of PV | above 1.5 | panels give their rated power, and a quarter more for seconds at the edge of clouds |
//! | another profile | above 3 | the standard profile of a household reaches 2.5 times its yearly mean, if that is the nominal power |
//!
//! A nominal power of 1 W, 1 kW or 1 MW makes the profile a series in that unit, which may reach any value.

use super::Feeder;
use crate::asset::{AssetKind, AssetSpec};
use crate::diagnostic::{Finding, Rule, Severity};
use crate::grid::rules::UNLIKELY_UNIT;
use crate::ids::ProfileIdx;

/// The rule on powers.
pub(super) const POWER_UNIT: Rule = Rule {
    code: "power-unit",
    severity: Severity::Warning,
    what: "A power is implausible in W or var: no power in a feeder exceeds 100 W, that of one asset stays below 50 W, or reactive power \
           exceeds active power more than ten times.",
    why: "Powers are in W and var. The table, or some of its rows, are probably in kW or MW.",
    example: "id,connection,kind,p_nominal_w,q_nominal_var\nload 1,house 1,load,4.2,1.1",
    mend: "id,connection,kind,p_nominal_w,q_nominal_var\nload 1,house 1,load,4200,1100",
};

const LEAST_OF_FEEDER_W: f64 = 100.0;
const LEAST_OF_ASSET_W: f64 = 50.0;
const MOST_REACTIVE: f64 = 10.0;
const MOST_OF_PV: f64 = 1.5;
const MOST_OF_OTHERS: f64 = 3.0;

/// Names of the columns that say powers.
pub(super) struct Columns {
    pub(super) power: &'static str,
    pub(super) reactive: &'static str,
    pub(super) profile: &'static str,
    /// Whether powers are nominal ones. Those of a moment may be small, or purely reactive.
    pub(super) is_nominal: bool,
}

/// A finding on a cell of the table of assets.
pub(super) struct Doubt {
    pub(super) row: usize,
    pub(super) column: &'static str,
    pub(super) finding: Finding,
}

/// Every power and profile that looks like another unit's, in the order of the rows.
pub(super) fn doubts(feeder: &Feeder, columns: &Columns) -> Vec<Doubt> {
    let peaks: Vec<f64> = feeder.profile_peaks();
    let peak = |profile: Option<ProfileIdx>| profile.map_or(1.0, |profile| peaks[profile.i()]);
    let peak_w = |asset: &AssetSpec| asset.p_nominal_w.abs() * peak(asset.p_profile);
    let largest_w = feeder.assets.iter().map(peak_w).fold(0.0, f64::max);
    if largest_w > 0.0 && largest_w < LEAST_OF_FEEDER_W {
        let message = format!("the largest power is {largest_w} W: is '{}' in kW?", columns.power);
        let finding = POWER_UNIT.finding(message).help(format!("write it in W: {largest_w} kW is {} W", largest_w * 1e3));
        return vec![Doubt { row: 0, column: columns.power, finding }];
    }
    if !columns.is_nominal {
        return Vec::new();
    }
    let doubt = |(row, asset): (usize, &AssetSpec)| {
        let (p_w, q_var) = (peak_w(asset), asset.q_nominal_var.abs() * peak(asset.q_profile));
        let (column, finding) = if let Some(finding) = profile_doubt(feeder, asset, peak(asset.p_profile)) {
            (columns.profile, finding)
        } else if p_w > 0.0 && p_w < LEAST_OF_ASSET_W {
            let nominal = asset.p_nominal_w;
            let message = format!("the power of '{}' stays below {LEAST_OF_ASSET_W} W: is it in kW?", asset.id);
            (columns.power, POWER_UNIT.finding(message).help(format!("write it in W: {nominal} kW is {} W", nominal * 1e3)))
        } else if p_w > 0.0 && q_var > MOST_REACTIVE * p_w {
            let message = format!("the reactive power of '{}' is {:.0} times its active power", asset.id, q_var / p_w);
            let help = format!(
                "write both in var and W: '{}' is {} var, '{}' {} W",
                columns.reactive, asset.q_nominal_var, columns.power, asset.p_nominal_w
            );
            (columns.reactive, POWER_UNIT.finding(message).help(help))
        } else {
            return None;
        };
        Some(Doubt { row, column, finding })
    };
    feeder.assets.iter().enumerate().filter_map(doubt).collect()
}

/// What is said of an asset's profile whose largest value is `peak`.
fn profile_doubt(feeder: &Feeder, asset: &AssetSpec, peak: f64) -> Option<Finding> {
    let is_series_in_a_unit = [1.0, 1e3, 1e6].contains(&asset.p_nominal_w.abs());
    let most = if asset.kind == AssetKind::Pv { MOST_OF_PV } else { MOST_OF_OTHERS };
    let profile = asset.p_profile.filter(|_| asset.p_nominal_w != 0.0 && !is_series_in_a_unit && peak > most)?;
    let name = &feeder.profiles.names()[profile.i()];
    let help = match peak {
        peak if peak > 200.0 => "is it in W or kW? divide it by the nominal power in that unit",
        peak if peak > 20.0 => "is it in per cent? divide it by 100",
        _ => "write 1 for the nominal power, or raise 'p_nominal_w'",
    };
    Some(UNLIKELY_UNIT.finding(format!("profile '{name}' reaches {peak}, but it is a fraction of nominal power")).help(help))
}
