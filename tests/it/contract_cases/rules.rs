//! Redispatch, gates of rounds, shared limitations, passive contribution, and caps on devices.

use copperplate::market::contract::rate;
use copperplate::market::device_cap::{Devices, module_1_eur_per_year, module_2_energy_price};
use copperplate::market::intraday::first_open;
use copperplate::market::passive::contribution;
use copperplate::market::redispatch::{spread_eur_per_mwh, value_of_moved_energy_eur};
use copperplate::market::sharing::{FeedIn, Sharing, share};
use copperplate::time::{IspCalendar, SimDuration};
use jiff::civil::{Date, Time, date};
use serde_json::{Value, json};

use super::Runner;
use super::inputs::Inputs;

pub(super) fn runner(group: &str) -> Option<Runner> {
    Some(match group {
        "redispatch" => redispatch,
        "redispatch-responsibility" => responsibility,
        "intraday-gate" => gate,
        "sharing-of-limitation" => sharing,
        "passive-contribution" => passive,
        "para14a-floor" => floor,
        "para14a-fee" => fee,
        "availability" => |i| json!({ "gbp_per_mw_h": rate(i.number("paid_gbp"), i.number("power_mw"), i.number("hours")) }),
        "utilisation" => |i| json!({ "gbp_per_mwh": rate(i.number("paid_gbp"), i.number("power_mw"), i.number("hours")) }),
        _ => return None,
    })
}

fn redispatch(i: Inputs<'_>) -> Value {
    let spread = spread_eur_per_mwh(i.direction("congestion"), i.number("inside_eur_per_mwh"), i.number("outside_eur_per_mwh"));
    json!({ "spread_eur_per_mwh": spread, "operator_pays_eur": spread * i.number("energy_mwh") })
}

fn responsibility(i: Inputs<'_>) -> Value {
    json!({ "value_of_moved_energy_eur": value_of_moved_energy_eur(&i.watts("ordered_w"), &i.numbers("price_eur_per_mwh"), i.isp()) })
}

/// A day of the length that the case has: a common one, or one on which the clock changes.
fn day(minutes: u64) -> Date {
    match minutes {
        1380 => date(2026, 3, 29),
        1440 => date(2026, 1, 5),
        1500 => date(2026, 10, 25),
        _ => panic!("no day of Amsterdam has {minutes} minutes"),
    }
}

fn gate(i: Inputs<'_>) -> Value {
    let isp_minutes = i.count("isp_minutes");
    let calendar = IspCalendar::new("Europe/Amsterdam", u16::try_from(isp_minutes).unwrap()).unwrap();
    let day = day(i.count("day_isps") * isp_minutes);
    let now = calendar.at(day, i.word("clock").parse::<Time>().expect("a clock time"));
    let (period, isp) = first_open(&calendar, now, SimDuration::minutes(i.count("lead_minutes") as i64));
    json!({ "day_offset": (period - day).get_days(), "first_open_isp": isp.number() })
}

fn sharing(i: Inputs<'_>) -> Value {
    let row = |(feed_in_kw, firm)| FeedIn { feed_in_kw, firm };
    let connected: Vec<FeedIn> = i.numbers("feed_in_kw_in_order_of_connection").into_iter().zip(i.flags("firm")).map(row).collect();
    let cut = |rule| share(rule, &connected, i.number("cut_kw"));
    json!({
        "pro_rata_kw": cut(Sharing::ProRata),
        "last_in_first_out_kw": cut(Sharing::LastInFirstOut),
        "non_firm_first_kw": cut(Sharing::NonFirmFirst),
    })
}

fn passive(i: Inputs<'_>) -> Value {
    let c = contribution(&i.numbers("deficiency_mwh"), &i.numbers("helpful_mwh"), i.number("penalty_eur_per_mwh"));
    json!({
        "penalties_eur": c.penalties_eur,
        "fee_eur_per_mwh": c.fee_eur_per_mwh,
        "paid_eur": c.paid_eur,
        "kept_eur": c.kept_eur,
    })
}

/// Devices of a case; kinds that it does not name are not there.
pub(super) fn devices(i: Inputs<'_>) -> Devices {
    let of = |key: &str| if i.has(key) { i.numbers(key) } else { Vec::new() };
    Devices { chargers_kw: of("chargers_kw"), heat_pumps_kw: of("heat_pumps_kw"), cooling_kw: of("cooling_kw"), stores_kw: of("stores_kw") }
}

fn floor(i: Inputs<'_>) -> Value {
    json!({ "floor_kw": devices(i).floor_kw() })
}

fn fee(i: Inputs<'_>) -> Value {
    let price_ct_per_kwh = i.number("energy_price_ct_per_kwh");
    json!({
        "module1_net_eur": module_1_eur_per_year(price_ct_per_kwh / 100.0, i.number("vat")),
        "module2_ct_per_kwh": module_2_energy_price(price_ct_per_kwh),
    })
}
