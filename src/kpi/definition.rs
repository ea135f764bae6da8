//! What each key figure means.

/// Groups of key figures, in the order of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// How much overload there is and what removed it.
    Congestion,
    /// Voltage band.
    Voltage,
    /// Trade in flexibility.
    Flexibility,
    /// What the DSO paid and got.
    Payments,
    /// Cost to the system as a whole; transfers are not in it.
    SystemCost,
    /// Limits on freedom and what users lost.
    Users,
    /// Grid assets.
    Assets,
    /// What households get and give; listed where a study follows single households.
    BehindTheMeter,
}

impl Section {
    /// Heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Section::Congestion => "Congestion",
            Section::Voltage => "Voltage",
            Section::Flexibility => "Flexibility",
            Section::Payments => "Payments of the DSO",
            Section::SystemCost => "System cost",
            Section::Users => "Users and freedom",
            Section::Assets => "Assets",
            Section::BehindTheMeter => "Behind the meter",
        }
    }
}

/// A key figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Name in files.
    pub key: &'static str,
    /// Group.
    pub section: Section,
    /// Name for people.
    pub label: &'static str,
    /// Unit; "" for a pure number.
    pub unit: &'static str,
    /// Digits after the point.
    pub digits: usize,
    /// What it is.
    pub meaning: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
}

const fn kpi(
    key: &'static str,
    section: Section,
    label: &'static str,
    unit: &'static str,
    digits: usize,
    meaning: &'static str,
    source: &'static str,
) -> Definition {
    Definition { key, section, label, unit, digits, meaning, source }
}

use Section::{Assets, BehindTheMeter, Congestion, Flexibility, Payments, SystemCost, Users, Voltage};

const METERS: &str = "load flow on realised power";
const LEDGER: &str = "ledger";
const DEVICES: &str = "device log";

