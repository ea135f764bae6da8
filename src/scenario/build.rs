//! From a checked scenario and its feeder to a [`Study`]; everything that does not fit is a finding at its line.

use std::path::Path;
use std::sync::Arc;

use crate::agent::PublicCp;
use crate::agent::agr::behaviour::{self, Behaviour};
use crate::asset::vehicle::sessions::Source;
use crate::diagnostic::{Findings, Severity};
use crate::forecast;
use crate::grid::{Grid, LoadingLimits, RadialOrder, ZeroSequence};
use crate::ids::{AgrIdx, CpIdx, Domain, EntityAddress};
use crate::import::Feeder;
use crate::powerflow::{Network, PhaseModel};
use crate::price::{self, Prices, Retail};
use crate::profile::ProfileTable;
use crate::rng::Stream;
use crate::time::written::Moment;
use crate::time::{IspCalendar, Period, SimDuration, Steps};

use super::lint::{self, Faults, Subject};
use super::overlay;
use super::portfolio;
use super::prosumers::Street;
use super::schema::{self, Scenario};
use super::sessions;
use super::strategies;
use super::study::{self, AgrSpec, AgrTerms, CongestionPoint, Orange, Study, Values, Wire};
use super::weather;

pub use super::lint::Locate;

/// Builds the study of `seed`.
///
/// `folder` is where relative paths of the scenario start that nobody wrote into a file.
///
/// # Errors
/// Everything about the scenario that does not fit its feeder or itself.
pub fn build(s: &Scenario, feeder: &Feeder, seed: u64, folder: &Path, locate: Locate<'_>) -> Result<(Study, Findings), Findings> {
    let Checked { findings, order, time, weather, prices, sessions } = check(s, Some(feeder), seed, folder, locate);
    if findings.has_errors() {
        return Err(findings.sorted());
    }
    let (Some(order), Some(time), Some(prices), Some(sessions)) = (order, time, prices, sessions) else {
        unreachable!("no error was found")
    };
    let TimeGrid { calendar, periods, grid: Steps { start, step, count: steps } } = time;
    let mut grid = overlay::rated_grid(&feeder.grid, &s.feeder);
    let phases = phase_model(s.feeder.phases);
    let mut devices = overlay::devices(s, feeder, seed, &calendar, &periods, step, &sessions);
    let congestion_points = congestion_points(s, &grid, &order);
    let (agrs, agr_of) = aggregators(s, &grid, seed);
    let forecast = forecast_model(&s.forecast);
    let run = Steps { start, step, count: steps };
    let on = with_history(&feeder.profiles, &run, &forecast);
    let (mut truth, weather) = match &weather {
        Some(known) => {
            let (weather, truth) = known.apply(seed, &feeder.profiles, &on, &mut devices);
            (Arc::new(truth), Some(weather))
        }
        None => (on_steps(&feeder.profiles, &run, &on), None),
    };
    if s.feeder.pv.as_ref().is_some_and(|pv| pv.reactive_by_voltage) {
        Street::hold_voltage(seed, &mut grid, &devices);
    }
    if s.feeder.base_load == schema::BaseLoad::Drawn {
        let holidays = match &s.forecast {
            schema::Forecast::Learned { holidays, .. } => holidays.as_slice(),
            _ => &[],
        };
        let mut table = if truth.grid() == on { ProfileTable::clone(&truth) } else { truth.averaged(&on) };
        overlay::draw_base_loads(&mut devices, &mut table, &feeder.profiles, &calendar, holidays, seed);
        truth = Arc::new(table);
    }
    let study = Study {
        name: s.name.clone(),
        description: s.description.clone(),
        seed,
        wire: wire(s, &calendar),
        calendar: Arc::new(calendar),
        currency: lint::unknown_currency::currency(&s.market.currency).expect("checked by unknown-currency"),
        periods,
        start,
        step,
        steps,
        phases,
        network: Arc::new(Network::by_phases(&grid, &order, phases)),
        strategies: strategies::resolve(s, &grid, phases, &congestion_points, feeder),
        grid,
        devices,
        foreseen: Arc::clone(&truth),
        truth,
        weather,
        within: PublicCp::within(congestion_points.iter().map(|c| &c.public)),
        congestion_points,
        agrs,
        agr_of,
        retail: s.prices.retail().iter().map(retail).collect(),
        retail_of: retail_of(s, &feeder.grid, seed),
        prices,
        forecast,
        timetable: s.market.timetable(),
        dso: Domain::new(s.dso.domain.as_str()),
        cro: Domain::new(s.dso.cro_domain.as_str()),
        orange: orange(&s.dso.orange),
        values: values(&s.values),
    };
    findings.sorted().or_ok(study)
}

