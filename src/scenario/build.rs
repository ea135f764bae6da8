//! From a checked scenario and its feeder to a [`Study`]; everything that does not fit is a finding at its line.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use crate::agent::PublicCp;
use crate::diagnostic::{Finding, Findings, Location, did_you_mean};
use crate::forecast;
use crate::grid::{Grid, LoadingLimits, Places, RadialOrder};
use crate::ids::{AgrIdx, BranchIdx, ConnectionIdx, CpIdx, Domain, EntityAddress};
use crate::import::Feeder;
use crate::powerflow::Network;
use crate::price::{self, Prices};
use crate::rng::Stream;
use crate::time::{IspCalendar, Period, SimDuration, SimTime};
use crate::uftp::message::Currency;

use super::overlay;
use super::schema::{self, Scenario};
use super::strategies;
use super::study::{AgrSpec, CongestionPoint, Study};

/// Points at a value of the scenario by its dotted path.
pub type Locate<'a> = &'a dyn Fn(&str) -> Option<Location>;

/// Collects findings that point into the scenario.
pub(super) struct Faults<'a> {
    locate: Locate<'a>,
    pub(super) findings: Findings,
}

impl Faults<'_> {
    /// Adds a finding at a dotted path.
    pub(super) fn at(&mut self, path: &str, mut finding: Finding) {
        finding.location = (self.locate)(path);
        self.findings.push(finding);
    }

    /// The branch a scenario names at a dotted path, or a finding that there is none.
    pub(super) fn element(&mut self, grid: &Grid, name: &str, path: &str) -> Option<BranchIdx> {
        let branch = grid.branch(name);
        if branch.is_none() {
            let names: Vec<String> = (0..grid.transformers.len()).map(|t| grid.branch_name(grid.transformer_branch(t))).collect();
            let help = format!("write 'transformer:ID' or 'line:ID'; transformers here: {}", names.join(", "));
            self.at(path, Finding::error("unknown-element", format!("the feeder has no element '{name}'")).help(help));
        }
        branch
    }
}

/// Builds the study of `seed`.
///
/// `folder` is where relative paths of the scenario start.
///
/// # Errors
/// Everything about the scenario that does not fit its feeder or itself.
pub fn build(s: &Scenario, feeder: &Feeder, seed: u64, folder: &Path, locate: Locate<'_>) -> Result<(Study, Findings), Findings> {
    let mut faults = Faults { locate, findings: Findings::default() };
    let Some(grid_of_time) = time_grid(s, &mut faults) else { return Err(faults.findings) };
    let TimeGrid { calendar, periods, start, step, steps } = grid_of_time;
    covers(feeder, start, periods.last().expect("at least one day").end(), &mut faults);
    let grid = overlay::rated_grid(&feeder.grid, &s.feeder, &mut faults);
    let Some((network, order)) = network(&grid, &feeder.places, &mut faults) else { return Err(faults.findings) };
    let dates: Vec<Date> = periods.iter().map(|p| p.date).collect();
    let things = overlay::assets(s, feeder, seed, &calendar, &dates, &mut faults);
    let congestion_points = congestion_points(s, &grid, &order, &mut faults);
    let (agrs, agr_of) = aggregators(s, &grid, seed, &mut faults);
    let starts = (0..steps as i64).map(|i| start + SimDuration(step.0 * i));
    let prices = prices(s, &calendar, seed, folder, starts, &mut faults);
    let strategies = strategies::resolve(s, &grid, &congestion_points, &feeder.places, &mut faults);
    let currency = Currency::new(&s.market.currency);
    if currency.is_none() {
        faults.at(
            "market.currency",
            Finding::error("currency", format!("'{}' is not an ISO 4217 code", s.market.currency)).help("such as 'EUR'"),
        );
    }
    let silences = silences(s, &calendar, &mut faults);
    let truth = Arc::clone(&feeder.profiles);
    if faults.findings.has_errors() {
        return Err(faults.findings);
    }
    let study = Study {
        name: s.name.clone(),
        description: s.description.clone(),
        seed,
        calendar: Arc::new(calendar),
        currency: currency.expect("checked above"),
        periods,
        start,
        step,
        steps,
        network: Arc::new(network),
        grid,
        assets: things.assets,
        foreseen: Arc::clone(&truth),
        truth,
        vehicles: things.vehicles,
        batteries: things.batteries,
        nested: nested(&congestion_points),
        congestion_points,
        agrs,
        agr_of,
        prices,
        forecast: forecast_model(&s.forecast),
        market: s.market.clone(),
        wire: s.wire.clone(),
        silences,
        dso: Domain::new(s.dso.domain.as_str()),
        cro: Domain::new(s.dso.cro_domain.as_str()),
        orange: s.dso.orange.clone(),
        values: s.values.clone(),
        strategies,
    };
    faults.findings.or_ok(study)
}

