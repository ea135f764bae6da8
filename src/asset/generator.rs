//! A controllable generator: a combined heat and power plant, a biogas engine.
//!
//! It feeds in nothing, or between its least and its largest power, and burns fuel for it. It runs where the price exceeds the fuel:
//!
//! ```text
//! least Σ (f − π_i) g_i Δ,   g_i = 0 or G_min ≤ g_i ≤ G
//! ```
//!
//! where `π` is the price of what it replaces: up to the consumption of the house the price from the grid, beyond it that of feed-in.
//! Every ISP stands for itself, so the plan is a comparison of three powers.

use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};

/// The data sheet of a generator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Generator {
    /// Largest feed-in, W, a magnitude.
    pub max_power_w: f64,
    /// Least feed-in when it runs, W.
    pub least_power_w: f64,
    /// Fuel and upkeep, in the unit of the price, per MWh.
    pub fuel_per_mwh: f64,
    /// Reactive over active power.
    pub tan_phi: f64,
}

impl Generator {
    /// The power, consumption positive, that is possible and nearest to `wish_w`.
    fn possible_w(&self, wish_w: f64) -> f64 {
        let feed_in_w = (-wish_w).clamp(0.0, self.max_power_w);
        if feed_in_w >= self.least_power_w {
            -feed_in_w
        } else if feed_in_w >= 0.5 * self.least_power_w && feed_in_w > 0.0 {
            -self.least_power_w
        } else {
            0.0
        }
    }

    /// The cheapest power of an ISP between two, W, with `asked` on the prices.
    fn cheapest_w(&self, (below, above, kink_w): (f64, f64, f64), asked: f64, least_w: f64, most_w: f64) -> f64 {
        let cost = |p_w: f64| {
            let bought = |w: f64| above * (w - kink_w).max(0.0) + below * (w - kink_w).min(0.0);
            bought(p_w) + (asked - self.fuel_per_mwh) * p_w
        };
        let candidates = [0.0, -self.least_power_w, kink_w, -self.max_power_w, least_w, most_w];
        let allowed = |p: &f64| {
            let runs = (-self.max_power_w..=-self.least_power_w).contains(p);
            (*p == 0.0 || runs) && (least_w..=most_w).contains(p)
        };
        let by_cost = |a: &f64, b: &f64| cost(*a).total_cmp(&cost(*b)).then(b.total_cmp(a));
        candidates.into_iter().filter(allowed).min_by(by_cost).unwrap_or(0.0)
    }
}

impl Model for Generator {
    type State = ();
    type Seen = ();

    /// Without a set point it stands still.
    fn step(&self, (): &mut (), moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
        let wish_w = if set_w.is_nan() { 0.0 } else { self.possible_w(set_w) };
        let capped_w = wish_w.max(-cap.feed_in_w);
        // Under a cap below its least power it stops.
        let p_w = if -capped_w < self.least_power_w { 0.0 } else { capped_w };
        let flow = Flow { p_w, q_var: p_w * self.tan_phi, capped_w: wish_w - p_w, ..Flow::default() };
        (flow, Reading { at: moment.start + moment.step, ..Reading::default() })
    }

    fn unread(&self) {}

    fn read(&self, (): &mut (), _: &Reading) {}

    fn plan(&self, (): &(), _: &Outlook, task: &Task<'_>) -> Vec<f64> {
        let isp = |i: usize| self.cheapest_w(task.tariff(i), 0.0, task.least_w[i], task.most_w[i]);
        (0..task.price.len()).map(isp).collect()
    }

    fn envelope(&self, (): &(), _: &Outlook, task: &Task<'_>) -> Envelope {
        let isps = task.period.isps();
        let wh = self.max_power_w * isps as f64 * task.period.isp().as_hours();
        Envelope { least_w: vec![-self.max_power_w; isps], most_w: vec![0.0; isps], energy_wh: (-wh, 0.0) }
    }

    /// More or less in asked ISPs; nothing comes back in others.
    fn replan(&self, (): &(), _: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        let price = ask.price(task.price);
        let isp = |(i, base): (usize, &f64)| {
            let (least_w, most_w) = ask.bounds(i, *base);
            if ask.asked[i] { self.cheapest_w(task.tariff(i), price[i] - task.price[i], least_w, most_w) } else { *base }
        };
        base_w.iter().enumerate().map(isp).collect()
    }

    /// Energy, and fuel as wear.
    fn cost(&self, (): &(), _: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
        let fed_in_w: f64 = plan_w.iter().map(|p| (-p).max(0.0)).sum();
        let wear = self.fuel_per_mwh * fed_in_w * task.period.isp().as_hours() * 1e-6;
        Cost { energy: task.energy_cost(plan_w), wear, comfort: 0.0 }
    }

    fn can(&self, (): &(), _: &Task<'_>, plan_w: &[f64]) -> bool {
        plan_w.iter().all(|p| (self.possible_w(*p) - p).abs() < 0.5)
    }

    fn is_curved(&self) -> bool {
        true
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::Shiftable
    }

    fn rated_w(&self) -> (f64, f64) {
        (0.0, self.max_power_w)
    }

    fn limitable(&self) -> bool {
        true
    }

    fn content(&self) -> Content {
        Content::None
    }
}
