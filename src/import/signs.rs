//! Powers that have the wrong sign, or the wrong unit, for what they are the power of.
//!
//! Consumption is positive, so PV has a negative power. A positive one would raise the load it should relieve, and nothing in the
//! results would say so. A table none of whose powers passes 100 W was written in kW or MW.

use std::path::Path;

use super::Feeder;
use super::tables::read_table;
use crate::asset::AssetSpec;
use crate::diagnostic::{Finding, Findings, Rule, Severity};
use crate::table::Row;

/// The rule on the sign.
pub(super) const FEED_IN_SIGN: Rule = Rule {
    code: "feed-in-sign",
    severity: Severity::Error,
    what: "A PV system or generator has a positive power.",
    why: "Consumption is positive and feed-in negative. With the wrong sign the device would be a load.",
    example: "id,connection,kind,p_nominal_w,q_nominal_var\nroof,house 1,pv,5000,0",
    mend: "id,connection,kind,p_nominal_w,q_nominal_var\nroof,house 1,pv,-5000,0",
};

/// The rule on the unit.
pub(super) const POWER_UNIT: Rule = Rule {
    code: "power-unit",
    severity: Severity::Warning,
    what: "No power in a feeder exceeds 100 W.",
    why: "Powers are in W. The table is probably in kW or MW.",
    example: "id,connection,kind,p_nominal_w,q_nominal_var\nload 1,house 1,load,4.2,1.1",
    mend: "id,connection,kind,p_nominal_w,q_nominal_var\nload 1,house 1,load,4200,1100",
};

/// Below this no household, let alone a feeder, has its largest power.
const LEAST_W: f64 = 100.0;

/// The table of a form of feeder folder that says powers.
pub(super) struct Powers {
    file: &'static str,
    power: &'static str,
    /// The kind that feeds in whatever happens.
    feed_in: &'static str,
}

pub(super) const OURS: Powers = Powers { file: "assets.csv", power: "p_nominal_w", feed_in: "pv" };
pub(super) const NEUTRAL: Powers = Powers { file: "injections.csv", power: "p_w", feed_in: "gen" };

/// The feeder, if its powers have the signs they should.
pub(super) fn checked(feeder: Feeder, mut findings: Findings, dir: &Path, powers: &Powers) -> Result<(Feeder, Findings), Findings> {
    let largest_w = feeder.assets.iter().map(|asset| asset.p_nominal_w.abs()).fold(0.0, f64::max);
    // Power is nominal power times profile: either may carry the sign.
    let draws = |asset: &AssetSpec| {
        let profile = asset.p_profile.map_or(1.0, |profile| feeder.profiles.column(profile).iter().sum::<f64>());
        asset.p_nominal_w * profile > 0.0
    };
    let draws: Vec<bool> = feeder.assets.iter().map(draws).collect();
    let small = largest_w > 0.0 && largest_w < LEAST_W;
    // The table is read again only where a row may have to be pointed at.
    if dir.join(powers.file).is_file() && (small || draws.contains(&true)) {
        // Its faults have been told.
        let table = read_table(dir, powers.file, &[], &[], &mut Findings::default());
        // Rows of the neutral form may be several assets, and none of those has a profile.
        for (k, row) in table.iter().flat_map(|table| table.rows()).enumerate() {
            findings.0.extend(wrong_sign(row, powers, draws.get(k).copied().filter(|_| powers.file == OURS.file)));
        }
        if let Some(row) = table.as_ref().filter(|_| small).and_then(|table| table.rows().next()) {
            let message = format!("the largest power is {largest_w} W: is '{}' in kW?", powers.power);
            findings.push(
                row.at(powers.power, POWER_UNIT.finding(message).help(format!("write it in W: {largest_w} kW is {} W", largest_w * 1e3))),
            );
        }
    }
    findings.or_ok(feeder)
}

/// `draws` says whether the asset of the row draws power in sum; without it the sign of its power does.
fn wrong_sign(row: Row<'_>, powers: &Powers, draws: Option<bool>) -> Option<Finding> {
    let power_w: f64 = row.cell(powers.power).trim().parse().ok()?;
    (row.cell("kind") == powers.feed_in && draws.unwrap_or(power_w > 0.0)).then(|| {
        let (id, kind) = (row.cell("id"), powers.feed_in);
        let (message, help) = if power_w > 0.0 {
            let help = format!("consumption is positive, feed-in negative: write -{power_w}");
            (format!("'{id}' of kind '{kind}' has a positive power, {power_w} W"), help)
        } else {
            let help = "power is nominal power times profile, feed-in negative: turn the sign of the profile, or of the power".to_owned();
            (format!("'{id}' of kind '{kind}' draws power: its power {power_w} W and its profile are negative"), help)
        };
        row.at(powers.power, FEED_IN_SIGN.finding(message).help(help))
    })
}
