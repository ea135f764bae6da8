//! One's own name, and the address book.

use std::collections::BTreeMap;

use super::super::loaded::{Loaded, cro_peer, own_cro_domain};
use super::super::rules::{BAD_KEY, BAD_URL, IDLE_PEER, NO_OPERATOR, NO_PARTNER};
use super::super::series::{is_metered, unmetered};
use crate::diagnostic::Findings;
use crate::ids::Role;
use crate::scenario::lint::{Faults, connection_taken, duplicate_id, not_a_domain};
use crate::uftp::sign::{PublicKey, SecretKey};
use crate::uftp::syntax::is_entity_address;

use super::points::no_address;

pub(super) fn own_name(loaded: &Loaded, faults: &mut Faults<'_>) {
    not_a_domain::hold("domain", &loaded.config.domain, faults);
}

pub(super) fn names(loaded: &Loaded, faults: &mut Faults<'_>) {
    let config = &loaded.config;
    let mut seen = BTreeMap::new();
    for (k, peer) in config.peer.iter().enumerate() {
        let path = format!("peer[{k}].domain");
        not_a_domain::hold(&path, &peer.domain, faults);
        let other = if peer.domain == config.domain {
            Some("the participant itself".to_owned())
        } else if cro_peer(config).is_none() && peer.domain == own_cro_domain(config) {
            Some("the participant's own common reference operator".to_owned())
        } else {
            let place = |first: &usize| faults.written(&format!("peer[{first}].domain")).map_or(0, |place| place.line_column().0);
            seen.get(&peer.domain).map(|first| format!("the peer of line {}", place(first)))
        };
        if let Some(other) = other {
            let finding = duplicate_id::RULE.finding(format!("'{}' is the domain of {other}, too", peer.domain));
            faults.at(&path, finding.help("each participant has its own, and stands in the address book once"));
        }
        seen.entry(peer.domain.clone()).or_insert(k);
    }
}

/// Somebody to trade with, and nobody who plays no part.
pub(super) fn parts(loaded: &Loaded, faults: &mut Faults<'_>) {
    let peers = &loaded.config.peer;
    // A peer that stands twice has been told.
    let is_first = |k: usize| peers[..k].iter().all(|other| other.domain != peers[k].domain);
    let of = |role: Role| (0..peers.len()).filter(move |k| peers[*k].role.role() == role && is_first(*k));
    let single: &[(Role, &str)] = match loaded.role {
        Role::Agr => &[(Role::Dso, "system operator"), (Role::Cro, "common reference operator")],
        _ => &[(Role::Cro, "common reference operator")],
    };
    for (role, name) in single {
        for k in of(*role).skip(1) {
            let finding = IDLE_PEER.finding(format!("'{}' is a second {name}", loaded.config.peer[k].domain));
            faults.at(&format!("peer[{k}].role"), finding.help("a participant deals with one; run another participant for the other"));
        }
    }
    match loaded.role {
        Role::Agr if of(Role::Dso).next().is_none() => {
            faults.at("peer", NO_OPERATOR.finding("no peer is a DSO").help("an aggregator trades with one"));
        }
        Role::Dso if of(Role::Agr).next().is_none() => {
            faults.at("peer", NO_PARTNER.finding("no peer is an AGR").help("an operator buys from aggregators"));
        }
        Role::Dso if of(Role::Cro).next().is_none() => {
            for k in of(Role::Agr).filter(|k| loaded.config.peer[*k].connections.is_empty()) {
                let finding = NO_PARTNER.finding(format!("nobody says whom '{}' represents", loaded.config.peer[k].domain));
                faults.at(&format!("peer[{k}]"), finding.help("list its 'connections', or name a common reference operator as a peer"));
            }
        }
        _ => {}
    }
}

pub(super) fn urls(loaded: &Loaded, faults: &mut Faults<'_>) {
    for (k, peer) in loaded.config.peer.iter().enumerate() {
        let why = match peer.url.parse::<ureq::http::Uri>() {
            Err(e) => Some(e.to_string()),
            Ok(url) if !matches!(url.scheme_str(), Some("http" | "https")) => Some("it does not begin with http:// or https://".to_owned()),
            Ok(_) if peer.url.contains('#') => Some("what follows '#' is not sent".to_owned()),
            Ok(url) if url.host().is_none_or(str::is_empty) => Some("it names no host".to_owned()),
            Ok(url) if url.authority().is_some_and(|a| a.as_str().contains('@')) => Some("it holds a user or a password".to_owned()),
            Ok(url) if port(&url).is_some_and(|port| port.parse::<u16>().map_or(true, |p| p == 0)) => Some("its port is none".to_owned()),
            Ok(_) => None,
        };
        if let Some(why) = why {
            let finding = BAD_URL.finding(format!("no message can be posted to '{}': {why}", peer.url));
            faults.at(&format!("peer[{k}].url"), finding.help(format!("write it like 'https://dso.example.com{}'", super::super::PATH)));
        }
    }
}

/// What stands behind the host, if anything does; the colons of an IPv6 address do not count.
fn port(url: &ureq::http::Uri) -> Option<&str> {
    let (_, port) = url.authority()?.as_str().rsplit_once(':')?;
    (!port.contains(']')).then_some(port)
}

pub(super) fn keys(loaded: &Loaded, faults: &mut Faults<'_>) {
    for (k, peer) in loaded.config.peer.iter().enumerate() {
        for (n, key) in peer.public_keys.iter().enumerate() {
            if let Err(e) = PublicKey::parse(key) {
                faults.at(&format!("peer[{k}].public_keys[{n}]"), BAD_KEY.finding(format!("no public key: {e}")));
            }
        }
    }
}

/// No peer signs with the participant's own key.
pub(in crate::live) fn strangers_to(loaded: &Loaded, own: &SecretKey, findings: &mut Findings) {
    for (k, peer) in loaded.config.peer.iter().enumerate() {
        for n in (0..peer.public_keys.len()).filter(|n| PublicKey::parse(&peer.public_keys[*n]) == Ok(own.public_key())) {
            let finding = BAD_KEY.finding(format!("the key of '{}' is the participant's own", peer.domain));
            findings.push(loaded.at(&format!("peer[{k}].public_keys[{n}]"), finding.help("ask the peer for the key it publishes")));
        }
    }
}

pub(super) fn connections(loaded: &Loaded, faults: &mut Faults<'_>) {
    let mut holder = BTreeMap::new();
    for (k, peer) in loaded.config.peer.iter().enumerate() {
        for (j, address) in peer.connections.iter().enumerate() {
            let path = format!("peer[{k}].connections[{j}]");
            if !is_entity_address(address) {
                no_address(&path, address, faults);
            } else if !is_metered(address) {
                faults.at(&path, unmetered(address));
            } else if let Some(other) = holder.insert(address, &peer.domain) {
                let finding = connection_taken::RULE.finding(format!("connection '{address}' already belongs to '{other}'"));
                faults.at(&path, finding.help("a connection has one aggregator at most"));
            }
        }
    }
}
