//! Metering of the day and verification of the bill.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::time::{IspIndex, Period, SimTime};
use crate::uftp::message::{
    Decimal, Ean, FlexOrderSettlementStatus, FlexSettlement, IspMinutes, Message, Metering, MeteringIsp, MeteringProfile, MeteringUnit,
    ProfileType, SettlementDisposition,
};
use crate::units::Watts;

use super::super::order::{OrderRecord, count_breaches, settle};
use super::{Action, Agr, Unsettled, send, with_orders, within};

impl Agr {
    /// One Metering message per connection for the day.
    pub(super) fn metering(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        let mut actions = Vec::new();
        for (connection, address) in self.profile.connections.clone() {
            let Some(meter) = self.meters.get(&(period.date, connection)) else { continue };
            let Some(ean) = Ean::of_connection(&address) else { continue };
            let reading = |(i, p): (usize, &f64)| MeteringIsp {
                start: IspIndex::from_offset(i).number(),
                value: Decimal::kilowatts(Watts::from_f64(*p)),
            };
            let isps = meter.p_w.iter().enumerate().map(reading).collect();
            let profiles = vec![MeteringProfile { profile_type: ProfileType::Power, unit: MeteringUnit::Kilowatt, isps }];
            actions.push(send(Metering {
                header: self.desk.header(now, &self.profile.dso, None),
                revision: 1,
                isp_duration: IspMinutes(self.desk.calendar.isp_minutes()),
                time_zone: self.desk.zone(),
                currency: None,
                period: period.date,
                ean,
                profiles,
            }));
        }
        let complete = self.is_metered(period.date);
        self.learn_misses(period.date);
        self.add_up_meters(period.date);
        if complete {
            self.count_breaches(period);
        }
        actions
    }

    /// Whether every connection at a congestion point has its meter data of a day, which the operator's count of breaches needs too.
    fn is_metered(&self, date: Date) -> bool {
        let points = &self.profile.congestion_points;
        let mut own = self.profile.connections.iter().map(|(c, _)| c).filter(|c| points.iter().any(|p| p.connections.contains(c)));
        own.all(|c| self.meters.contains_key(&(date, *c)))
    }

    /// Counts the breaches of a metered day under contracts that breaches suspend.
    fn count_breaches(&mut self, period: &Period) {
        let suspending = self.profile.contracts.iter().any(|c| c.suspend_after_breaches.is_some());
        if !suspending {
            return;
        }
        let orders: Vec<OrderRecord> = self.orders.iter().filter(|o| o.period.date == period.date).cloned().collect();
        let settled = settle(&orders, &|o| self.metered(o), &|a, b| within(&self.profile, a, b));
        count_breaches(&mut self.standings, &self.profile.contracts, period.date, &orders, &settled);
    }

    /// Compares a settlement with its own: items that differ are disputed. That it holds every order of its window is a rule.
    pub(super) fn verify(&mut self, now: SimTime, message: &Arc<Message>, settlement: &FlexSettlement) -> Vec<Action> {
        let window: Vec<OrderRecord> =
            self.orders.iter().filter(|o| (settlement.period_start..=settlement.period_end).contains(&o.period.date)).cloned().collect();
        let own = settle(&window, &|o| self.metered(o), &|a, b| within(&self.profile, a, b));
        let status = |item: &crate::uftp::message::FlexOrderSettlement| {
            let mine = own.iter().find(|s| s.order_reference == item.order_reference);
            let dispute = match mine {
                Some(s) if s.net_settlement == item.net_settlement => None,
                Some(s) => Some(format!("own calculation comes to {}", s.net_settlement)),
                None => Some("order unknown".to_owned()),
            };
            FlexOrderSettlementStatus {
                order_reference: item.order_reference.clone(),
                disposition: if dispute.is_some() { SettlementDisposition::Disputed } else { SettlementDisposition::Accepted },
                dispute_reason: dispute.map(Into::into),
            }
        };
        let statuses = settlement.flex_order_settlements.iter().map(status).collect();
        let id = crate::uftp::message::MessageId(self.desk.uuid());
        let Some(Message::FlexSettlementResponse(mut response)) = message.reply(id, self.desk.date_time(now), None) else {
            return Vec::new();
        };
        self.settled.extend(settlement.flex_order_settlements.iter().filter_map(|item| item.order_reference.clone()));
        response.statuses = statuses;
        vec![send(response)]
    }

