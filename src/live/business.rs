//! A configuration turned into what the driver needs: the agent, the common reference if it runs its own, and the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::{Date, Time};

use super::config::{CongestionPoint, Loaded};
use super::rules::{NO_BUSINESS, NO_OPERATOR};
use super::series::{Layout, Series, Values};
use crate::agent::agr::{self, Agr, OwnDevice};
use crate::agent::cro::Cro;
use crate::agent::dso::{self, Dso, Watched};
use crate::agent::{Area, DayPrices, Desk, Directory, DsoVintage, Inbox, Input, MeterDay, Participant, PortfolioVintage, PublicCp};
use crate::asset::curtailable::Curtailable;
use crate::asset::{Device, Outlook, fixed};
use crate::diagnostic::Findings;
use crate::grid::RadialOrder;
use crate::ids::{AgrIdx, AssetIdx, BranchIdx, ConnectionIdx, CpIdx, Domain, EntityAddress, Role};
use crate::import::read_folder;
use crate::powerflow::Network;
use crate::scenario::lint::{unknown_currency, unknown_element, unknown_zone};
use crate::time::{IspCalendar, Period, SimTime};
use crate::uftp::message::{
    AgrPortfolioUpdate, ConversationId, Currency, DateTime, Header, Message, MessageId, PortfolioConnection, Version, ZoneName,
};
use crate::uftp::validate::{Baseline, Terms};

/// Everything the driver needs to know of the business.
pub(super) struct Business {
    pub(super) agent: Box<dyn Participant>,
    /// The participant's own common reference, if no peer is one.
    pub(super) cro: Option<(Domain, Cro)>,
    pub(super) files: Files,
    pub(super) calendar: Arc<IspCalendar>,
    pub(super) periods: Vec<Period>,
}

/// What all parts of a business share.
struct Common<'a> {
    loaded: &'a Loaded,
    calendar: Arc<IspCalendar>,
    currency: Currency,
    domain: Domain,
    cro: Domain,
    role: Role,
    seed: u64,
}

impl Business {
    /// Builds the business of a participant in `role`; `seed` keys its MessageIDs.
    ///
    /// # Errors
    /// All findings of the part that fails first: calendar and currency, the role's own table, its files.
    pub(super) fn new(loaded: &Loaded, role: Role, seed: u64, now: SimTime) -> Result<Business, Findings> {
        let common = Common::new(loaded, role, seed)?;
        let days = &loaded.config.time;
        let dates = days.from.series(jiff::Span::new().days(1)).take_while(|d| *d <= days.until);
        let periods = dates.map(|date| common.calendar.period(date)).collect();
        let (agent, files) = if role == Role::Dso { operator(&common)? } else { aggregator(&common)? };
        let has_cro = loaded.config.peer.iter().any(|p| p.role.role() == Role::Cro);
        let cro = (!has_cro).then(|| (common.cro.clone(), common.own_cro(now)));
        Ok(Business { agent, cro, files, calendar: common.calendar, periods })
    }
}

