//! Calls on contracts: bounds on the portfolio's net power, known before the day is planned.

use std::sync::Arc;

use crate::time::{Period, SimTime};
use crate::uftp::message::isp::{listed, power_series};
use crate::uftp::message::{FlexOrder, Message};

use super::super::order::OrderRecord;
use super::{Action, Agr};

impl Agr {
    /// Takes a direct order under a contract that allows it, if its calls keep to the contract's terms. They come in time until the day
    /// is planned.
    pub(super) fn call(&mut self, now: SimTime, message: &Arc<Message>, order: &FlexOrder) -> Vec<Action> {
        let terms = order.contract_id.as_deref().and_then(|id| self.profile.contracts.iter().find(|c| c.id == id)).cloned();
        let range = terms.as_ref().and_then(|t| t.right.terms().called_range(t.direction));
        let (Some(terms), Some(range)) = (terms, range) else {
            return self.desk.reply(now, message, Some("Unknown ContractID reference".to_owned())).into_iter().collect();
        };
        let point = self.profile.congestion_points.iter().find(|c| c.address == order.flex.congestion_point);
        let Some(cp) = point.map(|c| c.cp) else {
            return self.desk.reply(now, message, Some("Invalid CongestionPoint".to_owned())).into_iter().collect();
        };
        let period = self.desk.calendar.period(order.flex.period);
        let power = power_series(&period, &order.isps).values().to_vec();
        let called = listed(&period, &order.isps);
        let in_time = !self.days.contains_key(&period.date) && now < period.start;
        if let Some(term) = self.standings.of(&terms.id).broken(&terms, &self.desk.calendar, &period, &called, in_time) {
            let reason = format!("Outside the terms of contract {}: {term}", terms.id);
            return self.desk.reply(now, message, Some(reason)).into_iter().collect();
        }
        if let Some(standing) = self.standings.of_mut(&terms.id) {
            standing.accept(&period, &called);
        }
        self.calls.push((
            OrderRecord {
                reference: order.order_reference.clone(),
                placed: order.header.time_stamp.second,
                message: order.header.message_id,
                agr: order.header.recipient_domain.clone(),
                cp,
                address: order.flex.congestion_point.clone(),
                period,
                relieves: terms.direction,
                requested: called,
                baseline: terms.called_baseline(&power).expect("its range was found"),
                power,
                price: order.price,
                performance: terms.performance,
                prognosis: None,
                contract: order.contract_id.clone(),
                judgement: terms.right.terms().judgement(),
            },
            range,
        ));
        self.orders.extend(self.calls.last().map(|c| c.0.clone()));
        self.orders.sort_by(OrderRecord::by_time);
        self.desk.reply(now, message, None).into_iter().collect()
    }

    /// What calls leave of a day: (floor, ceiling) per congestion point and ISP, W, ±∞ where there is none.
    pub(super) fn caps(&mut self, period: &Period) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let points = self.profile.congestion_points.len();
        let mut floor_w = vec![vec![f64::NEG_INFINITY; period.isps()]; points];
        let mut ceiling_w = vec![vec![f64::INFINITY; period.isps()]; points];
        for (order, range) in self.calls.iter().filter(|(o, _)| o.period.date == period.date) {
            let Some(k) = self.profile.congestion_points.iter().position(|c| c.cp == order.cp) else { continue };
            for i in (0..period.isps()).filter(|&i| order.requested[i]) {
                floor_w[k][i] = floor_w[k][i].max(range.floor_w);
                ceiling_w[k][i] = ceiling_w[k][i].min(range.ceiling_w);
            }
        }
        self.calls.retain(|(o, _)| o.period.date > period.date);
        (floor_w, ceiling_w)
    }
}
