//! Mandatory participation: large flexible connections must offer, and what they ask is cut to a regulated price.

/// Who must offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Flexible power from which on there is an obligation, kW.
    pub from_kw: f64,
    /// Whether the connections of an aggregator count together; else at least one of them must reach it.
    pub pooled: bool,
}

impl Threshold {
    /// Whether connections with this flexible power must offer.
    #[must_use]
    pub fn obliges(&self, flexible_kw: &[f64]) -> bool {
        match self.pooled {
            true => flexible_kw.iter().sum::<f64>() >= self.from_kw,
            false => flexible_kw.iter().any(|kw| *kw >= self.from_kw),
        }
    }
}

/// Price that is paid, €/MWh: the asked one, and under an obligation no more than the regulated one.
#[must_use]
pub fn paid_eur_per_mwh(obliged: bool, asked_eur_per_mwh: f64, regulated_eur_per_mwh: f64) -> f64 {
    if obliged { asked_eur_per_mwh.min(regulated_eur_per_mwh) } else { asked_eur_per_mwh }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_threshold_obliges() {
        let obliges = |pooled, flexible: &[f64]| Threshold { from_kw: 1000.0, pooled }.obliges(flexible);
        assert!(obliges(true, &[600.0, 400.0]) && !obliges(true, &[600.0, 399.0]));
        assert!(obliges(false, &[1000.0, 200.0]) && !obliges(false, &[999.0, 600.0]));
        assert_eq!([paid_eur_per_mwh(true, 310.0, 180.0), paid_eur_per_mwh(true, 150.0, 180.0)], [180.0, 150.0]);
        assert_eq!(paid_eur_per_mwh(false, 310.0, 180.0), 310.0);
    }
}