/// What the rules said, and what was made on the way; each is there if its own part of the scenario is right.
pub(super) struct Checked {
    pub(super) findings: Findings,
    order: Option<RadialOrder>,
    time: Option<TimeGrid>,
    weather: Option<weather::Known>,
    prices: Option<Prices>,
    sessions: Option<Source>,
}

/// Holds a scenario against every rule, and against its feeder where that could be read.
pub(super) fn check(s: &Scenario, feeder: Option<&Feeder>, seed: u64, folder: &Path, locate: Locate<'_>) -> Checked {
    let mut faults = Faults::new(locate);
    let order = feeder.and_then(|f| match RadialOrder::new(&f.grid, &f.places) {
        Ok((order, warnings)) => {
            faults.findings.extend(warnings);
            if s.feeder.phases == schema::PhaseModel::ThreePhase
                && let Err(findings) = ZeroSequence::of(&f.grid, &order, &f.places)
            {
                faults.findings.extend(findings);
            }
            Some(order)
        }
        Err(findings) => {
            faults.findings.extend(findings);
            None
        }
    });
    lint::check(&Subject::new(s, feeder, order.as_ref(), seed), &mut faults);
    let time = time_grid(s);
    let weather = time.as_ref().and_then(|time| {
        let on = feeder.map_or(time.grid, |f| with_history(&f.profiles, &time.grid, &forecast_model(&s.forecast)));
        weather::read(s, (&time.grid, &on), &time.calendar, seed, folder, &mut faults)
    });
    let prices = time.as_ref().and_then(|time| prices(s, time, weather.as_ref(), seed, folder, &mut faults));
    let sessions = time.as_ref().map(|time| sessions::source(s, &time.calendar, folder, &mut faults));
    let mut findings = faults.findings;
    if findings.has_errors() {
        // What is odd may follow from an error; a value in another unit may be its cause, and a phase has nothing to do with it.
        let kept = [lint::unlikely_unit::RULE.code, lint::spread_phase::RULE.code];
        findings.0.retain(|f| f.severity == Severity::Error || kept.contains(&f.code));
    }
    Checked { findings, order, time, weather, prices, sessions }
}

struct TimeGrid {
    calendar: IspCalendar,
    periods: Vec<Period>,
    grid: Steps,
}

/// `None` where a rule on `[time]` is broken.
fn time_grid(s: &Scenario) -> Option<TimeGrid> {
    let t = &s.time;
    let calendar = IspCalendar::new(&t.zone, t.isp_minutes).ok()?;
    let whole = t.step_minutes > 0 && t.isp_minutes.is_multiple_of(t.step_minutes);
    if !whole || !lint::reversed_dates::in_order(t) {
        return None;
    }
    let days = || t.from.series(jiff::Span::new().days(1)).take_while(|date| *date <= t.until);
    if !days().all(|date| lint::broken_day::is_whole(&calendar, date)) {
        return None;
    }
    let periods: Vec<Period> = days().map(|date| calendar.period(date)).collect();
    let start = periods.first()?.start;
    let step = SimDuration::minutes(i64::from(t.step_minutes));
    let count = ((periods.last()?.end() - start).0 / step.0) as usize;
    Some(TimeGrid { calendar, periods, grid: Steps { start, step, count } })
}

