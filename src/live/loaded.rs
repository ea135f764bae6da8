//! A configuration that was read, and what follows from it.

use std::path::PathBuf;

use super::config::{Config, Peer};
use crate::diagnostic::Finding;
use crate::ids::Role;
use crate::scenario::Document;
use crate::time::IspCalendar;
use crate::uftp::message::Currency;

/// A configuration that was read, with its text for the place of files and findings.
#[derive(Debug)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// Its text.
    pub document: Document,
    /// The part that is played.
    pub role: Role,
    /// Where it lies.
    pub(super) file: PathBuf,
}

impl Loaded {
    /// The file or folder that the key at `path` names, relative to the configuration.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.document.file(path).unwrap_or_default()
    }

    /// The journal: where the configuration says, or beside it.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.document.file("journal").unwrap_or_else(|| self.file.with_extension("journal"))
    }

    /// A finding at the key `path`.
    pub(super) fn at(&self, path: &str, finding: Finding) -> Finding {
        finding.located(self.document.nearest(path))
    }

    /// Calendar and currency of the market.
    pub(super) fn market(&self) -> Option<(IspCalendar, Currency)> {
        let time = &self.config.time;
        Some((IspCalendar::new(&time.zone, time.isp_minutes).ok()?, Currency::new(&self.config.market.currency)?))
    }
}

/// The peer that is the common reference operator.
pub(super) fn cro_peer(config: &Config) -> Option<&Peer> {
    config.peer.iter().find(|p| p.role.role() == Role::Cro)
}

/// The name of the common reference operator that a participant runs for itself where no peer is one.
pub(super) fn own_cro_domain(config: &Config) -> String {
    format!("cro.{}", config.domain)
}
