//! A device of any kind. A new kind is a file of its own and a line in [`kinds!`].

use std::sync::Arc;

use crate::ids::ConnectionIdx;
use crate::time::Period;

use super::model::{Ask, Cap, Content, Cost, Envelope, Flexibility, Flow, Model, Moment, Outlook, Reading, Task};
use super::session::Session;
use super::{battery, curtailable, fixed, generator, house, process, vehicle};

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

            /// See [`Model::unsteered`].
            #[must_use]
            pub fn unsteered(&self, seen: &Seen, outlook: &Outlook, task: &Task<'_>) -> Vec<f64> {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::unsteered(model, seen, outlook, task),)*
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

            /// See [`Model::cost`].
            #[must_use]
            pub fn cost(&self, seen: &Seen, outlook: &Outlook, task: &Task<'_>, plan_w: &[f64]) -> Cost {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::cost(model, seen, outlook, task, plan_w),)*
                    _ => unreachable!("a device keeps its kind"),
                }
            }

            /// See [`Model::is_curved`].
            #[must_use]
            pub fn is_curved(&self) -> bool {
                match self {
                    $(Device::$kind(model) => Model::is_curved(model)),*
                }
            }

            /// See [`Model::can`].
            #[must_use]
            pub fn can(&self, seen: &Seen, task: &Task<'_>, plan_w: &[f64]) -> bool {
                match (self, seen) {
                    $((Device::$kind(model), Seen::$kind(seen)) => Model::can(model, seen, task, plan_w),)*
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

            /// See [`Model::content`].
            #[must_use]
            pub fn content(&self) -> Content {
                match self {
                    $(Device::$kind(model) => Model::content(model)),*
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
    Battery(battery::HomeBattery),
    /// Feed-in that follows a profile and may be curtailed.
    Curtailable(curtailable::Curtailable),
    /// A house with a heat pump.
    House(house::House),
    /// A process that can hold consumption back.
    Process(process::Process),
    /// A controllable generator.
    Generator(generator::Generator),
}

/// A device of a study: where it is, what its owner knows, what it really is when the run begins.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceSpec {
    /// Unique id among devices; names it in results and keys its draws.
    pub id: String,
    /// Meter it is behind.
    pub connection: ConnectionIdx,
    /// What it is called in results, such as `pv` or `vehicle`.
    pub kind: &'static str,
    /// The data sheet.
    pub device: Device,
    /// What it really is when the run begins.
    pub begins: State,
    /// What its instrument shows then.
    pub shows: Reading,
    /// Whether its household plans it by the price; where not, and no aggregator says otherwise, it does as its own control does.
    pub steered: bool,
    /// Sessions that a driver announces, by arrival; empty for anything but vehicles.
    pub announced: Arc<[Session]>,
}

impl DeviceSpec {
    /// What is announced of a Period.
    #[must_use]
    pub fn outlook(&self, period: &Period) -> Outlook {
        if self.announced.is_empty() {
            return Outlook::Nothing;
        }
        let first = self.announced.partition_point(|s| s.departure <= period.start);
        let touching = self.announced[first..].iter().take_while(|s| s.arrival < period.end());
        Outlook::Sessions(touching.copied().collect())
    }
}