/// Profiles on the steps of the run and those before it that are looked back to; the table itself where its steps are the run's.
fn on_steps(profiles: &Arc<ProfileTable>, run: &Steps, on: &Steps) -> Arc<ProfileTable> {
    let given = profiles.grid();
    if given.step == run.step && given.nests(run) {
        return Arc::clone(profiles);
    }
    Arc::new(profiles.averaged(on))
}

/// The steps of a run and those before it that forecasts look back to, as far as there are profiles.
fn with_history(profiles: &ProfileTable, run: &Steps, forecast: &forecast::Model) -> Steps {
    let back = match forecast {
        forecast::Model::Persistence => forecast::PERSISTENCE,
        forecast::Model::Learned(_) => forecast::history::BEFORE,
        forecast::Model::Perfect | forecast::Model::Synthetic(_) => SimDuration::ZERO,
    };
    let before = (back.min(run.start - profiles.start()).max(SimDuration::ZERO).0 / run.step.0) as usize;
    let start = run.start - SimDuration(run.step.0 * before as i64);
    Steps { start, count: before + run.count, ..*run }
}

fn congestion_points(s: &Scenario, grid: &Grid, order: &RadialOrder) -> Vec<CongestionPoint> {
    let point = |(k, c): (usize, &schema::CongestionPoint)| {
        let branch = grid.branch(&c.element).expect("checked by unknown-element");
        let below = order.downstream_buses(branch);
        CongestionPoint {
            id: c.id.clone(),
            public: PublicCp {
                cp: CpIdx::new(k),
                address: cp_address(&s.dso.domain, &c.id),
                mutex_offers: c.mutex_offers,
                connections: order.downstream_connections(grid, branch),
            },
            branch,
            from_is_upstream: !below.contains(&grid.branch_buses(branch).0),
            limits: LoadingLimits { planning: c.planning, rating: c.rating, emergency: c.emergency },
        }
    };
    s.congestion_point.iter().enumerate().map(point).collect()
}

/// `ea1.2024-01.<reversed domain of the DSO>:<id>`.
pub(super) fn cp_address(dso: &str, id: &str) -> EntityAddress {
    let reversed: Vec<&str> = dso.split('.').rev().collect();
    EntityAddress::new(format!("ea1.2024-01.{}:{id}", reversed.join(".")))
}

/// Aggregators sorted by domain, and who represents each connection.
fn aggregators(s: &Scenario, grid: &Grid, seed: u64) -> (Vec<AgrSpec>, Vec<Option<AgrIdx>>) {
    let terms = portfolio::by_domain(s);
    let holders = portfolio::holders(&terms, grid, seed);
    let specs = terms.into_iter().map(|a| AgrSpec { domain: Domain::new(a.domain.as_str()), terms: agr_terms(a) });
    (specs.collect(), holders)
}

fn retail((name, r): (&String, &schema::Retail)) -> Retail {
    Retail {
        name: name.as_str().into(),
        energy_eur_per_mwh: r.energy_eur_per_mwh,
        supplier_eur_per_mwh: r.supplier_eur_per_mwh,
        network_eur_per_mwh: r.network_eur_per_mwh,
        tax_eur_per_mwh: r.tax_eur_per_mwh,
        feed_in_eur_per_mwh: r.feed_in_eur_per_mwh,
    }
}

/// Which tariff each connection has: named ones first, then shares of the rest by draw.
fn retail_of(s: &Scenario, grid: &Grid, seed: u64) -> Vec<Option<usize>> {
    let groups: Vec<&schema::Retail> = s.prices.retail().values().collect();
    let of = |connection: &crate::grid::Connection| {
        let named = groups.iter().position(|g| g.connections.contains(&connection.id));
        named.or_else(|| {
            let draw = Stream::new(seed, &connection.id, "retail").at(0).uniform();
            let mut sum = 0.0;
            groups.iter().position(|g| {
                sum += g.share;
                draw < sum
            })
        })
    };
    if groups.is_empty() { vec![None; grid.connections.len()] } else { grid.connections.iter().map(of).collect() }
}

