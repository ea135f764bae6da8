//! Greedy selection by price per effective watt-hour.
//!
//! For ISP `i` with bounds `[lᵢ, uᵢ]` and bought flexibility `cᵢ`, the shortage is `sᵢ = max(lᵢ − cᵢ, cᵢ − uᵢ, 0)`.
//! Buying share `a` of a candidate with power `pᵢ` lowers the total shortage by
//!
//! ```text
//! e(a) = Σᵢ s(cᵢ) − s(cᵢ + a·pᵢ)        effective watts; rebound that breaks a bound counts against it
//! ```
//!
//! For each candidate the share `a ≥ a_min` counts that covers most at a price `a·price / e(a)` below the ceiling; each round
//! buys the candidate whose share is cheapest per effective watt-hour, and it ends when nothing is short or useful. A last pass drops or
//! trims purchases that later ones made superfluous. The result is verified by a load flow elsewhere.

use crate::units::{ActivationFactor, Watts};

use super::{Candidate, Choice, Need};

/// The purchases in the order they were made.
#[must_use]
pub fn select(need: &Need, candidates: &[Candidate]) -> Vec<Choice> {
    let mut bought = vec![0_i64; need.bounds.len()];
    let mut taken = vec![false; candidates.iter().map(|c| c.offer + 1).max().unwrap_or(0)];
    let mut choices: Vec<Choice> = Vec::new();
    while total_shortage(need, &bought) > 0 {
        let best = candidates
            .iter()
            .enumerate()
            .filter(|(_, c)| !taken[c.offer])
            .filter_map(|(k, c)| best_share(need, &bought, c).map(|(price, factor)| (price, Choice { candidate: k, factor })))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.candidate.cmp(&b.1.candidate)));
        let Some((_, choice)) = best else { break };
        apply(&mut bought, &candidates[choice.candidate], choice.factor, 1);
        taken[candidates[choice.candidate].offer] = true;
        choices.push(choice);
    }
    trim(need, candidates, &mut bought, &mut choices);
    choices
}

/// Shortage of an ISP in watts.
fn shortage(need: &Need, isp: usize, flexibility: i64) -> i64 {
    let b = &need.bounds[isp];
    (b.min.0 - flexibility).max(flexibility - b.max.0).max(0)
}

fn total_shortage(need: &Need, bought: &[i64]) -> i64 {
    bought.iter().enumerate().map(|(i, &c)| shortage(need, i, c)).sum()
}

fn apply(bought: &mut [i64], c: &Candidate, factor: ActivationFactor, sign: i64) {
    for &(isp, p) in &c.power {
        bought[isp] += sign * factor.scale_power(p).0;
    }
}

/// How many watts of shortage a share takes away; negative when it makes things worse.
fn effective(need: &Need, bought: &[i64], c: &Candidate, factor: ActivationFactor) -> i64 {
    c.power.iter().map(|&(isp, p)| shortage(need, isp, bought[isp]) - shortage(need, isp, bought[isp] + factor.scale_power(p).0)).sum()
}

/// The best share of a candidate: (€/MWh effective, factor), or `None` if no share is useful below the ceiling.
fn best_share(need: &Need, bought: &[i64], c: &Candidate) -> Option<(f64, ActivationFactor)> {
    let price_of = |factor: ActivationFactor| {
        let watts = effective(need, bought, c, factor);
        let mwh = watts as f64 * need.isp_h * 1e-6;
        let price = factor.scale_price(c.price).as_f64() / mwh;
        (watts > 0 && price <= need.ceiling_eur_per_mwh).then_some((price, watts))
    };
    // e(a) is piecewise linear, so only the shares at which a piece ends need a look.
    let mut best: Option<(f64, i64, ActivationFactor)> = None;
    for factor in breakpoints(need, bought, c) {
        let Some((price, watts)) = price_of(factor) else { continue };
        let better = best.is_none_or(|(_, most, _)| watts > most);
        if better {
            best = Some((price, watts, factor));
        }
    }
    best.map(|(price, _, factor)| (price, factor))
}

/// Shares worth trying: the least allowed, the whole, and those at which an ISP's shortage or headroom is just used up.
fn breakpoints(need: &Need, bought: &[i64], c: &Candidate) -> Vec<ActivationFactor> {
    let least = c.min_factor.hundredths();
    let mut shares = vec![least, 100];
    for &(isp, p) in c.power.iter().filter(|(_, p)| *p != Watts::ZERO) {
        let b = &need.bounds[isp];
        for bound in [b.min.0, b.max.0] {
            let share = 100.0 * (bound - bought[isp]) as f64 / p.as_f64();
            if share > f64::from(least) && share < 100.0 {
                shares.push(share.floor() as u8);
                shares.push(share.ceil() as u8);
            }
        }
    }
    shares.sort_unstable();
    shares.dedup();
    shares.into_iter().filter(|&s| s >= least).filter_map(ActivationFactor::from_hundredths).collect()
}

