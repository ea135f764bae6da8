//! The plan where some slot pays for burning energy: one direction a slot, chosen exactly.
//!
//! The cost-to-go `V(E)` is piecewise linear but not convex any more, so it is carried with its values. A slot makes of it
//!
//! ```text
//! V(E) ← min( up V, down V ),   up V(E) = min over 0 ≤ d ≤ ℓ of  s·d + V(E + d),   piece after piece
//! ```
//!
//! `up` is a minimum in a window that slides over `V`: between two places where either end of the window meets a knot, it is
//! the lower envelope of three lines: the window's low end, its high end, and the best knot inside. `down` is `up` seen in
//! a mirror. Slopes are only handed on, never computed, so stretches of one slope join without a tolerance.

use std::collections::VecDeque;

use super::slot::{Piece, Slot};

/// Cost-to-go after every slot, one list of knots behind the other.
#[derive(Debug, Default)]
pub(super) struct Concave {
    knots: Vec<Knot>,
    /// Where the list after slot `i` begins and ends, from the last slot to the first.
    lists: Vec<(usize, usize)>,
    moves: Vec<f64>,
    scratch: Scratch,
}

/// A line from `x` to the next knot, or to the end: its value at `x` and its slope.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Knot {
    x: f64,
    value: f64,
    slope: f64,
}

impl Knot {
    fn at(&self, x: f64) -> f64 {
        self.value + self.slope * (x - self.x)
    }
}

#[derive(Debug, Default)]
struct Scratch {
    up: Vec<Knot>,
    down: Vec<Knot>,
    next: Vec<Knot>,
    window: VecDeque<usize>,
}

impl Concave {
    /// As [`super::convex::Convex::solve`], for any slots.
    pub(super) fn solve(&mut self, slots: &[Slot], capacity_wh: f64, start_wh: f64, end_wh: f64, shortage: f64) -> Vec<f64> {
        self.knots.clear();
        self.lists.clear();
        push(&mut self.knots, Knot { x: 0.0, value: shortage * end_wh, slope: -shortage }, capacity_wh);
        push(&mut self.knots, Knot { x: end_wh, value: 0.0, slope: 0.0 }, capacity_wh);
        self.lists.push((0, self.knots.len()));
        for slot in slots.iter().skip(1).rev() {
            let (from, to) = self.lists[self.lists.len() - 1];
            self.scratch.through(&self.knots[from..to], slot, capacity_wh);
            let begin = self.knots.len();
            self.knots.extend_from_slice(&self.scratch.next);
            self.lists.push((begin, self.knots.len()));
        }
        let worth_moving = 1e-14 * shortage * capacity_wh;
        let mut stored_wh = start_wh;
        let mut plan = Vec::with_capacity(slots.len());
        for (slot, &(from, to)) in slots.iter().zip(self.lists.iter().rev()) {
            let d = best_move(&self.knots[from..to], slot, stored_wh, capacity_wh, worth_moving, &mut self.moves);
            stored_wh = (stored_wh + d).clamp(0.0, capacity_wh);
            plan.push(d);
        }
        plan
    }
}

impl Scratch {
    /// Leaves in `next` the cost-to-go before `slot`, given the one after it.
    fn through(&mut self, after: &[Knot], slot: &Slot, capacity_wh: f64) {
        self.up.clear();
        self.up.extend_from_slice(after);
        for piece in slot.up.iter().filter(|p| p.length_wh > 0.0) {
            rise(&self.up, *piece, capacity_wh, &mut self.window, &mut self.next);
            std::mem::swap(&mut self.up, &mut self.next);
        }
        mirror(after, capacity_wh, &mut self.down);
        for piece in slot.down.iter().filter(|p| p.length_wh > 0.0) {
            let mirrored = Piece { slope: -piece.slope, ..*piece };
            rise(&self.down, mirrored, capacity_wh, &mut self.window, &mut self.next);
            std::mem::swap(&mut self.down, &mut self.next);
        }
        mirror(&self.down, capacity_wh, &mut self.next);
        std::mem::swap(&mut self.down, &mut self.next);
        lower(&self.up, &self.down, capacity_wh, &mut self.next);
    }
}

