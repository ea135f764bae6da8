//! From lanes to rows of steps.
//!
//! ```text
//! into a tree's branch      at the parent  v_p·conj(s_k·J) + conj(h_k)·|v_p|²      at the child  −v_i·conj(s_k·J) + conj(h_k)·|v_i|²
//! into a link's branch      at a  v_a·conj(s_k·j) + conj(h_k)·|v_a|²               at b  −m·v_b·conj(s_k·j) + conj(h_k)·|v_b|²
//! current                   |power| / |v| at that end
//! losses                    all series elements' power in less power out, and Σ re(y_i)·|v_i|²
//! source                    Σ_roots v·conj(J)
//! ```

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::mesh::Mesh;
use super::sweep::{Cell, State};
use crate::powerflow::lanes::Lanes;
use crate::powerflow::phasor::{Phasor, minus, square, times};
use crate::powerflow::solution::Rows;
use crate::powerflow::tree::{Complex, DEAD};
use crate::powerflow::write::{column, wrapped};

/// `a·conj(b)`.
#[inline(always)]
fn power<const W: usize>(a: Phasor<W>, b: Phasor<W>) -> Phasor<W> {
    [a[0] * b[0] + a[1] * b[1], a[1] * b[0] - a[0] * b[1]]
}

/// `u_pu` and `angle_rad` of `steps` lanes from step `first` on, after [`super::sweep::solve`].
#[inline(always)]
pub(super) fn voltages<const W: usize>(mesh: &Mesh, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let width = mesh.tree.buses.len();
    let [u_pu, angle_rad, ..] = &mut rows.bus;
    for (i, bus) in mesh.tree.buses.iter().enumerate() {
        let (u, angle) = if bus.node == DEAD {
            (Lanes::ZERO, Lanes::ZERO)
        } else {
            let [re, im] = cells[bus.node as usize].v;
            let u = square([re, im]).sqrt();
            (bus.per_unit * u, wrapped(bus.turn_rad + (im / u).angle(re / u)))
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
pub(super) fn totals<const W: usize>(mesh: &Mesh, b: &State<W>, first: usize, steps: usize, rows: &mut Rows<'_>) {
    let (mut losses, mut source_p, mut source_q) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
    for (i, node) in mesh.tree.nodes.iter().enumerate() {
        let cell = &b.cells[i];
        losses += node.y[0] * square(cell.v);
        if i < mesh.tree.roots {
            let [p, q] = power(cell.v, cell.j);
            (source_p, source_q) = (source_p + p, source_q + q);
        } else {
            losses += power(minus(b.cells[node.parent as usize].v, cell.v), cell.j)[0];
        }
    }
    for (link, &j) in mesh.links.iter().zip(&b.links) {
        let v = |place: u32| b.cells[mesh.joints[place as usize].node as usize].v;
        losses += power(minus(v(link.a), times(link.m, v(link.b))), j)[0];
    }
    let [losses_w, source_p_w, source_q_var] = &mut rows.total;
    for (array, lanes) in [(losses_w, losses), (source_p_w, source_p), (source_q_var, source_q)] {
        array[first..first + steps].copy_from_slice(&lanes.0[..steps]);
    }
}

/// Everything per branch, after [`super::sweep::flows`].
#[inline(always)]
pub(super) fn branches<const W: usize>(mesh: &Mesh, b: &State<W>, first: usize, steps: usize, rows: &mut Rows<'_>) {
    let width = mesh.tree.branches.len();
    let mut write = |branch: usize, results: [Lanes<W>; 7]| {
        for array in 0..7 {
            column(rows.branch[array], width, first, steps, branch, results[array]);
        }
    };
    for (k, branch) in mesh.tree.branches.iter().enumerate() {
        if branch.node == DEAD {
            write(k, [Lanes::ZERO; 7]);
            continue;
        }
        let child = &b.cells[branch.node as usize];
        let parent = &b.cells[mesh.tree.nodes[branch.node as usize].parent as usize];
        let j = times(branch.share, child.j);
        let half_y = [branch.half_y; 2];
        let (per_rated, amperes) = ([branch.per_rated.0, branch.per_rated.1], [branch.amperes.0, branch.amperes.1]);
        let ordered = |x: [f64; 2]| if branch.forward { x } else { [x[1], x[0]] };
        write(k, of_element([parent.v, child.v], child.v, j, half_y, ordered(per_rated), ordered(amperes), branch.forward));
    }
    for branch in &mesh.link_branches {
        let link = &mesh.links[branch.link as usize];
        let v = |place: u32| b.cells[mesh.joints[place as usize].node as usize].v;
        let (ends, j) = ([v(link.a), v(link.b)], times(branch.share, b.links[branch.link as usize]));
        let results = of_element(ends, times(link.m, ends[1]), j, branch.half_y, branch.per_rated, branch.amperes, branch.forward);
        write(branch.branch.i(), results);
    }
}

/// Results of a branch whose series current `j` leaves at voltage `behind`; the data are those of its two ends, and `forward` says
/// whether the first is from/hv.
#[inline(always)]
fn of_element<const W: usize>(
    v: [Phasor<W>; 2],
    behind: Phasor<W>,
    j: Phasor<W>,
    half_y: [Complex; 2],
    per_rated: [f64; 2],
    amperes: [f64; 2],
    forward: bool,
) -> [Lanes<W>; 7] {
    let shunt = |end: usize| {
        let u = square(v[end]);
        [half_y[end][0] * u, -half_y[end][1] * u]
    };
    let ([p, q], [gone_p, gone_q]) = (power(v[0], j), power(behind, j));
    let ([p_0, q_0], [p_1, q_1]) = (shunt(0), shunt(1));
    let s = [[p + p_0, q + q_0], [p_1 - gone_p, q_1 - gone_q]];
    let i_a = [0, 1].map(|end| amperes[end] * (square(s[end]) / square(v[end])).sqrt());
    let loading = (per_rated[0] * i_a[0]).max(per_rated[1] * i_a[1]);
    let (from, to) = if forward { (0, 1) } else { (1, 0) };
    [s[from][0], s[from][1], s[to][0], s[to][1], i_a[from], i_a[to], loading]
}
