//! Under a called cap on consumption, devices that can wait make room for those that cannot.
//!
//! Planned one after the other, the first take the cheap ISPs, and a vehicle in a hurry finds no room in its own. Then each ISP in which
//! such a vehicle could charge, and no room is left, gets a price `λ` on top, the same for all,
//!
//! ```text
//! λᵢ ← λᵢ + STEP · (max p − min p + 1)
//! ```
//!
//! everybody else plans again at `p + λ` within the room that the others leave, then the vehicles that lack energy; until none does, or no
//! ISP is scarce. At last everybody plans again at `p` within the room that is left, and keeps the plan that gives no less energy. Stores
//! keep their plans, and what a stay can still charge after the day is not missing.
//!
//! Twelve drawn fleets of twenty vehicles: cost, and energy that is missing at 1 €/kWh, come to 0.7 % above the linear programme at most;
//! planned one after the other, to 7 to 49 % (`.ci/plan_gaps.py`).

use crate::agent::PortfolioVintage;
use crate::asset::vehicle::slots;
use crate::asset::{Content, Flexibility, Task};
use crate::time::Period;

use super::Agr;
use super::plan::Room;

/// Rounds at most.
const ROUNDS: usize = 30;
/// What a round adds to the price of a scarce ISP, of the spread of prices.
const STEP: f64 = 0.1;
/// Passes at the real price.
const PASSES: usize = 2;
/// Power and energy below which nothing is missing, W and Wh.
const NOTHING: f64 = 1.0;

