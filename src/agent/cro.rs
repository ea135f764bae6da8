//! The common reference: registry of congestion points, their connections and who represents them.
//!
//! Open mode: every participant is served. Portfolio updates are ordered by their time stamps, since they carry no sequence
//! number; a later one replaces an earlier one of the same sender.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::ids::{Domain, EntityAddress};
use crate::time::SimTime;
use crate::uftp::message::{
    AgrCongestionPoint, AgrPortfolioQuery, AgrPortfolioUpdate, DeclaredCongestionPoint, DsoCongestionPoint, DsoPortfolio,
    DsoPortfolioQuery, DsoPortfolioUpdate, DsoView, Message, PortfolioConnection, RepresentedConnection,
};

use super::inbox::Inbox;
use super::{Action, Desk, Input, Participant, send};

/// The common reference operator.
#[derive(Debug)]
pub struct Cro {
    desk: Desk,
    inbox: Inbox,
    portfolios: BTreeMap<Domain, AgrPortfolioUpdate>,
    /// The same by address.
    represented: BTreeMap<Domain, BTreeMap<EntityAddress, Vec<PortfolioConnection>>>,
    declarations: BTreeMap<Domain, DsoPortfolioUpdate>,
}

impl Participant for Cro {
    // Portfolio updates and queries are answered; nothing else concerns it.
    fn handle(&mut self, now: SimTime, input: Input) -> Vec<Action> {
        let received = match input {
            Input::Message(message) => self.inbox.in_process(message),
            Input::Enveloped(received) => received,
            _ => return Vec::new(),
        };
        let message = Arc::clone(received.message());
        let validated = match self.inbox.admit(now, received, &mut self.desk) {
            Ok(validated) => validated,
            Err(answer) => return answer,
        };
        let actions: Vec<Action> = self.answer(now, &message).into_iter().collect();
        self.inbox.handled(validated, &actions);
        actions
    }
}

impl Cro {
    /// An empty registry.
    #[must_use]
    pub fn new(desk: Desk, inbox: Inbox) -> Cro {
        Cro { desk, inbox, portfolios: BTreeMap::new(), represented: BTreeMap::new(), declarations: BTreeMap::new() }
    }

    fn answer(&mut self, now: SimTime, message: &Arc<Message>) -> Option<Action> {
        match &**message {
            Message::AgrPortfolioUpdate(m) => {
                let mut by_address: BTreeMap<EntityAddress, Vec<PortfolioConnection>> = BTreeMap::new();
                for c in &m.connections {
                    by_address.entry(c.entity_address.clone()).or_default().push(c.clone());
                }
                self.represented.insert(m.header.sender_domain.clone(), by_address);
                self.portfolios.insert(m.header.sender_domain.clone(), m.clone());
                self.desk.reply(now, message, None)
            }
            Message::DsoPortfolioUpdate(m) => {
                self.declarations.insert(m.header.sender_domain.clone(), m.clone());
                self.desk.reply(now, message, None)
            }
            Message::AgrPortfolioQuery(q) => self.agr_portfolio(now, message, q),
            Message::DsoPortfolioQuery(q) => self.dso_portfolio(now, message, q),
            Message::TestMessage(_) => self.desk.reply(now, message, None),
            _ => None,
        }
    }

    /// The congestion points that touch the aggregator's connections, by DSO.
    fn agr_portfolio(&mut self, now: SimTime, message: &Message, q: &AgrPortfolioQuery) -> Option<Action> {
        let Some(own) = self.portfolios.get(&q.header.sender_domain) else {
            return self.desk.reply(now, message, Some("No connections available".to_owned()));
        };
        let own: BTreeSet<&EntityAddress> = in_force(&own.connections, q.period).collect();
        let mut covered: BTreeSet<&EntityAddress> = BTreeSet::new();
        let mut dso_portfolios = Vec::new();
        for (dso, declared) in &self.declarations {
            let mut points = Vec::new();
            for cp in declared.congestion_points.iter().filter(|cp| holds(cp.start_period, cp.end_period, q.period)) {
                let mine: Vec<&EntityAddress> = in_force(&cp.connections, q.period).filter(|c| own.contains(c)).collect();
                if !mine.is_empty() {
                    points.push(congestion_point(cp, &mine));
                    covered.extend(mine);
                }
            }
            if !points.is_empty() {
                dso_portfolios.push(DsoPortfolio { dso_domain: dso.clone(), congestion_points: points });
            }
        }
        let connections = own.iter().filter(|c| !covered.contains(*c)).map(|c| (*c).clone()).collect();
        let id = crate::uftp::message::MessageId(self.desk.uuid());
        let Message::AgrPortfolioQueryResponse(mut response) = message.reply(id, self.desk.date_time(now), None)? else { return None };
        response.dso_views = vec![DsoView { dso_portfolios, connections }];
        Some(send(response))
    }

    /// The connections of one congestion point with their aggregators.
    fn dso_portfolio(&mut self, now: SimTime, message: &Message, q: &DsoPortfolioQuery) -> Option<Action> {
        let declared = self.declarations.get(&q.header.sender_domain);
        let point = declared.and_then(|d| d.congestion_points.iter().find(|cp| cp.entity_address == q.entity_address));
        let Some(point) = point else {
            return self.desk.reply(now, message, Some("No connections available".to_owned()));
        };
        let holder = |address: &EntityAddress| {
            let holds = |c: &&PortfolioConnection| holds(c.start_period, c.end_period, q.period);
            let mut holders = self.represented.iter().filter(|(_, own)| own.get(address).is_some_and(|c| c.iter().any(|c| holds(&c))));
            holders.next().map(|(domain, _)| domain.clone())
        };
        let connections = in_force(&point.connections, q.period)
            .map(|c| RepresentedConnection { entity_address: c.clone(), agr_domain: holder(c) })
            .collect();
        let answer = DsoCongestionPoint { entity_address: q.entity_address.clone(), connections };
        let id = crate::uftp::message::MessageId(self.desk.uuid());
        let Message::DsoPortfolioQueryResponse(mut response) = message.reply(id, self.desk.date_time(now), None)? else { return None };
        response.congestion_point = Some(answer);
        Some(send(response))
    }
}

fn holds(start: jiff::civil::Date, end: Option<jiff::civil::Date>, period: jiff::civil::Date) -> bool {
    start <= period && end.is_none_or(|e| period <= e)
}

fn in_force(connections: &[PortfolioConnection], period: jiff::civil::Date) -> impl Iterator<Item = &EntityAddress> {
    connections.iter().filter(move |c| holds(c.start_period, c.end_period, period)).map(|c| &c.entity_address)
}

fn congestion_point(cp: &DeclaredCongestionPoint, connections: &[&EntityAddress]) -> AgrCongestionPoint {
    AgrCongestionPoint {
        entity_address: cp.entity_address.clone(),
        mutex_offers_supported: cp.mutex_offers_supported,
        day_ahead_redispatch_by: cp.day_ahead_redispatch_by,
        intraday_redispatch_by: cp.intraday_redispatch_by,
        connections: connections.iter().map(|c| (*c).clone()).collect(),
    }
}