/// Who is off the air when; everyone the wire table names must be a participant.
fn silences(s: &Scenario, calendar: &IspCalendar, faults: &mut Faults<'_>) -> Vec<(Domain, SimTime, SimTime)> {
    let names = || s.aggregator.iter().map(|a| a.domain.as_str()).chain([s.dso.domain.as_str(), s.dso.cro_domain.as_str()]);
    let mut known = |name: &str, path: String| {
        if !names().any(|n| n == name) {
            let finding = Finding::error("unknown-participant", format!("no participant has the domain '{name}'"));
            faults.at(&path, finding.help(nearest(name, names())));
        }
    };
    for (k, f) in s.wire.fault.iter().enumerate() {
        for (key, name) in [("from", &f.from), ("to", &f.to)] {
            name.iter().for_each(|n| known(n, format!("wire.fault[{k}].{key}")));
        }
    }
    let moment = |t: jiff::civil::DateTime| calendar.at(t.date(), t.time());
    let mut silences = Vec::new();
    for (k, q) in s.wire.silence.iter().enumerate() {
        known(&q.participant, format!("wire.silence[{k}].participant"));
        silences.push((Domain::new(q.participant.as_str()), moment(q.from), moment(q.until)));
    }
    silences
}

struct TimeGrid {
    calendar: IspCalendar,
    periods: Vec<Period>,
    start: SimTime,
    step: SimDuration,
    steps: usize,
}

fn time_grid(s: &Scenario, faults: &mut Faults<'_>) -> Option<TimeGrid> {
    let t = &s.time;
    let calendar = match IspCalendar::new(&t.zone, t.isp_minutes) {
        Ok(calendar) => calendar,
        Err(e) => {
            let key = if matches!(e, crate::time::CalendarError::UnknownZone(_)) { "time.zone" } else { "time.isp_minutes" };
            faults.at(key, Finding::error("time-grid", e.to_string()).help("such as zone = \"Europe/Amsterdam\", isp_minutes = 15"));
            return None;
        }
    };
    if t.until < t.from {
        let message = format!("the last day {} lies before the first, {}", t.until, t.from);
        faults.at("time.until", Finding::error("time-grid", message).help("'until' is the last day of the run, inclusive"));
        return None;
    }
    if t.step_minutes == 0 || !t.isp_minutes.is_multiple_of(t.step_minutes) {
        let message = format!("a step of {} min does not divide an ISP of {} min", t.step_minutes, t.isp_minutes);
        faults.at("time.step_minutes", Finding::error("time-grid", message).help("use 1, 5 or 15"));
        return None;
    }
    let mut periods = Vec::new();
    let mut date = t.from;
    while date <= t.until {
        periods.push(calendar.period(date));
        date = date.tomorrow().ok()?;
    }
    let start = periods.first()?.start;
    let step = SimDuration::minutes(i64::from(t.step_minutes));
    let steps = ((periods.last()?.end() - start).0 / step.0) as usize;
    Some(TimeGrid { calendar, periods, start, step, steps })
}

