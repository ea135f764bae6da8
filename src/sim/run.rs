//! The event loop of a case: plan gates, messages, steps, telemetry, settlement, in one total order.

use std::sync::Arc;

use jiff::civil::Date;

use crate::agent::agenda::{Handover, agenda};
use crate::agent::{Action, Appointment, DayPrices, Input, MeterDay, Record, Registry, Telemetry};
use crate::asset::{Flexibility, Reading};
use crate::engine::{Origin, Phase, Queue};
use crate::ids::{AgrIdx, AssetIdx, ConnectionIdx, CpIdx, Domain, Role};
use crate::market::ledger::{Ledger, Unbooked};
use crate::scenario::study::{Strategy, Study};
use crate::time::{Period, SimTime};
use crate::uftp::message::Message;

use super::acceptance;
use super::behind::{Behind, Counter};
use super::cast;
use super::clearing;
use super::household::isp_prices;
use super::observer::{Nobody, Observer};
use super::physics::Physics;
use super::power::Power;
use super::recorder::{Recording, Variant};
use super::reference::Reference;
use super::scores::ForecastRecord;
use super::vintage::Forecaster;
use super::wire::{Delivery, LoggedMessage, Wire};
use super::world::{Totals, World, parts};
use super::yearly;

/// Everything a case leaves behind.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Name of the strategy.
    pub strategy: String,
    /// Columns per step.
    pub recording: Recording,
    /// Every payment.
    pub ledger: Ledger,
    /// What was settled and stands in no accepted bill.
    pub unbooked: Vec<Unbooked>,
    /// How good learned forecasts were.
    pub forecasts: Option<Arc<ForecastRecord>>,
    /// What the DSO made of prognoses, where it checks them.
    pub prognoses: Vec<CheckedPrognosis>,
    /// Every message, in the order of sending.
    pub messages: Vec<LoggedMessage>,
    /// Device-level totals.
    pub totals: Totals,
    /// What happened behind the meters, where the study follows single households.
    pub behind: Option<Behind>,
    /// Highest magnitude of each connection's power, W.
    pub peak_w: Vec<f64>,
}

/// What the DSO made of a prognosis.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedPrognosis {
    /// Who published it.
    pub agr: Domain,
    /// Where.
    pub cp: CpIdx,
    /// The day.
    pub date: Date,
    /// By how much it exceeds the operator's forecast where congestion is foreseen, beyond elsewhere; a fraction.
    pub deviation: f64,
    /// Over the last days; `None` of too few.
    pub z: Option<f64>,
    /// Whether it is flagged.
    pub flag: bool,
    /// Whether the aggregator is excluded from then on.
    pub excluded: bool,
}

/// Called with the steps done so far, now and then.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// What happens.
enum Event {
    /// A participant's appointment.
    Gate(usize, Appointment),
    /// Something for a participant, of a Period.
    Hand(usize, Handover, usize),
    Deliver(usize, Arc<Message>),
    Repeat(usize),
    /// Households plan a Period.
    Plan(usize),
    Step(usize),
    Telemetry(Telemetry),
    DayEnd(usize),
}

/// Ranks of events within a second: knowledge first, then messages, gates, the physical step.
const INFORM: Phase = Phase(0);
const MESSAGE: Phase = Phase(1);
const GATE: Phase = Phase(2);
const STEP: Phase = Phase(3);

struct Case<'a, 'o> {
    study: &'a Study,
    reference: &'a Reference,
    /// Whether the case runs on the reference's grid, so that equal powers have equal load flows.
    todays_grid: bool,
    physics: Physics<'a>,
    world: World<'a>,
    forecaster: Forecaster<'a>,
    participants: Registry,
    wire: Wire<'a>,
    queue: Queue<Event>,
    /// Powers of the step with orders alone, as the world gave them.
    given: Power,
    recording: Recording,
    ledger: Ledger,
    unbooked: Vec<Unbooked>,
    prognoses: Vec<CheckedPrognosis>,
    /// Meters of the running day, `[connection][isp]`: the sum over the steps of the ISP, W.
    meters_w: Vec<Vec<f64>>,
    watched: bool,
    peak_w: Vec<f64>,
    observer: &'o mut dyn Observer,
}

