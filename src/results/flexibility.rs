//! `flexibility.csv`: what devices could give and take by the hour of the day, and what aggregators offered of it.
//!
//! Both are means over the same days, the first of a run. Available is what devices could do for one step without orders and limitations;
//! offered is the option of each offer that moves most energy, with what comes back in it.

use crate::output::table::{Column, Strings, Table};
use crate::scenario::study::Study;
use crate::sim::{CaseResult, Fate, POTENTIAL_DAYS};
use crate::uftp::message::{FlexOffer, Message};

use super::Finished;

const HOURS: usize = 24;

/// An hour and strategy a row; `None` where no single households are followed.
pub(super) fn by_hour(study: &Study, cases: &[Finished<'_>]) -> Option<Table> {
    let mut strategy = Strings::default();
    let mut hours = Vec::new();
    let mut numbers: [Vec<f64>; 4] = Default::default();
    for c in cases {
        let potential = &c.case.behind.as_ref()?.potential;
        let offered = offered_w(study, &c.case);
        for hour in 0..HOURS {
            strategy.push(&c.strategy.name);
            hours.push(hour as i64);
            let all = potential.kinds.iter().chain([&potential.others]).map(|kind| kind[hour]);
            let could = all.fold((0.0, 0.0), |sum, (give, take)| (sum.0 + give, sum.1 + take));
            let row = [could.0, could.1, offered[hour].0, offered[hour].1];
            numbers.iter_mut().zip(row).for_each(|(column, w)| column.push(w * 1e-3));
        }
    }
    let [could_give, could_take, offered_give, offered_take] = numbers.map(Column::F64);
    Some(Table::new([
        ("strategy", Column::Str(strategy)),
        ("hour", Column::I64(hours)),
        ("could_give_kw", could_give),
        ("could_take_kw", could_take),
        ("offered_give_kw", offered_give),
        ("offered_take_kw", offered_take),
    ]))
}

/// Power offered in each hour of the local day, less and more consumption, W: mean over the days that potentials are of.
fn offered_w(study: &Study, case: &CaseResult) -> [(f64, f64); HOURS] {
    let days = &study.periods[..study.periods.len().min(POTENTIAL_DAYS)];
    let hour_of = |t| study.calendar.local_time(t).hour().unsigned_abs() as usize;
    let mut isps = [0.0; HOURS];
    days.iter().flat_map(|day| day.iter().map(|isp| hour_of(day.isp_start(isp)))).for_each(|hour| isps[hour] += 1.0);
    let mut sums = [(0.0, 0.0); HOURS];
    // A message sent again is the same message.
    for m in case.messages.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated) {
        let Message::FlexOffer(offer) = &*m.message else { continue };
        let Some(day) = days.iter().find(|day| day.date == offer.flex.period) else { continue };
        for (isp, w) in largest(offer) {
            let Some(at) = day.iter().nth(usize::from(isp).saturating_sub(1)) else { continue };
            let sum = &mut sums[hour_of(day.isp_start(at))];
            *sum = (sum.0 + (-w).max(0.0), sum.1 + w.max(0.0));
        }
    }
    std::array::from_fn(|h| if isps[h] > 0.0 { (sums[h].0 / isps[h], sums[h].1 / isps[h]) } else { (0.0, 0.0) })
}

/// ISP numbers and powers, W, of the option that moves most energy.
fn largest(offer: &FlexOffer) -> Vec<(u16, f64)> {
    let rows = |o: &crate::uftp::message::OfferOption| -> Vec<(u16, f64)> {
        o.isps.iter().flat_map(|i| i.run.numbers().map(|n| (n, i.power.as_f64()))).collect()
    };
    let energy = |rows: &[(u16, f64)]| rows.iter().map(|(_, w)| w.abs()).sum::<f64>();
    let options = offer.options.iter().map(rows);
    options.reduce(|best, rows| if energy(&rows) > energy(&best) { rows } else { best }).unwrap_or_default()
}