/// Drops or trims purchases, dearest first, as long as the shortage does not grow.
fn trim(need: &Need, candidates: &[Candidate], bought: &mut [i64], choices: &mut Vec<Choice>) {
    let mut order: Vec<usize> = (0..choices.len()).collect();
    order.sort_by_key(|&k| std::cmp::Reverse((choices[k].factor.scale_price(candidates[choices[k].candidate].price), k)));
    let mut dropped = vec![false; choices.len()];
    for k in order {
        let choice = choices[k];
        let c = &candidates[choice.candidate];
        let now = total_shortage(need, bought);
        apply(bought, c, choice.factor, -1);
        if total_shortage(need, bought) <= now {
            dropped[k] = true;
            continue;
        }
        let least = breakpoints(need, bought, c)
            .into_iter()
            .filter(|f| *f <= choice.factor)
            .find(|&f| total_shortage(need, bought) - effective(need, bought, c, f) <= now)
            .unwrap_or(choice.factor);
        choices[k].factor = least;
        apply(bought, c, least, 1);
    }
    let mut keep = dropped.iter().map(|d| !d);
    choices.retain(|_| keep.next().expect("one flag per choice"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::contract::Bounds;
    use crate::units::Money;
    use proptest::prelude::*;

    fn need(bounds: &[(i64, i64)]) -> Need {
        let bounds = bounds.iter().map(|&(l, u)| Bounds { min: Watts(l), max: Watts(u), requested: l > 0 || u < 0 }).collect();
        Need { bounds, ceiling_eur_per_mwh: 500.0, isp_h: 0.25 }
    }

    fn candidate(offer: usize, power: &[(usize, i64)], eur: f64, min: u8) -> Candidate {
        Candidate {
            offer,
            option: 0,
            power: power.iter().map(|&(i, p)| (i, Watts(p))).collect(),
            price: Money::from_f64(eur),
            min_factor: ActivationFactor::from_hundredths(min).unwrap(),
        }
    }

    #[test]
    fn the_cheapest_covers_first_and_the_next_only_the_rest() {
        let need = need(&[(10_000, 60_000)]);
        let cheap = candidate(0, &[(0, 6_000)], 0.12, 1);
        let dear = candidate(1, &[(0, 20_000)], 0.80, 1);
        let got = select(&need, &[dear, cheap]);
        assert_eq!(got.len(), 2);
        assert_eq!((got[0].candidate, got[0].factor.hundredths()), (1, 100));
        assert_eq!((got[1].candidate, got[1].factor.hundredths()), (0, 20));
    }

    #[test]
    fn nothing_is_bought_above_the_ceiling() {
        let need = need(&[(10_000, 60_000)]);
        // 10 kW for a quarter of an hour at 2 € is 800 €/MWh.
        assert!(select(&need, &[candidate(0, &[(0, 10_000)], 2.0, 1)]).is_empty());
    }

    #[test]
    fn rebound_that_breaks_a_bound_counts_against_an_offer() {
        let need = need(&[(-60_000, -10_000), (-50_000, 2_000)]);
        let bad = candidate(0, &[(0, -10_000), (1, 12_000)], 0.10, 100);
        let good = candidate(1, &[(0, -10_000), (1, 1_000)], 0.50, 100);
        let got = select(&need, &[bad, good]);
        assert_eq!(got.iter().map(|c| c.candidate).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn one_option_per_offer() {
        let need = need(&[(10_000, 60_000)]);
        let small = Candidate { option: 0, ..candidate(0, &[(0, 4_000)], 0.05, 100) };
        let large = Candidate { option: 1, ..candidate(0, &[(0, 10_000)], 0.50, 100) };
        assert_eq!(select(&need, &[small, large]).len(), 1);
    }

    proptest! {
        /// Buying never makes the congestion point worse, and factors respect their minimum.
        #[test]
        fn selection_never_adds_shortage(
            shape in prop::collection::vec((-20_000_i64..20_000, 1_000_i64..50_000), 1..6),
            offers in prop::collection::vec((prop::collection::vec(-15_000_i64..15_000, 6), 0.0_f64..3.0, 1_u8..=100), 0..8),
        ) {
            let need = need(&shape.iter().map(|&(l, w)| (l, l + w)).collect::<Vec<_>>());
            let n = need.bounds.len();
            let candidates: Vec<_> = offers.iter().enumerate()
                .map(|(k, (p, eur, min))| candidate(k, &(0..n).map(|i| (i, p[i])).collect::<Vec<_>>(), *eur, *min)).collect();
            let choices = select(&need, &candidates);
            let mut bought = vec![0; n];
            let before = total_shortage(&need, &bought);
            for c in &choices {
                prop_assert!(c.factor >= candidates[c.candidate].min_factor);
                apply(&mut bought, &candidates[c.candidate], c.factor, 1);
            }
            prop_assert!(total_shortage(&need, &bought) <= before);
        }
    }
}
