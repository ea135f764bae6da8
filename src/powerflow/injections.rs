//! The powers of a batch and how they lie in memory.

use std::ops::Range;

use super::lanes::{LANES, Lanes};

/// Powers of all injections in all steps, consumption positive: W and var, injections as rows of the grid's connections.
#[derive(Debug, Clone, Copy)]
pub struct Injections<'a> {
    pub(super) p_w: &'a [f64],
    pub(super) q_var: &'a [f64],
    order: Order,
}

/// How the powers lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Steps,
    Lanes { steps: usize },
}

impl<'a> Injections<'a> {
    /// `[step][injection]`: step after step.
    ///
    /// Panics if the two differ in length.
    #[must_use]
    pub fn by_step(p_w: &'a [f64], q_var: &'a [f64]) -> Injections<'a> {
        Injections::new(p_w, q_var, Order::Steps)
    }

    /// `[group][injection][lane]`: groups of [`LANES`] steps, the powers of an injection in the steps of a group side by side, as
    /// they are solved, which spares turning them. The last group is filled up with any numbers; `steps` says how many there are.
    ///
    /// Panics if the two differ in length.
    #[must_use]
    pub fn by_lanes(p_w: &'a [f64], q_var: &'a [f64], steps: usize) -> Injections<'a> {
        Injections::new(p_w, q_var, Order::Lanes { steps })
    }

    fn new(p_w: &'a [f64], q_var: &'a [f64], order: Order) -> Injections<'a> {
        assert_eq!(p_w.len(), q_var.len(), "as much reactive as active power");
        Injections { p_w, q_var, order }
    }

    /// Number of steps of `width` injections.
    ///
    /// Panics unless these are whole steps, or whole groups that hold them.
    pub(super) fn steps(&self, width: usize) -> usize {
        assert!(width > 0 && self.p_w.len().is_multiple_of(width), "whole steps of {width} injections");
        match self.order {
            Order::Steps => self.p_w.len() / width,
            Order::Lanes { steps } => {
                assert_eq!(self.p_w.len(), steps.div_ceil(LANES) * LANES * width, "whole groups of {width} injections");
                steps
            }
        }
    }

    /// The powers of `steps`, at most `W` and within one group; lanes without a step repeat the last one.
    #[inline(always)]
    pub(super) fn group<const W: usize>(&self, steps: Range<usize>, width: usize) -> Group<'a, W> {
        let last = steps.len() - 1;
        match self.order {
            Order::Steps => {
                let at = |l: usize| steps.start + usize::min(l, last);
                Group::Rows(rows(self.p_w, width, at), rows(self.q_var, width, at))
            }
            Order::Lanes { .. } => {
                let (group, lane) = (steps.start / LANES * LANES * width, steps.start % LANES);
                let of = |all: &'a [f64]| &all[group..][..LANES * width];
                Group::Lanes { p_w: of(self.p_w), q_var: of(self.q_var), lanes: lane..lane + steps.len() }
            }
        }
    }
}

fn rows<const W: usize>(all: &[f64], width: usize, at: impl Fn(usize) -> usize) -> [&[f64]; W] {
    std::array::from_fn(|l| &all[at(l) * width..][..width])
}

/// A group's powers.
pub(super) enum Group<'a, const W: usize> {
    /// A row of injections for each lane.
    Rows([&'a [f64]; W], [&'a [f64]; W]),
    /// Groups of lanes, of which these are meant.
    Lanes { p_w: &'a [f64], q_var: &'a [f64], lanes: Range<usize> },
}

impl<const W: usize> Group<'_, W> {
    /// Active and reactive power of injection `row`.
    #[inline(always)]
    pub(super) fn power(&self, row: usize) -> (Lanes<W>, Lanes<W>) {
        match self {
            Group::Rows(p_w, q_var) => (Lanes::gather(p_w, row), Lanes::gather(q_var, row)),
            Group::Lanes { p_w, q_var, lanes } => {
                let of = |all: &[f64]| Lanes::front(&all[row * LANES..][lanes.clone()]);
                (of(p_w), of(q_var))
            }
        }
    }
}
