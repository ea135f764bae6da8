//! Weather: measured or drawn, one series that moves PV, heat demand and transformers alike.
//!
//! ```text
//! measured (CSV) ─┐
//!                 ├─ Series (own steps) ── Alignment (whole weeks) ── Weather (steps of the run, with the sun)
//! synthetic ──────┘
//! ```

pub mod clear_sky;
pub mod diffuse;
pub mod measured;
mod on_steps;
pub mod plane;
pub mod rules;
mod series;
pub mod sun;
pub mod synthetic;

pub use self::diffuse::Sky;
pub use self::on_steps::Weather;
pub use self::plane::{ALBEDO, Plane};
pub use self::series::Series;
pub use self::sun::{Place, Sun};
