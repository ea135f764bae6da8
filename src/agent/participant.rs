//! Who takes part: participants by role and domain, whoever wrote them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::ids::{Domain, Role};
use crate::time::SimTime;

use super::input::{Action, Input};
use crate::uftp::message::Text;

/// A state machine without clock or I/O; its driver hands it what reaches it and carries out what it wants.
pub trait Participant: Send {
    /// Takes what arrived at `now` and says what to do.
    fn handle(&mut self, now: SimTime, input: Input) -> Vec<Action>;

    /// Accepted orders that no settlement has closed, with the day and what each waits for.
    fn unsettled(&self) -> Vec<Unsettled> {
        Vec::new()
    }
}

/// An accepted order that no settlement has closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The operator's number of the order.
    pub reference: Text,
    /// The day it is for.
    pub period: Date,
    /// What it waits for.
    pub why: &'static str,
}

/// A seat at the market.
struct Seat {
    domain: Domain,
    role: Role,
    participant: Box<dyn Participant>,
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.role, self.domain)
    }
}

/// All participants of a case, in rows; messages find them by domain, the agenda by role.
#[derive(Debug, Default)]
pub struct Registry {
    seats: Vec<Seat>,
    rows: BTreeMap<Domain, usize>,
}

impl Registry {
    /// Seats a participant, in the place of one of the same domain or behind all others.
    pub fn seat(&mut self, domain: Domain, role: Role, participant: Box<dyn Participant>) {
        let seat = Seat { domain, role, participant };
        match self.rows.get(&seat.domain) {
            Some(&row) => self.seats[row] = seat,
            None => {
                self.rows.insert(seat.domain.clone(), self.seats.len());
                self.seats.push(seat);
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Whether nobody takes part.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// The domain of a row.
    #[must_use]
    pub fn domain(&self, row: usize) -> &Domain {
        &self.seats[row].domain
    }

    /// The row of a domain.
    #[must_use]
    pub fn row(&self, domain: &Domain) -> Option<usize> {
        self.rows.get(domain).copied()
    }

    /// Rows of everyone in a role, in order.
    pub fn in_role(&self, role: Role) -> impl Iterator<Item = usize> {
        self.seats.iter().enumerate().filter(move |(_, s)| s.role == role).map(|(row, _)| row)
    }

    /// Domains and roles, row by row.
    pub fn seats(&self) -> impl Iterator<Item = (&Domain, Role)> {
        self.seats.iter().map(|s| (&s.domain, s.role))
    }

    /// Hands an input to the participant of a row.
    pub fn handle(&mut self, row: usize, now: SimTime, input: Input) -> Vec<Action> {
        self.seats[row].participant.handle(now, input)
    }
}
