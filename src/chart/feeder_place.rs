//! Where the buses of a feeder stand on the page.
//!
//! With coordinates for every bus: those, to scale, and buses that would cover each other pushed apart. Without: a tree from the
//! sources, in the manner of Reingold and Tilford ("Tidier drawings of trees", 1981): columns count hops, the deepest child
//! continues straight on, so a trunk is a straight line, and the other subtrees nestle above and below it as close as their
//! outlines allow. A feeder of which only a part is drawn ([`super::feeder_fold`]) is always a tree: what its symbols stand for
//! covers an area that coordinates of single buses say nothing of.

use super::feeder_fold::Fold;
use super::feeder_forest::{Edge, Node, forest};
use super::figure::{Point, Rect};
use crate::grid::Grid;

/// Room between the two buses of a transformer, for its symbol, px.
pub(crate) const TRANSFORMER_GAP: f64 = 46.0;

/// Buses in px inside a page whose height follows from the feeder.
pub(crate) struct Places {
    pub(crate) buses: Vec<Point>,
    pub(crate) height: f64,
}

/// Places the drawn buses of `fold`, joined by `edges`, in a page `width` wide and from `least` to `most` high.
pub(crate) fn place(grid: &Grid, fold: &Fold, edges: &[Edge], width: f64, least: f64, most: f64) -> Places {
    match coordinates(grid).filter(|_| fold.is_whole()) {
        Some(raw) => to_scale(&raw, edges, width, least, most),
        None => {
            let sources: Vec<usize> = grid.sources.iter().map(|s| fold.part_of[s.bus.i()]).collect();
            tree(fold.drawn.len(), &sources, edges, width, least, most)
        }
    }
}

/// The feeder's own coordinates, y downwards, if every bus has one and they are not all the same.
fn coordinates(grid: &Grid) -> Option<Vec<Point>> {
    let raw: Option<Vec<Point>> =
        grid.buses.iter().map(|b| b.position.filter(|p| p.0.is_finite() && p.1.is_finite()).map(|(x, y)| (x, -y))).collect();
    raw.filter(|p| p.iter().any(|q| *q != p[0]))
}

fn extent(points: &[Point]) -> Rect {
    let start = Rect { x0: f64::INFINITY, y0: f64::INFINITY, x1: f64::NEG_INFINITY, y1: f64::NEG_INFINITY };
    points.iter().fold(start, |r, p| Rect { x0: r.x0.min(p.0), y0: r.y0.min(p.1), x1: r.x1.max(p.0), y1: r.y1.max(p.1) })
}

fn to_scale(raw: &[Point], edges: &[Edge], width: f64, least: f64, most: f64) -> Places {
    let e = extent(raw);
    let height = if e.width() > 0.0 { (width * e.height() / e.width()).clamp(least, most) } else { most };
    let fit = |room: f64, size: f64| if size > 0.0 { room / size } else { f64::INFINITY };
    let scale = fit(width, e.width()).min(fit(height, e.height()));
    let middle = ((e.x0 + e.x1) / 2.0, (e.y0 + e.y1) / 2.0);
    let mut buses: Vec<Point> =
        raw.iter().map(|p| (width / 2.0 + (p.0 - middle.0) * scale, height / 2.0 + (p.1 - middle.1) * scale)).collect();
    lead_out(&mut buses, edges);
    push_apart(&mut buses, edges, Rect::new((0.0, 0.0), (width, height)));
    Places { buses, height }
}