/// Runs one strategy of a study against its reference.
#[must_use]
pub fn run_case(study: &Study, reference: &Reference, strategy: &Strategy, progress: Progress<'_>) -> CaseResult {
    observe_case(study, reference, strategy, progress, &mut Nobody)
}

/// Runs one strategy of a study before a bystander.
#[must_use]
pub fn observe_case(
    study: &Study,
    reference: &Reference,
    strategy: &Strategy,
    progress: Progress<'_>,
    observer: &mut dyn Observer,
) -> CaseResult {
    observe_with(study, reference, strategy, |_| {}, progress, observer)
}

/// Runs one strategy of a study with other participants than its own: `seat` may put anyone's into the registry.
#[must_use]
pub fn observe_with(
    study: &Study,
    reference: &Reference,
    strategy: &Strategy,
    seat: impl FnOnce(&mut Registry),
    progress: Progress<'_>,
    observer: &mut dyn Observer,
) -> CaseResult {
    let mut case = Case::new(study, reference, strategy, seat, observer);
    case.advance(SimTime(i64::MAX), progress);
    progress(study.steps);
    case.end(strategy)
}

impl<'a, 'o> Case<'a, 'o> {
    fn new(
        study: &'a Study,
        reference: &'a Reference,
        strategy: &Strategy,
        seat: impl FnOnce(&mut Registry),
        observer: &'o mut dyn Observer,
    ) -> Case<'a, 'o> {
        let (grid, network) = study.grid(strategy);
        let physics = Physics::new(study, &grid, Arc::clone(&network));
        let world = World::new(study, reference, strategy);
        let mut participants = cast::participants(study, strategy, &network, &world.attendance);
        seat(&mut participants);
        let n = study.grid.connections.len();
        let mut case = Case {
            study,
            reference,
            todays_grid: strategy.reinforcement.is_none(),
            world,
            forecaster: Forecaster::new(study, reference, strategy.request_quantile),
            wire: Wire::new(study, participants.seats().map(|(d, role)| (d.clone(), role))),
            queue: Queue::new(participants.len() + 1),
            participants,
            physics,
            given: Power::zero(n),
            recording: Recording::new(study, Arc::clone(&reference.flows), parts(strategy)),
            ledger: Ledger::default(),
            unbooked: Vec::new(),
            prognoses: Vec::new(),
            meters_w: meters(study, 0),
            watched: strategy.orange,
            peak_w: vec![0.0; n],
            observer,
        };
        case.schedule();
        case
    }

    /// Lets everything happen that happens before `until`.
    fn advance(&mut self, until: SimTime, progress: Progress<'_>) {
        while self.queue.next_time().is_some_and(|t| t < until) {
            let (key, event) = self.queue.pop().expect("there is a next one");
            if let Event::Step(step) = event
                && step % 96 == 0
            {
                progress(step);
            }
            self.happen(key.time, event);
        }
    }

    fn end(mut self, strategy: &Strategy) -> CaseResult {
        self.world.close();
        yearly::book(self.study, strategy, &mut self.ledger);
        self.recording.tap_operations = self.physics.tap_operations;
        acceptance::keep_binding(&mut self.unbooked, &self.wire.log);
        CaseResult {
            strategy: strategy.name.clone(),
            recording: self.recording,
            ledger: self.ledger,
            unbooked: self.unbooked,
            prognoses: self.prognoses,
            forecasts: self.reference.forecasts.clone(),
            messages: self.wire.log,
            totals: self.world.totals,
            behind: self.world.counter.take().map(Counter::end),
            peak_w: self.peak_w,
        }
    }

    fn world_event(&mut self, time: SimTime, phase: Phase, event: Event) {
        let world = Origin(u16::try_from(self.participants.len()).expect("few agents"));
        self.queue.push(time, phase, world, event);
    }

