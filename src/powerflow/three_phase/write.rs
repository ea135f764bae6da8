//! From lanes to rows of steps, see `network.rs` for the frame.
//!
//! ```text
//! |U|, angle        v = v_r + rest·j_r
//! |U₂|/|U₁|, |U₀|   3·U₁,₂ = s ± j·t,  s = v_a − ½(v_b + v_c),  t = ½√3·(v_b − v_c);   3·U₀ = v_a + v_b + v_c
//! into the branch   at the parent  i = Mᵀ·share·j + half·v     at the child  i = −share·j + half·v
//! power             Σ_f v_f·conj(i_f) / 3
//! losses            Σ re(j*·z·j) / 3 + Σ re(v*·y·v) / 3
//! ```

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use super::super::lanes::Lanes;
use super::super::phasor::{Phasor, minus, plus, square, times, zero};
use super::super::solution::Rows;
use super::super::tree::DEAD;
use super::super::write::{column, wrapped};
use super::network::{Branch, Node, ThreePhase};
use super::sequence::{Coupled, transposed};
use super::sweep::{Cell, coupled, sum, turned};

/// Buses whose results are found before they are written: mixed with scattered writes, the compiler would give up vectors.
const BLOCK: usize = 32;

/// `u_pu` of `steps` lanes from step `first` on, after [`super::sweep::solve`].
#[inline(always)]
pub(super) fn magnitudes<const W: usize>(network: &ThreePhase, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let mut found = [Lanes::ZERO; 3 * BLOCK];
    for (block, buses) in network.buses.chunks(BLOCK).enumerate() {
        for (i, bus) in buses.iter().enumerate() {
            // Without supply `per_unit` is 0, and any node will do.
            let cell = &cells[if bus.node == DEAD { 0 } else { bus.node as usize }];
            let common = times(bus.rest.mutual, sum(&cell.j));
            for f in 0..3 {
                let v = plus(cell.v[f], plus(times(bus.rest.own, cell.j[f]), common));
                found[3 * i + f] = bus.per_unit * square(v).sqrt();
            }
        }
        columns(rows.bus[0], 3 * network.buses.len(), first, steps, 3 * BLOCK * block, &found[..3 * buses.len()]);
    }
}

/// `angle_rad`, as [`magnitudes`].
#[inline(always)]
pub(super) fn angles<const W: usize>(network: &ThreePhase, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let mut found = [Lanes::ZERO; 3 * BLOCK];
    for (block, buses) in network.buses.chunks(BLOCK).enumerate() {
        for (i, bus) in buses.iter().enumerate() {
            for f in 0..3 {
                found[3 * i + f] = Lanes::ZERO;
            }
            if bus.node != DEAD {
                let (node, v) = (&network.nodes[bus.node as usize], at(cells, (bus.node, bus.rest)));
                for f in 0..3 {
                    found[3 * i + f] = angle(node, f, v[f]);
                }
            }
        }
        columns(rows.bus[1], 3 * network.buses.len(), first, steps, 3 * BLOCK * block, &found[..3 * buses.len()]);
    }
}

/// `unbalance` and `displacement_pu`, as [`magnitudes`].
#[inline(always)]
pub(super) fn unbalances<const W: usize>(network: &ThreePhase, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let (mut ratios, mut zeros) = ([Lanes::ZERO; BLOCK], [Lanes::ZERO; BLOCK]);
    for (block, buses) in network.buses.chunks(BLOCK).enumerate() {
        for (i, bus) in buses.iter().enumerate() {
            let [ratio, zero] = if bus.node == DEAD { [Lanes::ZERO; 2] } else { sequences(&at(cells, (bus.node, bus.rest))) };
            (ratios[i], zeros[i]) = (ratio, bus.per_unit * zero);
        }
        columns(rows.bus[2], network.buses.len(), first, steps, BLOCK * block, &ratios[..buses.len()]);
        columns(rows.bus[3], network.buses.len(), first, steps, BLOCK * block, &zeros[..buses.len()]);
    }
}

/// Writes the first `steps` lanes of each of `found` into columns from `i` on of rows of `width`, from row `first` on.
#[inline(always)]
fn columns<const W: usize>(array: &mut [f64], width: usize, first: usize, steps: usize, i: usize, found: &[Lanes<W>]) {
    for l in 0..steps {
        let row = &mut array[(first + l) * width + i..][..found.len()];
        for (value, lanes) in row.iter_mut().zip(found) {
            *value = lanes.0[l];
        }
    }
}

/// Voltages a view sees.
#[inline(always)]
fn at<const W: usize>(cells: &[Cell<W>], (node, rest): (u32, Coupled)) -> [Phasor<W>; 3] {
    let cell = &cells[node as usize];
    let more = coupled(rest, &cell.j);
    [plus(cell.v[0], more[0]), plus(cell.v[1], more[1]), plus(cell.v[2], more[2])]
}

