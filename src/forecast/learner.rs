//! The learners: each makes a day's forecast from a history, and says how wrong it was before.

use jiff::civil::Date;

use super::history::{History, Target};
use super::quantile::Errors;
use super::regression::Temperature;
use super::{profile, regression, smoothing};

/// How a participant learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learner {
    /// Mean of the last four days of the kind.
    WeeklyProfile,
    /// A level and a week that follow.
    ExponentialSmoothing,
    /// Regression on calendar, past values and temperature.
    Ridge,
}

/// Forecasts that are learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// How.
    pub learner: Learner,
    /// How many days back the last known day lies on the day of a forecast, at least 1: yesterday.
    pub data_delay_days: usize,
    /// Days that are as Sundays.
    pub holidays: Vec<Date>,
}

impl Learner {
    /// What is expected of the day after a history, slot by slot, and the errors of past forecasts with the same lead; `None` where
    /// nothing is known. Only regression looks at temperature.
    #[must_use]
    pub fn forecast(self, history: &History, target: &Target, temperature: Option<Temperature<'_>>) -> Option<(Vec<f64>, Errors)> {
        match self {
            Learner::WeeklyProfile => profile::with_errors(history, target),
            Learner::ExponentialSmoothing => smoothing::forecast(history, target),
            Learner::Ridge => regression::forecast(history, target, temperature),
        }
    }
}
