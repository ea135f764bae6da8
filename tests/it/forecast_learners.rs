//! How well learners foresee homes that are independent but for what a street shares, and that none sees what is not known yet.

use copperplate::forecast::history::{DAYS, History, Target, by_slot, slots, slots_of};
use copperplate::forecast::{Learner, scores};
use copperplate::ids::ProfileIdx;
use copperplate::import::read_folder;
use copperplate::profile::ProfileTable;
use copperplate::profile::household::{Home, drawn, simultaneity};
use copperplate::time::{IspCalendar, SimDuration, Steps};
use jiff::civil::{Date, Time, date};
use proptest::prelude::*;

const LEARNERS: [Learner; 3] = [Learner::WeeklyProfile, Learner::ExponentialSmoothing, Learner::Ridge];

/// Two days from the last known one to the one that is foreseen: yesterday is known, tomorrow is asked.
const LEAD: usize = 2;

fn feeder() -> (ProfileTable, IspCalendar) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/feeders/lv-semiurb4-2");
    let (feeder, _) = read_folder(&folder).expect("a shipped feeder");
    ((*feeder.profiles).clone(), IspCalendar::new("Europe/Berlin", 15).expect("a calendar"))
}

/// Drawn homes over some days, `[home][step]`, with the shapes of the feeder's households by turns.
fn homes(table: &ProfileTable, calendar: &IspCalendar, n: usize, seed: u64, from: Date, days: i64) -> Vec<Vec<f64>> {
    let shapes: Vec<ProfileIdx> = table
        .names()
        .iter()
        .filter(|name| name.starts_with("H0-") && name.ends_with("_pload"))
        .map(|name| table.find(name).expect("its own"))
        .collect();
    assert_eq!(shapes.len(), 4);
    let names: Vec<String> = (0..n).map(|k| format!("home {k} of {seed}")).collect();
    let homes: Vec<Home<'_>> = names.iter().enumerate().map(|(k, id)| Home { id, p: shapes[(k + seed as usize) % 4], q: None }).collect();
    let start = calendar.at(from, Time::midnight());
    let end = calendar.at(from + jiff::Span::new().days(days), Time::midnight());
    let onto = Steps { start, step: SimDuration::minutes(15), count: ((end - start).0 / 900) as usize };
    drawn(table, &onto, calendar, &[], seed, &homes).into_iter().map(|d| d.p).collect()
}

/// The sum of some homes as a history of whole days.
fn history(calendar: &IspCalendar, homes: &[Vec<f64>], from: Date, days: i64) -> History {
    let mut history = History::new(slots(calendar));
    let mut k = 0;
    for d in 0..days {
        let period = calendar.period(from + jiff::Span::new().days(d));
        let values: Vec<f64> = (k..k + period.isps()).map(|i| homes.iter().map(|h| h[i]).sum()).collect();
        k += period.isps();
        history.push(period.date, &[], &by_slot(history.slots, &slots_of(calendar, &period), &values));
    }
    history
}

/// nMAE day ahead over the days after the first eight weeks, by learner, and that of the same weekday of the week before.
fn errors(history: &History) -> ([f64; 3], f64) {
    let days = DAYS + LEAD..history.days();
    let truth: Vec<f64> = days.clone().flat_map(|d| history.day(d).to_vec()).collect();
    let of = |forecast: &dyn Fn(&History, &Target) -> Vec<f64>| {
        let day = |d: usize| forecast(&history.last(d + 1 - LEAD, DAYS), &history.target(d, LEAD));
        scores::nmae(&days.clone().flat_map(day).collect::<Vec<f64>>(), &truth)
    };
    let learned = LEARNERS.map(|l| of(&|h, t| l.forecast(h, t, None).expect("days are known").0));
    (learned, of(&|h, _| copperplate::forecast::profile::week_before(h, h.days(), LEAD).expect("days are known")))
}