/// Angle of phase `f`: that at rest, and by how much `v` has turned away from it.
#[inline(always)]
fn angle<const W: usize>(node: &Node, f: usize, v: Phasor<W>) -> Lanes<W> {
    let [re, im] = node.at_rest[f];
    let cosine = re * v[0] + im * v[1];
    let sine = (re * v[1] - im * v[0]) / square(v).sqrt();
    wrapped(Lanes::all(node.angle_at_rest[f]) + sine.angle(cosine))
}

/// `|U₂|/|U₁|` and `|U₀|`.
#[inline(always)]
fn sequences<const W: usize>(v: &[Phasor<W>; 3]) -> [Lanes<W>; 2] {
    const HALF_ROOT_3: f64 = 0.866_025_403_784_438_6;
    let (mut s, mut t) = (zero(), zero());
    for part in 0..2 {
        s[part] = v[0][part] - 0.5 * (v[1][part] + v[2][part]);
        t[part] = HALF_ROOT_3 * (v[1][part] - v[2][part]);
    }
    // j·t = (−im t, re t)
    let positive = [s[0] - t[1], s[1] + t[0]];
    let negative = [s[0] + t[1], s[1] - t[0]];
    [(square(negative) / square(positive)).sqrt(), (1.0 / 3.0) * square(sum(v)).sqrt()]
}

/// `Σ v·conj(i) / 3`.
#[inline(always)]
fn power<const W: usize>(v: &[Phasor<W>; 3], i: &[Phasor<W>; 3]) -> Phasor<W> {
    let (mut p, mut q) = (Lanes::ZERO, Lanes::ZERO);
    for f in 0..3 {
        p += v[f][0] * i[f][0] + v[f][1] * i[f][1];
        q += v[f][1] * i[f][0] - v[f][0] * i[f][1];
    }
    [(1.0 / 3.0) * p, (1.0 / 3.0) * q]
}

/// Losses and source power, after [`super::sweep::flows`].
#[inline(always)]
pub(super) fn totals<const W: usize>(network: &ThreePhase, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let (mut losses, mut source) = (Lanes::ZERO, zero());
    for (i, (node, cell)) in network.nodes.iter().zip(cells).enumerate() {
        if i < network.roots {
            source = plus(source, power(&cell.v, &cell.j));
        } else {
            losses += power(&coupled(node.z, &cell.j), &cell.j)[0];
        }
    }
    for load in network.loads.iter().filter(|load| load.shunt) {
        let v = &cells[load.node as usize].v;
        losses += power(v, &coupled(load.y, v))[0];
    }
    let [losses_w, source_p_w, source_q_var] = &mut rows.total;
    for (array, lanes) in [(losses_w, losses), (source_p_w, source[0]), (source_q_var, source[1])] {
        array[first..first + steps].copy_from_slice(&lanes.0[..steps]);
    }
}

/// Everything per branch, after [`super::sweep::flows`].
#[inline(always)]
pub(super) fn branches<const W: usize>(network: &ThreePhase, cells: &[Cell<W>], first: usize, steps: usize, rows: &mut Rows<'_>) {
    let width = network.branches.len();
    for (k, branch) in network.branches.iter().enumerate() {
        let results = if branch.node == DEAD { [Lanes::ZERO; 7] } else { of_branch(cells, network, branch) };
        for array in 0..7 {
            column(rows.branch[array], width, first, steps, k, results[array]);
        }
    }
}

#[inline(always)]
fn of_branch<const W: usize>(cells: &[Cell<W>], network: &ThreePhase, branch: &Branch) -> [Lanes<W>; 7] {
    let (above, below) = (at(cells, branch.above), at(cells, branch.below));
    let series = if branch.carries { coupled(branch.share, &cells[branch.node as usize].j) } else { [zero(); 3] };
    let enters = if branch.turned { turned(transposed(network.nodes[branch.node as usize].turn), &series) } else { series };
    let (shunt_above, shunt_below) = (coupled(branch.half_y, &above), coupled(branch.half_y, &below));
    let (mut down, mut up) = ([zero(); 3], [zero(); 3]);
    for f in 0..3 {
        (down[f], up[f]) = (plus(enters[f], shunt_above[f]), minus(shunt_below[f], series[f]));
    }
    let ((from, u_from), (to, u_to)) = if branch.forward { ((down, above), (up, below)) } else { ((up, below), (down, above)) };
    let most = |i: &[Phasor<W>; 3]| square(i[0]).max(square(i[1])).max(square(i[2])).sqrt();
    let (i_from, i_to) = (branch.amperes.0 * most(&from), branch.amperes.1 * most(&to));
    let loading = (branch.per_rated.0 * i_from).max(branch.per_rated.1 * i_to);
    let ([p_from, q_from], [p_to, q_to]) = (power(&u_from, &from), power(&u_to, &to));
    [p_from, q_from, p_to, q_to, i_from, i_to, loading]
}