/// Where both buses of a transformer stand in one substation, moves the first into the widest gap between the branches of the
/// second, so its symbol hides none of them.
fn lead_out(buses: &mut [Point], edges: &[Edge]) {
    const TURN: f64 = 2.0 * std::f64::consts::PI;
    for e in edges.iter().filter(|e| e.transformer) {
        let (hv, lv) = e.buses;
        let away = |i: usize| (buses[i].0 - buses[lv].0, buses[i].1 - buses[lv].1);
        let (dx, dy) = away(hv);
        if dx * dx + dy * dy > TRANSFORMER_GAP * TRANSFORMER_GAP {
            continue;
        }
        let other = |e: &Edge| [(e.buses.0, e.buses.1), (e.buses.1, e.buses.0)].into_iter().find(|&(a, b)| a == lv && b != hv);
        let mut angles: Vec<f64> = edges.iter().filter_map(other).map(|(_, b)| libm::atan2(away(b).1, away(b).0)).collect();
        angles.sort_by(f64::total_cmp);
        let next = |k: usize| if k + 1 < angles.len() { angles[k + 1] } else { angles[0] + TURN };
        let widest = (0..angles.len()).max_by(|&a, &b| (next(a) - angles[a]).total_cmp(&(next(b) - angles[b])));
        let (sin, cos) = libm::sincos(widest.map_or(TURN / 2.0, |k| (angles[k] + next(k)) / 2.0));
        buses[hv] = (buses[lv].0 + TRANSFORMER_GAP * cos, buses[lv].1 + TRANSFORMER_GAP * sin);
    }
}

/// Moves buses that are too close away from each other; a fixed number of rounds, so the outcome is the same everywhere.
fn push_apart(buses: &mut [Point], edges: &[Edge], page: Rect) {
    const ROUNDS: usize = 150;
    let share = (page.width() * page.height() / buses.len() as f64).sqrt();
    let gap = (0.33 * share).clamp(6.0, 24.0);
    let pairs: Vec<(usize, usize)> = edges.iter().filter(|e| e.transformer).map(|e| e.buses).collect();
    for _ in 0..ROUNDS {
        let mut moved = false;
        for i in 0..buses.len() {
            for j in i + 1..buses.len() {
                let (dx, dy) = (buses[j].0 - buses[i].0, buses[j].1 - buses[i].1);
                // Most pairs are farther apart than any wants to be.
                if dx.abs() >= TRANSFORMER_GAP || dy.abs() >= TRANSFORMER_GAP {
                    continue;
                }
                let joined = pairs.contains(&(i, j)) || pairs.contains(&(j, i));
                let wanted = if joined { TRANSFORMER_GAP } else { gap };
                if dx.abs() >= wanted || dy.abs() >= wanted || dx * dx + dy * dy >= wanted * wanted * 0.998 {
                    continue;
                }
                moved = true;
                let d = (dx * dx + dy * dy).sqrt();
                // Buses on one spot part in directions that differ from pair to pair (golden angle).
                let (sin, cos) = if d > 1e-6 { (dy / d, dx / d) } else { libm::sincos(2.399_963 * (i + j) as f64) };
                let push = (wanted - d) / 2.0;
                buses[i] = (buses[i].0 - push * cos, buses[i].1 - push * sin);
                buses[j] = (buses[j].0 + push * cos, buses[j].1 + push * sin);
            }
        }
        for p in buses.iter_mut() {
            *p = (p.0.clamp(page.x0, page.x1), p.1.clamp(page.y0, page.y1));
        }
        if !moved {
            return;
        }
    }
}

fn tree(buses: usize, sources: &[usize], edges: &[Edge], width: f64, least: f64, most: f64) -> Places {
    let mut nodes = forest(buses, edges, sources);
    for k in (0..nodes.order.len()).rev() {
        lay_out(&mut nodes.all, nodes.order[k]);
    }
    let mut next_free = 0.0;
    for root in std::mem::take(&mut nodes.roots) {
        let lowest = nodes.all[root].outline.iter().map(|o| o.0).fold(0.0, f64::min);
        let highest = nodes.all[root].outline.iter().map(|o| o.1).fold(0.0, f64::max);
        nodes.all[root].row = next_free - lowest;
        next_free += highest - lowest + 1.0;
    }
    for &i in &nodes.order {
        let (row, column) = (nodes.all[i].row, nodes.all[i].column);
        for (child, hops) in nodes.all[i].children.clone() {
            nodes.all[child].row += row;
            nodes.all[child].column = column + hops;
        }
    }
    let columns = nodes.all.iter().map(|n| n.column).max().unwrap_or(0).max(1) as f64;
    let rows = (next_free - 1.0).max(1.0);
    let height = (rows * 40.0).clamp(least, most);
    // Few columns or rows are not stretched without end, and stand in the middle.
    let (dx, dy) = ((width / columns).min(110.0), (height / rows).min(70.0));
    let (x0, y0) = ((width - columns * dx) / 2.0, (height - (next_free - 1.0) * dy) / 2.0);
    Places { buses: nodes.all.iter().map(|n| (x0 + n.column as f64 * dx, y0 + n.row * dy)).collect(), height }
}

