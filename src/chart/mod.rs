//! Figures of a study: loading over time and sorted, cost by payer, the feeder with its worst loading, one day of trade.
//!
//! Each chart is a function from plain values and a [`Style`] to a [`Figure`], and a figure is an SVG document
//! ([`Figure::svg`]) or, with the feature `png`, a bitmap. Equal input gives equal bytes. Text is set in the viewer's
//! sans-serif font; its room is reckoned generously, see `text`.
//!
//! What all of them keep: consumption positive, production negative; local time of the market's calendar; one colour and one
//! dash pattern per strategy; loading as a fraction of the rating on input and in per cent on paper; a NaN is "not known"
//! and leaves a gap.

mod along_parameter;
mod axis;
mod clock;
mod cost_by_payer;
mod envelope;
mod feeder;
mod feeder_fold;
mod feeder_forest;
mod feeder_key;
mod feeder_map;
mod feeder_nodes;
mod feeder_place;
mod figure;
mod fleet_envelope;
mod forecast_fan;
mod household_week;
mod legend;
mod limits;
mod load_duration;
mod loading_over_time;
mod parameter_bars;
mod rebound;
mod render;
mod stairs;
mod style;
mod text;
mod traded_day;

pub use along_parameter::{AlongParameter, ParameterLine, ParameterPanel, along_parameter};
pub use cost_by_payer::{CostByPayer, CostComponent, Payment, StrategyCost, cost_by_payer};
pub use envelope::{Stretch, envelope};
pub use feeder::FeederMap;
pub use feeder_map::{feeder_map, feeder_maps};
pub use figure::Figure;
pub use fleet_envelope::{FleetEnvelope, fleet_envelope};
pub use forecast_fan::{ForecastFan, forecast_fan};
pub use household_week::{HouseholdWeek, SteeredDevice, household_week};
pub use load_duration::{DurationLine, LoadDuration, load_duration};
pub use loading_over_time::{LoadingLine, LoadingOverTime, TimeSpan, loading_over_time};
pub use parameter_bars::{BarRow, ParameterBars, parameter_bars};
pub use rebound::{Rebound, rebound};
#[cfg(feature = "png")]
pub use render::PngError;
pub use style::{Colour, Look, Style};
pub use traded_day::{Offer, Order, TradedDay, traded_day};
