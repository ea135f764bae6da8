//! The event loop of a case: plan gates, messages, steps, telemetry, settlement, in one total order.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::agent::{Action, DayPrices, Gate, Input, MeterDay, Record, Telemetry};
use crate::engine::{Origin, Phase, Queue};
use crate::ids::{AgrIdx, ConnectionIdx, Domain};
use crate::market::ledger::{Entry, Kind, Ledger};
use crate::scenario::study::{Strategy, Study};
use crate::time::{Period, SimDuration, SimTime};
use crate::uftp::message::Message;
use crate::units::Money;

use super::cast::{self, Agent, DSO, agr_row};
use super::clearing;
use super::observer::{Nobody, Observer};
use super::physics::Physics;
use super::recorder::{Recording, Regime, Variant};
use super::vintage::Forecaster;
use super::wire::{Delivery, LoggedMessage, Wire};
use super::world::{Power, Totals, World};

/// Everything a case leaves behind.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// Name of the strategy.
    pub strategy: String,
    /// Columns per step.
    pub recording: Recording,
    /// Every payment.
    pub ledger: Ledger,
    /// Every message, in the order of sending.
    pub messages: Vec<LoggedMessage>,
    /// Device-level totals.
    pub totals: Totals,
    /// Highest magnitude of each connection's power, W.
    pub peak_w: Vec<f64>,
}

/// Called with the steps done so far, now and then.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// What happens.
enum Event {
    Gate(usize, Gate, usize),
    Deliver(usize, Arc<Message>),
    Repeat(usize),
    EarlyForecast(usize),
    Forecast(usize),
    Prices(usize),
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
    physics: Physics<'a>,
    world: World<'a>,
    forecaster: Forecaster<'a>,
    agents: Vec<(Domain, Agent)>,
    row_of: BTreeMap<Domain, usize>,
    wire: Wire<'a>,
    queue: Queue<Event>,
    /// Powers of the step as the world gave them, by variant.
    given: [Power; 3],
    recording: Recording,
    ledger: Ledger,
    /// Meters of the running day, `[connection][step of the day]`, W.
    meters_w: Vec<Vec<f64>>,
    watched: bool,
    peak_w: Vec<f64>,
    observer: &'o mut dyn Observer,
}

/// Runs one strategy of a study.
#[must_use]
pub fn run_case(study: &Study, strategy: &Strategy, progress: Progress<'_>) -> CaseResult {
    observe_case(study, strategy, progress, &mut Nobody)
}

/// Runs one strategy of a study before a bystander.
#[must_use]
pub fn observe_case(study: &Study, strategy: &Strategy, progress: Progress<'_>, observer: &mut dyn Observer) -> CaseResult {
    let physics = Physics::new(study, strategy);
    let world = World::new(study, strategy);
    let agents = cast::agents(study, strategy, &physics.network, &world);
    let row_of = agents.iter().enumerate().map(|(k, (d, _))| (d.clone(), k)).collect();
    let mut case = Case {
        study,
        world,
        forecaster: Forecaster::new(study),
        row_of,
        wire: Wire::new(study, agents.iter().map(|(d, a)| (d.clone(), a.role()))),
        queue: Queue::new(agents.len() + 1),
        agents,
        physics,
        given: Default::default(),
        recording: Recording::new(study),
        ledger: Ledger::default(),
        meters_w: vec![Vec::new(); study.grid.connections.len()],
        watched: strategy.orange,
        peak_w: vec![0.0; study.grid.connections.len()],
        observer,
    };
    case.schedule();
    while let Some((key, event)) = case.queue.pop() {
        if let Event::Step(step) = event
            && step % 96 == 0
        {
            progress(step);
        }
        case.happen(key.time, event);
    }
    case.book_capex(strategy);
    case.recording.tap_operations = case.physics.tap_operations;
    progress(study.steps);
    CaseResult {
        strategy: strategy.name.clone(),
        recording: case.recording,
        ledger: case.ledger,
        messages: case.wire.log,
        totals: case.world.totals,
        peak_w: case.peak_w,
    }
}

