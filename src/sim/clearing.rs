//! The energy side of a day, from meters and prices: day-ahead energy, imbalance, losses, compensation of limited energy.
//!
//! An aggregator sold (bought) its day-ahead position at the auction; what its meters differ is settled at the imbalance
//! price. Connections without an aggregator buy what they meter at the day-ahead price. The DSO buys its losses.
//!
//! Customers with a tariff are billed by the meter of each ISP, a group together. Who settles their energy wholesale supplies them: their
//! aggregator, or else the supplier, who then buys at the day-ahead price in their place. Network charge goes to the DSO, tax to the
//! state.
//!
//! Energy is sold and metered in whole watts per ISP, as D-Prognosis and Metering carry it, so that whoever has the messages
//! comes to the same amounts.

use crate::ids::AgrIdx;
use crate::market::ledger::{Entry, Kind, Ledger, Party};
use crate::scenario::study::Study;
use crate::time::{Period, SimTime};
use crate::units::{Money, Watts};

/// One day's meters and what goes with them.
pub(super) struct Day<'a> {
    pub period: &'a Period,
    /// `[connection][isp]` average power, W.
    pub meters_w: &'a [Vec<f64>],
    /// `[step of the day]`, W.
    pub losses_w: &'a [f64],
    /// Limited energy per connection, Wh.
    pub limited_wh: &'a [f64],
}

/// Books the energy of a day; `position_w(agr)` is its day-ahead position per ISP.
pub(super) fn book<'p>(study: &Study, ledger: &mut Ledger, now: SimTime, day: &Day<'_>, position_w: impl Fn(AgrIdx) -> Option<&'p [f64]>) {
    let first = study.steps_of(day.period).start;
    let mwh = study.calendar.isp().as_hours() * 1e-6;
    let per_isp = study.steps_per_isp();
    let isps = day.period.isps();
    let average = |series: &[f64], i: usize| series[first + i * per_isp..][..per_isp].iter().sum::<f64>() / per_isp as f64;
    let price = |i: usize| average(&study.prices.day_ahead_eur_per_mwh, i);
    let imbalance_price = |i: usize| average(&study.prices.imbalance_eur_per_mwh, i);
    let read_w = |c: usize, i: usize| Watts::from_f64(day.meters_w[c][i]).as_f64();
    let reference = day.period.date.to_string();
    let dso = Party::from(&study.dso);
    let mut entry = |payer: &Party, payee: &Party, kind: Kind, eur: f64| {
        let (payer, payee) = (payer.clone(), payee.clone());
        ledger.book(Entry { time: now, payer, payee, kind, amount: Money::from_f64(eur), reference: reference.clone() });
    };
    for agr in (0..study.agrs.len()).map(AgrIdx::new) {
        let own = |c: &usize| study.agr_of[*c] == Some(agr);
        let metered: Vec<f64> = (0..isps).map(|i| (0..day.meters_w.len()).filter(own).map(|c| read_w(c, i)).sum()).collect();
        let position = position_w(agr);
        let planned = |i: usize| position.map_or(metered[i], |p| Watts::from_f64(p[i]).as_f64());
        let party = Party::from(&study.agrs[agr.i()].domain);
        let energy: f64 = (0..isps).map(|i| planned(i) * mwh * price(i)).sum();
        let imbalance: f64 = (0..isps).map(|i| (metered[i] - planned(i)) * mwh * imbalance_price(i)).sum();
        entry(&party, &Party::DayAheadMarket, Kind::Energy, energy);
        entry(&party, &Party::ImbalanceMarket, Kind::Imbalance, imbalance);
        let limited: f64 = (0..day.limited_wh.len()).filter(own).map(|c| day.limited_wh[c]).sum();
        entry(&dso, &party, Kind::Compensation, limited * 1e-6 * study.orange.compensation_eur_per_mwh);
    }
    let alone = |c: &usize| study.agr_of[*c].is_none();
    let wholesale = |billed: bool| -> f64 {
        let here = (0..day.meters_w.len()).filter(alone).filter(|c| study.retail_of[*c].is_some() == billed);
        here.map(|c| (0..isps).map(|i| read_w(c, i) * mwh * price(i)).sum::<f64>()).sum()
    };
    entry(&Party::Customers, &Party::DayAheadMarket, Kind::Energy, wholesale(false));
    entry(&Party::Supplier, &Party::DayAheadMarket, Kind::Energy, wholesale(true));
    for (g, tariff) in study.retail.iter().enumerate() {
        let customers = Party::Group(format!("customers: {}", tariff.name).into());
        let (mut network, mut tax) = (0.0, 0.0);
        for agr in (0..study.agrs.len()).map(AgrIdx::new).map(Some).chain([None]) {
            let (mut supply, mut feed_in) = (0.0, 0.0);
            for c in (0..day.meters_w.len()).filter(|c| study.retail_of[*c] == Some(g) && study.agr_of[*c] == agr) {
                for i in 0..isps {
                    let (w, day_ahead) = (read_w(c, i), price(i));
                    let (import_mwh, export_mwh) = (w.max(0.0) * mwh, (-w).max(0.0) * mwh);
                    supply += import_mwh * tariff.supply_eur_per_mwh(day_ahead);
                    feed_in += export_mwh * tariff.export_eur_per_mwh(day_ahead);
                    network += import_mwh * tariff.network_eur_per_mwh;
                    tax += import_mwh * tariff.tax_eur_per_mwh;
                }
            }
            let supplier = agr.map_or(Party::Supplier, |a| Party::from(&study.agrs[a.i()].domain));
            entry(&customers, &supplier, Kind::Supply, supply);
            entry(&supplier, &customers, Kind::FeedIn, feed_in);
        }
        entry(&customers, &dso, Kind::NetworkCharge, network);
        entry(&customers, &Party::State, Kind::Tax, tax);
    }
    let limited: f64 = (0..day.limited_wh.len()).filter(alone).map(|c| day.limited_wh[c]).sum();
    entry(&dso, &Party::Customers, Kind::Compensation, limited * 1e-6 * study.orange.compensation_eur_per_mwh);
    let step_mwh = study.step.as_hours() * 1e-6;
    let step_price = |k: usize| study.prices.day_ahead_eur_per_mwh[first + k];
    let losses: f64 = day.losses_w.iter().enumerate().filter(|(_, l)| l.is_finite()).map(|(k, l)| l * step_mwh * step_price(k)).sum();
    entry(&dso, &Party::DayAheadMarket, Kind::Losses, losses);
}
