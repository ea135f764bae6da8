//! An order as both sides keep it, and its settlement. DSO and aggregator run the same arithmetic on their own records; what
//! differs shows as a dispute.

use jiff::civil::Date;

use crate::ids::{CpIdx, Domain, EntityAddress};
use crate::market::Direction;
use crate::market::contract::{Called, Contract, Judgement, Run, Standings};
use crate::market::performance::Performance;
use crate::market::settlement::{OrderedIsp, Share, against_bound, fill, price};
use crate::time::{IspIndex, Period, SimTime};
use crate::uftp::message::{FlexOrderSettlement, FlexOrderSettlementIsp, IspRun, MessageId, Text};
use crate::units::{Money, Watts};

/// A placed order with everything its settlement needs.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRecord {
    /// `OrderReference`.
    pub reference: Text,
    /// `TimeStamp` of the FlexOrder.
    pub placed: SimTime,
    /// `MessageID` of the FlexOrder.
    pub message: MessageId,
    /// The aggregator.
    pub agr: Domain,
    /// Where.
    pub cp: CpIdx,
    /// Its address.
    pub address: EntityAddress,
    /// The day.
    pub period: Period,
    /// The congestion it relieves.
    pub relieves: Direction,
    /// Ordered flexibility per ISP.
    pub power: Vec<Watts>,
    /// ISPs the DSO asked for or called, also where nothing was missing; the others are rebound.
    pub requested: Vec<bool>,
    /// The order's price.
    pub price: Money,
    /// What is paid for what was delivered.
    pub performance: Performance,
    /// Baseline of the aggregator at the congestion point, per ISP.
    pub baseline: Vec<Watts>,
    /// The D-Prognosis that is the baseline, if one is.
    pub prognosis: Option<MessageId>,
    /// The contract, if the order is under one.
    pub contract: Option<Text>,
    /// How its delivery is judged.
    pub judgement: Judgement,
}

impl OrderRecord {
    /// Whether it stacks with other orders on the frozen baseline; others are in the prognosis anyway.
    #[must_use]
    pub fn stacks(&self) -> bool {
        self.judgement == Judgement::Stacked
    }

    /// Order in which orders fill: by time, then by reference, whatever the order in which answers came back.
    #[must_use]
    pub fn by_time(a: &OrderRecord, b: &OrderRecord) -> std::cmp::Ordering {
        a.placed.cmp(&b.placed).then_with(|| a.reference.cmp(&b.reference))
    }

    /// Ordered energy in requested ISPs, MWh, not negative.
    #[must_use]
    pub fn energy_mwh(&self) -> f64 {
        let watts: Watts = self.power.iter().zip(&self.requested).filter(|(_, r)| **r).map(|(p, _)| p.abs()).sum();
        watts.as_f64() * self.period.isp().as_hours() * 1e-6
    }
}

/// Stacking orders as one stack that shares baseline and deviation: same aggregator, congestion point, day and judgement.
fn same_stack(a: &OrderRecord, b: &OrderRecord) -> bool {
    a.agr == b.agr && a.cp == b.cp && a.period.date == b.period.date && a.judgement == b.judgement
}

/// Settles `orders`, sorted [`OrderRecord::by_time`].
///
/// `actual(order)` is the metered net power of the aggregator's connections at the order's congestion point per ISP, and
/// `within(a, b)` says whether congestion point `a` lies within `b`: what is ordered there moves the frozen baseline here. An order
/// at `b` leaves that of `a` alone, since only the aggregator knows where it delivers; what it moves there fills the orders there.
#[must_use]
pub(super) fn settle(
    orders: &[OrderRecord],
    actual: &dyn Fn(&OrderRecord) -> Vec<Watts>,
    within: &dyn Fn(CpIdx, CpIdx) -> bool,
) -> Vec<FlexOrderSettlement> {
    let shares = shares(orders, actual, within);
    orders.iter().zip(shares).map(|(order, rows)| settlement(order, rows)).collect()
}

/// One ISP of one order as settled.
struct Row {
    isp: IspIndex,
    baseline: Watts,
    order: OrderedIsp,
    actual: Watts,
    share: Share,
}

