//! What the energy of a device costs behind its meter.

use std::ops::Deref;

use crate::agent::PortfolioVintage;
use crate::asset::Task;
use crate::time::{Period, SimTime};

use super::{Agr, Day};

/// Prices of a device's energy per ISP, and what else is planned behind its meter.
pub(super) struct Tariff {
    import: Vec<f64>,
    /// Empty where energy has one price both ways.
    export: Vec<f64>,
    others_w: Vec<f64>,
    free: [Vec<f64>; 2],
}

impl Agr {
    /// The tariff of device `d`. `price` is the day-ahead price with whatever pushes plans on it; `plans` is what is planned so far.
    pub(super) fn tariff<P: Deref<Target = [f64]>>(
        &self,
        v: &PortfolioVintage,
        day_ahead: &[f64],
        price: &[f64],
        plans: &[P],
        d: usize,
    ) -> Tariff {
        let connection = self.profile.devices[d].connection;
        let free = [f64::NEG_INFINITY, f64::INFINITY].map(|w| vec![w; price.len()]);
        let Some(retail) = &self.profile.retail[connection] else {
            return Tariff { import: price.to_vec(), export: Vec::new(), others_w: Vec::new(), free };
        };
        let pushed = |of: &dyn Fn(f64) -> f64| day_ahead.iter().zip(price).map(|(p, pushed)| of(*p) + (pushed - p)).collect();
        let mut others_w = v.inflexible_w[connection].clone();
        for other in self.members.behind[connection].iter().filter(|other| **other != d) {
            others_w.iter_mut().zip(plans[*other].iter()).for_each(|(sum, w)| *sum += w);
        }
        Tariff { import: pushed(&|p| retail.import_eur_per_mwh(p)), export: pushed(&|p| retail.export_eur_per_mwh(p)), others_w, free }
    }

    /// The tariff of device `d` on a day as it is planned.
    pub(super) fn tariff_of(&self, day: &Day, d: usize) -> Tariff {
        self.tariff(&day.vintage, &day.price, &day.price, &day.plans, d)
    }
}

impl Tariff {
    /// The task of a Period without bounds.
    pub(super) fn task<'a>(&'a self, period: &'a Period, before_w: &'a dyn Fn(SimTime) -> f64) -> Task<'a> {
        Task {
            period,
            price: &self.import,
            feed_in_price: &self.export,
            others_w: &self.others_w,
            least_w: &self.free[0],
            most_w: &self.free[1],
            before_w,
        }
    }

    /// Whether it tells energy from the grid from energy fed in.
    pub(super) fn is_own(&self) -> bool {
        !self.export.is_empty()
    }
}
