//! How an aggregator behaves, as data: its margin, how much of what it has it offers, what it adds to its prognoses, and at which
//! prices it plans. A new kind is a file of its own and a line in [`Behaviour`] and `Behaviour::conduct`.

mod cautious;
mod conduct;
mod fixed_margin;
mod inc_dec;
mod inflating;
mod learnt_margin;
mod prudent;
mod truthful;
mod withholding;

pub use cautious::Cautious;
pub use fixed_margin::FixedMargin;
pub use inc_dec::IncDec;
pub use inflating::Inflating;
pub use learnt_margin::LearntMargin;
pub use prudent::Prudent;
pub use truthful::Truthful;
pub use withholding::Withholding;

use conduct::Conduct;

/// A kind of behaviour with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Behaviour {
    /// Asks for its cost.
    Truthful(Truthful),
    /// Asks for its cost and a margin.
    FixedMargin(FixedMargin),
    /// Moves its margin by what was bought.
    LearntMargin(LearntMargin),
    /// Adds the penalty that it expects.
    Prudent(Prudent),
    /// Offers what it has with high probability.
    Cautious(Cautious),
    /// Keeps a part back.
    Withholding(Withholding),
    /// Inflates its baseline.
    Inflating(Inflating),
    /// Increases in order to be decreased.
    IncDec(IncDec),
}

impl Behaviour {
    pub(in crate::agent::agr) fn conduct(&self) -> &dyn Conduct {
        match self {
            Behaviour::Truthful(b) => b,
            Behaviour::FixedMargin(b) => b,
            Behaviour::LearntMargin(b) => b,
            Behaviour::Prudent(b) => b,
            Behaviour::Cautious(b) => b,
            Behaviour::Withholding(b) => b,
            Behaviour::Inflating(b) => b,
            Behaviour::IncDec(b) => b,
        }
    }
}
