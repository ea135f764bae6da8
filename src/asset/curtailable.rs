//! Feed-in that follows a profile and may be curtailed: PV systems, and plants of PV and battery as their net feed-in.
//!
//! What is not fed in is lost; reactive power goes with active power.

use super::fixed::Series;
use super::model::{Ask, Cap, Content, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};

/// Curtailable feed-in; its nominal power is negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curtailable {
    /// What it feeds in when nothing holds it back.
    pub series: Series,
}

impl Model for Curtailable {
    type State = ();
    type Seen = ();

    #[inline]
    fn step(&self, (): &mut (), moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
        let (available_w, q_var) = self.series.at(moment.profiles, moment.row);
        // A plant that draws at the moment has nothing to curtail.
        let wish_w = if available_w < 0.0 { set_w.clamp(available_w, 0.0) } else { available_w };
        let p_w = wish_w.max(-cap.feed_in_w);
        let share = if available_w == 0.0 { 0.0 } else { p_w / available_w };
        (Flow { p_w, q_var: q_var * share, capped_w: wish_w - p_w, ..Flow::default() }, Reading::default())
    }

    fn unread(&self) {}

    fn read(&self, (): &mut (), _: &Reading) {}

    fn plan(&self, (): &(), outlook: &Outlook, _: &Task<'_>) -> Vec<f64> {
        outlook.power_w().to_vec()
    }

    fn envelope(&self, (): &(), outlook: &Outlook, task: &Task<'_>) -> Envelope {
        let least_w = outlook.power_w().to_vec();
        let wh = least_w.iter().sum::<f64>() * task.period.isp().as_hours();
        Envelope { most_w: least_w.iter().map(|p| p.max(0.0)).collect(), energy_wh: (wh, 0.0), least_w }
    }

    /// Less feed-in in asked ISPs, down to nothing, as far as power may rise.
    fn replan(&self, (): &(), _: &Outlook, _: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
        let raised = |(i, p): (usize, &f64)| if ask.asked[i] && ask.more { (p + ask.up_w[i]).min(0.0).max(*p) } else { *p };
        base_w.iter().enumerate().map(raised).collect()
    }

    fn flexibility(&self) -> Flexibility {
        Flexibility::Curtailable
    }

    fn rated_w(&self) -> (f64, f64) {
        (0.0, self.series.p_nominal_w.abs())
    }

    fn limitable(&self) -> bool {
        true
    }

    fn content(&self) -> Content {
        Content::None
    }
}
