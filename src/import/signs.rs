//! Powers that have the wrong sign for what they are the power of, and, at the cells they stand in, those in a doubtful unit.
//!
//! Consumption is positive, so PV has a negative power. A positive one would raise the load it should relieve, and nothing in the
//! results would say so.

use std::path::Path;

use super::Feeder;
use super::power_units::{self, Columns, Doubt};
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

/// The table of a form of feeder folder that says powers.
pub(super) struct Powers {
    file: &'static str,
    columns: Columns,
    /// The kind that feeds in whatever happens.
    feed_in: &'static str,
}

pub(super) const OURS: Powers = Powers {
    file: "assets.csv",
    columns: Columns { power: "p_nominal_w", reactive: "q_nominal_var", profile: "p_profile", is_nominal: true },
    feed_in: "pv",
};
pub(super) const NEUTRAL: Powers =
    Powers { file: "injections.csv", columns: Columns { power: "p_w", reactive: "q_var", profile: "", is_nominal: false }, feed_in: "gen" };

/// The feeder, if its powers have the signs they should.
pub(super) fn checked(feeder: Feeder, mut findings: Findings, dir: &Path, powers: &Powers) -> Result<(Feeder, Findings), Findings> {
    let doubts = power_units::doubts(&feeder, &powers.columns);
    // Power is nominal power times profile: either may carry the sign.
    let draws = |asset: &AssetSpec| {
        let profile = asset.p_profile.map_or(1.0, |profile| feeder.profiles.column(profile).iter().sum::<f64>());
        asset.p_nominal_w * profile > 0.0
    };
    let draws: Vec<bool> = feeder.assets.iter().map(draws).collect();
    // The table is read again only where a row may have to be pointed at.
    if dir.join(powers.file).is_file() && (!doubts.is_empty() || draws.contains(&true)) {
        // Its faults have been told.
        let table = read_table(dir, powers.file, &[], &[], &mut Findings::default());
        // Rows of the neutral form may be several assets, and none of those has a profile.
        for (k, row) in table.iter().flat_map(|table| table.rows()).enumerate() {
            findings.0.extend(wrong_sign(row, powers, draws.get(k).copied().filter(|_| powers.file == OURS.file)));
        }
        let rows: Vec<Row<'_>> = table.iter().flat_map(|table| table.rows()).collect();
        let placed = |doubt: Doubt| rows.get(doubt.row).map(|row| row.at(doubt.column, doubt.finding));
        findings.0.extend(doubts.into_iter().filter_map(placed));
    }
    findings.or_ok(feeder)
}

/// `draws` says whether the asset of the row draws power in sum; without it the sign of its power does.
fn wrong_sign(row: Row<'_>, powers: &Powers, draws: Option<bool>) -> Option<Finding> {
    let power_w: f64 = row.cell(powers.columns.power).trim().parse().ok()?;
    (row.cell("kind") == powers.feed_in && draws.unwrap_or(power_w > 0.0)).then(|| {
        let (id, kind) = (row.cell("id"), powers.feed_in);
        let (message, help) = if power_w > 0.0 {
            let help = format!("consumption is positive, feed-in negative: write -{power_w}");
            (format!("'{id}' of kind '{kind}' has a positive power, {power_w} W"), help)
        } else {
            let help = "power is nominal power times profile, feed-in negative: turn the sign of the profile, or of the power".to_owned();
            (format!("'{id}' of kind '{kind}' draws power: its power {power_w} W and its profile are negative"), help)
        };
        row.at(powers.columns.power, FEED_IN_SIGN.finding(message).help(help))
    })
}
