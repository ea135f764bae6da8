//! What was asked for, offered, ordered and delivered, and what orders really moved.

use jiff::civil::Date;

use crate::ids::{CpIdx, EntityAddress};
use crate::market::contract::Judgement;
use crate::scenario::study::{Strategy, Study};
use crate::sim::{CaseResult, Fate, LoggedMessage, Variant};
use crate::uftp::message::{FlexOrderSettlement, IspPower, IspRun, Message};
use crate::units::Watts;

use super::{Kpis, Value};

/// Sets the figures of the trade in flexibility.
pub(super) fn compute(k: &mut Kpis, study: &Study, strategy: &Strategy, case: &CaseResult) {
    let step_mwh = study.step.as_hours() * 1e-6;
    let r = &case.recording;
    // What the DSO expects above its limits is unserved only where it buys.
    for (key, rows, counts) in [("requested_mwh", &r.requested_w, true), ("unserved_mwh", &r.unserved_w, strategy.trades)] {
        let mwh = |watts: &Vec<f64>| if counts { watts.iter().map(|w| w.abs()).sum::<f64>() * step_mwh } else { 0.0 };
        let points: Vec<f64> = rows.iter().map(mwh).collect();
        k.number(key, points.iter().sum());
        points.iter().enumerate().for_each(|(cp, mwh)| k.set_at(CpIdx::new(cp), key, Value::Number(*mwh)));
    }
    let accepted = case.accepted_orders();
    let (mut offered, mut ordered) = (0.0, 0.0);
    let (mut offers, mut orders) = (0_u64, 0_u64);
    // A message sent again is the same message.
    for LoggedMessage { message, .. } in case.messages.iter().filter(|m| m.attempt == 0 && m.fate != Fate::Repeated) {
        match &**message {
            Message::FlexOffer(m) => {
                offers += 1;
                let needed = Needed::new(study, strategy, case, &m.flex.congestion_point, m.flex.period, m.contract_id.as_deref());
                let mwh = |isps: &[IspPower]| needed.mwh(isps.iter().map(|i| (i.run, i.power, i.power)));
                offered += m.options.iter().map(|o| mwh(&o.isps)).fold(0.0, f64::max);
            }
            Message::FlexOrder(m) if accepted.contains(&m.header.message_id) => {
                orders += 1;
                let needed = Needed::new(study, strategy, case, &m.flex.congestion_point, m.flex.period, m.contract_id.as_deref());
                ordered += needed.mwh(m.isps.iter().map(|i| (i.run, i.power, i.power)));
            }
            _ => {}
        }
    }
    let booked = case.settled().into_iter().filter(|s| s.booked);
    let delivered: f64 = booked.map(|s| delivered_mwh(study, strategy, case, s.item)).sum();
    k.number("offered_mwh", offered);
    k.number("ordered_mwh", ordered);
    k.number("delivered_mwh", delivered);
    k.number("orders", orders as f64);
    let failed = case.messages.iter().filter(|m| matches!(m.fate, Fate::Lost | Fate::Unreadable)).count();
    k.number("messages_failed", failed as f64);
    k.number("offers_compelled", if strategy.obligation { offers as f64 } else { 0.0 });
    let moved = |cp: usize| -> f64 {
        let rows = r.of(Variant::Free).through_w[cp].iter().zip(&r.of(Variant::Orders).through_w[cp]).zip(&r.requested_w[cp]);
        let asked = rows.enumerate().filter(|(step, (_, need))| **need != 0.0 && !wider_asked(study, case, cp, *step));
        asked.map(|(_, ((free, orders), need))| (orders - free) * need.signum()).filter(|w| w.is_finite()).sum()
    };
    k.number("true_flexibility_mwh", (0..study.congestion_points.len()).map(moved).sum::<f64>() * step_mwh);
}

/// Whether a congestion point around `cp` asked for the same in a step: what moves at both is one and the same power.
pub(super) fn wider_asked(study: &Study, case: &CaseResult, cp: usize, step: usize) -> bool {
    let asked = |k: usize| case.recording.requested_w[k][step];
    let size = |k: usize| study.congestion_points[k].public.connections.len();
    let mut around = study.within.iter().filter(|(inner, _)| inner.i() == cp).map(|(_, outer)| outer.i());
    around.any(|k| size(k) > size(cp) && asked(k) * asked(cp) > 0.0)
}

/// Where an order's flexibility was needed: ISPs in which it was asked for; all of them where the order is judged by its own bound.
struct Needed<'a> {
    study: &'a Study,
    requested_w: &'a [f64],
    called: bool,
    /// First step of the day.
    first: usize,
}

impl<'a> Needed<'a> {
    fn new(
        study: &'a Study,
        strategy: &Strategy,
        case: &'a CaseResult,
        at: &EntityAddress,
        day: Date,
        contract: Option<&str>,
    ) -> Needed<'a> {
        let cp = study.congestion_points.iter().position(|c| c.public.address == *at).expect("orders name known points");
        let contract = contract.and_then(|id| strategy.contracts.iter().find(|c| c.id == id));
        Needed {
            study,
            requested_w: &case.recording.requested_w[cp],
            called: contract.is_some_and(|c| c.right.terms().judgement() == Judgement::OwnBound),
            first: study.steps_of(&study.calendar.period(day)).start,
        }
    }

    /// Energy of what counts in needed ISPs, MWh; rows are ISPs, the power ordered and the power that counts.
    fn mwh(&self, rows: impl Iterator<Item = (IspRun, Watts, Watts)>) -> f64 {
        let isp_mwh = self.study.calendar.isp().as_hours() * 1e-6;
        let here = |(run, ordered, counts): (IspRun, Watts, Watts)| {
            let steps = run.numbers().map(|n| self.first + (usize::from(n) - 1) * self.study.steps_per_isp());
            let needed = steps.filter(|s| self.called || self.requested_w[*s] * ordered.as_f64() > 0.0).count();
            counts.abs().as_f64() * needed as f64
        };
        rows.map(here).sum::<f64>() * isp_mwh
    }
}

/// Delivered energy of an order where flexibility was needed, MWh.
fn delivered_mwh(study: &Study, strategy: &Strategy, case: &CaseResult, item: &FlexOrderSettlement) -> f64 {
    let needed = Needed::new(study, strategy, case, &item.congestion_point, item.period, item.contract_id.as_deref());
    needed.mwh(item.isps.iter().map(|i| (i.run, i.ordered_flex_power, i.delivered_flex_power)))
}
