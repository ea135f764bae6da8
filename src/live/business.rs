//! A configuration turned into what the driver needs: the agent, the common reference if it runs its own, and the files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Time;
use serde_json::{Value as Json, json};

use super::config::CongestionPoint;
use super::loaded::{Loaded, cro_peer, own_cro_domain};
use super::readings::{Files, Own};
use super::rules::NO_BUSINESS;
use super::series::Series;
use crate::agent::agr::behaviour::{Behaviour, FixedMargin};
use crate::agent::agr::{self, Agr, OwnDevice};
use crate::agent::cro::Cro;
use crate::agent::dso::{self, Dso, Watched};
use crate::agent::{Desk, Directory, Inbox, Input, Participant, PublicCp};
use crate::asset::curtailable::Curtailable;
use crate::asset::{Device, fixed};
use crate::diagnostic::{Finding, Findings, nearest};
use crate::grid::{Grid, RadialOrder};
use crate::ids::{AgrIdx, AssetIdx, BranchIdx, ConnectionIdx, CpIdx, Domain, EntityAddress, Role};
use crate::import::read_folder;
use crate::powerflow::Network;
use crate::scenario::lint::{element_twice, empty_congestion_point, unknown_connection, unknown_element};
use crate::table::rules::UNREADABLE_FILE;
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
    /// What a replay depends on.
    pub(super) facts: Json,
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
    /// Builds the business of a participant; `seed` keys its MessageIDs. The configuration's names and times have been checked.
    ///
    /// # Errors
    /// All findings: the role's own table, its feeder, its files.
    pub(super) fn new(loaded: &Loaded, calendar: IspCalendar, currency: Currency, seed: u64, now: SimTime) -> Result<Business, Findings> {
        let common = Common::new(loaded, calendar, currency, seed);
        let days = &loaded.config.time;
        let dates = days.from.series(jiff::Span::new().days(1)).take_while(|d| *d <= days.until);
        let periods = dates.map(|date| common.calendar.period(date)).collect();
        let (agent, files) = if loaded.role == Role::Dso { operator(&common)? } else { aggregator(&common)? };
        let cro = cro_peer(&loaded.config).is_none().then(|| (common.cro.clone(), common.own_cro(now)));
        let facts = facts(loaded, &files)?;
        Ok(Business { agent, cro, files, calendar: common.calendar, periods, facts })
    }
}

/// What a replay depends on: the configuration without what may change from one start to the next (addresses, keys, paths,
/// patience, clock), and what the files say that the agent is made of.
fn facts(loaded: &Loaded, files: &Files) -> Result<Json, Findings> {
    let mut facts = serde_json::to_value(&loaded.config).expect("what was read can be written");
    let mut without = |at: &str, keys: &[&str]| {
        if let Some(table) = facts.pointer_mut(at).and_then(Json::as_object_mut) {
            keys.iter().for_each(|key| drop(table.remove(*key)));
        }
    };
    without("", &["listen", "private_key", "messages", "journal", "retry_after_s", "give_up_after_s", "settlement_wait_h", "clock"]);
    (0..loaded.config.peer.len()).for_each(|k| without(&format!("/peer/{k}"), &["url", "public_keys"]));
    without("/aggregator", &["forecast", "prices", "meters"]);
    without("/operator", &["feeder", "forecast"]);
    match loaded.role {
        Role::Dso => facts["operator"]["feeder"] = json!(feeder_fingerprint(&loaded.path("operator.feeder"))?),
        _ => facts["aggregator"]["forecast"] = json!(files.connections.keys().collect::<Vec<_>>()),
    }
    Ok(facts)
}

