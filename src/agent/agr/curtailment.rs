//! Feed-in that is held back, and what was added to a prognosis.
//!
//! Feed-in that may be curtailed is offered in blocks of at most an hour, freely divisible, so that an order can follow the shape
//! of the need.

use std::ops::Range;

use crate::asset::Flexibility;
use crate::time::SimTime;
use crate::uftp::message::{FlexRequest, Text};
use crate::units::{ActivationFactor, Money, Watts};

use super::booking::BookedOption;
use super::{Action, Agr, Day};

/// Longest block of feed-in curtailment in one offer, ISPs.
const BLOCK: usize = 4;

impl Agr {
    pub(super) fn offer_curtailment(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        wanted: &[Watts],
        contract: Option<&(Text, Option<f64>)>,
        actions: &mut Vec<Action>,
    ) {
        for block in blocks(wanted) {
            let day = &self.days[&request.flex.period];
            let mut curtailed_w = vec![0.0; day.period.isps()];
            let (mut price, mut power) = (0.0, vec![Watts::ZERO; day.period.isps()]);
            for i in block {
                let free_w = self.free_feed_in(day, k, i).min(wanted[i].as_f64());
                let watts = Watts(free_w.floor() as i64);
                if watts.0 > 0 {
                    power[i] = watts;
                    curtailed_w[i] = watts.as_f64();
                    let cost = contract.and_then(|c| c.1).unwrap_or_else(|| self.curtailment_eur_per_mwh(day.price[i]));
                    price += cost * watts.as_f64() * day.period.isp().as_hours() * 1e-6;
                }
            }
            if power.iter().all(|p| *p == Watts::ZERO) {
                continue;
            }
            let min_factor = ActivationFactor::from_hundredths(1).expect("1 is a factor");
            let option = BookedOption {
                reference: "curtail".into(),
                curtailed_w,
                shifts: Vec::new(),
                price: Money::from_f64(price),
                power,
                min_factor,
            };
            actions.push(self.place(now, request, k, contract, vec![option]));
        }
    }

    /// Offers what was added to the prognosis as if it were there, at the price of what is: it is delivered by doing nothing.
    pub(super) fn offer_padding(
        &mut self,
        now: SimTime,
        request: &FlexRequest,
        k: usize,
        wanted: &[Watts],
        contract: Option<&(Text, Option<f64>)>,
        actions: &mut Vec<Action>,
    ) {
        for block in blocks(wanted) {
            let day = self.days.get_mut(&request.flex.period).expect("requests belong to a planned day");
            let mwh = day.period.isp().as_hours() * 1e-6;
            let (mut cost, mut relieved_mwh) = (0.0, 0.0);
            let mut power = vec![Watts::ZERO; day.period.isps()];
            for i in block {
                // Of the sign of the congestion; relief has the other one.
                let padding_w = day.padding_w[k][i];
                if padding_w * wanted[i].as_f64() < 0.0 {
                    power[i] = Watts((-padding_w).clamp(-wanted[i].as_f64().abs(), wanted[i].as_f64().abs()) as i64);
                    day.padding_w[k][i] += power[i].as_f64();
                    let real = match padding_w < 0.0 {
                        true => (day.price[i] + self.profile.support_eur_per_mwh).max(0.0),
                        false => self.profile.shifting_eur_per_mwh,
                    };
                    relieved_mwh += power[i].as_f64().abs() * mwh;
                    cost += real * (1.0 + self.margin) * power[i].as_f64().abs() * mwh;
                }
            }
            if relieved_mwh > 0.0 {
                let option = BookedOption {
                    reference: "baseline".into(),
                    curtailed_w: vec![0.0; power.len()],
                    shifts: Vec::new(),
                    price: Money::from_f64(contract.and_then(|c| c.1).map_or(cost, |price| price * relieved_mwh)),
                    power,
                    min_factor: ActivationFactor::from_hundredths(1).expect("1 is a factor"),
                };
                actions.push(self.place(now, request, k, contract, vec![option]));
            }
        }
    }

    /// What curtailing costs: the income lost, with margin where prices are free; never negative, nor less than what it counts on.
    fn curtailment_eur_per_mwh(&self, day_ahead: f64) -> f64 {
        let cost = (day_ahead + self.profile.support_eur_per_mwh).max(0.0) * (1.0 + self.margin);
        cost.max(self.counts_on_eur_per_mwh())
    }

    /// Feed-in at a congestion point that willing owners still plan, cautiously, and no outstanding offer needs, W.
    fn free_feed_in(&self, day: &Day, k: usize, i: usize) -> f64 {
        let booked: f64 = self.outstanding(day).map(|b| b.curtailed_w(i)).sum();
        (self.deliverable_w(day, k, i) - booked).max(0.0)
    }

    /// Feed-in at a congestion point that willing owners plan, cautiously, W.
    pub(super) fn deliverable_w(&self, day: &Day, k: usize, i: usize) -> f64 {
        let curtailable =
            self.members.devices[k].iter().filter(|d| self.profile.devices[**d].device.flexibility() == Flexibility::Curtailable);
        let (mut willing, mut devices) = (0.0, 0);
        for d in curtailable.filter(|d| self.profile.devices[**d].willing) {
            willing += -day.plans[*d][i];
            devices += 1;
        }
        self.profile.caution * self.offered_share(devices) * willing
    }
}

/// Runs of wanted ISPs cut into blocks.
fn blocks(wanted: &[Watts]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for (i, _) in wanted.iter().enumerate().filter(|(_, w)| **w != Watts::ZERO) {
        match out.last_mut() {
            Some(last) if last.end == i && last.len() < BLOCK => last.end = i + 1,
            _ => out.push(i..i + 1),
        }
    }
    out
}
