//! Powers that no feeder has.

use jiff::civil::Time;

use super::{Faults, Subject, reversed_dates};
use crate::asset::{AssetKind, AssetSpec};
use crate::diagnostic::{Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    code: "too-much-power",
    severity: Severity::Error,
    what: "The assets of a feeder draw and feed in more than 10 GW in all.",
    why: "No distribution feeder has so much. Most often a value in W stands where kW is expected, or a profile holds watts instead of \
          fractions. Messages carry powers of at most 16 digits and amounts of 12.",
    example: "[feeder]\npath = \"giant\"        # p_nominal_w of the barn is 5e13",
    mend: "[feeder]\npath = \"hamlet\"        # p_nominal_w of the barn is 3000",
};

/// W. A day of it, at the highest price that is taken, stays within what an amount can say.
const MOST_W: f64 = 1e10;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let (Some(feeder), s) = (subject.feeder, subject.scenario) else { return };
    let profiles = &feeder.profiles;
    // The rows of the run, if the profiles cover it.
    let rows = subject.calendar.as_ref().filter(|_| reversed_dates::in_order(&s.time)).and_then(|calendar| {
        let after = s.time.until.tomorrow().ok()?;
        let (from, until) = (calendar.at(s.time.from, Time::midnight()), calendar.at(after, Time::midnight()));
        Some(profiles.step_at(from)?..profiles.step_at(until - crate::time::SimDuration(1))? + 1)
    });
    let peak = |profile| {
        let column: &[f64] = profiles.column(profile);
        column[rows.clone().unwrap_or(0..0)].iter().fold(1.0, |peak: f64, share| peak.max(share.abs()))
    };
    let scale = |kind: AssetKind| match kind {
        kind if kind.is_curtailable() => s.feeder.pv_scale,
        AssetKind::Load => s.feeder.load_scale,
        _ => 1.0,
    };
    let most_w = |a: &AssetSpec| a.p_nominal_w.abs() * scale(a.kind) * a.p_profile.map_or(1.0, peak);
    let total_w: f64 = feeder.assets.iter().map(most_w).sum();
    if total_w > MOST_W {
        let message = format!("the assets draw and feed in up to {:.3e} kW in all, more than 10 GW", total_w / 1e3);
        faults.at("feeder.path", RULE.finding(message).help("p_nominal_w in assets.csv is in W, and profiles are fractions of it"));
    }
}
