//! A process that can hold a share of its consumption back for a while: a cold store, a pump, a batch.
//!
//! ```text
//! consumption = profile · (1 − share held back) + what is made up for
//! ```
//!
//! It holds back `share` of its power at most, for `longest` at a stretch; then it needs `recovery` before it can do so again. Where it has
//! to make up, what it held back comes back as soon as it stops holding back, at most `share` of its power on top. What is not made
//! up for is lost production, which `lost_per_mwh` values.

use crate::time::{SimDuration, SimTime};

use super::fixed::Series;
use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};

/// The data sheet of a process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Process {
    /// What it consumes when nothing holds it back.
    pub series: Series,
    /// Share of its power that it can hold back, 0…1.
    pub share: f64,
    /// Longest time that it holds back at a stretch.
    pub longest: SimDuration,
    /// Time from then on in which it does not hold back.
    pub recovery: SimDuration,
    /// Whether what is held back has to be made up for.
    pub makes_up: bool,
    /// Cost of holding back, in the unit of the price, per MWh.
    pub lost_per_mwh: f64,
}

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stand {
    /// How long it has been holding back.
    held: SimDuration,
    /// How long it still recovers.
    recovering: SimDuration,
    /// What it still has to make up for, Wh.
    owed_wh: f64,
}

impl Process {
    /// The power nearest to `set_w` that the stand allows, given what the process would consume, W.
    fn possible_w(&self, stand: &Stand, full_w: f64, set_w: f64, step: SimDuration) -> f64 {
        let may = stand.recovering == SimDuration::ZERO && stand.held.0 + step.0 <= self.longest.0;
        let least_w = if may { full_w * (1.0 - self.share) } else { full_w };
        let back_w = (stand.owed_wh / step.as_hours()).min(full_w * self.share);
        // What is owed comes back unless the process holds back just now.
        if set_w < full_w && may { set_w.max(least_w) } else { full_w + back_w }
    }

    /// The stand after a step at `p_w`.
    fn after(&self, stand: &mut Stand, full_w: f64, p_w: f64, step: SimDuration) {
        let held_wh = (full_w - p_w) * step.as_hours();
        if self.makes_up {
            stand.owed_wh = (stand.owed_wh + held_wh).max(0.0);
        }
        if held_wh > 0.0 {
            stand.held = SimDuration(stand.held.0 + step.0);
            if stand.held.0 >= self.longest.0 {
                // A stretch ends with a step at least in which nothing is held back.
                (stand.held, stand.recovering) = (SimDuration::ZERO, SimDuration(self.recovery.0.max(step.0)));
            }
        } else if stand.held > SimDuration::ZERO {
            // It stopped early: recovery counts from here on, this step included.
            (stand.held, stand.recovering) = (SimDuration::ZERO, SimDuration((self.recovery.0 - step.0).max(0)));
        } else {
            stand.recovering = SimDuration((stand.recovering.0 - step.0).max(0));
        }
    }

    /// A plan that the process can carry out, from wishes per ISP.
    fn carried_out(&self, full_w: &[f64], wish_w: impl Fn(usize) -> f64, isp: SimDuration) -> Vec<f64> {
        let mut stand = Stand::default();
        let step = |(i, full): (usize, &f64)| {
            let p_w = self.possible_w(&stand, *full, wish_w(i), isp);
            self.after(&mut stand, *full, p_w, isp);
            p_w
        };
        full_w.iter().enumerate().map(step).collect()
    }
}

impl Model for Process {
    type State = Stand;
    type Seen = ();

    fn step(&self, stand: &mut Stand, moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
        let (full_w, full_var) = self.series.at(moment.profiles, moment.row);
        let set_w = if set_w.is_nan() { f64::INFINITY } else { set_w };
        let wish_w = self.possible_w(stand, full_w, set_w, moment.step);
        let p_w = wish_w.min(cap.consumption_w);
        self.after(stand, full_w, p_w, moment.step);
        let at = moment.start + moment.step;
        let q_var = if full_w == 0.0 { full_var } else { full_var * p_w / full_w };
        let since = (stand.held > SimDuration::ZERO).then(|| SimTime(at.0 - stand.held.0));
        let flow = Flow { p_w, q_var, capped_w: wish_w - p_w, ..Flow::default() };
        (flow, Reading { at, content_wh: stand.owed_wh, since, ..Reading::default() })
    }

    fn unread(&self) {}

    fn read(&self, (): &mut (), _: &Reading) {}

    /// It runs as it has to.
    fn plan(&self, (): &(), outlook: &Outlook, _: &Task<'_>) -> Vec<f64> {
        outlook.power_w().to_vec()
    }

    fn envelope(&self, (): &(), outlook: &Outlook, task: &Task<'_>) -> Envelope {
        let full_w = outlook.power_w();
        let wh = |plan: &[f64]| plan.iter().sum::<f64>() * task.period.isp().as_hours();
        let held = self.carried_out(full_w, |_| f64::NEG_INFINITY, task.period.isp());
        let scaled = |share: f64| full_w.iter().map(|p| p * share).collect();
        let energy_wh = (wh(&held).min(wh(full_w)), wh(full_w));
        Envelope { least_w: scaled(1.0 - self.share), most_w: scaled(1.0 + if self.makes_up { self.share } else { 0.0 }), energy_wh }
    }

    /// Held back in asked ISPs as far as power may fall, for the longest time and with its pauses; made up for afterwards as it
    /// comes. No answer where making up does not fit what may rise, or does not end within the Period.
    fn replan(&self, (): &(), outlook: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        if ask.more || outlook.power_w().is_empty() {
            return base_w.to_vec();
        }
        let wish_w = |i: usize| if ask.asked[i] { base_w[i] - ask.down_w[i] } else { f64::INFINITY };
        let plan = self.carried_out(base_w, wish_w, task.period.isp());
        let fits = plan.iter().zip(base_w).enumerate().all(|(i, (p, base))| *p <= base + ask.up_w[i].max(0.0) + 1e-9);
        let moved_w: f64 = plan.iter().zip(base_w).map(|(p, base)| p - base).sum();
        if fits && (!self.makes_up || moved_w.abs() < 1e-6) { plan } else { base_w.to_vec() }
    }

    /// Energy, and what holding back costs beside it.
    fn cost(&self, (): &(), outlook: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
        let held_w: f64 = outlook.power_w().iter().zip(plan_w).map(|(full, p)| (full - p).max(0.0)).sum();
        let wear = self.lost_per_mwh * held_w * task.period.isp().as_hours() * 1e-6;
        Cost { energy: task.energy_cost(plan_w), wear, comfort: 0.0 }
    }

    /// What is owed comes back at its own pace, so a part of a plan that makes up is no plan.
    fn can(&self, (): &(), _: &Task<'_>, _: &[f64]) -> bool {
        !self.makes_up
    }

    fn is_curved(&self) -> bool {
        true
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::Shiftable
    }

    fn rated_w(&self) -> (f64, f64) {
        (self.series.p_nominal_w.abs(), 0.0)
    }

    fn limitable(&self) -> bool {
        true
    }

    fn content(&self) -> Content {
        Content::None
    }
}
