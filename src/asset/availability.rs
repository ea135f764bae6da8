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
//! | cloud up | vendor and hour | one less the failures of a cloud an hour |
//! | overrides | device and call | the share of calls that users of such devices override |
//!
//! The vendor of a device is drawn once, each as likely as the others, and is the same whoever steers it: an outage takes all devices of a
//! vendor at once.

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

    /// Row of the vendor of device `id` among `vendors`.
    #[must_use]
    pub fn vendor(&self, id: &str, vendors: usize) -> usize {
        ((Stream::new(self.seed, id, "vendor").at(0).uniform() * vendors as f64) as usize).min(vendors.saturating_sub(1))
    }

    /// Whether the cloud of a vendor is up, for each hour of a day from midnight on.
    #[must_use]
    pub fn cloud_up(&self, vendor: usize, date: Date, failures_per_hour: f64) -> [bool; 25] {
        let mut draws = Stream::new(self.seed, &format!("vendor {}", vendor + 1), "cloud");
        std::array::from_fn(|hour| draws.at(day(date) * 32 + hour as u64).uniform() >= failures_per_hour)
    }

    /// Whether the user of device `id` overrides the `call`th call of a day, counted from 0.
    #[must_use]
    pub fn overrides(&self, id: &str, date: Date, call: u64, per_call: f64) -> bool {
        Stream::new(self.seed, id, "override").at(day(date) * 1024 + call.min(1023)).uniform() < per_call
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
