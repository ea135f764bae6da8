//! How each aggregator behaves, and what the operator's check made of it.

use serde::Deserialize;

use crate::scenario::schema::{Behaviour, Remedy};

use super::ReportError;
use super::figures::{decimal, words};
use super::folder::Folder;

/// A row of `prognosis_checks.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct CheckRow {
    strategy: String,
    aggregator: String,
    period: String,
    flag: u8,
    excluded: u8,
}

/// The checks of a run; none where no strategy checks prognoses.
pub(super) fn checks(folder: &Folder) -> Result<Vec<CheckRow>, ReportError> {
    if folder.holds("prognosis_checks.csv") { folder.rows("prognosis_checks.csv") } else { Ok(Vec::new()) }
}

/// A behaviour in a few words; that of an aggregator without one is its margin.
pub(super) fn in_words(behaviour: Option<&Behaviour>) -> String {
    let percent = |share: f64| format!("{}\u{a0}%", decimal(share * 100.0, 0));
    match behaviour {
        None | Some(Behaviour::FixedMargin {}) => "asks for its cost and a fixed margin".to_owned(),
        Some(Behaviour::Prudent {}) => "asks for its cost, a fixed margin and the penalty it expects from its past errors".to_owned(),
        Some(Behaviour::Truthful {}) => "asks for its cost".to_owned(),
        Some(Behaviour::LearntMargin { least, most, .. }) => {
            format!("learns its margin between {} and {} from what is bought", percent(*least), percent(*most))
        }
        Some(Behaviour::Cautious { .. }) => "offers what it has with a probability of 95\u{a0}%".to_owned(),
        Some(Behaviour::Withholding { share }) => format!("keeps {} of its flexibility back", percent(*share)),
        Some(Behaviour::Inflating { share, programme }) => {
            let sold = if *programme { ", and sells the addition at the auction" } else { "" };
            format!("adds {} to its prognosis where it foresees congestion{sold}", percent(*share))
        }
        Some(Behaviour::IncDec { payment_eur_per_mwh }) => {
            format!("plans into foreseen congestion, to be paid {} €/MWh for leaving it", decimal(*payment_eur_per_mwh, 0))
        }
    }
}

/// What each strategy's check of prognoses came to, aggregator by aggregator; the sentences leave out who was never flagged.
pub(super) fn findings(folder: &Folder, rows: &[CheckRow]) -> Vec<String> {
    let strategies = &folder.record.scenario.strategy;
    let checking = folder.strategies().filter_map(|name| strategies.get(name)?.prognosis_check.as_ref().map(|check| (name, check)));
    let sentence = |(name, check): (&str, &crate::scenario::schema::PrognosisCheck)| {
        let remedy = match check.remedy {
            Remedy::Flag => "records flags only".to_owned(),
            Remedy::Discount => "believes flagged prognoses less".to_owned(),
            Remedy::Exclude => format!("excludes an aggregator after {} flagged days", check.flags),
        };
        let found = folder.record.aggregators.iter().filter_map(|a| {
            let own = || rows.iter().filter(|r| r.strategy == name && r.aggregator == a.domain);
            let days = |of: fn(&CheckRow) -> bool| {
                let days: std::collections::BTreeSet<&str> = own().filter(|r| of(r)).map(|r| r.period.as_str()).collect();
                (days.len(), days.first().map(|day| (*day).to_owned()))
            };
            let (flagged, first) = days(|r| r.flag == 1);
            let excluded = days(|r| r.excluded == 1).1.map_or_else(String::new, |day| format!(", excluded from {day} on"));
            let of = days(|_| true).0;
            first.map(|day| format!("{} was flagged on {flagged} of {of} days, first on {day}{excluded}", a.domain))
        });
        let found: Vec<String> = found.collect();
        let found = if found.is_empty() { "it flagged nobody".to_owned() } else { found.join("; ") };
        format!("In {}, the operator checks prognoses and {remedy}: {found}.", words(name))
    };
    checking.map(sentence).collect()
}
