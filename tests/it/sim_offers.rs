//! Everything that is offered can be delivered together: an operator that buys every offer at its worst breaks nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use copperplate::agent::agenda::Gate;
use copperplate::agent::{Action, Input, Participant, Registry};
use copperplate::asset::vehicle::Whereabouts;
use copperplate::asset::{Device, State};
use copperplate::ids::{AssetIdx, EntityAddress, Role};
use copperplate::scenario::study::{Strategy, Study};
use copperplate::sim::{CaseResult, DeviceStep, Observer, Reference, Variant, observe_with};
use copperplate::time::{IspCalendar, SimTime};
use copperplate::uftp::message::isp::IspRun;
use copperplate::uftp::message::*;
use copperplate::units::{ActivationFactor, Watts};

use crate::sim_support::{ideal, study, without_orange};

/// How an offer is bought.
#[derive(Debug, Clone, Copy, PartialEq)]
enum How {
    Whole,
    Least,
    Never,
}

#[derive(Debug, Default)]
struct Bought {
    orders: usize,
    /// Options by name.
    options: BTreeMap<String, usize>,
    /// Relief by name, and its price, of offers with all of their parts, `[MWh, €]`.
    curves: Vec<BTreeMap<String, (f64, f64)>>,
    rejected: Vec<String>,
}

/// An operator that asks everybody for less in the evening and buys all that is offered, each time the option that moves most.
struct BuysAll {
    study: Arc<Study>,
    how: How,
    next: u128,
    offers: BTreeMap<jiff::civil::Date, Vec<FlexOffer>>,
    bought: Arc<Mutex<Bought>>,
}

fn date_time(calendar: &IspCalendar, t: SimTime) -> DateTime {
    DateTime::new(calendar, t)
}

impl BuysAll {
    fn id(&mut self) -> MessageId {
        self.next += 1;
        MessageId(uuid::Builder::from_random_bytes(self.next.to_be_bytes()).into_uuid())
    }

    fn header(&mut self, now: SimTime, to: &copperplate::ids::Domain, conversation: Option<ConversationId>) -> Header {
        let message_id = self.id();
        Header {
            version: Version::V3_1_0,
            sender_domain: self.study.dso.clone(),
            recipient_domain: to.clone(),
            time_stamp: date_time(&self.study.calendar, now),
            message_id,
            conversation_id: conversation.unwrap_or(ConversationId(message_id.0)),
        }
    }

    fn ask(&mut self, now: SimTime, period: &copperplate::time::Period, address: &EntityAddress) -> Vec<Action> {
        let study = Arc::clone(&self.study);
        let round = &study.timetable.rounds[0];
        let eve = period.date.yesterday().unwrap();
        let run = |start: u16, duration: u16| IspRun { start, duration };
        // A need in the evening, and room for rebound elsewhere.
        let rows = [(1, 64, false), (65, 20, true), (85, 12, false)];
        let row = |(start, duration, wanted): (u16, u16, bool)| FlexRequestIsp {
            disposition: if wanted { Disposition::Requested } else { Disposition::Available },
            min_power: Watts(-200_000),
            max_power: Watts(if wanted { -60_000 } else { 200_000 }),
            run: run(start, duration),
        };
        let mut actions = Vec::new();
        for agr in &study.agrs {
            let header = self.header(now, &agr.domain, None);
            let request = FlexRequest {
                header,
                flex: FlexHeader {
                    isp_duration: IspMinutes(study.calendar.isp_minutes()),
                    time_zone: ZoneName::new(study.calendar.zone_name()),
                    period: period.date,
                    congestion_point: address.clone(),
                },
                revision: 1,
                expiration_date_time: date_time(&study.calendar, study.calendar.at(eve, round.request_expires)),
                contract_id: None,
                service_type: None,
                isps: rows.map(row).to_vec(),
            };
            actions.push(Action::Send(Arc::new(request.into())));
        }
        actions
    }

    fn order(&mut self, now: SimTime, offer: &FlexOffer) -> Action {
        let moved = |o: &OfferOption| o.isps.iter().map(|i| i.power.0.abs() * i64::from(i.run.duration)).sum::<i64>();
        let worst = offer.options.iter().max_by_key(|o| moved(o)).expect("an offer has options");
        let factor = if self.how == How::Whole { ActivationFactor::FULL } else { worst.min_activation_factor };
        let header = self.header(now, &offer.header.sender_domain, Some(offer.header.conversation_id));
        let mut bought = self.bought.lock().unwrap();
        bought.orders += 1;
        let relief = |o: &OfferOption| {
            let evening = o.isps.iter().map(|i| (i.run.start..i.run.start + i.run.duration, i.power.0));
            let watts: i64 = evening.map(|(run, p)| p * run.filter(|n| (65..85).contains(n)).count() as i64).sum();
            -(watts as f64) * 0.25e-6
        };
        for o in &offer.options {
            *bought.options.entry(o.option_reference.to_string()).or_default() += 1;
        }
        bought.curves.push(offer.options.iter().map(|o| (o.option_reference.to_string(), (relief(o), o.price.as_f64()))).collect());
        let order = FlexOrder {
            header,
            flex: offer.flex.clone(),
            unsolicited: Some(false),
            flex_offer_message_id: Some(offer.header.message_id),
            service_type: None,
            contract_id: None,
            d_prognosis_message_id: offer.d_prognosis_message_id,
            baseline_reference: None,
            price: factor.scale_price(worst.price),
            currency: offer.currency,
            order_reference: format!("O-{:06}", bought.orders).into(),
            option_reference: Some(worst.option_reference.clone()),
            activation_factor: factor,
            isps: worst.isps.iter().map(|r| IspPower { power: factor.scale_power(r.power), run: r.run }).collect(),
        };
        Action::Send(Arc::new(order.into()))
    }
}