    /// Everything known beforehand: the agenda, households' plans, the ends of days, steps.
    fn schedule(&mut self) {
        let study = self.study;
        let timetable = &study.timetable;
        for (k, period) in study.periods.iter().enumerate() {
            let eve = period.date.yesterday().expect("calendar year above 1");
            self.world_event(study.calendar.at(eve, timetable.results), INFORM, Event::Plan(k));
            self.world_event(period.end(), INFORM, Event::DayEnd(k));
        }
        for appointment in agenda(timetable, &study.calendar, &study.periods) {
            let k = study.periods.iter().position(|p| p.date == appointment.period.date).expect("a Period of the run");
            let rows: Vec<usize> = self.participants.in_role(appointment.role).collect();
            for row in rows {
                for (time, handover) in &appointment.before {
                    self.world_event(*time, INFORM, Event::Hand(row, *handover, k));
                }
                self.world_event(appointment.time, GATE, Event::Gate(row, appointment.clone()));
            }
        }
        for step in 0..study.steps {
            self.world_event(study.step_start(step), STEP, Event::Step(step));
        }
    }

    fn happen(&mut self, now: SimTime, event: Event) {
        match event {
            Event::Gate(row, appointment) => self.tell(now, row, Input::Gate(appointment)),
            Event::Hand(row, handover, k) => {
                if let Some(input) = self.hand_over(now, row, handover, k) {
                    self.tell(now, row, input);
                }
            }
            Event::Deliver(row, message) => {
                self.wire.reached(row, &message);
                self.tell(now, row, Input::Message(message));
            }
            Event::Repeat(row) => {
                let deliveries = self.wire.repeat(now, row);
                self.deliver(row, deliveries);
            }
            Event::Plan(k) => self.world.plan(k),
            Event::Step(step) => self.step(now, step),
            Event::Telemetry(t) => {
                for row in self.rows(Role::Dso) {
                    self.tell(now, row, Input::Telemetry(t));
                }
            }
            Event::DayEnd(k) => self.day_end(now, k),
        }
    }

    /// Rows of everyone in a role.
    fn rows(&self, role: Role) -> Vec<usize> {
        self.participants.in_role(role).collect()
    }

    /// What a participant is handed before an appointment.
    fn hand_over(&self, now: SimTime, row: usize, handover: Handover, k: usize) -> Option<Input> {
        let (study, period) = (self.study, &self.study.periods[k]);
        Some(match (handover, self.agr_of(row)) {
            (Handover::Prices, _) => Input::Prices(Arc::new(DayPrices { period: *period, eur_per_mwh: isp_prices(study, k) })),
            (Handover::EarlyForecast, _) => Input::Area(self.forecaster.area(&self.reference.early[k], now, period)),
            (Handover::Forecast, Some(agr)) => Input::Portfolio(self.forecaster.portfolio(agr, now, period)),
            (Handover::Forecast, None) => Input::Area(self.forecaster.area(&self.reference.plans[k], now, period)),
            (Handover::Readings, Some(agr)) => Input::Readings(Arc::new(self.readings(agr))),
            (Handover::Readings, None) => return None,
        })
    }

    /// What the instruments at an aggregator's shiftable devices show.
    fn readings(&self, agr: AgrIdx) -> Vec<(AssetIdx, Reading)> {
        let devices = self.study.devices.iter().enumerate().zip(self.world.readings());
        let own = devices.filter(|((_, spec), _)| {
            spec.device.flexibility() == Flexibility::Shiftable && self.study.agr_of[spec.connection.i()] == Some(agr)
        });
        own.map(|((d, _), reading)| (AssetIdx::new(d), *reading)).collect()
    }

    /// The aggregator in a row.
    fn agr_of(&self, row: usize) -> Option<AgrIdx> {
        let (domain, _) = self.participants.seats().nth(row)?;
        self.study.agrs.iter().position(|a| a.domain == *domain).map(AgrIdx::new)
    }

    /// Hands an input to an agent and carries out what it wants.
    fn tell(&mut self, now: SimTime, row: usize, input: Input) {
        let domain = self.participants.domain(row).clone();
        self.observer.told(now, &domain, &input);
        let actions = self.participants.handle(row, now, input);
        for action in actions {
            self.observer.wanted(now, &domain, &action);
            self.carry_out(now, row, action);
        }
    }