fn covers(feeder: &Feeder, from: SimTime, until: SimTime, faults: &mut Faults<'_>) {
    if feeder.profiles.steps() == 0 {
        let help = "import a feeder with profiles, such as a SimBench grid";
        faults.at("feeder.path", Finding::error("no-profiles", "the feeder has no profiles to simulate").help(help));
    } else if let Err(finding) = feeder.profiles.covers(from, until) {
        faults.at("time.from", finding);
    }
}

fn network(grid: &Grid, places: &Places, faults: &mut Faults<'_>) -> Option<(Network, RadialOrder)> {
    match RadialOrder::new(grid, places) {
        Ok((order, warnings)) => {
            faults.findings.extend(warnings);
            Some((Network::new(grid, &order), order))
        }
        Err(findings) => {
            faults.findings.extend(findings);
            None
        }
    }
}

fn congestion_points(s: &Scenario, grid: &Grid, order: &RadialOrder, faults: &mut Faults<'_>) -> Vec<CongestionPoint> {
    let mut points = Vec::new();
    for (k, c) in s.congestion_point.iter().enumerate() {
        let path = |key: &str| format!("congestion_point[{k}].{key}");
        if !(c.planning <= c.rating && c.rating <= c.emergency) {
            let message =
                format!("limits of '{}' are not in order: planning {}, rating {}, emergency {}", c.id, c.planning, c.rating, c.emergency);
            faults.at(
                &path("planning"),
                Finding::error("limits-order", message).help("planning may not exceed rating, nor rating emergency"),
            );
        }
        let Some(branch) = faults.element(grid, &c.element, &path("element")) else { continue };
        let connections = order.downstream_connections(grid, branch);
        if connections.is_empty() {
            let message = format!("no connection lies behind '{}'", c.element);
            faults
                .at(&path("element"), Finding::error("empty-congestion-point", message).help("choose an element that supplies customers"));
            continue;
        }
        let below = order.downstream_buses(branch);
        points.push(CongestionPoint {
            id: c.id.clone(),
            public: PublicCp {
                cp: CpIdx::new(points.len()),
                address: cp_address(&s.dso.domain, &c.id),
                mutex_offers: c.mutex_offers,
                connections,
            },
            branch,
            from_is_upstream: !below.contains(&grid.branch_buses(branch).0),
            limits: LoadingLimits { planning: c.planning, rating: c.rating, emergency: c.emergency },
        });
    }
    points
}

/// `ea1.2024-01.<reversed domain of the DSO>:<id>`.
fn cp_address(dso: &str, id: &str) -> EntityAddress {
    let reversed: Vec<&str> = dso.split('.').rev().collect();
    EntityAddress::new(format!("ea1.2024-01.{}:{id}", reversed.join(".")))
}

fn nested(points: &[CongestionPoint]) -> Vec<(CpIdx, CpIdx)> {
    let mut pairs = Vec::new();
    for (i, a) in points.iter().enumerate() {
        for b in &points[i + 1..] {
            if a.public.connections.iter().any(|c| b.public.connections.contains(c)) {
                pairs.push((a.public.cp, b.public.cp));
            }
        }
    }
    pairs
}

