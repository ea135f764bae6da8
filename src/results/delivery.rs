//! `delivery.csv`: what devices missed of what was dispatched to them, by cause.

use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;
use crate::sim::Cause;

use super::Finished;

/// `None` where no aggregator's users override and no vendor's cloud fails: a scenario asks for the table by saying that they do.
pub(super) fn table(study: &Study, cases: &[Finished<'_>]) -> Option<Table> {
    study
        .agrs
        .iter()
        .map(|a| &a.terms.failure)
        .find(|f| [f.vehicle_override_per_call, f.heat_override_per_call, f.cloud_per_hour].iter().any(|p| *p > 0.0))?;
    let (mut strategy, mut cause, mut missed_kwh) = (Strings::default(), Strings::default(), Vec::new());
    for c in cases {
        for kind in Cause::ALL {
            strategy.push(&c.strategy.name);
            cause.push(kind.name());
            missed_kwh.push(c.case.totals.missed_wh[kind as usize] * 1e-3);
        }
    }
    Some(Table::new([("strategy", Column::Str(strategy)), ("cause", Column::Str(cause)), ("missed_kwh", Column::F64(missed_kwh))]))
}