impl<'a> Common<'a> {
    fn new(loaded: &'a Loaded, role: Role, seed: u64) -> Result<Common<'a>, Findings> {
        let config = &loaded.config;
        let calendar = IspCalendar::new(&config.time.zone, config.time.isp_minutes)
            .map_err(|e| loaded.at("time.zone", unknown_zone::RULE.finding(e.to_string())))?;
        let currency = unknown_currency::currency(&config.market.currency).map_err(|finding| loaded.at("market.currency", finding))?;
        let cro = config.peer.iter().find(|p| p.role.role() == Role::Cro);
        let cro = cro.map_or_else(|| format!("cro.{}", config.domain), |p| p.domain.clone());
        let domain = Domain::new(config.domain.as_str());
        Ok(Common { loaded, calendar: Arc::new(calendar), currency, domain, cro: Domain::new(cro), role, seed })
    }

    fn desk(&self, domain: &Domain) -> Desk {
        Desk::new(domain.clone(), Arc::clone(&self.calendar), self.currency, self.seed)
    }

    fn directory(&self, domain: &Domain, role: Role) -> Directory {
        let config = &self.loaded.config;
        let peers = config.peer.iter().map(|p| (Domain::new(p.domain.as_str()), p.role.role()));
        let own = [(self.cro.clone(), Role::Cro), (self.domain.clone(), self.role)];
        let terms = |c: &CongestionPoint| {
            let terms = Terms { mutex_offers_supported: c.mutex_offers, baseline: Baseline::DPrognosis, plausible_power: None };
            (EntityAddress::new(c.address.as_str()), terms)
        };
        Directory {
            domain: domain.clone(),
            role,
            peers: peers.chain(own).filter(|(d, _)| d != domain).collect(),
            congestion_points: config.congestion_point.iter().map(terms).collect(),
            contracts: Vec::new(),
            release_deadline: Time::midnight(),
            calendar: Arc::clone(&self.calendar),
            currency: self.currency,
        }
    }

    /// A common reference that has heard of every portfolio in the configuration.
    fn own_cro(&self, now: SimTime) -> Cro {
        let mut cro = Cro::new(self.desk(&self.cro), Inbox::new(self.directory(&self.cro, Role::Cro)));
        for (k, peer) in self.loaded.config.peer.iter().enumerate().filter(|(_, p)| !p.connections.is_empty()) {
            let id = uuid::Uuid::from_u128(k as u128 + 1);
            let connection = |address: &String| PortfolioConnection {
                entity_address: EntityAddress::new(address.as_str()),
                start_period: self.loaded.config.time.from,
                end_period: None,
            };
            let update = AgrPortfolioUpdate {
                header: Header {
                    version: Version::V3_1_0,
                    sender_domain: Domain::new(peer.domain.as_str()),
                    recipient_domain: self.cro.clone(),
                    time_stamp: DateTime::utc(now),
                    message_id: MessageId(id),
                    conversation_id: ConversationId(id),
                },
                time_zone: ZoneName::new(self.calendar.zone_name()),
                connections: peer.connections.iter().map(connection).collect(),
            };
            // Its answer interests nobody.
            let _ = cro.handle(now, Input::Message(Arc::new(Message::from(update))));
        }
        cro
    }

    /// The configured congestion points over the rows of `connections`.
    fn points(&self, connections: &BTreeMap<String, usize>) -> Vec<PublicCp> {
        let row = |address: &String| connections.get(address).map(|c| ConnectionIdx::new(*c));
        let points = self.loaded.config.congestion_point.iter().enumerate();
        points
            .map(|(k, c)| PublicCp {
                cp: CpIdx::new(k),
                address: EntityAddress::new(c.address.as_str()),
                mutex_offers: c.mutex_offers,
                connections: c.connections.iter().filter_map(row).collect(),
            })
            .collect()
    }

    fn missing(&self, table: &str) -> Findings {
        let finding = NO_BUSINESS.finding(format!("the table '[{table}]' is missing"));
        self.loaded.at("", finding.help("it says what the participant owns and where its forecasts are")).into()
    }
}

fn aggregator(common: &Common<'_>) -> Result<(Box<dyn Participant>, Files), Findings> {
    let loaded = common.loaded;
    let a = loaded.config.aggregator.as_ref().ok_or_else(|| common.missing("aggregator"))?;
    let forecast = loaded.path("aggregator.forecast");
    let connections = Series::connections(&forecast)?;
    let dso = loaded.config.peer.iter().find(|p| p.role.role() == Role::Dso);
    let dso = dso.ok_or_else(|| loaded.at("peer", NO_OPERATOR.finding("no peer is a DSO").help("an aggregator trades with one")))?;
    let points = common.points(&connections);
    let profile = agr::Profile {
        agr: AgrIdx::new(0),
        dso: Domain::new(dso.domain.as_str()),
        cro: common.cro.clone(),
        connections: connections.iter().map(|(name, k)| (ConnectionIdx::new(*k), EntityAddress::new(name.as_str()))).collect(),
        devices: (0..connections.len()).map(feed_in).collect(),
        within: PublicCp::within(&points),
        congestion_points: points,
        contracts: Vec::new(),
        margin: a.margin,
        caution: a.caution,
        support_eur_per_mwh: a.support_eur_per_mwh,
        shifting_eur_per_mwh: 0.0,
        penalty_eur_per_mwh: a.penalty_eur_per_mwh,
        rounds: loaded.config.market.timetable().rounds,
    };
    let inbox = Inbox::new(common.directory(&common.domain, Role::Agr));
    let agent = Box::new(Agr::new(common.desk(&common.domain), inbox, profile));
    let own =
        Own::Aggregator { prices: loaded.path("aggregator.prices"), meters: loaded.document.file("aggregator.meters").unwrap_or_default() };
    Ok((agent, Files::new(forecast, connections, &common.calendar, own)?))
}

/// The feed-in behind a connection, of which only forecasts tell.
fn feed_in(connection: usize) -> OwnDevice {
    let series = fixed::Series { p_nominal_w: 0.0, q_nominal_var: 0.0, p_profile: None, q_profile: None };
    OwnDevice { asset: AssetIdx::new(connection), connection, device: Device::Curtailable(Curtailable { series }), willing: true }
}

fn operator(common: &Common<'_>) -> Result<(Box<dyn Participant>, Files), Findings> {
    let loaded = common.loaded;
    let o = loaded.config.operator.as_ref().ok_or_else(|| common.missing("operator"))?;
    let (feeder, _) = read_folder(&loaded.path("operator.feeder"))?;
    let (order, _) = RadialOrder::new(&feeder.grid, &feeder.places)?;
    let grid = &feeder.grid;
    let connections: BTreeMap<String, usize> = grid.connections.iter().enumerate().map(|(k, c)| (c.address.to_string(), k)).collect();
    let mut findings = Findings::default();
    let mut watched = Vec::new();
    for (k, (public, c)) in common.points(&connections).into_iter().zip(&loaded.config.congestion_point).enumerate() {
        let branch = (0..grid.branches()).map(BranchIdx::new).find(|b| c.element.as_deref() == Some(&grid.branch_name(*b)));
        let Some(branch) = branch else {
            let finding = unknown_element::RULE.finding("the congestion point names no element of the feeder");
            findings.push(loaded.at(&format!("congestion_point[{k}]"), finding.help("such as element = \"transformer:ID\"")));
            continue;
        };
        let public = PublicCp { connections: order.downstream_connections(grid, branch), ..public };
        let rated_va = match branch.i().checked_sub(grid.lines.len()) {
            Some(t) => grid.transformers[t].rated_power_va,
            None => libm::sqrt(3.0) * grid.buses[grid.lines[branch.i()].from.i()].u_rated_v * grid.lines[branch.i()].rated_current_a,
        };
        let from_is_upstream = !order.downstream_buses(branch).contains(&grid.branch_buses(branch).0);
        watched.push(Watched {
            public,
            branch,
            from_is_upstream,
            rated_va,
            planning: c.planning,
            rating: c.planning,
            emergency: c.planning,
        });
    }
    let (watched, _) = findings.or_ok(watched)?;
    let points: Vec<PublicCp> = watched.iter().map(|w| w.public.clone()).collect();
    let profile = dso::Profile {
        cro: common.cro.clone(),
        network: Arc::new(Network::new(grid, &order)),
        addresses: grid.connections.iter().map(|c| c.address.clone()).collect(),
        installed_feed_in_w: vec![0.0; grid.connections.len()],
        watched,
        within: PublicCp::within(&points),
        contracts: Vec::new(),
        trades: true,
        price_ceiling_eur_per_mwh: o.price_ceiling_eur_per_mwh,
        penalty_eur_per_mwh: o.penalty_eur_per_mwh,
        rounds: loaded.config.market.timetable().rounds,
        orange: None,
    };
    let inbox = Inbox::new(common.directory(&common.domain, Role::Dso));
    let agent = Box::new(Dso::new(common.desk(&common.domain), inbox, profile));
    Ok((agent, Files::new(loaded.path("operator.forecast"), connections, &common.calendar, Own::Operator)?))
}

/// The files that a participant learns from, and what it has learnt already.
pub(super) struct Files {
    forecast: PathBuf,
    connections: BTreeMap<String, usize>,
    calendar: Arc<IspCalendar>,
    own: Own,
    told: BTreeMap<Date, SimTime>,
    priced: BTreeSet<Date>,
    metered: BTreeSet<Date>,
}

enum Own {
    Aggregator { prices: PathBuf, meters: PathBuf },
    Operator,
}

impl Files {
    /// The files, read once to see that they can be.
    fn new(forecast: PathBuf, connections: BTreeMap<String, usize>, calendar: &Arc<IspCalendar>, own: Own) -> Result<Files, Findings> {
        let calendar = Arc::clone(calendar);
        let files =
            Files { forecast, connections, calendar, own, told: BTreeMap::new(), priced: BTreeSet::new(), metered: BTreeSet::new() };
        files.forecasts()?;
        files.prices()?;
        Ok(files)
    }

