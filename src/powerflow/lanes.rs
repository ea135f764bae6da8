//! Numbers side by side, one a lane, and the few functions the sweeps need of them.
//!
//! Every operation works lane by lane and is rounded by itself, so a lane has the same bits whatever its width, neighbours and
//! instructions are. Each is a loop over an array of known length, which the compiler turns into vectors.

#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays, and iterators over lanes are not always inlined")]

use std::array::from_fn;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// Steps side by side: a vector of AVX-512, two of AVX2, whose operations then overlap.
pub const LANES: usize = 8;

/// A value a lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lanes<const W: usize>(pub(super) [f64; W]);

impl<const W: usize> Default for Lanes<W> {
    fn default() -> Lanes<W> {
        Lanes::ZERO
    }
}

macro_rules! lane_by_lane {
    ($($trait:ident $function:ident $operator:tt $assign:tt)*) => {$(
        impl<const W: usize> $trait for Lanes<W> {
            type Output = Lanes<W>;

            #[inline(always)]
            fn $function(mut self, other: Lanes<W>) -> Lanes<W> {
                for l in 0..W {
                    self.0[l] $assign other.0[l];
                }
                self
            }
        }

        impl<const W: usize> $trait<Lanes<W>> for f64 {
            type Output = Lanes<W>;

            #[inline(always)]
            fn $function(self, other: Lanes<W>) -> Lanes<W> {
                Lanes::all(self) $operator other
            }
        }
    )*};
}

lane_by_lane!(Add add + += Sub sub - -= Mul mul * *= Div div / /=);

impl<const W: usize> AddAssign for Lanes<W> {
    #[inline(always)]
    fn add_assign(&mut self, other: Lanes<W>) {
        *self = *self + other;
    }
}

/// Which lanes: all bits set, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mask<const W: usize>([u64; W]);

impl<const W: usize> Mask<W> {
    pub(super) const ALL: Mask<W> = Mask([u64::MAX; W]);
    pub(super) const NONE: Mask<W> = Mask([0; W]);

    pub(super) fn has(self, lane: usize) -> bool {
        self.0[lane] != 0
    }

    pub(super) fn clear(&mut self, lane: usize) {
        self.0[lane] = 0;
    }
}

impl<const W: usize> Lanes<W> {
    pub(super) const ZERO: Lanes<W> = Lanes([0.0; W]);
    pub(super) const ONE: Lanes<W> = Lanes([1.0; W]);

    #[inline(always)]
    pub(super) fn all(value: f64) -> Lanes<W> {
        Lanes([value; W])
    }

    /// Column `i` of a row a lane.
    #[inline(always)]
    pub(super) fn gather(rows: &[&[f64]; W], i: usize) -> Lanes<W> {
        let mut lanes = Lanes::ZERO;
        for l in 0..W {
            lanes.0[l] = rows[l][i];
        }
        lanes
    }

    /// Of `values`, at most `W`, whose last fills the other lanes.
    #[inline(always)]
    pub(super) fn front(values: &[f64]) -> Lanes<W> {
        match values.first_chunk::<W>() {
            Some(whole) => Lanes(*whole),
            None => Lanes(from_fn(|l| values[l.min(values.len() - 1)])),
        }
    }

    #[inline(always)]
    fn each(mut self, f: impl Fn(f64) -> f64) -> Lanes<W> {
        for l in 0..W {
            self.0[l] = f(self.0[l]);
        }
        self
    }

    #[inline(always)]
    pub(super) fn sqrt(self) -> Lanes<W> {
        self.each(f64::sqrt)
    }

    #[inline(always)]
    pub(super) fn abs(self) -> Lanes<W> {
        self.each(f64::abs)
    }

    /// The larger of each pair; what is no number in `self` gives `other`. Not `f64::max`, whose care for both costs instructions.
    #[inline(always)]
    pub(super) fn max(mut self, other: Lanes<W>) -> Lanes<W> {
        for l in 0..W {
            self.0[l] = if self.0[l] > other.0[l] { self.0[l] } else { other.0[l] };
        }
        self
    }

