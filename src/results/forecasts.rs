//! `forecasts.csv` and `prognosis_checks.csv`: how good forecasts were, and what the operator made of prognoses.

use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;

use super::Finished;

/// The scores of learned forecasts; they are the same in every case. `None` where forecasts are not learned.
pub(super) fn scores(cases: &[Finished<'_>]) -> Option<Table> {
    let rows = &cases.first()?.case.forecasts.as_ref()?.scores;
    let (mut participant, mut quantity, mut horizon) = (Strings::default(), Strings::default(), Strings::default());
    for row in rows.iter() {
        participant.push(row.participant.as_str());
        quantity.push(row.quantity);
        horizon.push(&format!("{}-{}", row.horizon_h.0, row.horizon_h.1));
    }
    let numbers = |of: &dyn Fn(&crate::sim::ForecastScore) -> f64| Column::F64(rows.iter().map(of).collect());
    Some(Table::new([
        ("participant", Column::Str(participant)),
        ("quantity", Column::Str(quantity)),
        ("horizon_h", Column::Str(horizon)),
        ("isps", Column::I64(rows.iter().map(|r| r.isps as i64).collect())),
        ("mae_kw", numbers(&|r| r.mae_w * 1e-3)),
        ("rmse_kw", numbers(&|r| r.rmse_w * 1e-3)),
        ("bias_kw", numbers(&|r| r.bias_w * 1e-3)),
        ("nmae", numbers(&|r| r.nmae)),
        ("skill", numbers(&|r| r.skill.unwrap_or(f64::NAN))),
        ("pinball_90_kw", numbers(&|r| r.pinball_w * 1e-3)),
        ("coverage_90", numbers(&|r| r.coverage)),
        ("crps_kw", numbers(&|r| r.crps_w * 1e-3)),
        ("peak_mae_kw", numbers(&|r| r.peak_mae_w * 1e-3)),
        ("peak_bias_kw", numbers(&|r| r.peak_bias_w * 1e-3)),
    ]))
}

/// What the operator made of each prognosis; `None` where no strategy checks them.
pub(super) fn checks(study: &Study, cases: &[Finished<'_>]) -> Option<Table> {
    cases.iter().find(|c| c.strategy.prognosis_check.is_some())?;
    let mut text: [Strings; 4] = Default::default();
    let mut numbers: [Vec<f64>; 2] = Default::default();
    let mut marks: [Vec<i64>; 2] = Default::default();
    for c in cases {
        for row in &c.case.prognoses {
            let words = [&c.strategy.name, row.agr.as_str(), &study.congestion_points[row.cp.i()].id, &row.date.to_string()];
            text.iter_mut().zip(words).for_each(|(column, word)| column.push(word));
            numbers.iter_mut().zip([row.deviation, row.z.unwrap_or(f64::NAN)]).for_each(|(column, x)| column.push(x));
            marks.iter_mut().zip([row.flag, row.excluded]).for_each(|(column, mark)| column.push(i64::from(mark)));
        }
    }
    let ([strategy, aggregator, point, period], [deviation, z], [flag, excluded]) = (text, numbers, marks);
    Some(Table::new([
        ("strategy", Column::Str(strategy)),
        ("aggregator", Column::Str(aggregator)),
        ("congestion_point", Column::Str(point)),
        ("period", Column::Str(period)),
        ("deviation", Column::F64(deviation)),
        ("z", Column::F64(z)),
        ("flag", Column::I64(flag)),
        ("excluded", Column::I64(excluded)),
    ]))
}