    /// Accepted orders that stand in no settlement.
    pub(super) fn open_orders(&self) -> Vec<Unsettled> {
        let open = self.orders.iter().filter(|o| !self.settled.contains(&o.reference));
        open.map(|o| Unsettled { reference: o.reference.clone(), period: o.period.date, why: "no settlement holds it" }).collect()
    }

    /// Net power of its connections at an order's congestion point per ISP, summed from whole-watt readings.
    fn metered(&self, order: &OrderRecord) -> Vec<Watts> {
        let nothing = || vec![Watts::ZERO; order.period.isps()];
        let mut sum = self.metered.get(&(order.period.date, order.cp)).cloned().unwrap_or_else(nothing);
        // What came after the day's Metering was sent.
        for ((_, c), meter) in self.meters.iter().filter(|((d, _), _)| *d == order.period.date) {
            if self.profile.congestion_points.iter().any(|p| p.cp == order.cp && p.connections.contains(c)) {
                sum.iter_mut().zip(&meter.p_w).for_each(|(sum, p)| *sum += Watts::from_f64(*p));
            }
        }
        sum
    }

    /// Remembers by how much a metered day missed what it was to be, where its price depends on that.
    fn learn_misses(&mut self, date: Date) {
        let Some(day) = self.days.get(&date).filter(|_| self.profile.behaviour.conduct().prices_misses()) else { return };
        for (k, cp) in self.profile.congestion_points.iter().enumerate() {
            let mut residual_w: Vec<f64> = with_orders(&self.profile, &self.orders, day, k).iter().map(|w| -w.as_f64()).collect();
            let meters = self.members.connections[k].iter().map(|c| self.meters.get(&(date, self.profile.connections[*c].0)));
            // A day of which a meter is missing teaches nothing.
            let Some(meters) = meters.collect::<Option<Vec<_>>>() else { continue };
            meters.iter().for_each(|meter| residual_w.iter_mut().zip(&meter.p_w).for_each(|(e, p)| *e += p));
            self.misses.remember(cp.cp, residual_w);
        }
    }

    /// Adds up the meters of a day where something was ordered, which is all that bills are about, and drops them.
    fn add_up_meters(&mut self, date: Date) {
        let points = &self.profile.congestion_points;
        for order in self.orders.iter().filter(|o| o.period.date == date) {
            let nothing = || vec![Watts::ZERO; order.period.isps()];
            self.metered.entry((date, order.cp)).or_insert_with(nothing);
        }
        let (of_day, others) = std::mem::take(&mut self.meters).into_iter().partition::<BTreeMap<_, _>, _>(|((d, _), _)| *d == date);
        self.meters = others;
        for ((_, c), meter) in of_day {
            let Ok(row) = self.profile.connections.binary_search_by_key(&c, |(own, _)| *own) else { continue };
            for k in &self.members.points[row] {
                if let Some(sum) = self.metered.get_mut(&(date, points[*k].cp)) {
                    sum.iter_mut().zip(&meter.p_w).for_each(|(sum, p)| *sum += Watts::from_f64(*p));
                }
            }
        }
    }

    /// Drops what days up to the Period no longer need; an order without a settlement keeps its day's meters and messages.
    pub(super) fn forget(&mut self, period: &Period) -> Vec<Action> {
        let day = period.date;
        let unsettled = self.orders.iter().filter(|o| !self.settled.contains(&o.reference)).map(|o| o.period.date).min();
        let settled_before = unsettled.map_or(day, |d| d.min(day));
        let open = |d: Date| d > day || unsettled.is_some_and(|u| d >= u);
        self.meters.retain(|(d, _), _| open(*d));
        self.metered.retain(|(d, _), _| open(*d));
        self.orders.retain(|o| open(o.period.date));
        self.settled.retain(|reference| self.orders.iter().any(|o| o.reference == *reference));
        self.days.retain(|d, _| *d > day);
        self.vintages.retain(|d, _| *d > day);
        self.prices.retain(|d, _| *d > day);
        self.reserved.retain(|(_, d), _| *d > day);
        self.inbox.forget_before(settled_before);
        Vec::new()
    }
}
