//! What stores and vehicles are moved for: offers within their request, parts of them that can be done, caps that are kept as
//! planned, targets that leave schedules alone.

use std::collections::BTreeMap;

use copperplate::agent::{Action, Dispatch};
use copperplate::asset::Device;
use copperplate::ids::{AssetIdx, Domain};
use copperplate::market::contract::{CapacityLimitation, Right};
use copperplate::scenario::schema::{Batteries, Prices, Scenario};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{CaseResult, DeviceStep, Observer, Reference, Variant, observe_case};
use copperplate::time::{IspIndex, SimTime};
use copperplate::uftp::message::{Disposition, FlexOffer, FlexRequest, IspPower, Message, MessageId};
use copperplate::units::Watts;

use crate::sim_support::{ideal, study, without_orange};

/// What was dispatched for each day and aggregator, before any order and last, and what every device did.
#[derive(Default)]
struct Watch {
    planned: BTreeMap<(jiff::civil::Date, usize), Dispatch>,
    dispatched: BTreeMap<(jiff::civil::Date, usize), Dispatch>,
    done_w: BTreeMap<(usize, AssetIdx), f64>,
}

impl Observer for Watch {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Actual {
            self.done_w.insert((seen.step, seen.device), seen.power_w);
        }
    }

    fn wanted(&mut self, _: SimTime, _: &Domain, action: &Action) {
        if let Action::Dispatch(d) = action {
            let key = (d.period.date, d.agr.i());
            self.planned.entry(key).or_insert_with(|| d.clone());
            self.dispatched.insert(key, d.clone());
        }
    }
}

/// Two summer days with batteries; everybody foresees, nothing fails, nothing limits.
fn summer(seed: u64, edit: impl FnOnce(&mut Scenario)) -> Study {
    without_orange(study("quickstart.toml", 2, |s| {
        ideal(s);
        s.seed = seed;
        s.feeder.batteries = Some(Batteries::new(0.7, 10.0, 20.0));
        edit(s);
    }))
}

/// Energy is dearest at noon, so that batteries want to feed in when the sun does.
fn dear_noon(s: &mut Scenario) {
    let mut shape_eur_per_mwh = [0.0; 24];
    (10..15).for_each(|h| shape_eur_per_mwh[h] = 80.0);
    s.prices = Prices::Synthetic {
        level_eur_per_mwh: 60.0,
        shape_eur_per_mwh,
        weekend_factor: 1.0,
        daily_noise_eur_per_mwh: 0.0,
        imbalance_spread_eur_per_mwh: 0.0,
        retail: BTreeMap::new(),
    };
}

fn run<'a>(study: &'a Study, name: &str) -> (&'a Strategy, CaseResult, Watch) {
    let strategy = study.strategies.iter().find(|s| s.name == name).expect("a strategy of the scenario");
    let mut watch = Watch::default();
    let case = observe_case(study, &Reference::new(study), strategy, &|_| {}, &mut watch);
    (strategy, case, watch)
}

/// Power per ISP, W.
fn spread(isps: &[IspPower], of: usize) -> Vec<i64> {
    let mut power = vec![0; of];
    for isp in isps {
        (isp.run.start..isp.run.start + isp.run.duration).for_each(|n| power[usize::from(n) - 1] = isp.power.0);
    }
    power
}

/// What a request leaves an offer on each ISP, W: up to the far bound where it asks, between the bounds elsewhere.
fn room(request: &FlexRequest, of: usize) -> Vec<(i64, i64)> {
    let mut room = vec![(0, 0); of];
    for isp in &request.isps {
        let (Watts(min), Watts(max)) = (isp.min_power, isp.max_power);
        let here = if isp.disposition == Disposition::Requested { (min.min(0), max.max(0)) } else { (min, max) };
        (isp.run.start..isp.run.start + isp.run.duration).for_each(|n| room[usize::from(n) - 1] = here);
    }
    room
}

#[test]
fn offers_stay_within_what_their_request_leaves() {
    let mut options = 0;
    // Batteries that could turn the transformer's whole flow round.
    let strong = |s: &mut Scenario| s.feeder.batteries = Some(Batteries::new(1.0, 200.0, 100.0));
    let winter = without_orange(study("winter-evening.toml", 2, |s| {
        ideal(s);
        strong(s);
    }));
    for study in [summer(1, dear_noon), winter] {
        for name in ["grid-capacity-management", "congestion-management"] {
            let (_, case, _) = run(&study, name);
            let mut requests: BTreeMap<MessageId, &FlexRequest> = BTreeMap::new();
            let mut offers: Vec<&FlexOffer> = Vec::new();
            for m in &case.messages {
                match &*m.message {
                    Message::FlexRequest(r) => drop(requests.insert(r.header.message_id, r)),
                    Message::FlexOffer(o) => offers.push(o),
                    _ => {}
                }
            }
            for offer in offers {
                let isps = study.calendar.period(offer.flex.period).isps();
                let room = room(requests[&offer.flex_request_message_id.expect("an answer")], isps);
                for option in &offer.options {
                    for (i, w) in spread(&option.isps, isps).into_iter().enumerate() {
                        let (least, most) = if w == 0 { (0, 0) } else { room[i] };
                        assert!((least..=most).contains(&w), "{name}: {w} W in ISP {} of {least} to {most} W", i + 1);
                    }
                    options += 1;
                }
            }
        }
    }
    assert!(options > 50, "{options} options were offered");
}

