//! Before the auction: release of reservations that the forecast does not need, and calls on contracts.

use crate::ids::CpIdx;
use crate::market::contract::{Bounds, Call, Called, Contract, Run, Standing};
use crate::time::{IspIndex, IspSeries, Period, SimTime};
use crate::uftp::message::isp::{listed_power_runs, power_runs};
use crate::uftp::message::{FlexOrder, FlexReservationUpdate};
use crate::units::{ActivationFactor, Money, Watts};

use super::super::order::OrderRecord;
use super::super::send;
use super::analysis::Analysis;
use super::{Action, Dso};

impl Dso {
    /// Looks at the day on the early forecast and tells contract partners what it keeps and what it calls.
    pub(super) fn call(&mut self, now: SimTime, period: &Period) -> Vec<Action> {
        if self.profile.contracts.is_empty() {
            return Vec::new();
        }
        let Some(analysis) = self.analyse(period, false) else { return Vec::new() };
        let mut actions = Vec::new();
        for contract in self.profile.contracts.clone() {
            let Some(cp) = self.point(&contract.congestion_point) else { continue };
            let w = self.watched(cp).clone();
            let bounds = analysis.sized(&w);
            actions.extend(self.keep_reserved(now, period, &contract, &bounds));
            actions.extend(self.call_contract(now, period, &contract, &bounds, &analysis));
        }
        actions
    }

    /// Keeps what a contract reserves where the forecast comes within a tenth of asking for it, and releases the rest.
    fn keep_reserved(&mut self, now: SimTime, period: &Period, contract: &Contract, bounds: &[Bounds]) -> Option<Action> {
        let full: Vec<Watts> = period.iter().map(|isp| contract.reserved_at(&self.desk.calendar, period, isp)).collect();
        if full.iter().all(|w| *w == Watts::ZERO) || self.standings.of(&contract.id).breaches.suspended(period.date) {
            return None;
        }
        let kept: Vec<Watts> = full.iter().zip(bounds).map(|(r, b)| if nearly_wanted(*r, b) { *r } else { Watts::ZERO }).collect();
        let released = kept != full;
        let book = self.books.entry(period.date).or_default();
        book.reserved.insert(contract.id.clone(), kept.clone());
        released.then(|| {
            let header = self.desk.header(now, &contract.aggregator, None);
            send(FlexReservationUpdate {
                header,
                flex: self.desk.flex(period, &contract.congestion_point),
                contract_id: contract.id.as_str().into(),
                reference: format!("R-{}-{}", contract.id, period.date).into(),
                isps: power_runs(&IspSeries::from_vec(period, kept)),
            })
        })
    }

    /// Calls a contract in the ISPs of its windows where the forecast breaks the limit in its direction, as far as its terms go.
    fn call_contract(
        &mut self,
        now: SimTime,
        period: &Period,
        contract: &Contract,
        bounds: &[Bounds],
        analysis: &Analysis,
    ) -> Option<Action> {
        let cp = self.point(&contract.congestion_point)?;
        let own = self.portfolio(&(contract.aggregator.clone(), cp));
        let expected_w = |isp: IspIndex| own.iter().map(|c| analysis.p_w.at(*c, isp.offset())).sum();
        let standing = self.expected_standing(contract);
        let calendar = &self.desk.calendar;
        let wanted = contract.wanted(calendar, period, bounds);
        let called = match contract.called {
            Called::Request => return None,
            Called::Always if standing.breaches.suspended(period.date) => return None,
            Called::Always => wanted,
            Called::DayAhead => {
                let needed = self::needed(period, contract.call(period, &wanted, &expected_w)?);
                let allowed = standing.shortened(contract, calendar, period, &needed);
                // What is cut off a call may have been all that it was needed for.
                self::needed(period, contract.call(period, &allowed, &expected_w)?)
            }
        };
        let call = contract.call(period, &called, &expected_w)?;
        called.contains(&true).then(|| self.place_call(now, period, contract, call, cp))
    }

    /// How a contract stands if every call without an answer is accepted: so none is sent that could be one too many.
    fn expected_standing(&self, contract: &Contract) -> Standing {
        let mut standing = self.standings.of(&contract.id).clone();
        for order in self.pending.values().filter(|o| o.contract.as_deref() == Some(contract.id.as_str())) {
            standing.accept(&order.period, &order.requested);
        }
        standing
    }

    fn place_call(&mut self, now: SimTime, period: &Period, contract: &Contract, call: Call, cp: CpIdx) -> Action {
        let Call { called, power } = call;
        let price = Money::of_decimals(contract.tariff.price_eur(&power, period.isp(), |_| 0.0));
        let terms = contract.right.terms();
        let baseline = contract.called_baseline(&power).expect("what was called has a bound");
        let reference = self.order_reference();
        let order = FlexOrder {
            header: self.desk.header(now, &contract.aggregator, None),
            flex: self.desk.flex(period, &contract.congestion_point),
            unsolicited: Some(true),
            flex_offer_message_id: None,
            service_type: Some(terms.service().into()),
            contract_id: Some(contract.id.as_str().into()),
            d_prognosis_message_id: None,
            baseline_reference: terms.judgement().baseline_reference().map(Into::into),
            price,
            currency: self.desk.currency,
            order_reference: reference.clone(),
            option_reference: None,
            activation_factor: ActivationFactor::FULL,
            isps: listed_power_runs(period, &power, &called),
        };
        let record = OrderRecord {
            reference,
            placed: now,
            message: order.header.message_id,
            agr: contract.aggregator.clone(),
            cp,
            address: contract.congestion_point.clone(),
            period: *period,
            relieves: contract.direction,
            requested: called,
            baseline,
            power,
            price,
            performance: contract.performance,
            prognosis: None,
            contract: order.contract_id.clone(),
            judgement: terms.judgement(),
        };
        self.expect(record);
        send(order)
    }
}

/// Whether an ISP asks for flexibility of the reserved sign, or has less than a tenth of its range left before it does.
fn nearly_wanted(reserved: Watts, b: &Bounds) -> bool {
    let slack = (b.max - b.min).0 / 10;
    match reserved.0.signum() {
        1 => b.min.0 > -slack,
        -1 => b.max.0 < slack,
        _ => false,
    }
}

/// The called ISPs without calls in which nothing is missing: those would buy nothing.
fn needed(period: &Period, call: Call) -> Vec<bool> {
    let Call { mut called, power } = call;
    for run in Run::all(period, &called) {
        if run.isps(period).all(|isp| power[isp.offset()] == Watts::ZERO) {
            run.isps(period).for_each(|isp| called[isp.offset()] = false);
        }
    }
    called
}