/// `min over 0 ≤ d ≤ ℓ of s·d + V(x + d)`, `x + d ≤ end`.
fn rise(v: &[Knot], piece: Piece, end: f64, window: &mut VecDeque<usize>, out: &mut Vec<Knot>) {
    let Piece { length_wh: l, slope: s } = piece;
    let tilted = |k: usize| v[k].value + s * v[k].x;
    let next_x = |k: usize| v.get(k + 1).map_or(end, |k| k.x);
    out.clear();
    window.clear();
    // The window reaches from `x`, on line `low`, to `x + l`, on line `high`; knots between them wait in `window`, best first.
    let (mut x, mut low, mut high) = (0.0, 0, 0);
    while x < end {
        while high + 1 < v.len() && v[high + 1].x - l <= x {
            high += 1;
            while window.back().is_some_and(|&k| tilted(k) >= tilted(high)) {
                window.pop_back();
            }
            window.push_back(high);
        }
        while window.front().is_some_and(|&k| k <= low) {
            window.pop_front();
        }
        let stand = |at: f64, value: f64| Knot { x, value: value + s * (at - x), slope: -s };
        let whole = x < end - l;
        let far =
            if whole { Knot { x, value: v[high].at(x + l) + s * l, slope: v[high].slope } } else { stand(end, v[v.len() - 1].at(end)) };
        let near = Knot { x, value: v[low].at(x), slope: v[low].slope };
        let inside = window.front().map_or(far, |&k| stand(v[k].x, v[k].value));
        let until = if whole { next_x(low).min(next_x(high) - l) } else { next_x(low) };
        envelope(&[near, far, inside], until, end, out);
        x = until;
        low += usize::from(next_x(low) <= x && low + 1 < v.len());
    }
}

/// The lesser of two functions.
fn lower(a: &[Knot], b: &[Knot], end: f64, out: &mut Vec<Knot>) {
    out.clear();
    let (mut x, mut i, mut j) = (0.0, 0, 0);
    while x < end {
        let next = |v: &[Knot], k: usize| v.get(k + 1).map_or(end, |k| k.x);
        let until = next(a, i).min(next(b, j));
        let line = |k: &Knot| Knot { x, value: k.at(x), slope: k.slope };
        envelope(&[line(&a[i]), line(&b[j])], until, end, out);
        x = until;
        i += usize::from(next(a, i) <= x && i + 1 < a.len());
        j += usize::from(next(b, j) <= x && j + 1 < b.len());
    }
}

/// Appends the lower envelope of lines that begin at one place, up to `until`.
fn envelope(lines: &[Knot], until: f64, end: f64, out: &mut Vec<Knot>) {
    let mut x = lines[0].x;
    while x < until {
        let by_value = |a: &&Knot, b: &&Knot| a.at(x).total_cmp(&b.at(x)).then(a.slope.total_cmp(&b.slope));
        let best = lines.iter().min_by(by_value).expect("there are lines");
        push(out, Knot { x, value: best.at(x), slope: best.slope }, end);
        let crossing = |other: &Knot| x + (other.at(x) - best.at(x)) / (best.slope - other.slope);
        let steeper = lines.iter().filter(|l| l.slope < best.slope).map(crossing);
        x = steeper.fold(until, f64::min).max(x.next_up());
    }
}

/// Appends a line, joined to the one before where they are one, or where that is no longer than rounding.
fn push(list: &mut Vec<Knot>, mut knot: Knot, end: f64) {
    while let Some(last) = list.last() {
        if last.slope == knot.slope {
            return;
        }
        if knot.x - last.x > 1e-13 * end {
            break;
        }
        knot.x = last.x;
        list.pop();
    }
    list.push(knot);
}

/// `V(end − x)`.
fn mirror(v: &[Knot], end: f64, out: &mut Vec<Knot>) {
    out.clear();
    let until = v.iter().skip(1).map(|k| k.x).chain([end]);
    let mirrored = v.iter().zip(until).map(|(k, until)| Knot { x: end - until, value: k.at(until), slope: -k.slope });
    out.extend(mirrored);
    out.reverse();
}

/// The change of the charge that costs least now and afterwards; of equals the smallest.
fn best_move(after: &[Knot], slot: &Slot, stored_wh: f64, capacity_wh: f64, worth_moving: f64, moves: &mut Vec<f64>) -> f64 {
    moves.clear();
    moves.push(0.0);
    moves.extend(after.iter().map(|k| k.x - stored_wh));
    moves.extend([-stored_wh, capacity_wh - stored_wh]);
    let (mut up, mut down) = (0.0, 0.0);
    for (u, d) in slot.up.iter().zip(&slot.down) {
        (up, down) = (up + u.length_wh, down + d.length_wh);
        moves.extend([up, -down]);
    }
    let rounding = 1e-13 * capacity_wh;
    let inside = -rounding..=capacity_wh + rounding;
    moves.retain(|d| (-down..=up).contains(d) && inside.contains(&(stored_wh + d)));
    moves.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let value = |d: f64| {
        let x = stored_wh + d;
        let k = after.partition_point(|k| k.x <= x).saturating_sub(1);
        slot.cost(d) + after[k].at(x)
    };
    let mut best = (f64::INFINITY, 0.0);
    for &d in moves.iter() {
        let v = value(d);
        if v < best.0 - worth_moving {
            best = (v, d);
        }
    }
    best.1
}
