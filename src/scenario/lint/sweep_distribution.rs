//! Distributions that no value can be drawn from.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::scenario::distribution::Distribution;

/// The rule.
pub const RULE: Rule = Rule {
    code: "sweep-distribution",
    severity: Severity::Error,
    what: "The numbers of a distribution are not valid.",
    why: "A range needs a width, a standard deviation must be positive, and weights need a positive sum.",
    example: "[[sweep.parameter]]\nkey = \"feeder.pv_scale\"\ndistribution = { kind = \"uniform\", low = 1.5, high = 0.5 }",
    mend: "[[sweep.parameter]]\nkey = \"feeder.pv_scale\"\ndistribution = { kind = \"uniform\", low = 0.5, high = 1.5 }",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    let parameters = subject.scenario.sweep.iter().flat_map(|sweep| &sweep.parameter).enumerate();
    for (i, distribution) in parameters.filter_map(|(i, p)| Some((i, p.distribution.as_ref()?))) {
        if let Some((message, help)) = fault(distribution) {
            faults.at(&format!("sweep.parameter[{i}].distribution"), RULE.finding(message).help(help));
        }
    }
}

/// What is wrong and what to do.
fn fault(distribution: &Distribution) -> Option<(String, &'static str)> {
    match distribution {
        Distribution::Uniform { low, high } if low >= high => {
            Some((format!("low {low} is not below high {high}"), "give the lesser limit first; for a single value use 'values'"))
        }
        Distribution::Normal { sigma, .. } | Distribution::LogNormal { sigma, .. } if *sigma <= 0.0 => {
            Some((format!("sigma is {sigma}"), "a standard deviation is above 0"))
        }
        Distribution::LogNormal { median, .. } if *median <= 0.0 => {
            Some((format!("the median is {median}"), "a log-normal value is above 0, and so is its median"))
        }
        Distribution::Triangular { low, mode, high } if low >= high || mode < low || mode > high => {
            Some((format!("low {low}, mode {mode} and high {high} are not in order"), "low must not exceed mode, and mode must not exceed high"))
        }
        Distribution::Choice { values, .. } if values.is_empty() => Some(("there is nothing to choose from".to_owned(), "name its values")),
        Distribution::Choice { values, weights } if !weights.is_empty() && weights.len() != values.len() => Some((
            format!("{} values have {} weights", values.len(), weights.len()),
            "give each value one, or none at all for equal chances",
        )),
        Distribution::Choice { weights, .. }
            if weights.iter().any(|w| *w < 0.0) || (!weights.is_empty() && weights.iter().sum::<f64>() <= 0.0) =>
        {
            Some(("the weights are no chances".to_owned(), "none may be below 0, and their sum is above 0"))
        }
        _ => None,
    }
}
