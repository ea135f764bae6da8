//! Quantities that cross a boundary: whole watts on the wire, money with four decimals, activation factors in hundredths.
//!
//! Inside kernels power is `f64` W and voltage `f64` V or pu; [`Watts`] is what messages carry. There is one function each
//! way, so rounding happens in one place.
//!
//! Sign convention everywhere: **consumption is positive**, production negative (Shapeshifter specification, "Power").

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// Average power over an ISP in whole watts; consumption positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watts(pub i64);

impl Watts {
    /// No power.
    pub const ZERO: Watts = Watts(0);

    /// Rounds a kernel value to whole watts, halves to even.
    #[must_use]
    pub fn from_f64(p_w: f64) -> Watts {
        Watts(p_w.round_ties_even() as i64)
    }

    /// The kernel's value.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// Magnitude.
    #[must_use]
    pub fn abs(self) -> Watts {
        Watts(self.0.abs())
    }
}

/// Money in 1e-4 of the market's currency unit, the resolution of UFTP's `CurrencyAmountType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// Rounds an amount in whole currency units to four decimals, halves to even.
    #[must_use]
    pub fn from_f64(amount: f64) -> Money {
        Money((amount * 1e4).round_ties_even() as i64)
    }

    /// Rounds an amount that whole watts and decimal prices come to, halves to even. Binary fractions miss such a half by a little, so
    /// what is within a millionth of the last decimal of a half counts as one.
    #[must_use]
    pub fn of_decimals(amount: f64) -> Money {
        const NEAR: f64 = 1e-6;
        let steps = amount * 1e4;
        let below = steps.floor();
        if (steps - below - 0.5).abs() < NEAR { Money((below + 0.5).round_ties_even() as i64) } else { Money::from_f64(amount) }
    }

    /// The amount in whole currency units.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 * 1e-4
    }
}

impl fmt::Display for Money {
    /// Always four decimals, as UFTP amounts are written: `-3.0500`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let a = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:04}", a / 10_000, a % 10_000)
    }
}

macro_rules! additive {
    ($t:ty) => {
        impl Add for $t {
            type Output = Self;
            fn add(self, o: Self) -> Self {
                Self(self.0 + o.0)
            }
        }
        impl Sub for $t {
            type Output = Self;
            fn sub(self, o: Self) -> Self {
                Self(self.0 - o.0)
            }
        }
        impl Neg for $t {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl AddAssign for $t {
            fn add_assign(&mut self, o: Self) {
                self.0 += o.0;
            }
        }
        impl SubAssign for $t {
            fn sub_assign(&mut self, o: Self) {
                self.0 -= o.0;
            }
        }
        impl Sum for $t {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                Self(iter.map(|v| v.0).sum())
            }
        }
    };
}
additive!(Watts);
additive!(Money);

/// The share of an offer option that an order activates, in hundredths: 0.01 to 1.00 (UFTP `ActivationFactorType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivationFactor(u8);

impl ActivationFactor {
    /// The whole option, the value an absent attribute stands for.
    pub const FULL: ActivationFactor = ActivationFactor(100);

    /// `hundredths` in 1..=100, else `None`.
    #[must_use]
    pub fn from_hundredths(hundredths: u8) -> Option<ActivationFactor> {
        (1..=100).contains(&hundredths).then_some(ActivationFactor(hundredths))
    }

    /// 1..=100.
    #[must_use]
    pub fn hundredths(self) -> u8 {
        self.0
    }

    /// As a fraction of one.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Ordered power of an ISP: `factor · offered`, rounded half to even to whole watts. Offer and order sides call this one function.
    #[must_use]
    pub fn scale_power(self, offered: Watts) -> Watts {
        Watts(div_round_half_even(offered.0 * i64::from(self.0), 100))
    }

    /// Ordered price: `factor · asked`, rounded half to even to four decimals.
    #[must_use]
    pub fn scale_price(self, asked: Money) -> Money {
        Money(div_round_half_even(asked.0 * i64::from(self.0), 100))
    }
}

impl fmt::Display for ActivationFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

fn div_round_half_even(n: i64, d: i64) -> i64 {
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    match (2 * r).cmp(&d) {
        std::cmp::Ordering::Less => q,
        std::cmp::Ordering::Greater => q + 1,
        std::cmp::Ordering::Equal => q + (q & 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_activation_rounds_half_to_even() {
        let half = ActivationFactor::from_hundredths(50).unwrap();
        assert_eq!(half.scale_power(Watts(1001)), Watts(500));
        assert_eq!(half.scale_power(Watts(1003)), Watts(502));
        assert_eq!(half.scale_power(Watts(-1001)), Watts(-500));
        assert_eq!(ActivationFactor::FULL.scale_power(Watts(-7)), Watts(-7));
    }

    /// 33 Wh at 50 €/MWh, 127.5 Wh at 100 €/MWh: whatever the order of factors, a half goes to the even neighbour.
    #[test]
    fn halves_of_decimal_amounts_go_to_even() {
        for mwh in [132.0 * 0.25 / 1e6, 132.0 * 0.25 * 1e-6, 33e-6] {
            assert_eq!((Money::of_decimals(50.0 * mwh), Money::of_decimals(-50.0 * mwh)), (Money(16), Money(-16)));
        }
        for mwh in [510.0 * 0.25 / 1e6, 510.0 * 0.25 * 1e-6, 127.5e-6] {
            assert_eq!(Money::of_decimals(100.0 * mwh), Money(128));
        }
        assert_eq!((Money::of_decimals(0.001_650_1), Money::of_decimals(0.001_649_9)), (Money(17), Money(16)));
    }

    #[test]
    fn money_prints_four_decimals_with_its_sign() {
        assert_eq!(Money::from_f64(-3.05).to_string(), "-3.0500");
        assert_eq!(Money(-1).to_string(), "-0.0001");
        assert_eq!(Money::from_f64(12.0).to_string(), "12.0000");
    }
}
