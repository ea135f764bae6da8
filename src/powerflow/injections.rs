//! The powers of a batch and how they lie in memory.

use std::ops::Range;

use super::lanes::Lanes;

/// Powers of all injections in all steps, consumption positive: W and var, injections as rows of the grid's connections.
#[derive(Debug, Clone, Copy)]
pub struct Injections<'a> {
    pub(super) p_w: &'a [f64],
    pub(super) q_var: &'a [f64],
    order: Order,
}

/// Which index runs slowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Steps,
    Series,
}

impl<'a> Injections<'a> {
    /// `[step][injection]`: step after step.
    ///
    /// Panics if the two differ in length.
    #[must_use]
    pub fn by_step(p_w: &'a [f64], q_var: &'a [f64]) -> Injections<'a> {
        Injections::new(p_w, q_var, Order::Steps)
    }

    /// `[injection][step]`: the series of one injection after another. Steps that go side by side lie side by side already,
    /// which spares turning them.
    ///
    /// Panics if the two differ in length.
    #[must_use]
    pub fn by_series(p_w: &'a [f64], q_var: &'a [f64]) -> Injections<'a> {
        Injections::new(p_w, q_var, Order::Series)
    }

    fn new(p_w: &'a [f64], q_var: &'a [f64], order: Order) -> Injections<'a> {
        assert_eq!(p_w.len(), q_var.len(), "as much reactive as active power");
        Injections { p_w, q_var, order }
    }

    /// Number of steps of `width` injections.
    ///
    /// Panics unless these are whole steps.
    pub(super) fn steps(&self, width: usize) -> usize {
        assert!(width > 0 && self.p_w.len().is_multiple_of(width), "whole steps of {width} injections");
        self.p_w.len() / width
    }

    /// The powers of `steps`, at most `W`, for each of which lanes are asked; lanes without a step repeat the last one.
    #[inline(always)]
    pub(super) fn group<const W: usize>(&self, steps: Range<usize>, width: usize) -> Group<'a, W> {
        let (last, all) = (steps.len() - 1, self.p_w.len() / width);
        let at = |l: usize| steps.start + usize::min(l, last);
        match self.order {
            Order::Steps => Group::Rows(rows(self.p_w, width, at), rows(self.q_var, width, at)),
            Order::Series => Group::Series { p_w: self.p_w, q_var: self.q_var, all, first: steps.start, last },
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
    /// `all` steps of each injection, of which lane `l` is `first + min(l, last)`.
    Series { p_w: &'a [f64], q_var: &'a [f64], all: usize, first: usize, last: usize },
}

impl<const W: usize> Group<'_, W> {
    /// Active and reactive power of injection `row`.
    #[inline(always)]
    pub(super) fn power(&self, row: usize) -> (Lanes<W>, Lanes<W>) {
        match self {
            Group::Rows(p_w, q_var) => (Lanes::gather(p_w, row), Lanes::gather(q_var, row)),
            Group::Series { p_w, q_var, all, first, last } => {
                let at = row * all + first;
                (Lanes::front(&p_w[at..=at + last]), Lanes::front(&q_var[at..=at + last]))
            }
        }
    }
}
