//! Complex numbers side by side, one a lane.

use super::lanes::Lanes;
use super::tree::Complex;

/// A complex number a lane.
pub(super) type Phasor<const W: usize> = [Lanes<W>; 2];

#[inline(always)]
pub(super) fn zero<const W: usize>() -> Phasor<W> {
    [Lanes::ZERO; 2]
}

#[inline(always)]
pub(super) fn plus<const W: usize>(a: Phasor<W>, b: Phasor<W>) -> Phasor<W> {
    [a[0] + b[0], a[1] + b[1]]
}

#[inline(always)]
pub(super) fn minus<const W: usize>(a: Phasor<W>, b: Phasor<W>) -> Phasor<W> {
    [a[0] - b[0], a[1] - b[1]]
}

#[inline(always)]
pub(super) fn times<const W: usize>([re, im]: Complex, x: Phasor<W>) -> Phasor<W> {
    [re * x[0] - im * x[1], re * x[1] + im * x[0]]
}

/// `|x|²`.
#[inline(always)]
pub(super) fn square<const W: usize>(x: Phasor<W>) -> Lanes<W> {
    x[0] * x[0] + x[1] * x[1]
}