/// Curtailment is ordered beside shifts; the batteries do what was dispatched for them all the same, part by part.
#[test]
fn orders_leave_batteries_on_their_schedules() {
    let mut moved = 0.0;
    for seed in [1, 2, 3] {
        let study = summer(seed, |s| s.contract.clear());
        for name in ["grid-capacity-management", "congestion-management"] {
            let (_, case, watch) = run(&study, name);
            for ((date, _), dispatch) in &watch.dispatched {
                let period = study.calendar.period(*date);
                for (device, schedule) in &dispatch.schedules {
                    let Device::Battery(_) = study.devices[device.i()].device else { continue };
                    let first = study.steps_of(&period).start;
                    let off: f64 = schedule.iter().enumerate().map(|(i, w)| (w - watch.done_w[&(first + i, *device)]).abs()).sum();
                    let id = &study.devices[device.i()].id;
                    assert!(off <= 2.0 * schedule.len() as f64, "{name}, {date}: {id} is {:.0} Wh off its schedule", off * 0.25);
                }
            }
            moved += case.totals.shifted_wh;
        }
    }
    assert!(moved > 1e4, "batteries were ordered: {moved} Wh");
}

/// A cap on feed-in that is called is served by batteries as planned, and they never feed in against it.
#[test]
fn batteries_serve_a_called_cap_as_planned() {
    let study = summer(1, dear_noon);
    let (strategy, case, watch) = run(&study, "congestion-management");
    let cap = strategy.contracts.iter().find(|c| matches!(c.right, Right::CapacityLimitation(CapacityLimitation { .. }))).expect("a cap");
    let called = case.messages.iter().filter_map(|m| match &*m.message {
        Message::FlexOrder(o) if o.unsolicited == Some(true) => Some(o),
        _ => None,
    });
    let (mut isps, mut charged_at_noon) = (0, 0.0);
    for order in called {
        let period = study.calendar.period(order.flex.period);
        let agr = study.agrs.iter().position(|a| a.domain == cap.aggregator).expect("an aggregator of the study");
        let dispatch = &watch.planned[&(period.date, agr)];
        for (device, schedule) in &dispatch.schedules {
            for (i, _) in spread(&order.isps, period.isps()).iter().enumerate().filter(|(_, w)| **w != 0) {
                assert!(schedule[i] >= 0.0, "{} feeds in {} W in ISP {} under a cap", study.devices[device.i()].id, schedule[i], i + 1);
                let hour = study.calendar.local_time(period.isp_start(IspIndex::from_offset(i))).hour();
                if (10..15).contains(&hour) {
                    charged_at_noon += schedule[i];
                }
                isps += 1;
            }
        }
    }
    assert!(isps > 20 && charged_at_noon > 1e4, "{isps} ISPs were capped, {charged_at_noon} W charged in the dear ones");
}

/// Nobody offers to move charging into hours in which a called cap forbids it.
#[test]
fn shifts_keep_called_caps() {
    let study = without_orange(study("winter-evening.toml", 4, |_| {}));
    let (_, case, _) = run(&study, "congestion-management");
    let mut capped = BTreeMap::new();
    let mut isps = 0;
    for m in &case.messages {
        match &*m.message {
            Message::FlexOrder(o) if o.unsolicited == Some(true) => {
                let of = study.calendar.period(o.flex.period).isps();
                capped.insert((o.header.recipient_domain.clone(), o.flex.period), spread(&o.isps, of));
            }
            Message::FlexOffer(offer) => {
                let Some(called) = capped.get(&(offer.header.sender_domain.clone(), offer.flex.period)) else { continue };
                for option in &offer.options {
                    let moved = spread(&option.isps, called.len());
                    for (i, (w, _)) in moved.iter().zip(called).enumerate().filter(|(_, (_, called))| **called < 0) {
                        assert!(*w <= 0, "{} W more in ISP {} under a cap", w, i + 1);
                        isps += 1;
                    }
                }
            }
            _ => {}
        }
    }
    assert!(isps > 10, "{isps} capped ISPs of offers");
}

/// What shifting costs is what was moved at what its owners' aggregators ask, and never an income.
#[test]
fn shifting_costs_what_was_moved() {
    let study = study("winter-evening.toml", 2, |s| {
        s.aggregator.iter_mut().for_each(|a| a.shifting_eur_per_mwh = 40.0);
    });
    let (_, case, _) = run(&study, "grid-capacity-management");
    let (mwh, eur) = (case.totals.shifted_wh * 1e-6, case.totals.shifting_eur);
    assert!(mwh > 0.01 && (eur - 40.0 * mwh).abs() < 1e-9, "{eur} € for {mwh} MWh");
}
