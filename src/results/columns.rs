//! What stands in the columns of a run's tables.

use crate::table::description::{ColumnDescription, FileDescription, column};

const STRATEGY: ColumnDescription = column("strategy", "name", "strategy whose case the row belongs to");
const POINT_ADDRESS: ColumnDescription =
    column("congestion_point", "address", "entity address of the congestion point; empty if there is none");

/// The files of a run.
pub const FILES: [FileDescription; 15] = [
    FileDescription {
        file: "kpi.csv",
        row: "a strategy and key figure",
        columns: &[
            STRATEGY,
            column("key", "name", "key of the figure, see [key figures](kpi.md)"),
            column("value", "that of `unit`", "the figure; empty where it has no meaning or is not priced"),
            column("unit", "text", "unit of the value"),
            column("status", "word", "`ok`, `not priced` (the scenario states no value for it) or `not applicable`"),
            column("label", "text", "name of the figure"),
        ],
    },
    FileDescription {
        file: "congestion.csv",
        row: "a strategy and congestion point",
        columns: &[
            STRATEGY,
            column("congestion_point", "name", "id of the congestion point in the scenario"),
            column("element", "name", "the monitored element, `transformer:ID` or `line:ID`"),
            column(
                "<key figure>",
                "that of the figure",
                "the figure for this point alone; those marked • in [key figures](kpi.md), empty where one has no meaning",
            ),
        ],
    },
    FileDescription {
        file: "ledger.csv",
        row: "a payment",
        columns: &[
            STRATEGY,
            column("time", "RFC 3339", "when the payment falls due"),
            column(
                "payer",
                "name",
                "who pays: a domain, or `customers`, `customers: GROUP`, `supplier`, `state`, `day-ahead market`, `imbalance market`, `contractor`",
            ),
            column("payee", "name", "who is paid"),
            column(
                "kind",
                "word",
                "what for: `flexibility`, `penalty`, `availability`, `limitation`, `limitation-penalty`, `compensation`, `capex`, `losses`, `energy`, `imbalance`; of customers with a tariff `supply`, `feed-in`, `network-charge` or `tax`",
            ),
            column("amount_eur", "€, four decimals", "what the payer pays; negative: the payer receives it"),
            column("reference", "text", "reason for the payment: order, contract, day or element"),
        ],
    },
    FileDescription {
        file: "settlement.csv",
        row: "an order, as billed last",
        columns: &[
            STRATEGY,
            column("aggregator", "domain", "who delivered"),
            column("period", "date", "day of delivery"),
            POINT_ADDRESS,
            column("order_reference", "text", "the order"),
            column("contract_id", "text", "contract of the order; empty for a spot order"),
            column("price_eur", "€, four decimals", "the order's price; positive: the operator pays"),
            column("penalty_eur", "€, four decimals", "deduction for energy not delivered plus penalty, not negative"),
            column("net_settlement_eur", "€, four decimals", "price minus penalty; negative: the aggregator pays"),
            column(
                "ordered_net_kwh",
                "kWh",
                "energy ordered, summed over the day with its sign: positive is more consumption or less feed-in",
            ),
            column("delivered_net_kwh", "kWh", "energy delivered, with the same sign"),
            column(
                "deficiency_kwh",
                "kWh",
                "each ISP's shortfall against baseline plus orders, summed over ISPs, not negative; no ISP makes up for another and none is \
                 capped, so it can exceed the energy ordered",
            ),
        ],
    },
    FileDescription {
        file: "unbooked.csv",
        row: "a settled amount that is in no accepted bill; the file is mostly empty",
        columns: &[
            STRATEGY,
            column("payee", "domain", "who is not paid"),
            column("kind", "word", "what for, as in `ledger.csv`"),
            column("reference", "text", "the order or contract"),
            column("amount_eur", "€, four decimals", "amount not booked; negative: the payee would have paid"),
            column("reason", "text", "reason"),
        ],
    },
    FileDescription {
        file: "forecasts.csv",
        row: "a participant, quantity and class of horizons; the file is there where forecasts are learned",
        columns: &[
            column("participant", "domain", "who forecast: the operator or an aggregator, of its own connections"),
            column("quantity", "word", "`load` or `feed-in` of the devices that follow profiles; `metered`: devices that households plan"),
            column("horizon_h", "h", "shortest and longest time from the forecast to the ISP, such as `12-24`"),
            column("isps", "number", "ISPs scored; the operator forecasts each twice"),
            column("mae_kw", "kW", "mean absolute error"),
            column("rmse_kw", "kW", "root mean square error"),
            column("bias_kw", "kW", "mean of forecast minus truth, consumption positive"),
            column("nmae", "fraction", "mean absolute error over the mean magnitude of truth"),
            column(
                "skill",
                "fraction",
                "1 minus the ratio to the mean absolute error of the same hour a week before; empty if the profiles do not hold it",
            ),
            column("pinball_90_kw", "kW", "mean pinball loss of the 90 % quantile"),
            column("coverage_90", "fraction", "share of truth at or below that quantile"),
            column("crps_kw", "kW", "continuous ranked probability score of the forecast and its past errors"),
            column("peak_mae_kw", "kW", "mean absolute error in the 5 % of ISPs with the most power"),
            column("peak_bias_kw", "kW", "mean of forecast minus truth in these ISPs, consumption positive"),
        ],
    },
    FileDescription {
        file: "delivery.csv",
        row: "a strategy and cause; the file is there where users override calls or clouds of vendors fail",
        columns: &[
            STRATEGY,
            column("cause", "word", "`asset`, `override`, `cloud`, `communication` or `physics`, see docs/model/delivery.md"),
            column("missed_kwh", "kWh", "energy by which devices missed what was dispatched to them; what a limitation took is not in it"),
        ],
    },
    FileDescription {
        file: "prognosis_checks.csv",
        row: "a strategy and prognosis that the operator checked; the file is there where a strategy checks prognoses",
        columns: &[
            STRATEGY,
            column("aggregator", "domain", "who published the prognosis"),
            column("congestion_point", "name", "id of the congestion point in the scenario"),
            column("period", "date", "day of delivery"),
            column(
                "deviation",
                "fraction",
                "by how much the prognosis exceeds the operator's forecast in ISPs where congestion is foreseen, beyond what it exceeds it in others",
            ),
            column("z", "number", "mean deviation of the last days over its standard error; empty of fewer than five days"),
            column("flag", "0 or 1", "whether the day is flagged"),
            column("excluded", "0 or 1", "whether the aggregator is excluded from then on"),
        ],
    },
    FileDescription {
        file: "devices.csv",
        row: "a strategy and device, realised; the file is there if the scenario follows single households",
        columns: &[
            STRATEGY,
            column("device", "name", "id of the device"),
            column("kind", "word", "kind of the device, such as `house`, `vehicle` or `pv`"),
            column("connection", "name", "id of its connection"),
            column("drawn_kwh", "kWh", "consumption, not negative"),
            column("fed_in_kwh", "kWh", "feed-in, not negative"),
            column("peak_kw", "kW", "highest magnitude of its power, mean over a step"),
            column("curtailed_kwh", "kWh", "feed-in that orders and limitations curtail; empty for a device without PV"),
            column("cold_kh", "K·h", "kelvins below the comfort band while people are at home, times hours; empty if not a house"),
            column("spf", "number", "heat over electricity, with rod and stand-by; empty if not a house"),
            column("sessions", "number", "stays of a vehicle that wanted energy and ended in the run; empty if not a vehicle"),
            column("short_sessions", "number", "those of them that ended with more than 5 % missing"),
            column("unserved_kwh", "kWh", "energy that was missing at departures"),
            column("cycles", "number", "energy into and out of a battery over twice its capacity; empty if not a battery"),
            column("moved_kwh", "kWh", "energy that orders moved (half of the difference from its plan) or curtailed"),
            column("limited_kwh", "kWh", "energy that limitations held back"),
        ],
    },
    FileDescription {
        file: "flexibility.csv",
        row: "a strategy and hour of the local day, mean over the first 28 days at most; the file is there if the scenario follows single households",
        columns: &[
            STRATEGY,
            column("hour", "h", "hour of the local day, 0 to 23"),
            column(
                "could_give_kw",
                "kW",
                "by how much steerable devices could lower consumption or raise feed-in for one step, at its first step",
            ),
            column("could_take_kw", "kW", "the same for more consumption or less feed-in"),
            column("offered_give_kw", "kW", "less consumption or more feed-in in the largest option of each offer"),
            column("offered_take_kw", "kW", "more consumption or less feed-in in it"),
        ],
    },
    FileDescription {
        file: "elements.parquet",
        row: "a strategy, step and element",
        columns: &[
            STRATEGY,
            column("time", "UTC", "start of the step"),
            column("element", "name", "`transformer:ID`, `line:ID` or `bus:ID`"),
            column(
                "quantity",
                "word",
                "`loading` of a branch, as a fraction of its rating, not negative; `u_pu` of a bus, its voltage in pu",
            ),
            column("forecast", "as `quantity`", "by the operator's day-ahead forecast; NaN if the operator did not analyse the step"),
            column(
                "after_orders",
                "as `quantity`",
                "by the same forecast with the orders placed; NaN if the operator did not analyse the step",
            ),
            column("without_flexibility", "as `quantity`", "on today's grid without orders and limitations"),
            column("orders_only", "as `quantity`", "with orders delivered but without limitations"),
            column("realised", "as `quantity`", "realised value; this and the two before are NaN if the load flow has no solution"),
            column(
                "regime",
                "word",
                "`orange` (a limitation acts), `yellow` (the operator requested flexibility) or `green` (neither); empty if the element is \
                 not a congestion point",
            ),
        ],
    },
    FileDescription {
        file: "messages.parquet",
        row: "a message and attempt to send it",
        columns: &[
            column("sent", "UTC", "time of sending"),
            column("arrived", "UTC", "time of arrival; time of sending if it did not arrive"),
            column("revision", "number", "revision of a prognosis, request or metering; 0 for other messages"),
            column("attempt", "number", "number of earlier attempts: 0 for the first"),
            column("fate", "word", "`delivered`, `altered`, `repeated`, `lost` or `unreadable`"),
            STRATEGY,
            column("type", "name", "UFTP message type"),
            column("message_id", "UUID", "`MessageID`; strategies repeat ids, so join by `strategy` too"),
            column("conversation_id", "UUID", "`ConversationID`"),
            column("sender", "domain", "sender of the message"),
            column("recipient", "domain", "recipient of the message"),
            column("period", "date", "day of delivery; empty if the message has none"),
            POINT_ADDRESS,
            column("refers_to", "UUID", "message that it answers or refers to"),
            column("result", "word", "`Accepted` or `Rejected`, for a response"),
            column("reason", "text", "reason of a rejection"),
            column("contract_id", "text", "the contract, if any"),
            column("order_reference", "text", "the order, for orders and reservations"),
            column("option", "text", "for an order the option chosen, for an offer all options, separated by ` | `"),
            column(
                "price_eur",
                "€, four decimals",
                "for an order its price, for an offer the lowest price of its options; positive: the operator pays",
            ),
            column("option_prices_eur", "€, four decimals", "for an offer the price of each option, in the order of `option`"),
        ],
    },
    FileDescription {
        file: "message_isps.parquet",
        row: "a run of equal ISPs in a prognosis, request, reservation, offer or order; a message sent again has its rows once",
        columns: &[
            STRATEGY,
            column("message_id", "UUID", "the message, as in `messages.parquet`"),
            column("option", "text", "the option, for offers and orders"),
            column("isp_start", "number", "first ISP; ISPs of a day count from 1"),
            column("isp_count", "number", "number of ISPs"),
            column("disposition", "word", "`Requested` or `Available`, for requests"),
            column(
                "power_w",
                "W",
                "for prognoses power, for reservations the power that stays reserved, for offers and orders the change of power; positive: \
                 more consumption or less feed-in; NaN for requests",
            ),
            column("min_power_w", "W", "for requests the lower bound of the change of power, with the same sign; else NaN"),
            column("max_power_w", "W", "for requests the upper bound"),
        ],
    },
    FileDescription {
        file: "household.parquet",
        row: "a strategy, step and device of the household with most devices that can be steered; the file is there if the scenario \
              follows single households",
        columns: &[
            STRATEGY,
            column("time", "UTC", "start of the step"),
            column("device", "name", "id of the device, as in `devices.csv`"),
            column("kind", "word", "kind of the device"),
            column("asked_w", "W", "set point, consumption positive; NaN where the device's own control decides or nothing can be set"),
            column("power_w", "W", "power realised, consumption positive"),
            column("air_c", "°C", "air in a house after the step; NaN for other devices"),
            column("tank_c", "°C", "hot water in a house after the step; NaN for other devices"),
            column(
                "charge",
                "fraction",
                "state of charge of a battery after the step, or of a vehicle that stays plugged in; NaN for other devices",
            ),
        ],
    },
    FileDescription {
        file: "weather.parquet",
        row: "a step; the file is there if the scenario has `[weather]`",
        columns: &[
            column("time", "UTC", "start of the step"),
            column("air_c", "°C", "air temperature, mean over the step"),
            column("wind_m_s", "m/s", "wind speed"),
            column("ghi_w_m2", "W/m²", "global irradiance on the horizontal"),
            column("dhi_w_m2", "W/m²", "diffuse irradiance on the horizontal; all of the light where the sun is below 3°"),
        ],
    },
];