impl Case<'_, '_> {
    fn world_event(&mut self, time: SimTime, phase: Phase, event: Event) {
        let world = Origin(u16::try_from(self.agents.len()).expect("few agents"));
        self.queue.push(time, phase, world, event);
    }

    fn gate(&mut self, time: SimTime, agent: usize, gate: Gate, period: usize) {
        self.world_event(time, GATE, Event::Gate(agent, gate, period));
    }

    /// Everything known beforehand: clock times of every Period, steps, settlement windows.
    fn schedule(&mut self) {
        let study = self.study;
        let m = study.market.clone();
        let agrs: Vec<usize> = (0..study.agrs.len()).map(|a| agr_row(AgrIdx::new(a))).collect();
        for (k, period) in study.periods.iter().enumerate() {
            let eve = period.date.yesterday().expect("calendar year above 1");
            let at = |time| study.calendar.at(eve, time);
            if k == 0 {
                let midnight = study.calendar.period(eve).start;
                agrs.iter().for_each(|a| self.gate(midnight, *a, Gate::Publish, k));
                self.gate(midnight + SimDuration::minutes(5), DSO, Gate::Publish, k);
            }
            agrs.iter().for_each(|a| self.gate(at(m.query), *a, Gate::Query, k));
            self.gate(at(m.query), DSO, Gate::Query, k);
            self.world_event(at(m.call) - SimDuration::minutes(30), INFORM, Event::EarlyForecast(k));
            self.gate(at(m.call), DSO, Gate::Call, k);
            self.world_event(at(m.auction_results), INFORM, Event::Prices(k));
            self.world_event(at(m.auction_results), INFORM, Event::Forecast(k));
            agrs.iter().for_each(|a| self.gate(at(m.prognosis), *a, Gate::Prognosis, k));
            self.gate(at(m.request), DSO, Gate::Request, k);
            self.gate(at(m.order), DSO, Gate::Order, k);
            agrs.iter().for_each(|a| self.gate(at(m.order) + SimDuration::minutes(15), *a, Gate::Update, k));
            self.gate(at(m.gate), DSO, Gate::Close, k);
            self.world_event(period.end(), INFORM, Event::DayEnd(k));
            let morrow = study.calendar.at(period.date.tomorrow().expect("calendar year below 9999"), m.metering);
            agrs.iter().for_each(|a| self.gate(morrow, *a, Gate::Metering, k));
            let last_of_window = study.periods.get(k + 1).is_none_or(|next| next.date.month() != period.date.month());
            if last_of_window {
                self.gate(morrow + SimDuration::hours(2), DSO, Gate::Settle, k);
                agrs.iter().for_each(|a| self.gate(morrow + SimDuration::hours(3), *a, Gate::Settle, k));
            }
        }
        for step in 0..study.steps {
            self.world_event(study.step_start(step), STEP, Event::Step(step));
        }
    }

    fn happen(&mut self, now: SimTime, event: Event) {
        let study = self.study;
        match event {
            Event::Gate(agent, gate, k) => self.tell(now, agent, Input::Gate(gate, study.periods[k])),
            Event::Deliver(agent, message) => {
                self.wire.reached(agent, &message);
                self.tell(now, agent, Input::Message(message));
            }
            Event::Repeat(agent) => {
                let deliveries = self.wire.repeat(now, agent);
                self.deliver(agent, deliveries);
            }
            Event::EarlyForecast(k) => {
                let plan = self.world.foresee(&study.periods[k], &self.expected_prices(k));
                let area = self.forecaster.area(Some(&plan), now, &study.periods[k]);
                self.tell(now, DSO, Input::Area(area));
            }
            Event::Forecast(k) => {
                let period = &study.periods[k];
                self.world.plan(period, &self.isp_prices(period));
                self.forecast(now, period);
            }
            Event::Prices(k) => {
                let period = study.periods[k];
                let prices = Arc::new(DayPrices { period, eur_per_mwh: self.isp_prices(&period) });
                for a in 0..study.agrs.len() {
                    self.tell(now, agr_row(AgrIdx::new(a)), Input::Prices(Arc::clone(&prices)));
                }
            }
            Event::Step(step) => self.step(now, step),
            Event::Telemetry(t) => self.tell(now, DSO, Input::Telemetry(t)),
            Event::DayEnd(k) => self.day_end(now, &study.periods[k]),
        }
    }