/// Every key figure, in the order of tables.
pub const DEFINITIONS: &[Definition] = &[
    kpi(
        "overload_ex_ante_h",
        Congestion,
        "overload without flexibility",
        "h",
        1,
        "time above the rating on today's grid without orders and limitations, same draws, summed over congestion points",
        METERS,
    ),
    kpi(
        "overload_after_orders_h",
        Congestion,
        "overload after orders",
        "h",
        1,
        "time above the strategy's own rating with orders but without limitations, summed over congestion points",
        METERS,
    ),
    kpi(
        "overload_realised_h",
        Congestion,
        "overload realised",
        "h",
        1,
        "time above the strategy's own rating, realised, summed over congestion points",
        METERS,
    ),
    kpi(
        "overload_ex_ante_mwh",
        Congestion,
        "overload energy without flexibility",
        "MWh",
        3,
        "loading above the rating times rated apparent power, on today's grid without orders and limitations, summed over congestion \
         points; nested points each count",
        METERS,
    ),
    kpi(
        "overload_after_orders_mwh",
        Congestion,
        "overload energy after orders",
        "MWh",
        3,
        "loading above the strategy's own rating times rated apparent power, with orders but without limitations, summed over congestion \
         points",
        METERS,
    ),
    kpi(
        "overload_realised_mwh",
        Congestion,
        "overload energy realised",
        "MWh",
        3,
        "loading above the strategy's own rating times rated apparent power, realised, summed over congestion points",
        METERS,
    ),
    kpi(
        "overload_avoided_mwh",
        Congestion,
        "overload energy avoided",
        "MWh",
        3,
        "overload energy without flexibility minus overload energy realised",
        METERS,
    ),
    kpi(
        "relieved_by_replacement_percent",
        Congestion,
        "relieved by replacement",
        "%",
        1,
        "share of overload energy without flexibility that the strategy's own ratings remove",
        METERS,
    ),
    kpi(
        "relieved_by_orders_percent",
        Congestion,
        "relieved by orders",
        "%",
        1,
        "share of overload energy without flexibility that orders remove in addition; without orders, what aggregators' own plans make of \
         it, which rest on later readings and on their forecasts",
        METERS,
    ),
    kpi(
        "relieved_by_orange_percent",
        Congestion,
        "relieved by orange",
        "%",
        1,
        "share of overload energy without flexibility that limitations remove in addition",
        METERS,
    ),
    kpi(
        "max_loading_ex_ante_percent",
        Congestion,
        "highest loading without flexibility",
        "%",
        1,
        "highest loading of all congestion points on today's grid, without orders and limitations",
        METERS,
    ),
    kpi(
        "max_loading_realised_percent",
        Congestion,
        "highest loading realised",
        "%",
        1,
        "highest loading of all congestion points by the strategy's own rating, realised",
        METERS,
    ),
    kpi(
        "p95_loading_realised_percent",
        Congestion,
        "95th percentile of loading",
        "%",
        1,
        "loading exceeded in one step of twenty, at the congestion point where it is highest",
        METERS,
    ),
    kpi(
        "p99_loading_realised_percent",
        Congestion,
        "99th percentile of loading",
        "%",
        1,
        "loading exceeded in one step of a hundred, at the congestion point where it is highest",
        METERS,
    ),
    kpi(
        "not_converged_steps",
        Congestion,
        "steps without a load-flow solution",
        "",
        0,
        "number of steps; if there are any, the figures of congestion, voltage, assets, losses and ageing have no value",
        METERS,
    ),
    kpi(
        "voltage_in_band_percent",
        Voltage,
        "time inside the voltage band",
        "%",
        2,
        "share of bus steps inside the voltage band of the bus; approximates EN 50160, which uses 10 min means",
        METERS,
    ),
    kpi("u_min_pu", Voltage, "lowest voltage", "pu", 4, "over all buses and steps", METERS),
    kpi("u_max_pu", Voltage, "highest voltage", "pu", 4, "over all buses and steps", METERS),
    kpi(
        "unbalance_p95_percent",
        Voltage,
        "voltage unbalance, 95th percentile",
        "%",
        2,
        "negative over positive sequence, exceeded in one step of twenty at the worst bus; EN 50160 allows 2 %",
        METERS,
    ),
    kpi("unbalance_max_percent", Voltage, "highest voltage unbalance", "%", 2, "over all buses and steps", METERS),
    kpi(
        "displacement_max_percent",
        Voltage,
        "highest neutral displacement",
        "%",
        2,
        "zero-sequence voltage in per cent of rated voltage, over all buses and steps",
        METERS,
    ),
    kpi("tap_operations", Voltage, "tap operations", "", 0, "number of operations of all on-load tap changers", METERS),
    kpi(
        "requested_mwh",
        Flexibility,
        "requested",
        "MWh",
        3,
        "shortage in the Requested ISPs of FlexRequests: in each ISP the largest request of the day at a congestion point, summed over \
         points",
        "FlexRequest",
    ),
    kpi(
        "offered_mwh",
        Flexibility,
        "offered",
        "MWh",
        3,
        "energy of the largest option of each offer, in ISPs where flexibility was requested",
        "FlexOffer",
    ),
    kpi("ordered_mwh", Flexibility, "ordered", "MWh", 3, "energy of accepted orders, in ISPs where flexibility was requested", "FlexOrder"),
    kpi(
        "delivered_mwh",
        Flexibility,
        "delivered",
        "MWh",
        3,
        "energy delivered in the direction of relief, in booked settlements",
        "FlexSettlement",
    ),
    kpi(
        "unserved_mwh",
        Flexibility,
        "request left unserved",
        "MWh",
        3,
        "shortage that remains after all orders, by the DSO's forecast",
        "DSO analysis",
    ),
    kpi(
        "true_flexibility_mwh",
        Flexibility,
        "true flexibility",
        "MWh",
        3,
        "difference in power through the congestion point without and with orders (same draws), in ISPs where flexibility was requested; \
         nested points count once",
        METERS,
    ),
    kpi("orders", Flexibility, "orders", "", 0, "accepted FlexOrders", "FlexOrderResponse"),
    kpi(
        "messages_failed",
        Flexibility,
        "messages that failed",
        "",
        0,
        "messages that the recipient did not get: lost or unreadable",
        "wire",
    ),
    kpi("paid_flexibility_eur", Payments, "flexibility", "€", 2, "price of orders minus deductions and penalties", LEDGER),
    kpi(
        "paid_availability_eur",
        Payments,
        "availability",
        "€",
        2,
        "fees for power that stayed reserved, or that a limitation keeps free",
        LEDGER,
    ),
    kpi("paid_fixed_fees_eur", Payments, "fixed fees", "€", 2, "fixed yearly fees of contracts and tariffs given up, pro rata", LEDGER),
    kpi(
        "paid_limitation_eur",
        Payments,
        "capacity limitation",
        "€",
        2,
        "price of called capacity limitations minus deductions and penalties",
        LEDGER,
    ),
    kpi("paid_compensation_eur", Payments, "compensation of orange", "€", 2, "energy limited by orange at the compensation price", LEDGER),
    kpi("paid_capex_eur", Payments, "reinforcement annuity", "€", 2, "annuity of the replacement, pro rata", LEDGER),
    kpi("paid_losses_eur", Payments, "losses", "€", 2, "losses of the feeder at the day-ahead price", LEDGER),
    kpi("paid_total_eur", Payments, "total", "€", 2, "sum of all payments of the DSO: flexibility to losses", LEDGER),
    kpi(
        "paid_per_avoided_mwh",
        Payments,
        "per avoided overload MWh",
        "€/MWh",
        0,
        "flexibility, availability, fixed fees, limitation, compensation and annuity (pro rata), divided by avoided overload energy; no value if an \
         amount is not booked",
        LEDGER,
    ),
    kpi(
        "unbooked_eur",
        Payments,
        "settled, not booked",
        "€",
        2,
        "prices of orders and availability fees that are in no bill accepted by the aggregator",
        "FlexSettlement",
    ),
    kpi(
        "cost_energy_eur",
        SystemCost,
        "energy",
        "€",
        2,
        "metered net consumption at the day-ahead price; negative if the feeder earns money",
        "meters, prices",
    ),
    kpi("cost_losses_eur", SystemCost, "losses", "€", 2, "losses at the day-ahead price", METERS),
    kpi(
        "cost_pv_lost_eur",
        SystemCost,
        "PV lost",
        "€",
        2,
        "curtailed feed-in at its stated value, in addition to the market price",
        DEVICES,
    ),
    kpi(
        "cost_vehicle_unserved_eur",
        SystemCost,
        "vehicles not charged",
        "€",
        2,
        "energy missing at departure at its stated value",
        DEVICES,
    ),
    kpi(
        "cost_heat_held_back_eur",
        SystemCost,
        "heat held back",
        "€",
        2,
        "what limitations take from heat: consumption of heat pumps by profile, which do not make up for it later, at its stated value; in \
         houses, kelvins below the comfort band times hours beyond those with orders alone, at 0.5 €/(K·h) as in offers",
        DEVICES,
    ),
    kpi(
        "cost_owed_eur",
        SystemCost,
        "owed when the run ends",
        "€",
        2,
        "energy still owed to vehicles minus the change of energy in batteries, at the mean day-ahead price of the run",
        "device log, prices",
    ),
    kpi(
        "cost_shifting_eur",
        SystemCost,
        "shifting and transactions",
        "€",
        2,
        "cost of shifted energy to the owners of the devices, and running cost of orders",
        DEVICES,
    ),
    kpi(
        "cost_ageing_eur",
        SystemCost,
        "transformer ageing",
        "€",
        2,
        "loss of life, at most one insulation life per transformer, as a share of that life times the price of a new transformer",
        "IEC 60076-7",
    ),
    kpi("cost_capex_eur", SystemCost, "reinforcement", "€", 2, "annuity of the replacement, pro rata", LEDGER),
    kpi(
        "cost_total_eur",
        SystemCost,
        "total",
        "€",
        2,
        "sum of all costs to the system, energy to reinforcement; only when each is priced",
        "",
    ),
    kpi("pv_curtailed_orders_mwh", Users, "PV curtailed by orders", "MWh", 3, "feed-in curtailed to deliver orders", DEVICES),
    kpi("pv_curtailed_orange_mwh", Users, "PV curtailed by orange", "MWh", 3, "PV feed-in curtailed by limitations", DEVICES),
    kpi(
        "discharge_limited_mwh",
        Users,
        "battery feed-in limited by orange",
        "MWh",
        3,
        "feed-in of batteries prevented by limitations",
        DEVICES,
    ),
    kpi("consumption_limited_mwh", Users, "consumption limited by orange", "MWh", 3, "consumption held back by limitations", DEVICES),
    kpi(
        "limited_connection_h",
        Users,
        "connections limited",
        "connection h",
        0,
        "time in which a limitation reduces the power of a connection, summed over connections",
        DEVICES,
    ),
    kpi("offers_compelled", Users, "offers compelled", "", 0, "offers made under an obligation to offer", "FlexOffer"),
    kpi("shifted_mwh", Users, "shifted", "MWh", 3, "vehicle charging moved from its owner's plan to deliver orders", DEVICES),
    kpi("vehicle_unserved_kwh", Users, "vehicles not charged", "kWh", 1, "energy missing at departure", DEVICES),
    kpi("owed_vehicle_kwh", Users, "owed to vehicles", "kWh", 1, "energy that plugged-in vehicles still need when the run ends", DEVICES),
    kpi(
        "stored_change_kwh",
        Users,
        "change in batteries",
        "kWh",
        1,
        "energy in batteries at the end of the run minus that at its beginning",
        DEVICES,
    ),
    kpi("losses_mwh", Assets, "losses", "MWh", 3, "of lines and transformers", METERS),
    kpi(
        "hot_spot_max_c",
        Assets,
        "hottest transformer hot spot",
        "°C",
        0,
        "difference method with realised loading; above 180 °C the model shows only that the transformer is overloaded",
        "IEC 60076-7",
    ),
    kpi(
        "loss_of_life_raw_days",
        Assets,
        "loss of life by formula",
        "days",
        1,
        "relative ageing summed over time, in days of normal ageing, by the formula; with a hot spot above 180 °C it shows only that the \
         transformer would fail",
        "IEC 60076-7",
    ),
    kpi(
        "loss_of_life_days",
        Assets,
        "transformer loss of life",
        "days",
        1,
        "relative ageing summed over time, at most one insulation life (6250 days) per transformer; the cost of ageing uses it",
        "IEC 60076-7",
    ),
    kpi(
        "base_load_peak_kw_each",
        BehindTheMeter,
        "peak of base loads together",
        "kW each",
        2,
        "highest power of all base loads in the same step, over their number",
        DEVICES,
    ),
    kpi(
        "base_load_simultaneity",
        BehindTheMeter,
        "simultaneity of base loads",
        "",
        2,
        "highest power of all base loads in the same step over the sum of their single highest powers",
        DEVICES,
    ),
    kpi(
        "comfort_deficit_kh",
        BehindTheMeter,
        "comfort deficit",
        "K·h",
        1,
        "kelvins that rooms are below the comfort band while people are at home, times hours, summed over houses",
        DEVICES,
    ),
    kpi(
        "comfort_deficit_each_kh",
        BehindTheMeter,
        "comfort deficit per house",
        "K·h",
        2,
        "kelvins that rooms are below the comfort band while people are at home, times hours, mean over houses",
        DEVICES,
    ),
    kpi(
        "heat_pump_spf",
        BehindTheMeter,
        "seasonal performance factor",
        "",
        2,
        "heat delivered by the heat pumps of houses over the electricity they draw, with heating rod and stand-by",
        DEVICES,
    ),
    kpi(
        "heat_pump_peak_kw_each",
        BehindTheMeter,
        "peak of heat pumps together",
        "kW each",
        2,
        "highest power of all heat pumps of houses in the same step, over their number",
        DEVICES,
    ),
    kpi(
        "heat_pump_simultaneity",
        BehindTheMeter,
        "simultaneity of heat pumps",
        "",
        2,
        "highest power of all heat pumps of houses in the same step over the sum of their single highest powers",
        DEVICES,
    ),
    kpi(
        "vehicle_sessions",
        BehindTheMeter,
        "charging sessions",
        "",
        0,
        "stays of vehicles that wanted energy and ended in the run",
        DEVICES,
    ),
    kpi(
        "vehicle_short_percent",
        BehindTheMeter,
        "sessions left short",
        "%",
        1,
        "share of those that ended with more than 5 % of the wanted energy missing",
        DEVICES,
    ),
    kpi(
        "vehicle_peak_kw_each",
        BehindTheMeter,
        "peak of vehicles together",
        "kW each",
        2,
        "highest power of all vehicles in the same step, over their number",
        DEVICES,
    ),
    kpi(
        "vehicle_simultaneity",
        BehindTheMeter,
        "simultaneity of vehicles",
        "",
        2,
        "highest power of all vehicles in the same step over the sum of their single highest powers",
        DEVICES,
    ),
    kpi(
        "pv_curtailed_percent",
        BehindTheMeter,
        "PV curtailed",
        "%",
        2,
        "feed-in of PV systems and PV-battery plants that orders or limitations curtail, over that available",
        DEVICES,
    ),
    kpi(
        "self_consumption_percent",
        BehindTheMeter,
        "self-consumption",
        "%",
        1,
        "share of the feed-in of PV that does not leave its meter in the same step; what a meter feeds in counts as PV first",
        DEVICES,
    ),
    kpi(
        "self_sufficiency_percent",
        BehindTheMeter,
        "self-sufficiency",
        "%",
        1,
        "share of the consumption behind meters with PV, without that of batteries, that the grid does not deliver in the same step; what \
         a meter draws counts as consumption first",
        DEVICES,
    ),
    kpi(
        "battery_cycles",
        BehindTheMeter,
        "full cycles of batteries",
        "",
        2,
        "energy into and out of the store of batteries, behind their losses, over twice their capacity",
        DEVICES,
    ),
    kpi(
        "jain_comfort",
        BehindTheMeter,
        "fairness of comfort deficits",
        "",
        2,
        "Jain's index of the houses' comfort deficits: 1 where all have the same, 1/n where one of n has all",
        DEVICES,
    ),
    kpi(
        "jain_moved",
        BehindTheMeter,
        "fairness of what orders move",
        "",
        2,
        "Jain's index of the energy that orders move or curtail, over connections with a device that can be steered",
        DEVICES,
    ),
    kpi(
        "jain_limited",
        BehindTheMeter,
        "fairness of what limitations hold back",
        "",
        2,
        "Jain's index of the energy that limitations hold back, over connections with a device that can be steered",
        DEVICES,
    ),
    kpi(
        "rebound_factor",
        BehindTheMeter,
        "rebound factor",
        "",
        2,
        "energy that comes back within 24 h of requested steps over the energy that orders moved in them, through congestion points, \
         against the case without flexibility; no value where that is less than 10 kWh",
        METERS,
    ),
    kpi(
        "rebound_peak",
        BehindTheMeter,
        "rebound peak",
        "",
        2,
        "highest power that comes back over the highest power that orders moved, likewise",
        METERS,
    ),
    kpi(
        "additionality",
        BehindTheMeter,
        "additionality",
        "",
        2,
        "true flexibility over delivered energy that is paid: 1 where every kilowatt-hour that is paid changes the load",
        "load flow, FlexSettlement",
    ),
    kpi(
        "forecast_nmae_dso_percent",
        BehindTheMeter,
        "error of the operator's load forecast",
        "%",
        1,
        "mean absolute error of its learned day-ahead forecasts of load over mean load",
        DEVICES,
    ),
    kpi(
        "forecast_nmae_agr_percent",
        BehindTheMeter,
        "error of the aggregators' load forecasts",
        "%",
        1,
        "mean absolute error of the aggregators' learned day-ahead forecasts of load, each of its own connections, over mean load",
        DEVICES,
    ),
];

