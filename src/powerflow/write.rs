//! From lanes to rows of steps.
//!
//! With `S`, `T`, `ℓ` of the element (see `sweep.rs`), branch `k` carries the share `s_k` of its current and half of its own
//! shunt `h_k` at each end:
//!
//! ```text
//! into the branch   at the parent  conj(s_k)·T + conj(h_k)·u_a      at the child  −conj(s_k)·S + conj(h_k)·u_i
//! current           |power| / |v| at that end
//! losses            Σ_i re(z_i)·ℓ_i + re(y_i)·u_i
//! source            Σ_roots S
//! ```

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::lanes::Lanes;
use super::solution::Rows;
use super::sweep::Cell;
use super::tree::{Branch, Complex, DEAD, Tree};

/// `u_pu` and `angle_rad` of `steps` lanes from step `first` on, after [`super::sweep::finish`].
#[inline(always)]
pub(super) fn voltages<const W: usize>(tree: &Tree, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let width = tree.buses.len();
    let [u_pu, angle_rad, ..] = &mut rows.bus;
    for (i, bus) in tree.buses.iter().enumerate() {
        let (u, angle) = if bus.node == DEAD {
            (Lanes::ZERO, Lanes::ZERO)
        } else {
            let cell = &cells[bus.node as usize];
            (bus.per_unit * cell.a, wrapped(bus.turn_rad + cell.b))
        };
        if !u_pu.is_empty() {
            column(u_pu, width, first, steps, i, u);
        }
        if !angle_rad.is_empty() {
            column(angle_rad, width, first, steps, i, angle);
        }
    }
}

/// Losses and source power, after [`super::sweep::flows`].
#[inline(always)]
pub(super) fn totals<const W: usize>(tree: &Tree, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let (mut losses, mut source_p, mut source_q) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
    for i in 0..tree.nodes.len() {
        losses += tree.nodes[i].y[0] * cells[i].u;
        if i < tree.roots {
            source_p += cells[i].a;
            source_q += cells[i].b;
        } else {
            losses += tree.nodes[i].z[0] * cells[i].p;
        }
    }
    let [losses_w, source_p_w, source_q_var] = &mut rows.total;
    for (array, lanes) in [(losses_w, losses), (source_p_w, source_p), (source_q_var, source_q)] {
        array[first..first + steps].copy_from_slice(&lanes.0[..steps]);
    }
}

/// Everything per branch, after [`super::sweep::flows`].
#[inline(always)]
pub(super) fn branches<const W: usize>(tree: &Tree, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let width = tree.branches.len();
    for (k, branch) in tree.branches.iter().enumerate() {
        let results = if branch.node == DEAD { [Lanes::ZERO; 7] } else { of_branch(tree, cells, branch) };
        for array in 0..7 {
            column(rows.branch[array], width, first, steps, k, results[array]);
        }
    }
}

#[inline(always)]
fn of_branch<const W: usize>(tree: &Tree, cells: &[Cell<W>], branch: &Branch) -> [Lanes<W>; 7] {
    let node = &tree.nodes[branch.node as usize];
    let (child, parent) = (&cells[branch.node as usize], &cells[node.parent as usize]);
    let [r, x] = node.z;
    let leaves = [child.a + r * child.p, child.b + x * child.p];
    let [re, im] = branch.share;
    let down = into_branch([re, im], leaves, branch.half_y, parent.u);
    let up = into_branch([-re, -im], [child.a, child.b], branch.half_y, child.u);
    let ((from, u_from), (to, u_to)) = if branch.forward { ((down, parent.u), (up, child.u)) } else { ((up, child.u), (down, parent.u)) };
    let amperes = |s: [Lanes<W>; 2], u: Lanes<W>, per_unit: f64| per_unit * ((s[0] * s[0] + s[1] * s[1]) / u).sqrt();
    let (i_from, i_to) = (amperes(from, u_from, branch.amperes.0), amperes(to, u_to, branch.amperes.1));
    let loading = (branch.per_rated.0 * i_from).max(branch.per_rated.1 * i_to);
    [from[0], from[1], to[0], to[1], i_from, i_to, loading]
}

/// `conj(share)·s + conj(y)·u`.
#[inline(always)]
fn into_branch<const W: usize>(share: Complex, s: [Lanes<W>; 2], y: Complex, u: Lanes<W>) -> [Lanes<W>; 2] {
    [share[0] * s[0] + share[1] * s[1] + y[0] * u, share[0] * s[1] - share[1] * s[0] - y[1] * u]
}

/// Writes the first `steps` lanes into column `i` of rows of `width`, from row `first` on.
#[inline(always)]
pub(super) fn column<const W: usize>(array: &mut [f64], width: usize, first: usize, steps: usize, i: usize, lanes: Lanes<W>) {
    let target = &mut array[first * width + i..];
    if steps == W && target.len() > (W - 1) * width {
        for l in 0..W {
            target[l * width] = lanes.0[l];
        }
    } else {
        for l in 0..steps {
            target[l * width] = lanes.0[l];
        }
    }
}

/// Angles within one and a half turns, brought into (−π, π].
#[inline(always)]
pub(super) fn wrapped<const W: usize>(mut angle_rad: Lanes<W>) -> Lanes<W> {
    use std::f64::consts::{PI, TAU};
    for angle in &mut angle_rad.0 {
        let turn = if *angle > PI { TAU } else { 0.0 };
        *angle = if *angle <= -PI { *angle + TAU } else { *angle - turn };
    }
    angle_rad
}
