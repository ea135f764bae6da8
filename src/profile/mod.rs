//! Series of power per physical step, as a table of named columns.
//!
//! A profile is a fraction of an asset's nominal power, one value a step. All columns of a table begin at one instant and
//! have one step length, so a profile is an array index away from time and no row carries a time stamp.

pub mod household;
mod parquet;
pub mod rules;
mod text;

pub use self::parquet::{read_parquet, write_parquet};
pub use self::text::read_csv;

use crate::diagnostic::Finding;
use crate::ids::ProfileIdx;
use crate::time::{SimDuration, SimTime, Steps};

/// Named series over the same steps.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileTable {
    start: SimTime,
    step: SimDuration,
    steps: usize,
    names: Vec<String>,
    /// Column after column.
    values: Vec<f64>,
}

impl ProfileTable {
    /// A table without columns; the first [`ProfileTable::push`] sets the number of steps.
    #[must_use]
    pub fn new(start: SimTime, step: SimDuration) -> ProfileTable {
        assert!(step.0 > 0, "a step takes time");
        ProfileTable { start, step, steps: 0, names: Vec::new(), values: Vec::new() }
    }

    /// Adds a column. Panics if its length or name does not fit the others: readers check what users wrote.
    pub fn push(&mut self, name: &str, values: &[f64]) -> ProfileIdx {
        assert!(self.names.is_empty() || values.len() == self.steps, "columns of one length");
        assert!(self.find(name).is_none(), "profile {name} is there already");
        self.steps = values.len();
        self.names.push(name.to_owned());
        self.values.extend_from_slice(values);
        ProfileIdx::new(self.names.len() - 1)
    }

    /// Instant at which step 0 begins.
    #[must_use]
    pub fn start(&self) -> SimTime {
        self.start
    }

    /// Length of a step.
    #[must_use]
    pub fn step(&self) -> SimDuration {
        self.step
    }

    /// Number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Instant at which the last step ends.
    #[must_use]
    pub fn end(&self) -> SimTime {
        self.start + SimDuration(self.step.0 * self.steps as i64)
    }

    /// Names in column order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ProfileIdx> {
        self.names.iter().position(|n| n == name).map(ProfileIdx::new)
    }

    /// The values of a column, one a step.
    #[must_use]
    #[inline]
    pub fn column(&self, profile: ProfileIdx) -> &[f64] {
        &self.values[profile.i() * self.steps..(profile.i() + 1) * self.steps]
    }

    /// The step that holds `t`; `None` outside the table.
    #[must_use]
    #[inline]
    pub fn step_at(&self, t: SimTime) -> Option<usize> {
        (t >= self.start && t < self.end()).then(|| ((t - self.start).0 / self.step.0) as usize)
    }

    /// The steps of the table.
    #[must_use]
    pub fn grid(&self) -> Steps {
        Steps { start: self.start, step: self.step, count: self.steps }
    }

    /// The same series on steps within the table, as means over each.
    #[must_use]
    pub fn averaged(&self, onto: &Steps) -> ProfileTable {
        let given = self.grid();
        let mut table = ProfileTable::new(onto.start, onto.step);
        for (k, name) in self.names.iter().enumerate() {
            table.push(name, &given.averaged(self.column(ProfileIdx::new(k)), onto));
        }
        table
    }

    /// Whether the table holds every step from `from` to `until`.
    ///
    /// # Errors
    /// `profile-too-short`, with how much is missing at which end.
    pub fn covers(&self, from: SimTime, until: SimTime) -> Result<(), Finding> {
        let missing = |seconds: i64| format!("{:.2} days", seconds as f64 / 86_400.0);
        let message = if from < self.start {
            format!("profiles begin {} after the first step that needs them", missing((self.start - from).0))
        } else if until > self.end() {
            format!("profiles end {} before the last step that needs them", missing((until - self.end()).0))
        } else {
            return Ok(());
        };
        let hours = SimDuration(self.step.0 * self.steps as i64).as_hours();
        let help = format!(
            "the profiles hold {} steps of {} s, {:.2} days, by start and step in feeder.toml",
            self.steps,
            self.step.0,
            hours / 24.0
        );
        Err(rules::PROFILE_TOO_SHORT.finding(message).help(help))
    }
}