    fn carry_out(&mut self, now: SimTime, row: usize, action: Action) {
        match action {
            Action::Send(message) => {
                if let Message::FlexRequest(request) = &*message {
                    self.recording.requested(self.study, request);
                }
                let deliveries = self.wire.send(now, row, &message);
                self.deliver(row, deliveries);
            }
            Action::Dispatch(d) => self.world.dispatch(d),
            Action::Limit(limit) => self.world.limit(now + self.study.orange.delay, limit),
            Action::Book(entry) => self.ledger.book(entry),
            Action::Record(Record::Analysis { period, with_orders, expected }) => {
                self.recording.analysis(self.study, &period, with_orders, &expected);
            }
            Action::Record(Record::Unserved { cp, period, unserved_w }) => self.recording.unserved(self.study, cp, &period, &unserved_w),
            Action::Record(Record::Unbooked(rows)) => self.unbooked = rows,
            Action::Record(Record::Prognosis { agr, cp, period, deviation, z, flag, excluded }) => {
                self.prognoses.push(CheckedPrognosis { agr, cp, date: period.date, deviation, z, flag, excluded });
            }
        }
    }

    /// Puts what participant `from` sent on its way; what an altered text addresses to nobody is taken in by nobody.
    fn deliver(&mut self, from: usize, deliveries: Vec<Delivery>) {
        let origin = Origin(u16::try_from(from).expect("few agents"));
        for (arrives, message) in deliveries {
            if let Some(to) = self.participants.row(&message.header().recipient_domain) {
                self.queue.push(arrives, MESSAGE, origin, Event::Deliver(to, message));
            }
        }
        if let Some(next) = self.wire.next_repeat(from) {
            self.queue.push(next, MESSAGE, origin, Event::Repeat(from));
        }
    }

    /// One physical step: assets act, load flow, meters, monitoring.
    fn step(&mut self, now: SimTime, step: usize) {
        let study = self.study;
        let date = study.calendar.date_of(now);
        let day = study.periods.binary_search_by_key(&date, |p| p.date).expect("steps lie in the run's Periods");
        self.world.step(day, step, self.observer);
        for &variant in self.world.variants() {
            self.load_flow(variant, step);
        }
        let drawn = self.world.power(Variant::Actual);
        let drawn_mwh = drawn.p_w.iter().sum::<f64>() * study.step.as_hours() * 1e-6;
        let isp = study.periods[day].isp_at(now).expect("a step lies in its Period").offset();
        for ((meter, peak), p) in self.meters_w.iter_mut().zip(&mut self.peak_w).zip(&drawn.p_w) {
            meter[isp] += p;
            *peak = peak.max(p.abs());
        }
        self.world.totals.energy_eur += drawn_mwh * study.prices.day_ahead_eur_per_mwh[step];
        for (k, cp) in study.congestion_points.iter().enumerate() {
            if self.world.in_force(k, now).is_some() {
                self.recording.limited(CpIdx::new(k), step);
            }
            if self.watched {
                let flows = self.recording.of(Variant::Actual);
                let loading = f64::from(flows.loading.at(step, cp.branch.i()));
                let t = Telemetry { cp: cp.public.cp, step_start: now, p_w: flows.through_w[k][step], loading };
                self.world_event(now + study.step, INFORM, Event::Telemetry(t));
            }
        }
    }

    /// The load flow of a variant; powers become what is drawn at the voltages found. Where they are those of the reference, or
    /// of orders alone, and a step depends on its power alone, so is the answer.
    fn load_flow(&mut self, variant: Variant, step: usize) {
        let alike = self.physics.memoryless() && self.study.grid.responses.is_empty();
        let power = self.world.power_mut(variant);
        if variant == Variant::Orders {
            self.given.clone_from(power);
        }
        let taken_over = alike && self.todays_grid && self.reference.had(step, power);
        if taken_over {
            self.recording.as_reference(variant, step, self.reference.phases.as_deref());
        } else if alike && variant == Variant::Actual && self.recording.has_orders() && self.given == *power {
            self.recording.as_orders(step, &self.physics.solution);
        } else {
            self.physics.solve(variant, power);
            self.recording.step(self.study, variant, step, &self.physics.solution);
        }
        let answer = (!taken_over).then_some((&self.physics.solution, 0));
        self.observer.step(variant, step, &power.p_w, &power.q_var, answer);
    }

