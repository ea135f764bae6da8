//! A value of every element in every step, and how they lie in memory.

use std::sync::Arc;

/// A value of every element in every step. Steps that are the same in several variants of a case are kept once.
#[derive(Debug, Clone)]
pub struct ByElement {
    elements: usize,
    /// `[step][element]`
    rows: Vec<Arc<[f32]>>,
}

impl ByElement {
    /// NaN everywhere.
    pub(super) fn new(steps: usize, elements: usize) -> ByElement {
        ByElement { elements, rows: vec![Arc::from(vec![f32::NAN; elements]); steps] }
    }

    /// Elements.
    #[must_use]
    pub fn elements(&self) -> usize {
        self.elements
    }

    /// The value of one element in one step.
    #[must_use]
    pub fn at(&self, step: usize, element: usize) -> f32 {
        self.rows[step][element]
    }

    /// The values of one element, step by step.
    pub fn of(&self, element: usize) -> impl Iterator<Item = f32> + Clone + '_ {
        self.rows.iter().map(move |row| row[element])
    }

    /// The values of one step, element by element.
    #[must_use]
    pub fn step(&self, step: usize) -> &[f32] {
        &self.rows[step]
    }

    /// Keeps a step; values come in the order of elements.
    pub(super) fn set(&mut self, step: usize, values: impl Iterator<Item = f64>) {
        self.rows[step] = values.map(|x| x as f32).collect();
        debug_assert_eq!(self.rows[step].len(), self.elements);
    }

    /// Shares a step with a variant in which it is the same.
    pub(super) fn take_over(&mut self, other: &ByElement, step: usize) {
        self.share(step, &other.rows[step]);
    }

    /// Shares a step with another table, if it is the same there.
    pub(super) fn take_over_same(&mut self, other: &ByElement, step: usize) {
        if self.rows[step] == other.rows[step] {
            self.take_over(other, step);
        }
    }

    /// Keeps a step that others keep too.
    pub(super) fn share(&mut self, step: usize, row: &Arc<[f32]>) {
        assert_eq!(row.len(), self.elements, "a value of every element");
        self.rows[step] = Arc::clone(row);
    }
}