fn shares(orders: &[OrderRecord], actual: &dyn Fn(&OrderRecord) -> Vec<Watts>, within: &dyn Fn(CpIdx, CpIdx) -> bool) -> Vec<Vec<Row>> {
    let mut rows: Vec<Vec<Row>> = orders.iter().map(|_| Vec::new()).collect();
    for (k, order) in orders.iter().enumerate() {
        let first_of_stack = !orders[..k].iter().any(|o| same_stack(o, order));
        if order.stacks() && !first_of_stack {
            continue;
        }
        let metered = actual(order);
        if !order.stacks() {
            rows[k] = called(order, &metered);
            continue;
        }
        let stack: Vec<usize> = (k..orders.len()).filter(|&j| same_stack(&orders[j], order)).collect();
        for isp in order.period.iter() {
            let here: Vec<usize> = stack.iter().copied().filter(|&j| orders[j].power[isp.offset()] != Watts::ZERO).collect();
            let Some(&first) = here.first() else { continue };
            let elsewhere =
                |o: &&OrderRecord| o.agr == order.agr && o.period.date == order.period.date && o.stacks() && within(o.cp, order.cp);
            let shift: Watts = orders.iter().filter(elsewhere).map(|o| o.power[isp.offset()]).sum();
            let baseline = orders[first].baseline[isp.offset()] + shift;
            let parts: Vec<OrderedIsp> = here.iter().map(|&j| part(&orders[j], isp)).collect();
            let actual = metered[isp.offset()];
            for ((&j, order), share) in here.iter().zip(&parts).zip(fill(baseline, &parts, actual)) {
                rows[j].push(Row { isp, baseline, order: *order, actual, share });
            }
        }
    }
    rows
}

/// Every called ISP of a call, each against the bound that the call names.
fn called(order: &OrderRecord, metered: &[Watts]) -> Vec<Row> {
    let row = |isp: IspIndex| {
        let (baseline, part, actual) = (order.baseline[isp.offset()], part(order, isp), metered[isp.offset()]);
        Row { isp, baseline, order: part, actual, share: against_bound(baseline + part.power, order.relieves, part.power, actual) }
    };
    order.period.iter().filter(|isp| order.requested[isp.offset()]).map(row).collect()
}

/// Counts what the orders of a metered day come to as breaches of their contracts. Both sides count alike.
pub(super) fn count_breaches(
    standings: &mut Standings,
    contracts: &[Contract],
    day: Date,
    orders: &[OrderRecord],
    settled: &[FlexOrderSettlement],
) {
    for c in contracts.iter().filter(|c| c.suspend_after_breaches.is_some()) {
        let under = orders.iter().zip(settled).filter(|(order, _)| order.contract.as_deref() == Some(c.id.as_str()));
        let count = under.map(|(order, settled)| breaches(order, settled, c.called)).sum();
        if let Some(standing) = standings.of_mut(&c.id) {
            standing.breaches.take(day, count, c.suspend_after_breaches);
        }
    }
}

/// Breaches in the settlement of an order: its calls with a deficiency in any ISP; of a contract that holds in all its windows, one a
/// day at most.
#[must_use]
fn breaches(order: &OrderRecord, settled: &FlexOrderSettlement, exercised: Called) -> u32 {
    let mut short = vec![false; order.period.isps()];
    for row in settled.isps.iter().filter(|row| row.power_deficiency > Watts::ZERO) {
        row.run.numbers().filter_map(IspIndex::new).for_each(|isp| short[isp.offset()] = true);
    }
    let ordered: Vec<bool> = order.power.iter().zip(&order.requested).map(|(p, r)| *r || *p != Watts::ZERO).collect();
    let calls = Run::all(&order.period, &ordered);
    let breached = calls.iter().filter(|run| run.isps(&order.period).any(|isp| short[isp.offset()])).count() as u32;
    if exercised == Called::Always { breached.min(1) } else { breached }
}

fn part(order: &OrderRecord, isp: IspIndex) -> OrderedIsp {
    let i = isp.offset();
    OrderedIsp { power: order.power[i], requested: order.requested[i], relieves: order.relieves }
}

