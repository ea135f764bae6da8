//! Keyed randomness: every draw is a function of (seed, entity, purpose, ordinal), never of how many draws came before.
//!
//! A [`Stream`] is ChaCha8 under a key derived from seed, entity and purpose; ordinal `n` is its `n`-th block of 64 bytes.
//! A variant of a scenario therefore changes only the draws it names, and two strategies of one seed share theirs (common
//! random numbers).

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// A named stream of draws, addressed by ordinal.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of `entity` (a stable name, such as a domain or an asset id) for one `purpose`.
    #[must_use]
    pub fn new(seed: u64, entity: &str, purpose: &str) -> Stream {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&fnv1a(entity.as_bytes()).to_le_bytes());
        key[16..24].copy_from_slice(&fnv1a(purpose.as_bytes()).to_le_bytes());
        key[24..].copy_from_slice(b"copper/1");
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// The draw at `ordinal` (a step, an event number, a vehicle's day …).
    #[must_use]
    pub fn at(&mut self, ordinal: u64) -> Draw<'_> {
        self.0.set_word_pos(u128::from(ordinal) * 16);
        Draw(&mut self.0)
    }
}

/// Up to eight 64-bit values belonging to one ordinal; more would run into the next ordinal's.
#[derive(Debug)]
pub struct Draw<'a>(&'a mut ChaCha8Rng);

impl Draw<'_> {
    /// Uniform 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1) with 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Standard normal by Box–Muller (two uniforms each), with `libm` so that bits agree between machines.
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.uniform();
        let v = self.uniform();
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * v)
    }
}

/// FNV-1a, 64 bit: a stable hash of names (never of data that could collide on purpose).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_does_not_depend_on_earlier_draws() {
        let mut s = Stream::new(7, "agr.example.com", "pv-error");
        let direct = s.at(1000).bits();
        let mut t = Stream::new(7, "agr.example.com", "pv-error");
        for n in 0..1000 {
            t.at(n).normal();
        }
        assert_eq!(t.at(1000).bits(), direct);
    }

    #[test]
    fn names_and_seeds_separate_streams() {
        let bits = |seed, entity, purpose| Stream::new(seed, entity, purpose).at(0).bits();
        let base = bits(1, "a", "x");
        assert_ne!(base, bits(2, "a", "x"));
        assert_ne!(base, bits(1, "b", "x"));
        assert_ne!(base, bits(1, "a", "y"));
    }

    #[test]
    fn normals_have_mean_zero_and_unit_variance() {
        let mut s = Stream::new(1, "test", "normal");
        let n = 20_000_u32;
        let (mut sum, mut sq) = (0.0, 0.0);
        for i in 0..n {
            let x = s.at(u64::from(i)).normal();
            sum += x;
            sq += x * x;
        }
        let mean = sum / f64::from(n);
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((sq / f64::from(n) - mean * mean - 1.0).abs() < 0.05);
    }
}
