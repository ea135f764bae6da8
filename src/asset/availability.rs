//! Who is there: whether a device is flexible for its aggregator, within reach of the operator, follows today, complies today,
//! and whether its aggregator is in touch this hour. Drawn in one place for every kind of device.
//!
//! | draw | of | holds with probability |
//! |---|---|---|
//! | willing | device, once | the aggregator's share of willing owners; certain under an obligation to offer |
//! | reached | device, once | the operator's controllable share |
//! | follows | device and day | one less the aggregator's failures of an asset a day |
//! | complies | device and day | the operator's compliance |
//! | in touch | aggregator and hour | one less its failures of communication an hour |

use jiff::civil::Date;

use crate::rng::Stream;

/// Draws of availability under one seed.
#[derive(Debug, Clone, Copy)]
pub struct Availability {
    seed: u64,
}

impl Availability {
    /// The draws of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Availability {
        Availability { seed }
    }

    /// Whether the owner of device `id` agreed to voluntary activation.
    #[must_use]
    pub fn willing(&self, id: &str, share: f64) -> bool {
        Stream::new(self.seed, id, "willing").at(0).uniform() < share
    }

    /// Whether the operator can reach device `id`.
    #[must_use]
    pub fn reached(&self, id: &str, share: f64) -> bool {
        Stream::new(self.seed, id, "reached").at(0).uniform() < share
    }

    /// Whether device `id` follows its orders on a day.
    #[must_use]
    pub fn follows(&self, id: &str, date: Date, failures_per_day: f64) -> bool {
        Stream::new(self.seed, id, "failure").at(day(date)).uniform() >= failures_per_day
    }

    /// Whether device `id` obeys a limitation on a day.
    #[must_use]
    pub fn complies(&self, id: &str, date: Date, probability: f64) -> bool {
        Stream::new(self.seed, id, "compliance").at(day(date)).uniform() < probability
    }

    /// Whether the portfolio of an aggregator is in touch, for each hour of a day from midnight on.
    #[must_use]
    pub fn in_touch(&self, domain: &str, date: Date, failures_per_hour: f64) -> [bool; 25] {
        let mut draws = Stream::new(self.seed, domain, "communication");
        std::array::from_fn(|hour| draws.at(day(date) * 32 + hour as u64).uniform() >= failures_per_hour)
    }
}

/// A number for a date that does not depend on the run.
fn day(date: Date) -> u64 {
    u64::from(date.year().unsigned_abs()) * 366 + u64::from(date.day_of_year().unsigned_abs())
}