fn agr_terms(a: &schema::Aggregator) -> AgrTerms {
    let f = &a.failure;
    AgrTerms {
        behaviour: behaviour(a),
        willingness: a.willingness,
        caution: a.caution,
        support_eur_per_mwh: a.support_eur_per_mwh,
        shifting_eur_per_mwh: a.shifting_eur_per_mwh,
        failure: study::Failure {
            asset_per_day: f.asset_per_day,
            communication_per_hour: f.communication_per_hour,
            vehicle_override_per_call: f.vehicle_override_per_call,
            heat_override_per_call: f.heat_override_per_call,
            cloud_per_hour: f.cloud_per_hour,
            vendors: usize::from(f.vendors),
        },
    }
}

fn behaviour(a: &schema::Aggregator) -> Behaviour {
    let margin = a.margin;
    match a.behaviour.clone().unwrap_or(schema::Behaviour::FixedMargin {}) {
        schema::Behaviour::Truthful {} => Behaviour::Truthful(behaviour::Truthful),
        schema::Behaviour::FixedMargin {} => Behaviour::FixedMargin(behaviour::FixedMargin { margin }),
        schema::Behaviour::LearntMargin { step, least, most } => {
            Behaviour::LearntMargin(behaviour::LearntMargin { start: margin, step, least, most: most.max(least) })
        }
        schema::Behaviour::Prudent {} => Behaviour::Prudent(behaviour::Prudent { margin }),
        schema::Behaviour::Cautious { availability, correlation } => {
            Behaviour::Cautious(behaviour::Cautious { margin, availability, correlation })
        }
        schema::Behaviour::Withholding { share } => Behaviour::Withholding(behaviour::Withholding { margin, share }),
        schema::Behaviour::Inflating { share, programme } => Behaviour::Inflating(behaviour::Inflating { margin, share, programme }),
        schema::Behaviour::IncDec { payment_eur_per_mwh } => Behaviour::IncDec(behaviour::IncDec { margin, payment_eur_per_mwh }),
    }
}

fn phase_model(phases: schema::PhaseModel) -> PhaseModel {
    match phases {
        schema::PhaseModel::Balanced => PhaseModel::Balanced,
        schema::PhaseModel::ThreePhase => PhaseModel::ThreePhase,
    }
}

fn wire(s: &Scenario, calendar: &IspCalendar) -> Wire {
    let w = &s.wire;
    let moment = |t: Moment| calendar.instant(&t).expect("checked by skipped-time");
    let domain = |name: &String| Domain::new(name.as_str());
    let fault = |f: &schema::Fault| study::Fault {
        from: f.from.as_ref().map(domain),
        to: f.to.as_ref().map(domain),
        loss: f.loss,
        duplication: f.duplication,
        reordering: f.reordering,
        corruption: f.corruption,
        delay: SimDuration::seconds(i64::from(f.delay_s)),
    };
    let silence =
        |q: &schema::Silence| study::Silence { participant: domain(&q.participant), from: moment(q.from), until: moment(q.until) };
    Wire {
        transport: match w.transport {
            schema::Transport::Object => study::Transport::Object,
            schema::Transport::Xml => study::Transport::Xml,
            schema::Transport::SignedXml => study::Transport::SignedXml,
        },
        retry: SimDuration::seconds(i64::from(w.retry_s)),
        give_up: SimDuration::minutes(i64::from(w.give_up_minutes)),
        longest_delay: SimDuration::seconds(i64::from(s.market.message_delay_s)),
        faults: w.fault.iter().map(fault).collect(),
        silences: w.silence.iter().map(silence).collect(),
    }
}

fn orange(o: &schema::Orange) -> Orange {
    Orange {
        delay: SimDuration::minutes(i64::from(o.delay_minutes)),
        controllable_share: o.controllable_share,
        compliance: o.compliance,
        device_floor_w: o.device_floor_kw * 1e3,
        compensation_eur_per_mwh: o.compensation_eur_per_mwh,
    }
}