    /// Day-ahead price per ISP: hourly products, so any step of the ISP shows it.
    fn isp_prices(&self, period: &Period) -> Vec<f64> {
        let per_isp = self.study.steps_per_isp();
        self.study.steps_of(period).step_by(per_isp).map(|s| self.study.prices.day_ahead_eur_per_mwh[s]).collect()
    }

    /// What is expected of the price before the auction: the day before repeats; a flat price where nothing came before.
    fn expected_prices(&self, k: usize) -> Vec<f64> {
        let isps = self.study.periods[k].isps();
        let Some(before) = k.checked_sub(1).map(|b| self.isp_prices(&self.study.periods[b])) else { return vec![0.0; isps] };
        (0..isps).map(|i| before[i.min(before.len() - 1)]).collect()
    }

    fn forecast(&mut self, now: SimTime, period: &Period) {
        let area = self.forecaster.area(self.world.plans.get(&period.date), now, period);
        self.tell(now, DSO, Input::Area(area));
        for a in (0..self.study.agrs.len()).map(AgrIdx::new) {
            let vintage = self.forecaster.portfolio(a, &self.world, now, period);
            self.tell(now, agr_row(a), Input::Portfolio(vintage));
        }
    }

    /// Hands an input to an agent and carries out what it wants.
    fn tell(&mut self, now: SimTime, agent: usize, input: Input) {
        self.observer.told(now, &self.agents[agent].0, &input);
        let actions = self.agents[agent].1.handle(now, input);
        for action in actions {
            self.observer.wanted(now, &self.agents[agent].0, &action);
            self.carry_out(now, agent, action);
        }
    }

    fn carry_out(&mut self, now: SimTime, agent: usize, action: Action) {
        match action {
            Action::Send(message) => {
                let deliveries = self.wire.send(now, agent, &message);
                self.deliver(agent, deliveries);
            }
            Action::Dispatch(d) => self.world.dispatch(d),
            Action::Limit(limit) => self.world.limit(now + SimDuration::minutes(i64::from(self.study.orange.delay_minutes)), limit),
            Action::Book(entry) => self.ledger.book(entry),
            Action::Record(Record::Analysis { period, with_orders, solution }) => {
                self.recording.analysis(self.study, &period, with_orders, &solution);
            }
            Action::Record(Record::Requested { cp, period, near_w, unserved_w }) => {
                self.recording.requested(self.study, cp, &period, &near_w, &unserved_w);
            }
        }
    }