/// BLAKE3 of the names and bytes of a folder's files.
fn feeder_fingerprint(folder: &Path) -> Result<String, Findings> {
    let unreadable = |e: std::io::Error| UNREADABLE_FILE.finding(format!("cannot read '{}': {e}", folder.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    let mut hasher = blake3::Hasher::new();
    for path in paths.iter().filter(|p| p.is_file()) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        hasher.update(name.as_bytes()).update(b"\0").update(&std::fs::read(path).map_err(unreadable)?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

impl<'a> Common<'a> {
    fn new(loaded: &'a Loaded, calendar: IspCalendar, currency: Currency, seed: u64) -> Common<'a> {
        let config = &loaded.config;
        let cro = Domain::new(cro_peer(config).map_or_else(|| own_cro_domain(config), |p| p.domain.clone()));
        let domain = Domain::new(config.domain.as_str());
        Common { loaded, calendar: Arc::new(calendar), currency, domain, cro, role: loaded.role, seed }
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
        self.loaded.at("", finding.help("it states the participant's connections or grid, and its forecast files")).into()
    }
}

fn aggregator(common: &Common<'_>) -> Result<(Box<dyn Participant>, Files), Findings> {
    let loaded = common.loaded;
    let a = loaded.config.aggregator.as_ref().ok_or_else(|| common.missing("aggregator"))?;
    let forecast = loaded.path("aggregator.forecast");
    let own =
        Own::Aggregator { prices: loaded.path("aggregator.prices"), meters: loaded.document.file("aggregator.meters").unwrap_or_default() };
    let files = Files::new(forecast.clone(), Series::connections(&forecast)?, &common.calendar, own)?;
    let points = common.points(&files.connections);
    let mut findings = Findings::default();
    for (k, _) in points.iter().enumerate().filter(|(_, p)| p.connections.is_empty()) {
        let finding = empty_congestion_point::RULE.finding("the congestion point has no connection of the forecast");
        findings.push(
            loaded.at(&format!("congestion_point[{k}]"), finding.help(format!("'{}' forecasts other connections", forecast.display()))),
        );
    }
    let (points, _) = findings.or_ok(points)?;
    let dso = loaded.config.peer.iter().find(|p| p.role.role() == Role::Dso).map(|p| p.domain.as_str()).unwrap_or_default();
    let profile = agr::Profile {
        agr: AgrIdx::new(0),
        dso: Domain::new(dso),
        cro: common.cro.clone(),
        connections: files.connections.iter().map(|(name, k)| (ConnectionIdx::new(*k), EntityAddress::new(name.as_str()))).collect(),
        retail: vec![None; files.connections.len()],
        devices: (0..files.connections.len()).map(feed_in).collect(),
        within: PublicCp::within(&points),
        congestion_points: points,
        contracts: Vec::new(),
        behaviour: Behaviour::FixedMargin(FixedMargin { margin: a.margin }),
        at_cost: false,
        caution: a.caution,
        support_eur_per_mwh: a.support_eur_per_mwh,
        shifting_eur_per_mwh: 0.0,
        penalty_eur_per_mwh: a.penalty_eur_per_mwh,
        rounds: loaded.config.market.timetable().rounds,
    };
    let inbox = Inbox::new(common.directory(&common.domain, Role::Agr));
    Ok((Box::new(Agr::new(common.desk(&common.domain), inbox, profile)), files))
}

/// The feed-in behind a connection, of which only forecasts tell.
fn feed_in(connection: usize) -> OwnDevice {
    let series = fixed::Series { p_nominal_w: 0.0, q_nominal_var: 0.0, p_profile: None, q_profile: None };
    OwnDevice {
        asset: AssetIdx::new(connection),
        connection,
        device: Device::Curtailable(Curtailable { series }),
        willing: true,
        steered: true,
    }
}

fn operator(common: &Common<'_>) -> Result<(Box<dyn Participant>, Files), Findings> {
    let loaded = common.loaded;
    let o = loaded.config.operator.as_ref().ok_or_else(|| common.missing("operator"))?;
    let (feeder, _) = read_folder(&loaded.path("operator.feeder"))?;
    let (order, _) = RadialOrder::new(&feeder.grid, &feeder.places)?;
    let grid = &feeder.grid;
    let connections: BTreeMap<String, usize> = grid.connections.iter().enumerate().map(|(k, c)| (c.address.to_string(), k)).collect();
    let mut findings = strangers(loaded, &connections);
    let watched = watched(common, grid, &order, &connections, &mut findings);
    let files = match Files::new(loaded.path("operator.forecast"), connections, &common.calendar, Own::Operator) {
        Ok(files) => Some(files),
        Err(faults) => {
            findings.extend(faults);
            None
        }
    };
    let ((watched, files), _) = findings.or_ok((watched, files))?;
    let files = files.expect("what is missing was found");
    let inbox = Inbox::new(common.directory(&common.domain, Role::Dso));
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
        prognosis_check: None,
        rounds: loaded.config.market.timetable().rounds,
        orange: None,
    };
    Ok((Box::new(Dso::new(common.desk(&common.domain), inbox, profile).billing_late()), files))
}

/// Connections in the configuration that the feeder does not have.
fn strangers(loaded: &Loaded, connections: &BTreeMap<String, usize>) -> Findings {
    let config = &loaded.config;
    let peers = config.peer.iter().enumerate().map(|(k, p)| (format!("peer[{k}]"), &p.connections));
    let points = config.congestion_point.iter().enumerate().map(|(k, c)| (format!("congestion_point[{k}]"), &c.connections));
    let mut findings = Findings::default();
    for (table, named) in peers.chain(points) {
        for (j, address) in named.iter().enumerate().filter(|(_, a)| !connections.contains_key(*a)) {
            let known: Vec<&str> = connections.keys().map(String::as_str).collect();
            let finding = unknown_connection::RULE.finding(format!("the feeder has no connection with the address '{address}'"));
            let help = nearest(address, &known)
                .map_or_else(|| "the addresses are in connections.csv".to_owned(), |n| format!("did you mean '{n}'?"));
            findings.push(loaded.at(&format!("{table}.connections[{j}]"), finding.help(help)));
        }
    }
    findings
}

/// The congestion points over the elements of the grid; what is wrong with them goes to `findings`.
fn watched(
    common: &Common<'_>,
    grid: &Grid,
    order: &RadialOrder,
    connections: &BTreeMap<String, usize>,
    findings: &mut Findings,
) -> Vec<Watched> {
    let mut watched: Vec<Watched> = Vec::new();
    for (k, (public, c)) in common.points(connections).into_iter().zip(&common.loaded.config.congestion_point).enumerate() {
        let mut refuse = |finding: Finding, help: &str| {
            findings.push(common.loaded.at(&format!("congestion_point[{k}].element"), finding.help(help)));
        };
        let Some(element) = c.element.as_deref() else {
            refuse(
                unknown_element::RULE.finding("the congestion point names no element of the feeder"),
                "such as element = \"transformer:ID\"",
            );
            continue;
        };
        let Some(branch) = grid.branch(element) else {
            let names: Vec<String> = (0..grid.branches()).map(|b| grid.branch_name(BranchIdx::new(b))).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let help = nearest(element, &names)
                .map_or_else(|| "write 'transformer:ID' or 'line:ID'".to_owned(), |n| format!("did you mean '{n}'?"));
            refuse(unknown_element::RULE.finding(format!("the feeder has no element '{element}'")), &help);
            continue;
        };
        if let Some(first) = watched.iter().find(|w| w.branch == branch) {
            let finding = element_twice::RULE.finding(format!("'{}' already monitors '{element}'", first.public.address));
            refuse(finding, "keep one of the two, or name another element");
            continue;
        }
        let public = PublicCp { connections: order.downstream_connections(grid, branch), ..public };
        if public.connections.is_empty() {
            let finding = empty_congestion_point::RULE.finding(format!("no connection lies behind '{element}'"));
            refuse(finding, "choose an element that supplies customers");
            continue;
        }
        let rated_va = match branch.i().checked_sub(grid.lines.len()) {
            Some(t) => grid.transformers[t].rated_power_va,
            None => libm::sqrt(3.0) * grid.buses[grid.lines[branch.i()].from.i()].u_rated_v * grid.lines[branch.i()].rated_current_a,
        };
        let from_is_upstream = !order.downstream_buses(branch).contains(&grid.branch_buses(branch).0);
        let limits = (c.planning, c.planning, c.planning);
        watched.push(Watched { public, branch, from_is_upstream, rated_va, planning: limits.0, rating: limits.1, emergency: limits.2 });
    }
    watched
}