/// The bands of published forecasts of measured homes (24 homes of one year, day ahead, and the form α/N + β fitted to them): 0.15 to
/// 0.25 at 20 to 50 homes, 0.06 to 0.12 at 200 and more, from 0.4 at one. Less would mean that a learner knows what it cannot know.
#[test]
fn learners_err_as_much_as_they_must_and_regression_least() {
    let (table, calendar) = feeder();
    let weeks = |from| (from, (DAYS + LEAD + 14) as i64);
    for (n, least, most) in [(1, 0.4, 0.6), (20, 0.15, 0.25), (50, 0.15, 0.25), (200, 0.06, 0.12)] {
        let draws = [(1, date(2016, 2, 1)), (2, date(2016, 5, 2)), (3, date(2016, 8, 29)), (4, date(2016, 4, 4))];
        let (mut learned, mut before) = ([0.0; 3], 0.0);
        for (seed, from) in draws {
            let (from, days) = weeks(from);
            let (e, b) = errors(&history(&calendar, &homes(&table, &calendar, n, seed, from, days), from, days));
            learned.iter_mut().zip(e).for_each(|(sum, e)| *sum += e / draws.len() as f64);
            before += b / draws.len() as f64;
        }
        let [profile, smoothing, ridge] = learned;
        for e in learned {
            assert!((least..=most + if e == ridge { 0.0 } else { 0.2 * most }).contains(&e), "{n} homes: {e}");
        }
        // Measured homes gave 9 to 17 %. Drawn ones have days that do not depend on each other, so that recent days say little of a
        // single home; what is left to gain is a mean over more days.
        let gain = 1.0 - ridge / profile;
        let band = if n == 1 { 0.03..=0.17 } else { 0.08..=0.17 };
        assert!(band.contains(&gain) && ridge < smoothing && profile < before, "{n} homes: {learned:?}, {before}");
    }
}

#[test]
fn drawn_homes_peak_apart() {
    let (table, calendar) = feeder();
    let (from, days) = (date(2016, 1, 11), 28);
    let all = homes(&table, &calendar, 40, 7, from, days);
    let start = calendar.at(from, Time::midnight());
    let first = table.step_at(start).expect("within the table");
    let published: Vec<Vec<f64>> = (0..40)
        .map(|k| {
            let name = ["H0-A_pload", "H0-B_pload", "H0-G_pload", "H0-L_pload"][k % 4];
            table.column(table.find(name).expect("a household"))[first..first + 28 * 96].to_vec()
        })
        .collect();
    let (drawn, shared) = (simultaneity(&all), simultaneity(&published));
    assert!(drawn < 0.45 && shared > 0.5 && drawn < 0.7 * shared, "{drawn:.2} drawn, {shared:.2} as published");
    // Energy is kept on average.
    let mean = |homes: &[Vec<f64>]| homes.iter().flatten().sum::<f64>() / homes.iter().map(Vec::len).sum::<usize>() as f64;
    assert!((mean(&all) / mean(&published) - 1.0).abs() < 0.15);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What happens after the last known day changes no forecast.
    #[test]
    fn no_learner_sees_what_is_not_known(seed in 0..1000_u64, known in 15..60_usize, factor in 0.0..3.0_f64) {
        let mut stream = copperplate::rng::Stream::new(seed, "truth", "leak");
        let mut history = History::new(24);
        let mut other = History::new(24);
        for d in 0..64_usize {
            let day = date(2016, 2, 1) + jiff::Span::new().days(d as i64);
            let values: Vec<f64> = (0..24).map(|q| 5.0 + stream.at((d * 24 + q) as u64).normal()).collect();
            history.push(day, &[], &values);
            let changed: Vec<f64> = values.iter().map(|v| if d < known { *v } else { factor * v - 1.0 }).collect();
            other.push(day, &[], &changed);
        }
        for learner in LEARNERS {
            let of = |h: &History| learner.forecast(&h.last(known, DAYS), &h.target(known + LEAD - 1, LEAD), None).expect("days are known");
            let (a, b) = (of(&history), of(&other));
            prop_assert!(a.0 == b.0 && a.1.values.iter().zip(&b.1.values).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())));
        }
    }
}
