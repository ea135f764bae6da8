//! What stands in the columns of a run's tables.

use crate::table::description::{ColumnDescription, FileDescription, column};

const STRATEGY: ColumnDescription = column("strategy", "name", "strategy whose case the row belongs to");
const POINT_ADDRESS: ColumnDescription =
    column("congestion_point", "address", "entity address of the congestion point; empty where none is concerned");

/// The files of a run.
pub const FILES: [FileDescription; 8] = [
    FileDescription {
        file: "kpi.csv",
        row: "a strategy and key figure",
        columns: &[
            STRATEGY,
            column("key", "name", "key of the figure, see [key figures](kpi.md)"),
            column("value", "that of `unit`", "the figure; empty where it has no meaning or is not priced"),
            column("unit", "text", "unit of the value"),
            column("status", "word", "`ok`, `not priced` (the scenario states no value for it) or `not applicable`"),
            column("label", "text", "name for people"),
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
            column("payer", "name", "who pays: a domain, or `customers`, `day-ahead market`, `imbalance market`, `contractor`"),
            column("payee", "name", "who is paid"),
            column(
                "kind",
                "word",
                "what for: `flexibility`, `penalty`, `availability`, `limitation`, `limitation-penalty`, `compensation`, `capex`, `losses`, `energy` or `imbalance`",
            ),
            column("amount_eur", "€, four decimals", "what the payer pays; negative: the payer receives it"),
            column("reference", "text", "what it rests on: order, contract, day or element"),
        ],
    },
    FileDescription {
        file: "settlement.csv",
        row: "an order, as it was billed last",
        columns: &[
            STRATEGY,
            column("aggregator", "domain", "who delivered"),
            column("period", "date", "day of delivery"),
            POINT_ADDRESS,
            column("order_reference", "text", "the order"),
            column("contract_id", "text", "the contract it was called under; empty of a spot order"),
            column("price_eur", "€, four decimals", "the order's price; positive: the operator pays"),
            column("penalty_eur", "€, four decimals", "what is deducted for energy not delivered and as a penalty, not negative"),
            column("net_settlement_eur", "€, four decimals", "price less penalty; negative: the aggregator pays"),
            column(
                "ordered_net_kwh",
                "kWh",
                "energy ordered, summed over the day with its sign: positive is more consumption or less feed-in",
            ),
            column("delivered_net_kwh", "kWh", "energy delivered, with the same sign"),
            column("deficiency_kwh", "kWh", "energy ordered and not delivered, not negative"),
        ],
    },
    FileDescription {
        file: "unbooked.csv",
        row: "an amount that was settled and that no accepted bill holds; mostly none",
        columns: &[
            STRATEGY,
            column("payee", "domain", "who is not paid"),
            column("kind", "word", "what for, as in `ledger.csv`"),
            column("reference", "text", "the order or contract"),
            column("amount_eur", "€, four decimals", "what is not booked; negative: the payee would have paid"),
            column("reason", "text", "why not"),
        ],
    },
    FileDescription {
        file: "elements.parquet",
        row: "a strategy, step and element",
        columns: &[
            STRATEGY,
            column("time", "UTC", "begin of the step"),
            column("element", "name", "`transformer:ID`, `line:ID` or `bus:ID`"),
            column(
                "quantity",
                "word",
                "`loading` of a branch, as a fraction of its rating, not negative; `u_pu` of a bus, its voltage in pu",
            ),
            column("forecast", "as `quantity`", "what the operator's day-ahead forecast gives; NaN where it did not look"),
            column("after_orders", "as `quantity`", "the same forecast with the orders placed; NaN where it did not look"),
            column("without_flexibility", "as `quantity`", "what happens on today's grid with no order and no limitation"),
            column("orders_only", "as `quantity`", "what happens with orders delivered and no limitation"),
            column("realised", "as `quantity`", "what happens; this and the two before are NaN where the load flow has no solution"),
            column(
                "regime",
                "word",
                "`green` (no planning limit in reach), `yellow` (the market was asked) or `orange` (a limitation acts); empty of an element that is no congestion point",
            ),
        ],
    },
    FileDescription {
        file: "messages.parquet",
        row: "a message and attempt to send it",
        columns: &[
            column("sent", "UTC", "when it left"),
            column("arrived", "UTC", "when it arrived; when it was sent, if it did not"),
            column("revision", "number", "revision of a prognosis, request or metering; 0 of other messages"),
            column("attempt", "number", "how often it had been sent before: 0 the first time"),
            column("fate", "word", "`delivered`, `altered`, `repeated`, `lost` or `unreadable`"),
            STRATEGY,
            column("type", "name", "UFTP message type"),
            column("message_id", "UUID", "`MessageID`"),
            column("conversation_id", "UUID", "`ConversationID`"),
            column("sender", "domain", "who sent it"),
            column("recipient", "domain", "to whom"),
            column("period", "date", "day it is about; empty where it is about none"),
            POINT_ADDRESS,
            column("refers_to", "UUID", "message it answers or rests on"),
            column("result", "word", "of an answer `Accepted` or `Rejected`"),
            column("reason", "text", "of a rejection why"),
            column("contract_id", "text", "the contract, if any"),
            column("order_reference", "text", "the order, of orders and reservations"),
            column("option", "text", "of an order the option chosen, of an offer all of them with ` | ` between"),
            column(
                "price_eur",
                "€, four decimals",
                "of an order its price, of an offer the lowest of its options; positive: the operator pays",
            ),
            column("option_prices_eur", "€, four decimals", "of an offer the price of each option, in the order of `option`"),
        ],
    },
    FileDescription {
        file: "message_isps.parquet",
        row: "a run of equal ISPs in a prognosis, request, reservation, offer or order; a message sent again has its rows once",
        columns: &[
            STRATEGY,
            column("message_id", "UUID", "the message, as in `messages.parquet`"),
            column("option", "text", "of offers and orders the option"),
            column("isp_start", "number", "first ISP; ISPs of a day count from 1"),
            column("isp_count", "number", "how many ISPs"),
            column("disposition", "word", "of requests `Requested` or `Available`"),
            column(
                "power_w",
                "W",
                "of prognoses power, of reservations what stays reserved, of offers and orders the change of power; positive: more consumption or less feed-in; NaN of requests",
            ),
            column("min_power_w", "W", "of requests the lower bound of the change of power, with the same sign; else NaN"),
            column("max_power_w", "W", "of requests the upper bound"),
        ],
    },
];