/// Sets the rows of the children relative to `i`, and the outline of its subtree.
fn lay_out(all: &mut [Node], i: usize) {
    let mut children = all[i].children.clone();
    children.sort_by_key(|&(c, hops)| (std::cmp::Reverse(hops + all[c].outline.len()), c));
    let mut outline = vec![(0.0, 0.0)];
    let mut below = true;
    for (n, &(child, hops)) in children.iter().enumerate() {
        // Columns between node and child belong to the edge.
        let mut shape = vec![(0.0, 0.0); hops - 1];
        shape.append(&mut all[child].outline);
        let facing = || shape.iter().zip(&outline[1..]);
        let row = match (n, below) {
            (0, _) => 0.0,
            (_, true) => facing().map(|(s, o)| o.1 - s.0 + 1.0).fold(1.0, f64::max),
            (_, false) => facing().map(|(s, o)| o.0 - s.1 - 1.0).fold(-1.0, f64::min),
        };
        below = if n == 0 { below } else { !below };
        all[child].row = row;
        for (k, s) in shape.iter().enumerate() {
            let s = (s.0 + row, s.1 + row);
            match outline.get_mut(k + 1) {
                Some(o) => *o = (o.0.min(s.0), o.1.max(s.1)),
                None => outline.push(s),
            }
        }
    }
    all[i].outline = outline;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn closest(points: &[Point]) -> f64 {
        let mut best = f64::INFINITY;
        for (i, a) in points.iter().enumerate() {
            for b in &points[i + 1..] {
                best = best.min(((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt());
            }
        }
        best
    }

    #[test]
    fn a_trunk_is_straight_and_its_laterals_alternate() {
        let line = |a, b| Edge { buses: (a, b), transformer: false };
        let edges = [line(0, 1), line(1, 2), line(2, 3), line(0, 4), line(1, 5), line(1, 6)];
        let mut f = forest(7, &edges, &[0]);
        for k in (0..7).rev() {
            lay_out(&mut f.all, f.order[k]);
        }
        let rows: Vec<f64> = f.all.iter().map(|n| n.row).collect();
        assert_eq!(rows, vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, -1.0]);
    }

    #[test]
    fn coincident_buses_are_pushed_apart() {
        let mut buses = vec![(100.0, 100.0); 8];
        push_apart(&mut buses, &[Edge { buses: (2, 5), transformer: true }], Rect::new((0.0, 0.0), (700.0, 500.0)));
        assert!(closest(&buses) > 20.0, "{buses:?}");
        assert!(((buses[2].0 - buses[5].0).powi(2) + (buses[2].1 - buses[5].1).powi(2)).sqrt() > 0.98 * TRANSFORMER_GAP);
    }

    proptest! {
        #[test]
        fn no_two_buses_of_a_tree_share_a_place(parents in prop::collection::vec(0_usize..1000, 1..60)) {
            let edges: Vec<Edge> =
                parents.iter().enumerate().map(|(i, p)| Edge { buses: (p % (i + 1), i + 1), transformer: i == 0 }).collect();
            let placed = tree(parents.len() + 1, &[], &edges, 700.0, 300.0, 100_000.0);
            prop_assert!(closest(&placed.buses) > 5.0);
        }
    }
}
