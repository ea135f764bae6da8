//! How good learned forecasts were: a day of the operator's, and the scores of everybody.

use serde::Deserialize;

use super::ReportError;
use super::figures::decimal;
use super::folder::Folder;
use super::html::Html;
use super::question::table;

/// A row of `forecasts.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct ScoreRow {
    participant: String,
    quantity: String,
    horizon_h: String,
    mae_kw: f64,
    bias_kw: f64,
    nmae: Option<f64>,
    skill: Option<f64>,
    coverage_90: f64,
}

/// The scores of a run; none where nothing was learned.
pub(super) fn scores(folder: &Folder) -> Result<Vec<ScoreRow>, ReportError> {
    if folder.holds("forecasts.csv") { folder.rows("forecasts.csv") } else { Ok(Vec::new()) }
}

/// The table of scores.
pub(super) fn scores_table(h: &mut Html, rows: &[ScoreRow]) {
    let heads = [
        ("Participant", ""),
        ("Quantity", ""),
        ("Horizon (h)", "num"),
        ("MAE (kW)", "num"),
        ("bias (kW)", "num"),
        ("nMAE (%)", "num"),
        ("skill (%)", "num"),
        ("coverage of the 90 % quantile (%)", "num"),
    ];
    let percent = |x: Option<f64>| x.filter(|x| x.is_finite()).map_or_else(|| "–".to_owned(), |x| decimal(100.0 * x, 0));
    let row = |r: &ScoreRow| {
        vec![
            r.participant.clone(),
            r.quantity.clone(),
            r.horizon_h.replace('-', "–"),
            decimal(r.mae_kw, 2),
            decimal(r.bias_kw, 2),
            percent(r.nmae),
            percent(r.skill),
            percent(Some(r.coverage_90)),
        ]
    };
    table(h, "Scores of forecasts", &heads, &rows.iter().map(row).collect::<Vec<_>>());
}
