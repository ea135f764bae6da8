//! Matrices between three phases that look alike from each phase.
//!
//! With `a = e^{j120°}` the columns of `A = [(1,1,1), (1,a²,a), (1,a,a²)]` are the zero, positive and negative sequence
//! (Fortescue, Trans. AIEE 37, 1918). A matrix whose rows are the first row shifted is diagonal there, so such matrices commute,
//! and only their three sequence values count.
//!
//! ```text
//! line, shunt    X = x1·I + (x0 − x1)/3·J,  J all ones:      sequences x0, x1, x1        X·j = own·j + mutual·Σj
//! transformer    M, first column c0 c1 c2:                   sequences m0, e^{−jθ}, e^{jθ}
//!                c_k = (m0 + 2·cos(θ + 120°·k)) / 3          θ = 30°·clock: by how much lv lags hv
//! ```
//!
//! `M` is real: positive and negative sequence turn by opposite angles. `m0` is 1 where the zero sequence passes, −1 where it
//! passes turned over (clock 2, 6, 10: the windings are joined the other way round), 0 where it does not pass.

use super::super::tree::{Complex, add, div, square};

/// `own` on each phase and `mutual` on the sum of all three.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coupled {
    pub(super) own: Complex,
    pub(super) mutual: Complex,
}

impl Coupled {
    pub(super) const ZERO: Coupled = Coupled { own: [0.0; 2], mutual: [0.0; 2] };

    /// From the values of the positive (and negative) and of the zero sequence.
    pub(super) fn of(positive: Complex, zero: Complex) -> Coupled {
        let mutual = [(zero[0] - positive[0]) / 3.0, (zero[1] - positive[1]) / 3.0];
        Coupled { own: positive, mutual }
    }

    fn zero_sequence(self) -> Complex {
        add(self.own, [3.0 * self.mutual[0], 3.0 * self.mutual[1]])
    }

    pub(super) fn plus(self, other: Coupled) -> Coupled {
        Coupled { own: add(self.own, other.own), mutual: add(self.mutual, other.mutual) }
    }

    pub(super) fn times(self, factor: f64) -> Coupled {
        Coupled { own: self.own.map(|x| x * factor), mutual: self.mutual.map(|x| x * factor) }
    }

    /// `self · other⁻¹`.
    pub(super) fn over(self, other: Coupled) -> Coupled {
        Coupled::of(div(self.own, other.own), div(self.zero_sequence(), other.zero_sequence()))
    }

    /// Magnitudes of the diagonal and of the other entries.
    pub(super) fn magnitudes(self) -> [f64; 2] {
        [square(add(self.own, self.mutual)).sqrt(), square(self.mutual).sqrt()]
    }
}

/// First column of a transformer's `M`.
pub(super) type Turn = [f64; 3];

/// `M` of a clock number and what it does to the zero sequence.
pub(super) fn turn(clock: u32, m0: f64) -> Turn {
    [0, 4, 8].map(|k| (m0 + 2.0 * COSINES[((clock + k) % 12) as usize]) / 3.0)
}

/// `Mᵀ`, which is `M` of the opposite clock.
#[inline(always)]
pub(super) fn transposed([c0, c1, c2]: Turn) -> Turn {
    [c0, c2, c1]
}

/// Cosines of multiples of 30°, without the error of their angle.
const COSINES: [f64; 12] = {
    const H: f64 = 0.866_025_403_784_438_6;
    [1.0, H, 0.5, 0.0, -0.5, -H, -1.0, -H, -0.5, 0.0, 0.5, H]
};

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(turn: Turn, v: [Complex; 3]) -> [Complex; 3] {
        [0, 1, 2].map(|f| [0, 1].map(|part| (0..3).map(|g| turn[(f + 3 - g) % 3] * v[g][part]).sum()))
    }

    fn unit(angle_deg: f64) -> Complex {
        crate::powerflow::tree::polar(1.0, angle_deg)
    }

    #[test]
    fn positive_lags_negative_leads_and_zero_is_scaled() {
        for clock in 0..12 {
            for m0 in [0.0, 1.0, -1.0] {
                let m = turn(clock, m0);
                let lag = 30.0 * f64::from(clock);
                let cases = [
                    ([0.0, -120.0, 120.0].map(unit), [0.0, -120.0, 120.0].map(|x| unit(x - lag))),
                    ([0.0, 120.0, -120.0].map(unit), [0.0, 120.0, -120.0].map(|x| unit(x + lag))),
                    ([0.0; 3].map(unit), [[m0, 0.0]; 3]),
                ];
                for (v, expected) in cases {
                    let got = apply(m, v);
                    let off = got.iter().flatten().zip(expected.iter().flatten()).map(|(a, b)| (a - b).abs());
                    assert!(off.fold(0.0, f64::max) < 1e-15, "clock {clock}, m0 {m0}");
                }
            }
        }
        assert_eq!(turn(0, 1.0), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn quotients_are_taken_by_sequence() {
        let (a, b) = (Coupled::of([1.0, 2.0], [5.0, 3.0]), Coupled::of([0.0, 1.0], [2.0, 0.0]));
        let Coupled { own, mutual } = a.over(b);
        assert_eq!((own, Coupled { own, mutual }.zero_sequence()), ([2.0, -1.0], [2.5, 1.5]));
    }
}
