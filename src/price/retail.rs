//! What customers pay for energy and are paid for what they feed in.
//!
//! ```text
//! import = energy + supplier + network + tax          energy: day-ahead price, or a fixed one
//! export = day-ahead price, or a fixed one
//! ```
//!
//! The meter of an ISP is either import or export. Network charge and tax are transfers: they move plans and bills, not the cost to
//! the system.

use std::sync::Arc;

/// The tariff of a group of customers, €/MWh.
#[derive(Debug, Clone, PartialEq)]
pub struct Retail {
    /// Name of the group.
    pub name: Arc<str>,
    /// Fixed price of energy; the day-ahead price where there is none.
    pub energy_eur_per_mwh: Option<f64>,
    /// The supplier's own addition.
    pub supplier_eur_per_mwh: f64,
    /// Network charge.
    pub network_eur_per_mwh: f64,
    /// Taxes and levies.
    pub tax_eur_per_mwh: f64,
    /// Fixed price of what is fed in; the day-ahead price where there is none.
    pub feed_in_eur_per_mwh: Option<f64>,
}

impl Retail {
    /// Price of energy from the grid at a day-ahead price.
    #[must_use]
    pub fn import_eur_per_mwh(&self, day_ahead: f64) -> f64 {
        self.supply_eur_per_mwh(day_ahead) + self.network_eur_per_mwh + self.tax_eur_per_mwh
    }

    /// Of the price of energy from the grid, what the supplier gets.
    #[must_use]
    pub fn supply_eur_per_mwh(&self, day_ahead: f64) -> f64 {
        self.energy_eur_per_mwh.unwrap_or(day_ahead) + self.supplier_eur_per_mwh
    }

    /// Price of energy that is fed in at a day-ahead price; not above that from the grid, or selling what was bought would pay.
    #[must_use]
    pub fn export_eur_per_mwh(&self, day_ahead: f64) -> f64 {
        self.feed_in_eur_per_mwh.unwrap_or(day_ahead).min(self.import_eur_per_mwh(day_ahead))
    }
}