impl Agr {
    /// Lets devices that shift make room for each other under ceilings; `rooms` is what all plans together leave.
    pub(super) fn exchange(&self, period: &Period, v: &PortfolioVintage, price: &[f64], plans: &mut [Vec<f64>], rooms: &mut [Room]) {
        let devices = self.profile.devices.iter().enumerate();
        let bound = |connection: usize| self.members.points[connection].iter().any(|k| rooms[*k].most_w.is_some());
        let moves = devices.filter(|(_, own)| {
            own.steered
                && own.device.flexibility() == Flexibility::Shiftable
                && own.device.content() != Content::Stored
                && bound(own.connection)
        });
        let moves: Vec<usize> = moves.map(|(d, _)| d).collect();
        let mut unmet = self.lacking(period, v, price, plans, &moves);
        if unmet.is_empty() {
            return;
        }
        let (low, high) = price.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)));
        let mut pushed = price.to_vec();
        let missing_wh = |unmet: &[Lack]| unmet.iter().map(|lack| lack.wh).sum::<f64>();
        let mut best = (missing_wh(&unmet), plans.to_vec(), rooms.to_vec());
        for _ in 0..ROUNDS {
            let scarce =
                |i: usize| unmet.iter().any(|lack| plans[lack.device][i] + NOTHING < lack.most_w[i] && self.is_full(lack.device, rooms, i));
            let scarce: Vec<usize> = (0..price.len()).filter(|i| scarce(*i)).collect();
            if scarce.is_empty() {
                break;
            }
            scarce.iter().for_each(|i| pushed[*i] += STEP * (high - low + 1.0));
            let waits = |d: &&usize| !unmet.iter().any(|lack| lack.device == **d);
            for d in moves.iter().filter(waits).copied().chain(unmet.iter().map(|lack| lack.device)) {
                self.plan_within(period, v, (price, &pushed), plans, rooms, d, |_, _| true);
            }
            unmet = self.lacking(period, v, price, plans, &moves);
            if missing_wh(&unmet) < best.0 {
                best = (missing_wh(&unmet), plans.to_vec(), rooms.to_vec());
            }
            if unmet.is_empty() {
                break;
            }
        }
        plans.clone_from_slice(&best.1);
        rooms.clone_from_slice(&best.2);
        let sum = |plan: &[f64]| plan.iter().sum::<f64>();
        for d in moves.repeat(PASSES) {
            self.plan_within(period, v, (price, price), plans, rooms, d, |old, new| sum(new) >= sum(old) - NOTHING);
        }
    }

    /// Devices that would leave their users without energy.
    fn lacking(&self, period: &Period, v: &PortfolioVintage, price: &[f64], plans: &[Vec<f64>], moves: &[usize]) -> Vec<Lack> {
        let hours = period.isp().as_hours();
        let lack = |d: usize| {
            let own = &self.profile.devices[d];
            let before_w = self.before(period, d);
            let tariff = self.tariff(v, price, price, plans, d);
            let task = tariff.task(period, &before_w);
            let free = own.device.plan(&self.seen[d], &v.outlook[d], &task);
            let (rated_w, _) = own.device.rated_w();
            let mut lack = Lack { device: d, wh: 0.0, most_w: vec![0.0; free.len()] };
            for session in v.outlook[d].sessions() {
                let stay = slots(session, period, free.len());
                let planned_wh = |plan: &[f64]| plan[stay.clone()].iter().sum::<f64>() * hours;
                let less_wh = planned_wh(&free) - planned_wh(&plans[d]);
                // A stay that goes on tomorrow can make up for it then.
                let later_h = (session.departure - period.end()).as_hours();
                let wh = match later_h > 0.0 {
                    true => less_wh.min(session.energy_wh - planned_wh(&plans[d]) - rated_w * later_h),
                    false => less_wh,
                };
                if wh > NOTHING {
                    lack.wh += wh;
                    lack.most_w[stay].fill(rated_w);
                }
            }
            (lack.wh > 0.0).then_some(lack)
        };
        moves.iter().copied().filter(|d| self.profile.devices[*d].device.content() == Content::Owed).filter_map(lack).collect()
    }

    /// Whether a ceiling leaves a device no more than it has.
    fn is_full(&self, d: usize, rooms: &[Room], i: usize) -> bool {
        let points = &self.members.points[self.profile.devices[d].connection];
        points.iter().filter_map(|k| rooms[*k].most_w.as_ref()).any(|most_w| most_w[i] < NOTHING)
    }

    /// Plans a device again within the room that all others leave, and keeps the plan if it is to.
    #[allow(clippy::too_many_arguments, reason = "one plan, read in one place")]
    fn plan_within(
        &self,
        period: &Period,
        v: &PortfolioVintage,
        (price, pushed): (&[f64], &[f64]),
        plans: &mut [Vec<f64>],
        rooms: &mut [Room],
        d: usize,
        keep: impl Fn(&[f64], &[f64]) -> bool,
    ) {
        let own = &self.profile.devices[d];
        let points = &self.members.points[own.connection];
        let narrowest = |of: fn(&Room) -> &Option<Vec<f64>>, narrower: fn(f64, f64) -> f64, free: f64| -> Vec<f64> {
            let rooms: Vec<&Vec<f64>> = points.iter().filter_map(|k| of(&rooms[*k]).as_ref()).collect();
            (0..price.len()).map(|i| rooms.iter().fold(free, |w, room| narrower(w, room[i] + plans[d][i]))).collect()
        };
        let mut least_w = narrowest(|r| &r.least_w, f64::max, f64::NEG_INFINITY);
        let mut most_w = narrowest(|r| &r.most_w, f64::min, f64::INFINITY);
        least_w.iter_mut().for_each(|w| *w = w.min(0.0));
        most_w.iter_mut().for_each(|w| *w = w.max(0.0));
        let before_w = self.before(period, d);
        let tariff = self.tariff(v, price, pushed, plans, d);
        let task = Task { least_w: &least_w, most_w: &most_w, ..tariff.task(period, &before_w) };
        let plan = own.device.plan(&self.seen[d], &v.outlook[d], &task);
        if keep(&plans[d], &plan) {
            for k in points {
                rooms[*k].use_up(plan.iter().zip(&plans[d]).map(|(new, old)| new - old));
            }
            plans[d] = plan;
        }
    }
}

/// A device that lacks energy.
struct Lack {
    device: usize,
    wh: f64,
    /// What it could draw.
    most_w: Vec<f64>,
}