    fn forecasts(&self) -> Result<Series, Findings> {
        let columns: &[&str] = if matches!(self.own, Own::Operator) { &["p_w", "q_var"] } else { &["load_w", "feed_in_w"] };
        Series::read(&self.forecast, &self.calendar, &Layout { issued: true, connections: &self.connections, columns })
    }

    fn prices(&self) -> Result<Series, Findings> {
        let Own::Aggregator { prices, .. } = &self.own else { return Ok(Series::default()) };
        Series::read(prices, &self.calendar, &Layout { issued: false, connections: &BTreeMap::new(), columns: &["eur_per_mwh"] })
    }

    /// Reads the files again: what is new at `now` for `periods`. Meters are read when a day is over.
    ///
    /// # Errors
    /// The findings of a file that cannot be read now.
    pub(super) fn look(&mut self, now: SimTime, periods: &[Period]) -> Result<Vec<Input>, Findings> {
        let (forecasts, prices) = (self.forecasts()?, self.prices()?);
        let mut inputs = Vec::new();
        for period in periods {
            if let Some((_, values)) = prices.latest(period.date, now)
                && self.priced.insert(period.date)
            {
                inputs.push(Input::Prices(Arc::new(DayPrices { period: *period, eur_per_mwh: values[0][0].clone() })));
            }
            if let Some((issued, values)) = forecasts.latest(period.date, now)
                && self.told.insert(period.date, issued) != Some(issued)
            {
                inputs.push(self.vintage(period, values));
            }
            if period.end() <= now && !self.metered.contains(&period.date) {
                inputs.extend(self.meters(period)?);
            }
        }
        Ok(inputs)
    }