fn values(v: &schema::Values) -> Values {
    Values {
        pv_lost_eur_per_mwh: v.pv_lost_eur_per_mwh,
        vehicle_unserved_eur_per_mwh: v.vehicle_unserved_eur_per_mwh,
        heat_unserved_eur_per_mwh: v.heat_unserved_eur_per_mwh,
        transformer_eur: v.transformer_eur,
        ambient_mean_c: v.ambient_mean_c,
        ambient_season_k: v.ambient_season_k,
        ambient_day_k: v.ambient_day_k,
        transaction_eur: v.transaction_eur,
    }
}

/// Prices of every step; `None` where the file of prices has faults.
fn prices(
    s: &Scenario,
    time: &TimeGrid,
    weather: Option<&weather::Known>,
    seed: u64,
    folder: &Path,
    faults: &mut Faults<'_>,
) -> Option<Prices> {
    match &s.prices {
        schema::Prices::Weather { imbalance_spread_eur_per_mwh, .. } => {
            let day_ahead = weather::day_ahead(weather?, &time.grid, &time.calendar, faults)?;
            Some(price::around(day_ahead, *imbalance_spread_eur_per_mwh, &time.calendar, seed, &time.grid))
        }
        schema::Prices::Synthetic {
            level_eur_per_mwh,
            shape_eur_per_mwh,
            weekend_factor,
            daily_noise_eur_per_mwh,
            imbalance_spread_eur_per_mwh,
            ..
        } => {
            let p = price::Synthetic {
                level_eur_per_mwh: *level_eur_per_mwh,
                shape_eur_per_mwh: *shape_eur_per_mwh,
                weekend_factor: *weekend_factor,
                daily_noise_eur_per_mwh: *daily_noise_eur_per_mwh,
                imbalance_spread_eur_per_mwh: *imbalance_spread_eur_per_mwh,
            };
            let mut prices = price::synthetic(&p, &time.calendar, seed, &time.grid);
            if let Some(moves) = weather.and_then(|w| w.moves_prices(&time.grid, &time.calendar)) {
                for series in [&mut prices.day_ahead_eur_per_mwh, &mut prices.imbalance_eur_per_mwh] {
                    series.iter_mut().zip(&moves).for_each(|(price, by)| *price += by);
                }
            }
            Some(prices)
        }
        schema::Prices::Csv { path, minutes, .. } => {
            let file = faults.file("prices.path", folder, path);
            let (prices, findings) = match price::read_csv(&file, SimDuration::minutes(i64::from(*minutes)), &time.calendar, &time.grid) {
                Ok((prices, odd)) => (Some(prices), odd),
                Err(findings) => (None, findings),
            };
            weather::placed(findings, "prices.path", faults);
            prices
        }
    }
}

fn forecast_model(f: &schema::Forecast) -> forecast::Model {
    match f {
        schema::Forecast::Perfect {} => forecast::Model::Perfect,
        schema::Forecast::Persistence {} => forecast::Model::Persistence,
        schema::Forecast::Synthetic { feed_in_sigma, load_sigma, shared, correlation_h } => {
            forecast::Model::Synthetic(forecast::ErrorModel {
                feed_in_sigma: *feed_in_sigma,
                load_sigma: *load_sigma,
                shared: *shared,
                correlation: SimDuration::seconds((correlation_h * 3600.0) as i64),
            })
        }
        schema::Forecast::Learned { learner, data_delay_days, holidays } => forecast::Model::Learned(forecast::Learned {
            learner: match learner {
                schema::Learner::WeeklyProfile => forecast::Learner::WeeklyProfile,
                schema::Learner::ExponentialSmoothing => forecast::Learner::ExponentialSmoothing,
                schema::Learner::Ridge => forecast::Learner::Ridge,
            },
            data_delay_days: usize::from(*data_delay_days),
            holidays: holidays.clone(),
        }),
    }
}