/// Aggregators sorted by domain, and who represents each connection: named ones first, then shares of the rest by draw.
fn aggregators(s: &Scenario, grid: &Grid, seed: u64, faults: &mut Faults<'_>) -> (Vec<AgrSpec>, Vec<Option<AgrIdx>>) {
    let mut order: Vec<usize> = (0..s.aggregator.len()).collect();
    order.sort_by(|&a, &b| s.aggregator[a].domain.cmp(&s.aggregator[b].domain));
    let mut agr_of: Vec<Option<AgrIdx>> = vec![None; grid.connections.len()];
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, &k) in order.iter().enumerate() {
        let a = &s.aggregator[k];
        if let Some(first) = seen.insert(&a.domain, k) {
            let message = format!("aggregator '{}' is defined twice", a.domain);
            faults.at(
                &format!("aggregator[{k}].domain"),
                Finding::error("duplicate-aggregator", message).help(format!("merge it with entry {}", first + 1)),
            );
        }
        for (j, id) in a.connections.iter().enumerate() {
            let path = format!("aggregator[{k}].connections[{j}]");
            match grid.connection(id) {
                None => {
                    let help = nearest(id, grid.connections.iter().map(|c| c.id.as_str()));
                    faults.at(&path, Finding::error("unknown-connection", format!("the feeder has no connection '{id}'")).help(help));
                }
                Some(c) => match agr_of[c.i()] {
                    Some(other) => {
                        let holder = &s.aggregator[order[other.i()]].domain;
                        let message = format!("connection '{id}' already belongs to '{holder}'");
                        faults.at(&path, Finding::error("connection-taken", message).help("a connection has one aggregator at most"));
                    }
                    None => agr_of[c.i()] = Some(AgrIdx::new(row)),
                },
            }
        }
    }
    let total: f64 = s.aggregator.iter().map(|a| a.share).sum();
    if total > 1.0 + 1e-9 {
        faults.at(
            "aggregator",
            Finding::error("shares", format!("shares of the aggregators add up to {total:.2}")).help("let them sum to at most 1"),
        );
    }
    for (c, agr) in agr_of.iter_mut().enumerate().filter(|(_, a)| a.is_none()) {
        let draw = Stream::new(seed, &grid.connections[c].id, "aggregator").at(0).uniform();
        let mut sum = 0.0;
        *agr = order.iter().enumerate().find_map(|(row, &k)| {
            sum += s.aggregator[k].share;
            (draw < sum).then(|| AgrIdx::new(row))
        });
    }
    let specs =
        order.iter().map(|&k| AgrSpec { domain: Domain::new(s.aggregator[k].domain.as_str()), terms: s.aggregator[k].clone() }).collect();
    (specs, agr_of)
}

/// A help that names the closest of the known ids.
pub(super) fn nearest<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> String {
    did_you_mean(id, &known.collect::<Vec<_>>(), "there are")
}

fn prices(
    s: &Scenario,
    calendar: &IspCalendar,
    seed: u64,
    folder: &Path,
    starts: impl Iterator<Item = SimTime>,
    faults: &mut Faults<'_>,
) -> Prices {
    match &s.prices {
        schema::Prices::Synthetic {
            level_eur_per_mwh,
            shape_eur_per_mwh,
            weekend_factor,
            daily_noise_eur_per_mwh,
            imbalance_spread_eur_per_mwh,
        } => {
            let p = price::Synthetic {
                level_eur_per_mwh: *level_eur_per_mwh,
                shape_eur_per_mwh: *shape_eur_per_mwh,
                weekend_factor: *weekend_factor,
                daily_noise_eur_per_mwh: *daily_noise_eur_per_mwh,
                imbalance_spread_eur_per_mwh: *imbalance_spread_eur_per_mwh,
            };
            price::synthetic(&p, calendar, seed, starts)
        }
        schema::Prices::Csv { path, minutes } => {
            let starts: Vec<SimTime> = starts.collect();
            let table = price::read_csv(&folder.join(path), SimDuration::minutes(i64::from(*minutes)), &starts);
            table.unwrap_or_else(|findings| {
                for f in findings.0 {
                    if f.location.is_some() { faults.findings.push(f) } else { faults.at("prices.path", f) }
                }
                Prices::default()
            })
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
    }
}

/// Connections of a congestion point that belong to an aggregator.
#[must_use]
pub fn portfolio_at(study: &Study, agr: AgrIdx, cp: &CongestionPoint) -> Vec<ConnectionIdx> {
    cp.public.connections.iter().filter(|c| study.agr_of[c.i()] == Some(agr)).copied().collect()
}
