//! Draws of the swarm itself: a stream of its own, so that a seed names a case for good.

use copperplate::rng::Stream;

/// A sequence of draws.
pub(crate) struct Dice {
    stream: Stream,
    next: u64,
}

impl Dice {
    /// The dice of a seed for one purpose.
    pub(crate) fn new(seed: u64, purpose: &str) -> Dice {
        Dice { stream: Stream::new(seed, "swarm", purpose), next: 0 }
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        self.next += 1;
        self.stream.at(self.next).uniform()
    }

    /// Uniform in [from, until), with two decimals, as people write figures.
    pub(crate) fn between(&mut self, from: f64, until: f64) -> f64 {
        ((from + (until - from) * self.unit()) * 100.0).round() / 100.0
    }

    /// Uniform among `from ..= until`.
    pub(crate) fn whole(&mut self, from: u64, until: u64) -> u64 {
        from + (self.unit() * (until - from + 1) as f64) as u64
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of them.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.whole(0, from.len() as u64 - 1) as usize].clone()
    }
}
