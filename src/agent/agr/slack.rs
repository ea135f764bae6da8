//! Slack: how far requests and called caps let power rise and fall.

use crate::market::Direction;
use crate::market::contract::Bounds;

/// Part of a request's room for rebound that one aggregator plans with: others have rebound too.
const SHARE: f64 = 0.5;

/// What is left of a request's room at one congestion point, W per ISP, neither negative.
#[derive(Debug, Clone)]
pub(super) struct Slack {
    /// Row of the congestion point.
    pub(super) point: usize,
    pub(super) up_w: Vec<f64>,
    pub(super) down_w: Vec<f64>,
}

impl Slack {
    /// The room a request gives the offers that answer it: up to the far bound in the ISPs they answer, a share of it elsewhere.
    pub(super) fn of(point: usize, bounds: &[Bounds], answered: impl Fn(usize) -> bool) -> Slack {
        let share = |i: usize| if answered(i) { 1.0 } else { SHARE };
        let up_w = bounds.iter().enumerate().map(|(i, b)| share(i) * b.max.as_f64().max(0.0)).collect();
        let down_w = bounds.iter().enumerate().map(|(i, b)| share(i) * -b.min.as_f64().min(0.0)).collect();
        Slack { point, up_w, down_w }
    }

    /// No room where a called cap holds, in the direction it forbids: what was planned for it stays. `None` where none holds.
    pub(super) fn under_caps(point: usize, floor_w: &[f64], ceiling_w: &[f64]) -> Option<Slack> {
        let room = |caps: &[f64]| caps.iter().map(|cap| if cap.is_finite() { 0.0 } else { f64::INFINITY }).collect();
        let called = floor_w.iter().chain(ceiling_w).any(|cap| cap.is_finite());
        called.then(|| Slack { point, up_w: room(ceiling_w), down_w: room(floor_w) })
    }

    /// The room it leaves offers made to a congestion point around it: they may help it as much as they like.
    pub(super) fn left_around(point: usize, bounds: &[Bounds]) -> Slack {
        let mut room = Slack::of(point, bounds, |_| false);
        for (i, b) in bounds.iter().enumerate() {
            match Direction::relieved_by(b.near()) {
                Some(Direction::Consumption) => room.down_w[i] = f64::INFINITY,
                Some(Direction::FeedIn) => room.up_w[i] = f64::INFINITY,
                None => {}
            }
        }
        room
    }

    /// Whether no watt of relief is left in ISPs that are asked for.
    pub(super) fn is_used_up(&self, asked: &[bool], direction: Direction) -> bool {
        let room_w = if direction == Direction::FeedIn { &self.up_w } else { &self.down_w };
        room_w.iter().zip(asked).all(|(w, asked)| !asked || *w < 1.0)
    }

    /// Takes out what a change of power uses.
    pub(super) fn use_up<'a>(&mut self, delta_w: impl IntoIterator<Item = &'a f64>) {
        for ((up_w, down_w), delta_w) in self.up_w.iter_mut().zip(&mut self.down_w).zip(delta_w) {
            *up_w = (*up_w - delta_w.max(0.0)).max(0.0);
            *down_w = (*down_w + delta_w.min(0.0)).max(0.0);
        }
    }
}

/// The least of what several rooms leave: up and down, W per ISP.
pub(super) fn least<'a>(rooms: impl Iterator<Item = &'a Slack>, isps: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut up_w, mut down_w) = (vec![f64::INFINITY; isps], vec![f64::INFINITY; isps]);
    for room in rooms {
        up_w.iter_mut().zip(&room.up_w).for_each(|(a, b)| *a = a.min(*b));
        down_w.iter_mut().zip(&room.down_w).for_each(|(a, b)| *a = a.min(*b));
    }
    (up_w, down_w)
}