impl Participant for BuysAll {
    fn handle(&mut self, now: SimTime, input: Input) -> Vec<Action> {
        match input {
            Input::Gate(a) if a.gate == Gate::Request => {
                let address = self.study.congestion_points[0].public.address.clone();
                self.ask(now, &a.period, &address)
            }
            Input::Gate(a) if a.gate == Gate::Order && self.how != How::Never => {
                let offers = self.offers.remove(&a.period.date).unwrap_or_default();
                offers.iter().map(|offer| self.order(now, offer)).collect()
            }
            Input::Message(message) => {
                if let Message::FlexOffer(offer) = &*message {
                    self.offers.entry(offer.flex.period).or_default().push(offer.clone());
                }
                if let Message::FlexOrderResponse(answer) = &*message
                    && !answer.response.is_accepted()
                {
                    let reason = answer.response.rejection_reason.as_ref().map(ToString::to_string);
                    self.bought.lock().unwrap().rejected.push(reason.unwrap_or_default());
                }
                let id = self.id();
                let reply = message.reply(id, date_time(&self.study.calendar, now), None);
                reply.map(|reply| Action::Send(Arc::new(reply))).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// By how much devices missed their set points in what really happens, W, and how many steps each was steered.
#[derive(Default)]
struct Followed {
    worst_w: BTreeMap<AssetIdx, f64>,
}

impl Observer for Followed {
    fn device(&mut self, seen: &DeviceStep) {
        if seen.variant == Variant::Actual && seen.planned_w.is_finite() {
            let worst = self.worst_w.entry(seen.device).or_default();
            *worst = worst.max((seen.planned_w - seen.power_w).abs());
        }
    }
}

/// Two days of the street: everybody is willing and foresees, vehicles come and go as announced.
fn street() -> Study {
    let mut study = without_orange(study("street-2035.toml", 2, |s| {
        ideal(s);
        s.feeder.houses.as_mut().expect("houses").share = 0.5;
    }));
    for spec in &mut study.devices {
        if let State::Vehicle(_) = spec.begins {
            spec.begins = State::Vehicle(Whereabouts::new(Arc::clone(&spec.announced)));
        }
    }
    study
}

fn run(study: &Arc<Study>, reference: &Reference, how: How) -> (CaseResult, Bought, Followed) {
    let strategy: &Strategy = study.strategies.iter().find(|s| s.trades).expect("a strategy that trades");
    let bought = Arc::new(Mutex::new(Bought::default()));
    let buyer = BuysAll { study: Arc::clone(study), how, next: 0, offers: BTreeMap::new(), bought: Arc::clone(&bought) };
    let dso = study.dso.clone();
    let seat = |r: &mut Registry| r.seat(dso, Role::Dso, Box::new(buyer));
    let mut followed = Followed::default();
    let case = observe_with(study, reference, strategy, seat, &|_| {}, &mut followed);
    let bought = std::mem::take(&mut *bought.lock().unwrap());
    (case, bought, followed)
}

#[test]
fn every_offer_at_its_worst_breaks_nothing() {
    let study = Arc::new(street());
    let reference = Reference::new(&study);
    let (free, _, _) = run(&study, &reference, How::Never);
    let actual = Variant::Actual as usize;
    for how in [How::Whole, How::Least] {
        let (case, bought, followed) = run(&study, &reference, how);
        assert!(bought.orders >= 4 * study.periods.len(), "{how:?}: {bought:?}");
        assert_eq!(bought.rejected, Vec::<String>::new(), "{how:?}");
        assert!(case.totals.shifted_wh > 20e3, "{how:?}: orders move something: {} Wh", case.totals.shifted_wh);
        // Departures are kept.
        let unserved = [&free, &case].map(|c| c.totals.unserved_wh[actual]);
        assert!(unserved[1] <= unserved[0] + 1.0, "{how:?}: vehicles left without {} Wh, not {} Wh", unserved[1], unserved[0]);
        // Comfort is kept.
        let cold = [&free, &case].map(|c| c.totals.heat[actual].cold_kh);
        assert!(cold[1] <= cold[0] + 0.05, "{how:?}: {} K·h too cold, not {} K·h", cold[1], cold[0]);
        // Stores hold what they are asked for, and vehicles charge as planned.
        for (device, missed_w) in &followed.worst_w {
            let spec = &study.devices[device.i()];
            if let Device::Battery(_) = &spec.device {
                assert!(*missed_w < 1.0, "{how:?}: {} missed {missed_w} W", spec.id);
            }
        }
    }
}

/// Where cost is not by the MWh alone, a point that allows it is offered parts, cheaper by the MWh.
#[test]
fn parts_of_a_shift_cost_less_by_the_mwh() {
    let study = Arc::new(street());
    let reference = Reference::new(&study);
    let (_, bought, _) = run(&study, &reference, How::Whole);
    let unit = |curve: &BTreeMap<String, (f64, f64)>, name: &str| curve.get(name).filter(|o| o.0 > 1e-4).map(|o| o.1 / o.0);
    let mut cheaper = 0;
    for curve in bought.curves.iter().filter(|c| c.contains_key("25%")) {
        let (all, half, quarter) = (curve["all"].0, curve.get("50%"), curve["25%"].0);
        assert!(quarter <= 0.25 * all + 1e-3, "{curve:?}");
        if let Some((half, _)) = half {
            assert!(*half <= 0.5 * all + 1e-3, "{curve:?}");
        }
        cheaper += usize::from(unit(curve, "25%") < unit(curve, "all"));
    }
    assert!(cheaper >= 2, "{:?}", bought.curves);
    assert!(bought.curves.iter().all(|c| c.contains_key("all")));
}