    /// Meters are read, energy is cleared, the day is closed.
    fn day_end(&mut self, now: SimTime, k: usize) {
        let study = self.study;
        let period = &study.periods[k];
        let mut meters_w = std::mem::replace(&mut self.meters_w, meters(study, k + 1));
        let per_isp = study.steps_per_isp() as f64;
        meters_w.iter_mut().flatten().for_each(|w| *w /= per_isp);
        let steps = study.steps_of(period);
        let limited_wh = std::mem::replace(&mut self.world.limited_wh, vec![0.0; study.grid.connections.len()]);
        let day = clearing::Day {
            period,
            meters_w: &meters_w,
            losses_w: &self.recording.of(Variant::Actual).losses_w[steps],
            limited_wh: &limited_wh,
        };
        clearing::book(study, &mut self.ledger, now, &day, |agr| self.world.position_w(period.date, agr));
        for (c, p_w) in meters_w.into_iter().enumerate() {
            let Some(agr) = study.agr_of[c] else { continue };
            let meter = MeterDay { period: *period, connection: ConnectionIdx::new(c), p_w };
            let row = self.participants.row(&study.agrs[agr.i()].domain).expect("an aggregator has a seat");
            self.tell(now, row, Input::Meter(Arc::new(meter)));
        }
        self.world.forget(k);
    }
}

/// Meters at zero, `[connection][isp]` of a Period; no ISPs after the last.
fn meters(study: &Study, k: usize) -> Vec<Vec<f64>> {
    vec![vec![0.0; study.periods.get(k).map_or(0, Period::isps)]; study.grid.connections.len()]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::asset::State;
    use crate::asset::vehicle::Whereabouts;
    use crate::scenario::open;
    use crate::uftp::xml;

    use super::*;

    /// Empties batteries and lets vehicles want half of what they will say.
    fn disturb(state: &mut State) {
        match state {
            State::Battery(stored_wh) => *stored_wh = 0.0,
            State::Vehicle(whereabouts) => {
                let wanting_less = whereabouts.sessions().iter().map(|s| crate::asset::Session { energy_wh: 0.5 * s.energy_wh, ..*s });
                *whereabouts = Whereabouts::new(wanting_less.collect());
            }
            State::Fixed(()) | State::Curtailable(()) | State::Generator(()) | State::House(_) | State::Process(_) => {}
        }
    }

    /// What a device really is reaches nobody but through readings and meters: changed right after a reading, it changes no message of
    /// that day, though all the trade of the next day is in it, and many later ones.
    #[test]
    fn hidden_states_change_no_message_before_they_are_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/winter-evening.toml");
        let overrides = ["time.until=\"2016-01-20\"", "feeder.batteries.share=0.5"].map(str::to_owned);
        let study = open(&path, &overrides).and_then(|opened| opened.study(None)).expect("the scenario is sound").0;
        let reference = Reference::new(&study);
        let appointments = agenda(&study.timetable, &study.calendar, &study.periods);
        let handed = appointments.iter().filter(|a| a.period.date == study.periods[1].date).flat_map(|a| &a.before);
        let read = handed.filter(|(_, what)| *what == Handover::Readings).map(|(t, _)| *t).max().expect("readings are handed over");
        let midnight = study.periods[0].end();
        for strategy in study.strategies.iter().filter(|s| s.trades) {
            let sent = |disturbed: bool| -> Vec<(SimTime, String)> {
                let mut nobody = Nobody;
                let mut case = Case::new(&study, &reference, strategy, |_| {}, &mut nobody);
                case.advance(SimTime(read.0 + 1), &|_| {});
                if disturbed {
                    case.world.states_mut().for_each(disturb);
                }
                case.advance(SimTime(i64::MAX), &|_| {});
                case.end(strategy).messages.iter().map(|m| (m.sent, xml::write(&m.message))).collect()
            };
            let (plain, disturbed) = (sent(false), sent(true));
            let until =
                |messages: &[(SimTime, String)], t: SimTime| messages.iter().take_while(|(sent, _)| *sent < t).cloned().collect::<Vec<_>>();
            assert!(read < midnight && until(&plain, midnight).len() > until(&plain, SimTime(read.0 + 1)).len() + 10, "there is trade");
            assert!(until(&plain, midnight) == until(&disturbed, midnight), "{}: something hidden was known", strategy.name);
            assert!(plain != disturbed, "{}: the change shows later", strategy.name);
        }
    }
}