    fn vintage(&self, period: &Period, values: &Values) -> Input {
        let zeros = || Area::zero(self.connections.len(), period.isps());
        match self.own {
            Own::Aggregator { .. } => Input::Portfolio(Arc::new(PortfolioVintage {
                period: *period,
                inflexible_w: values[0].clone(),
                outlook: values[1].iter().map(|fed| Outlook::Power(fed.iter().map(|w| -w).collect())).collect(),
            })),
            Own::Operator => Input::Area(Arc::new(DsoVintage {
                period: *period,
                p_w: Area::of(&values[0], period.isps()),
                q_var: Area::of(&values[1], period.isps()),
                feed_in_w: zeros(),
                device_w: zeros(),
            })),
        }
    }

    fn meters(&mut self, period: &Period) -> Result<Vec<Input>, Findings> {
        let Own::Aggregator { meters, .. } = &self.own else { return Ok(Vec::new()) };
        if !meters.exists() {
            return Ok(Vec::new());
        }
        let series = Series::read(meters, &self.calendar, &Layout { issued: false, connections: &self.connections, columns: &["p_w"] })?;
        let Some((_, values)) = series.latest(period.date, SimTime(i64::MAX)) else { return Ok(Vec::new()) };
        self.metered.insert(period.date);
        let day = |(c, p_w): (usize, &Vec<f64>)| {
            Input::Meter(Arc::new(MeterDay { period: *period, connection: ConnectionIdx::new(c), p_w: p_w.clone() }))
        };
        Ok(values[0].iter().enumerate().map(day).collect())
    }
}
