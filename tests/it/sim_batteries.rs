//! Batteries sell what they have: offers are plans that the batteries behind them can carry out, delivered in full when nothing
//! fails, and never below cost. Inputs: the reference data's cases `battery-rebound-cut` and `battery-frozen`.

use std::collections::BTreeMap;

use copperplate::asset::Device;
use copperplate::kpi;
use copperplate::scenario::open;
use copperplate::scenario::study::Study;
use copperplate::sim::{CaseResult, Reference, Variant, run_case};
use copperplate::uftp::message::{FlexOffer, Message};

use crate::sim_support::{Ran, told};
use crate::uftp_samples::shared;

/// The case of ten batteries under `overrides`; `None` without the reference data.
fn ran(overrides: &[&str]) -> Option<Ran> {
    let path = shared("cases/battery-rebound-cut/scenario.toml")?;
    let overrides: Vec<String> = overrides.iter().map(|o| (*o).to_owned()).collect();
    let study = open(&path, &overrides).and_then(|opened| opened.study(None)).unwrap_or_else(|f| panic!("{}", told(&f))).0;
    Some(Ran::new(study))
}

fn offers(case: &CaseResult) -> impl Iterator<Item = &FlexOffer> {
    case.messages.iter().filter_map(|m| if let Message::FlexOffer(o) = &*m.message { Some(o) } else { None })
}

/// Net energy of an option over the day, kWh, and the energy it moves, MWh.
fn energy(study: &Study, offer: &FlexOffer, option: usize) -> (f64, f64) {
    let hours = study.calendar.isp().as_hours();
    let watts = |of: fn(i64) -> i64| -> i64 { offer.options[option].isps.iter().map(|r| of(r.power.0) * i64::from(r.run.duration)).sum() };
    (watts(|w| w) as f64 * hours * 1e-3, 0.5 * watts(i64::abs) as f64 * hours * 1e-6)
}

#[test]
fn offers_are_plans_that_batteries_can_carry_out() {
    let Some(ran) = ran(&[]) else { return };
    let (strategy, case) = ran.case("congestion-management");
    let mut moved_mwh = 0.0;
    for offer in offers(case) {
        for k in 0..offer.options.len() {
            let (net_kwh, moved) = energy(&ran.study, offer, k);
            // Three batteries at most stand behind an offer; each may save the losses of its base plan, some 2 kWh.
            assert!(net_kwh >= -6.0, "an offer of {net_kwh} kWh net: energy that nobody has");
            let cost = ran.study.agrs[0].terms.shifting_eur_per_mwh * moved;
            let price = offer.options[k].price.as_f64();
            assert!(price >= cost - 0.01, "{moved} MWh are moved for {price} €, their shifting alone costs {cost} €");
            moved_mwh += moved;
        }
    }
    assert!(moved_mwh > 0.05, "there are offers");
    let kpis = kpi::compute(&ran.study, strategy, case);
    let figure = |key: &str| kpis.get(key).number().unwrap();
    assert!(figure("ordered_mwh") > 0.05);
    assert!((figure("ordered_mwh") - figure("delivered_mwh")).abs() < 1e-3, "{} {}", figure("ordered_mwh"), figure("delivered_mwh"));
    assert!(figure("paid_flexibility_eur") >= 0.0);
    let settled = case.messages.iter().filter_map(|m| if let Message::FlexSettlement(s) = &*m.message { Some(s) } else { None });
    for item in settled.flat_map(|s| &s.flex_order_settlements) {
        assert!(item.penalty.as_f64() < 0.01, "penalty {} without errors or failures", item.penalty);
    }
}

/// Energy that the batteries charge and discharge in the reference, kWh, and what that earns, €.
fn traded(overrides: &[&str]) -> Option<(f64, f64)> {
    let Ran { study, .. } = ran(overrides)?;
    let mut seen = Batteries::default();
    let _ = Reference::observed(&study, &mut seen);
    let hours = study.step.as_hours();
    let price = |step: usize| study.prices.day_ahead_eur_per_mwh[step];
    let battery = |d: &u32| matches!(study.devices[*d as usize].device, Device::Battery(_));
    let own = || seen.0.iter().filter(|((_, d), _)| battery(d));
    let kwh = own().map(|(_, p)| p.abs() * hours * 1e-3).sum();
    Some((kwh, own().map(|((step, _), p)| -p * hours * 1e-6 * price(*step)).sum()))
}

#[derive(Default)]
struct Batteries(BTreeMap<(usize, u32), f64>);

impl copperplate::sim::Observer for Batteries {
    fn device(&mut self, seen: &copperplate::sim::DeviceStep) {
        assert_eq!(seen.variant, Variant::Free);
        self.0.insert((seen.step, seen.device.0), seen.power_w);
    }
}

#[test]
fn batteries_of_any_size_trade_and_more_power_earns_no_less() {
    let power = |kw: &str| format!("feeder.batteries.power_kw={kw}");
    let Some((kwh, _)) = traded(&[&power("3.7"), "feeder.batteries.capacity_kwh=20"]) else { return };
    assert!(kwh > 50.0, "3.7 kW and 20 kWh: {kwh} kWh moved");
    let (kwh, _) = traded(&["time.isp_minutes=5", "time.step_minutes=5"]).unwrap();
    assert!(kwh > 50.0, "steps of five minutes: {kwh} kWh moved");
    let earned = |kw: &str| traded(&[&power(kw), "feeder.batteries.capacity_kwh=40"]).unwrap().1;
    let earnings: Vec<f64> = ["5", "7", "9", "11"].map(earned).to_vec();
    assert!(earnings.windows(2).all(|w| w[1] > w[0] + 1e-3), "{earnings:?} €");
}

/// Two truths of one strategy, for comparison.
#[test]
fn a_run_without_trade_is_its_reference() {
    let Some(ran) = ran(&[]) else { return };
    let reference = Reference::new(&ran.study);
    let case = run_case(&ran.study, &reference, &ran.study.strategies[0], &|_| {});
    let (free, actual) = (case.recording.of(Variant::Free), case.recording.of(Variant::Actual));
    assert_eq!(free.losses_w, actual.losses_w);
    assert_eq!(free.through_w, actual.through_w);
}