fn settlement(order: &OrderRecord, rows: Vec<Row>) -> FlexOrderSettlement {
    let parts: Vec<(OrderedIsp, Share)> = rows.iter().map(|r| (r.order, r.share)).collect();
    let money = price(order.price, &parts, order.period.isp(), &order.performance);
    let isps = rows
        .into_iter()
        .map(|r| FlexOrderSettlementIsp {
            run: IspRun::single(r.isp),
            baseline_power: r.baseline,
            ordered_flex_power: r.order.power,
            actual_power: r.actual,
            delivered_flex_power: r.share.delivered,
            power_deficiency: r.share.deficiency,
        })
        .collect();
    FlexOrderSettlement {
        order_reference: Some(order.reference.clone()),
        period: order.period.date,
        contract_id: order.contract.clone(),
        d_prognosis_message_id: order.prognosis,
        baseline_reference: order.judgement.baseline_reference().map(Into::into),
        congestion_point: order.address.clone(),
        price: money.price,
        penalty: money.penalty,
        net_settlement: money.net(),
        isps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::IspCalendar;

    fn order(cp: u32, power: i64, at: usize) -> OrderRecord {
        let period = IspCalendar::new("Europe/Amsterdam", 15).unwrap().period(jiff::civil::date(2016, 7, 22));
        let mut series = vec![Watts::ZERO; 96];
        series[at] = Watts(power);
        OrderRecord {
            reference: format!("O-{cp}-{power}").into(),
            placed: SimTime(0),
            message: MessageId(uuid::Uuid::nil()),
            agr: Domain::new("agr.example.com"),
            cp: CpIdx(cp),
            address: EntityAddress::new("ea1.2024-01.com.example.dso:x"),
            period,
            relieves: Direction::FeedIn,
            requested: series.iter().map(|p| *p != Watts::ZERO).collect(),
            power: series,
            price: Money::from_f64(10.0),
            performance: Performance::for_delivered(0.0),
            baseline: vec![Watts(-100_000); 96],
            prognosis: None,
            contract: None,
            judgement: Judgement::Stacked,
        }
    }

    #[test]
    fn orders_of_a_stack_share_one_deviation() {
        let orders = [order(0, 30_000, 50), order(0, 10_000, 50)];
        let s = settle(&orders, &|_| vec![Watts(-65_000); 96], &|_, _| false);
        assert_eq!(s[0].isps[0].delivered_flex_power, Watts(30_000));
        assert_eq!(s[1].isps[0].delivered_flex_power, Watts(5_000));
        assert_eq!(s[1].isps[0].power_deficiency, Watts(5_000));
        assert_eq!(s[1].net_settlement, Money::from_f64(5.0));
    }

    /// An order within moves the baseline around it: nobody delivers, or is paid for, the same watts twice. The other way round the
    /// operator cannot know where the watts move.
    #[test]
    fn an_order_moves_the_baseline_of_the_congestion_points_around_it() {
        let orders = [order(0, 30_000, 50), order(1, 10_000, 50)];
        let actual = |o: &OrderRecord| vec![Watts(if o.cp == CpIdx::new(0) { -60_000 } else { -65_000 }); 96];
        let s = settle(&orders, &actual, &|inner, outer| (inner, outer) == (CpIdx::new(1), CpIdx::new(0)));
        assert_eq!(s[0].isps[0].baseline_power, Watts(-90_000));
        assert_eq!(s[0].isps[0].delivered_flex_power, Watts(30_000));
        assert_eq!(s[1].isps[0].baseline_power, Watts(-100_000));
        assert_eq!(s[1].isps[0].delivered_flex_power, Watts(10_000));
        assert_eq!(s[1].isps[0].power_deficiency, Watts::ZERO);
    }

    /// A call on a cap is judged in every ISP that was called, also where nothing was missing; each of its runs is a call of its own.
    #[test]
    fn calls_are_breached_where_the_cap_is_not_kept() {
        let mut call = order(0, 0, 0);
        call.judgement = Judgement::OwnBound;
        call.relieves = Direction::Consumption;
        call.performance = Performance::for_delivered(400.0);
        for i in [40, 41, 60, 61, 80] {
            call.requested[i] = true;
        }
        call.power[40] = Watts(-40_000);
        call.baseline = call.power.iter().map(|f| Watts(60_000) - *f).collect();
        let mut metered = vec![Watts(60_000); 96];
        (metered[41], metered[60], metered[70]) = (Watts(64_000), Watts(70_000), Watts(99_000));
        let settled = &settle(std::slice::from_ref(&call), &|_| metered.clone(), &|_, _| false)[0];
        assert_eq!(settled.isps.len(), 5);
        assert_eq!((settled.isps[0].delivered_flex_power, settled.isps[1].power_deficiency), (Watts(-40_000), Watts(4_000)));
        assert_eq!(settled.penalty, Money::from_f64(1.4), "14 kW a quarter of an hour at 400 €/MWh, and no deduction");
        assert_eq!((breaches(&call, settled, Called::DayAhead), breaches(&call, settled, Called::Always)), (2, 1));
    }
}