    /// The smaller of each pair; what is no number in `self` gives `other`.
    #[inline(always)]
    pub(super) fn min(mut self, other: Lanes<W>) -> Lanes<W> {
        for l in 0..W {
            self.0[l] = if self.0[l] < other.0[l] { self.0[l] } else { other.0[l] };
        }
        self
    }

    /// `self` in the lanes of `mask`, `other` elsewhere.
    #[inline(always)]
    pub(super) fn within(mut self, mask: &Mask<W>, other: Lanes<W>) -> Lanes<W> {
        for l in 0..W {
            self.0[l] = f64::from_bits((self.0[l].to_bits() & mask.0[l]) | (other.0[l].to_bits() & !mask.0[l]));
        }
        self
    }

    /// Inverse sine of what is at most [`SMALL`], within 1 ulp: what its series leaves out is below 2⁻⁶⁰ of the value there.
    #[inline(always)]
    pub(super) fn asin_small(self) -> Lanes<W> {
        let x2 = self * self;
        let mut sum = Lanes::all(ASIN[ASIN.len() - 1]);
        for k in (0..ASIN.len() - 1).rev() {
            sum = ASIN[k] + x2 * sum;
        }
        self + self * (x2 * sum)
    }

    /// Angle with this sine and with a cosine of that sign: [`Lanes::asin_small`] if it holds in all lanes.
    #[inline(always)]
    pub(super) fn angle(self, cosine: Lanes<W>) -> Lanes<W> {
        let small = (0..W).fold(true, |small, l| small & (cosine.0[l] > 0.0) & (self.0[l].abs() <= SMALL));
        if small { self.asin_small() } else { self.any_angle(cosine) }
    }

    /// [`Lanes::angle`] in any case, each lane as if alone.
    #[cold]
    fn any_angle(self, cosine: Lanes<W>) -> Lanes<W> {
        let asin = self.asin();
        Lanes(from_fn(|l| if cosine.0[l] > 0.0 { asin.0[l] } else { libm::atan2(self.0[l], cosine.0[l]) }))
    }

    /// Inverse sine: [`Lanes::asin_small`] in the lanes where it holds, `libm` in the others; no number stays no number.
    pub(super) fn asin(self) -> Lanes<W> {
        let small = self.asin_small();
        Lanes(from_fn(|l| if self.0[l].abs() <= SMALL { small.0[l] } else { libm::asin(self.0[l]) }))
    }
}

/// Largest sine the series is cut for: 7 degrees, more than any sound branch turns the voltage.
pub(super) const SMALL: f64 = 0.125;

/// Coefficients `(2k)!/(4ᵏ·k!²·(2k+1))` of `x^(2k+1)` in the series of the inverse sine, from `k = 1`.
const ASIN: [f64; 8] =
    [1.0 / 6.0, 3.0 / 40.0, 5.0 / 112.0, 35.0 / 1152.0, 63.0 / 2816.0, 231.0 / 13312.0, 143.0 / 10240.0, 6435.0 / 557_056.0];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_sine_is_within_an_ulp_of_libm() {
        for i in -40_000..=40_000_i32 {
            let x = f64::from(i) / 40_000.0;
            let x = x * x * x;
            let (ours, theirs) = (Lanes([x; 2]).asin().0, libm::asin(x));
            let ulp = f64::from_bits(theirs.abs().to_bits() + 1) - theirs.abs();
            assert!((ours[0] - theirs).abs() <= ulp, "{x}: {} against {theirs}", ours[0]);
        }
        assert!(Lanes([f64::NAN, 0.01]).asin().0[0].is_nan());
        assert_eq!(Lanes([2.0, 0.01]).asin().0[1].to_bits(), Lanes([0.01]).asin_small().0[0].to_bits());
    }
}
