//! Hot water that people draw.
//!
//! | draw-off | share of the volume | l | where from |
//! |---|---|---|---|
//! | small | 14 % | 1 | 1 min of 1 l/min |
//! | medium | 36 % | 6 | 1 min of 6 l/min |
//! | bath | 10 % | 140 | 10 min of 14 l/min |
//! | shower | 40 % | 40 | 5 min of 8 l/min |
//!
//! The categories are those of Jordan and Vajen. The volume is 36, 57, 76, 95, 114 l a day for one to five people, with a
//! deviation of 20 % between days. In a quarter hour a draw-off of each kind happens or not, with the probability that
//! yields the volume. The hours, with peaks from 6 to 8 and from 17 to 19, are an assumption.

use std::sync::Arc;

use crate::rng::Stream;

use super::comfort::Clock;

/// Share of the volume, and litres, of each kind of draw-off.
const KINDS: [(f64, f64); 4] = [(0.14, 1.0), (0.36, 6.0), (0.10, 140.0), (0.40, 40.0)];
/// Litres a day by people.
const LITRES: [f64; 5] = [36.0, 57.0, 76.0, 95.0, 114.0];
/// Weight of each hour.
const HOURS: [f64; 24] =
    [0.2, 0.1, 0.1, 0.1, 0.2, 0.8, 2.2, 2.4, 1.6, 1.1, 0.9, 0.9, 1.0, 0.9, 0.7, 0.7, 1.0, 1.7, 1.9, 1.6, 1.3, 1.1, 0.9, 0.5];

/// Share of the day's volume in each quarter hour of the day.
fn quarter_share(quarter: usize) -> f64 {
    HOURS[(quarter % 96) / 4] / HOURS.iter().sum::<f64>() / 4.0
}

/// Litres expected in a quarter hour of the day.
#[must_use]
pub fn expected_l(people: usize, quarter: usize) -> f64 {
    LITRES[people.clamp(1, 5) - 1] * quarter_share(quarter)
}

/// Sets of draw-offs of a quarter hour.
pub(super) const SETS: usize = 1 << KINDS.len();

/// Litres of a set of draw-offs, a bit for each kind.
#[must_use]
pub fn litres(set: u8) -> f64 {
    KINDS.iter().enumerate().filter(|(k, _)| set & (1 << k) != 0).map(|(_, (_, litres))| litres).sum()
}

/// Water that a set of draw-offs takes in its quarter hour, kg/s.
pub(super) fn flow_kg_s(set: u8) -> f64 {
    litres(set) / 900.0
}

/// Draw-offs in every quarter hour of a clock, see [`litres`]. Keyed by quarter hour, so a longer run draws the same.
#[must_use]
pub fn draws(seed: u64, id: &str, people: usize, clock: &Clock) -> Arc<[u8]> {
    let (mut days, mut quarters) = (Stream::new(seed, id, "water-day"), Stream::new(seed, id, "water"));
    let grid = clock.grid();
    let (mut day, mut scale) = (i64::MIN, 1.0);
    (0..grid.count)
        .map(|row| {
            let number = grid.start_of(row).0.div_euclid(86_400);
            if number != day {
                (day, scale) = (number, (1.0 + 0.2 * days.at(number.unsigned_abs()).normal()).max(0.0));
            }
            let expected_l = scale * expected_l(people, clock.quarter(row));
            let mut d = quarters.at((grid.start_of(row).0 / 900).unsigned_abs());
            KINDS.iter().enumerate().map(|(k, (share, litres))| u8::from(d.uniform() < expected_l * share / litres) << k).sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{IspCalendar, SimDuration, SimTime};

    #[test]
    fn a_year_draws_the_volume_of_its_people() {
        let calendar = IspCalendar::new("Europe/Berlin", 15).unwrap();
        let start = SimTime(1_451_606_400);
        let clock = Clock::new(&calendar, start, start + SimDuration::hours(365 * 24));
        let mean: f64 = (0..40)
            .map(|house| {
                let draws = draws(3, &format!("house-{house}"), 3, &clock);
                draws.iter().map(|set| litres(*set)).sum::<f64>() / 365.0 / 40.0
            })
            .sum();
        assert!((mean - 76.0).abs() < 2.5, "{mean} l a day");
    }
}