    /// Puts what participant `from` sent on its way; what an altered text addresses to nobody is taken in by nobody.
    fn deliver(&mut self, from: usize, deliveries: Vec<Delivery>) {
        let origin = Origin(u16::try_from(from).expect("few agents"));
        for (arrives, message) in deliveries {
            if let Some(&to) = self.row_of.get(&message.header().recipient_domain) {
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
        let row = study.truth.step_at(now).expect("profiles cover the run");
        self.world.step(now, &study.periods[day], step, row, self.observer);
        let mut solved: Option<Variant> = None;
        for variant in Variant::ALL {
            let like = |other: &Variant| self.given[*other as usize] == self.world.power[variant as usize];
            let same_as = solved.filter(|other| self.physics.memoryless() && like(other));
            match same_as {
                Some(other) => {
                    if !study.grid.responses.is_empty() {
                        self.world.power[variant as usize] = self.world.power[other as usize].clone();
                    }
                    self.recording.copy_step(other, variant, step);
                }
                None => {
                    self.given[variant as usize].clone_from(&self.world.power[variant as usize]);
                    self.physics.solve(variant, &mut self.world.power[variant as usize]);
                    self.recording.step(study, variant, step, &self.physics.solution);
                    solved = Some(variant);
                }
            }
            let power = &self.world.power[variant as usize];
            self.observer.step(variant, step, &power.p_w, &power.q_var, &self.physics.solution);
        }
        let drawn_mwh = self.world.power[Variant::Actual as usize].p_w.iter().sum::<f64>() * study.step.as_hours() * 1e-6;
        self.world.totals.energy_eur += drawn_mwh * study.prices.day_ahead_eur_per_mwh[step];
        for (meter, p) in self.meters_w.iter_mut().zip(&self.world.power[Variant::Actual as usize].p_w) {
            meter.push(*p);
        }
        for (peak, p) in self.peak_w.iter_mut().zip(&self.world.power[Variant::Actual as usize].p_w) {
            *peak = peak.max(p.abs());
        }
        for (k, cp) in study.congestion_points.iter().enumerate() {
            if self.world.in_force(k, now).is_some() {
                self.recording.regime[k][step] = Regime::Orange;
            }
            if self.watched {
                let loading = f64::from(self.recording.loading[Variant::Actual as usize][step * self.recording.branches + cp.branch.i()]);
                let p_w = self.recording.through_w[Variant::Actual as usize][k][step];
                let t = Telemetry { cp: cp.public.cp, step_start: now, p_w, loading };
                self.world_event(now + study.step, INFORM, Event::Telemetry(t));
            }
        }
    }

    /// Meters are read, energy is cleared, the day is closed.
    fn day_end(&mut self, now: SimTime, period: &Period) {
        let study = self.study;
        let meters = std::mem::replace(&mut self.meters_w, vec![Vec::new(); study.grid.connections.len()]);
        let per_isp = study.steps_per_isp();
        let averages = |power: &Vec<f64>| power.chunks(per_isp).map(|steps| steps.iter().sum::<f64>() / per_isp as f64).collect();
        let meters: Vec<Vec<f64>> = meters.iter().map(averages).collect();
        let steps = study.steps_of(period);
        let limited_wh = std::mem::replace(&mut self.world.limited_wh, vec![0.0; study.grid.connections.len()]);
        let day = clearing::Day {
            period,
            meters_w: &meters,
            losses_w: &self.recording.losses_w[Variant::Actual as usize][steps],
            limited_wh: &limited_wh,
        };
        clearing::book(study, &mut self.ledger, now, &day, |agr| self.world.position_w(period.date, agr));
        for (c, p_w) in meters.into_iter().enumerate() {
            let Some(agr) = study.agr_of[c] else { continue };
            let meter = MeterDay { period: *period, connection: ConnectionIdx::new(c), p_w };
            self.tell(now, agr_row(agr), Input::Meter(Arc::new(meter)));
        }
        self.world.forget(period.date);
    }

    /// The annuities of replacements, pro rata over the run.
    fn book_capex(&mut self, strategy: &Strategy) {
        let years = self.study.step.as_hours() * self.study.steps as f64 / 8766.0;
        let time = self.study.step_start(self.study.steps);
        for r in strategy.replacement.iter().flat_map(|(replaced, ..)| replaced) {
            let amount = Money::from_f64(annuity(r.capex_eur, r.discount_rate, r.life_years) * years);
            let (payer, payee) = (self.study.dso.to_string(), clearing::CONTRACTOR.to_owned());
            self.ledger.book(Entry { time, payer, payee, kind: Kind::Capex, amount, reference: r.element.clone() });
        }
    }
}

/// Constant yearly payment that repays `capex` with interest over its life.
fn annuity(capex: f64, rate: f64, years: f64) -> f64 {
    if rate == 0.0 { capex / years } else { capex * rate / (1.0 - libm::pow(1.0 + rate, -years)) }
}

#[cfg(test)]
mod tests {
    use super::annuity;

    #[test]
    fn an_annuity_repays_the_investment() {
        let a = annuity(1000.0, 0.05, 40.0);
        let worth: f64 = (1..=40).map(|y| a / libm::pow(1.05, f64::from(y))).sum();
        assert!((worth - 1000.0).abs() < 1e-9);
        assert_eq!(annuity(1000.0, 0.0, 40.0), 25.0);
    }
}