/// Keys of figures that each congestion point has as well, in the order of tables; there they speak of its element alone.
pub const BY_POINT: &[&str] = &[
    "overload_ex_ante_h",
    "overload_after_orders_h",
    "overload_realised_h",
    "overload_ex_ante_mwh",
    "overload_after_orders_mwh",
    "overload_realised_mwh",
    "overload_avoided_mwh",
    "relieved_by_replacement_percent",
    "relieved_by_orders_percent",
    "relieved_by_orange_percent",
    "max_loading_ex_ante_percent",
    "max_loading_realised_percent",
    "p95_loading_realised_percent",
    "p99_loading_realised_percent",
    "requested_mwh",
    "unserved_mwh",
];

/// The definition of a key. Panics for a key that has none.
#[must_use]
pub fn definition(key: &str) -> &'static Definition {
    DEFINITIONS.iter().find(|d| d.key == key).unwrap_or_else(|| panic!("key figure '{key}' has a definition"))
}

#[cfg(test)]
mod tests {
    use super::{BY_POINT, DEFINITIONS, definition};

    #[test]
    fn keys_are_unique_and_sections_stand_together() {
        for (k, d) in DEFINITIONS.iter().enumerate() {
            assert!(DEFINITIONS[..k].iter().all(|o| o.key != d.key), "{}", d.key);
            assert!(!d.meaning.is_empty());
        }
        assert!(DEFINITIONS.windows(2).all(|w| w[0].section <= w[1].section));
        assert!(BY_POINT.iter().all(|key| definition(key).key == *key));
    }
}
