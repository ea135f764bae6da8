//! Devices behind the meters: one contract for every kind.
//!
//! ```text
//!              State  ── step(set point, cap) ──►  power, reading           the world's: what really happens
//!                                                     │
//!                            the only bridge: readings with their time
//!                                                     ▼
//!   outlook ──►  Seen  ── plan, envelope, replan ──►  powers per ISP        the owner's: what was told and read
//! ```
//!
//! A kind is a type that implements [`Model`], in a file of its own, and a line in [`kinds!`]. [`Device`] is one of them, [`State`]
//! and [`Seen`] what belongs to it. What readings have not told, no plan can know: `plan`, `envelope` and `replan` take a
//! [`Seen`], never a [`State`].

pub mod availability;
pub mod battery;
pub mod curtailable;
pub mod fixed;
pub mod model;
pub mod spec;
pub mod store_plan;
pub mod vehicle;

pub use availability::Availability;
pub use model::{Ask, Cap, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};
pub use spec::{AssetKind, AssetSpec, DeviceSpec};

/// Makes [`Device`], [`State`] and [`Seen`] of the kinds listed.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($model:ty)),* $(,)?) => {
        /// A device of any kind: what its owner knows of it from the data sheet.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Device {
            $($(#[$doc])* $kind($model)),*
        }

        /// What a device really is.
        #[derive(Debug, Clone, PartialEq)]
        pub enum State {
            $($(#[$doc])* $kind(<$model as Model>::State)),*
        }

        /// What readings told the owner of a device.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Seen {
            $($(#[$doc])* $kind(<$model as Model>::Seen)),*
        }

        impl Device {
            /// See [`Model::step`].
            pub fn step(&self, state: &mut State, moment: &Moment<'_>, set_w: f64, cap: Cap) -> (Flow, Reading) {
                match (self, state) {
                    $((Device::$kind(model), State::$kind(state)) => Model::step(model, state, moment, set_w, cap),)*
                    _ => unreachable!("a device keeps its kind"),
                }
            }

            /// See [`Model::unread`].
            #[must_use]
            pub fn unread(&self) -> Seen {
                match self {
                    $(Device::$kind(model) => Seen::$kind(Model::unread(model))),*
                }
            }

            /// See [`Model::read`].
            pub fn read(&self, seen: &mut Seen, reading: &Reading) {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::read(model, seen, reading),)*
                    _ => unreachable!("a device keeps its kind"),
                }
            }

            /// See [`Model::plan`].
            #[must_use]
            pub fn plan(&self, seen: &Seen, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::plan(model, seen, outlook, task),)*
                    _ => unreachable!("a device keeps its kind"),
                }
            }

            /// See [`Model::envelope`].
            #[must_use]
            pub fn envelope(&self, seen: &Seen, outlook: &Outlook, task: &Task<'_>) -> Envelope {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::envelope(model, seen, outlook, task),)*
                    _ => unreachable!("a device keeps its kind"),
                }
            }

            /// See [`Model::replan`].
            #[must_use]
            pub fn replan(&self, seen: &Seen, outlook: &Outlook, task: &Task<'_>, base_w: &[f64], ask: &Ask<'_>) -> Vec<f64> {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::replan(model, seen, outlook, task, base_w, ask),)*
                    _ => unreachable!("a device keeps its kind"),
                }
            }

            /// See [`Model::flexibility`].
            #[must_use]
            pub fn flexibility(&self) -> Flexibility {
                match self {
                    $(Device::$kind(model) => Model::flexibility(model)),*
                }
            }

            /// See [`Model::rated_w`].
            #[must_use]
            pub fn rated_w(&self) -> (f64, f64) {
                match self {
                    $(Device::$kind(model) => Model::rated_w(model)),*
                }
            }

            /// See [`Model::limitable`].
            #[must_use]
            pub fn limitable(&self) -> bool {
                match self {
                    $(Device::$kind(model) => Model::limitable(model)),*
                }
            }
        }
    };
}

kinds! {
    /// Consumption that follows a profile.
    Fixed(fixed::Fixed),
    /// An electric vehicle at its charger.
    Vehicle(vehicle::Vehicle),
    /// A battery.
    Battery(battery::Battery),
    /// Feed-in that follows a profile and may be curtailed.
    Curtailable(curtailable::Curtailable),
}
