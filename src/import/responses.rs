//! `responses.csv`, in either form of folder: connections whose power is not constant.
//!
//! | column | meaning |
//! |---|---|
//! | connection | id of the connection; at most one row each |
//! | [p_impedance, p_current] | shares of its active power that move with the square of the voltage, and with the voltage |
//! | [q_impedance, q_current] | the same of its reactive power |
//! | [q_of_u] | Q(U) of its inverter: points `u_pu:q_var`, consumption positive, on top of its reactive power |
//! | [cos_phi_of_p, rated_w] | cos φ(P) of its inverter: points `fraction of rated_w fed in:cos φ`, under-excited |
//!
//! Points are apart by spaces and rise. Columns in brackets may be absent or their cells empty.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::rules;
use super::tables::read_table;
use crate::diagnostic::{Findings, SHOWN_OF_A_KIND, nearest};
use crate::grid::{Connection, Control, Mix, Response};
use crate::ids::ConnectionIdx;
use crate::table::{Row, Sign};

pub(super) const FILE: &str = "responses.csv";
pub(super) const OPTIONAL: [&str; 7] = ["p_impedance", "p_current", "q_impedance", "q_current", "q_of_u", "cos_phi_of_p", "rated_w"];

/// Reads the file of folder `dir`; none when there is none.
pub(super) fn read(dir: &Path, connections: &[Connection], findings: &mut Findings) -> Vec<Response> {
    if !dir.join(FILE).exists() {
        return Vec::new();
    }
    let Some(table) = read_table(dir, FILE, &["connection"], &OPTIONAL, findings) else { return Vec::new() };
    // Of twin ids, which are told elsewhere, the first counts.
    let known: BTreeMap<&str, usize> = connections.iter().enumerate().rev().map(|(k, c)| (c.id.as_str(), k)).collect();
    let (mut responses, mut seen) = (Vec::new(), BTreeSet::new());
    for row in table.rows() {
        let Some(connection) = connection(row, &known, findings) else { continue };
        if !seen.insert(connection) {
            let finding = crate::grid::rules::DUPLICATE_ID.finding(format!("connection '{}' appears twice", row.cell("connection")));
            findings.push(row.at("connection", finding.help("use one row for all of it")));
        }
        responses.push(response(row, connection, findings));
    }
    responses
}

fn connection(row: Row<'_>, known: &BTreeMap<&str, usize>, findings: &mut Findings) -> Option<ConnectionIdx> {
    let id = row.text("connection", findings);
    let found = known.get(id.as_str()).copied();
    if found.is_none() && !id.is_empty() {
        let mut finding = rules::UNKNOWN_CONNECTION.finding(format!("there is no connection '{id}' among the feeder's connections"));
        let names: Vec<&str> = known.keys().copied().filter(|_| findings.0.len() < SHOWN_OF_A_KIND).collect();
        if let Some(near) = nearest(&id, &names) {
            finding = finding.help(format!("did you mean '{near}'?"));
        }
        findings.push(row.at("connection", finding).of_name());
    }
    found.map(ConnectionIdx::new)
}

fn response(row: Row<'_>, connection: ConnectionIdx, findings: &mut Findings) -> Response {
    let mut mix = |impedance: &str, current: &str| {
        let mut share = |column: &str| row.optional(column).map_or(0.0, |_| row.number(column, Sign::Any, findings));
        let mix = Mix { impedance: share(impedance), current: share(current) };
        let outside = |share: &f64| !(0.0..=1.0).contains(share);
        if [mix.impedance, mix.current, mix.impedance + mix.current].iter().any(outside) {
            let finding = rules::SHARES.finding(format!("the shares {impedance} and {current} are {} and {}", mix.impedance, mix.current));
            findings.push(row.at(impedance, finding.help("each is from 0 to 1 and so is their sum; the rest is constant power")));
        }
        mix
    };
    let (active, reactive) = (mix("p_impedance", "p_current"), mix("q_impedance", "q_current"));
    Response { connection, active, reactive, control: control(row, findings) }
}

fn control(row: Row<'_>, findings: &mut Findings) -> Option<Control> {
    if row.optional("q_of_u").is_some() && row.optional("cos_phi_of_p").is_some() {
        let finding = rules::CHARACTERISTIC.finding("an inverter follows Q(U) or cos φ(P), not both");
        findings.push(row.at("cos_phi_of_p", finding));
    }
    if row.optional("q_of_u").is_some() {
        return points(row, "q_of_u", |_| true, findings).map(Control::Voltage);
    }
    row.optional("cos_phi_of_p")?;
    let points = points(row, "cos_phi_of_p", |cos| cos > 0.0 && cos <= 1.0, findings);
    let rated_w = row.number("rated_w", Sign::Positive, findings);
    points.map(|points| Control::PowerFactor { rated_w, points })
}

/// Points `x:y` with rising `x`.
fn points(row: Row<'_>, column: &str, sound: impl Fn(f64) -> bool, findings: &mut Findings) -> Option<Vec<(f64, f64)>> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    let point = |text: &str| text.split_once(':').and_then(|(x, y)| Some((number(x)?, number(y)?)));
    let points: Option<Vec<(f64, f64)>> = row.cell(column).split_whitespace().map(point).collect();
    let points = points.filter(|p| !p.is_empty() && p.windows(2).all(|w| w[0].0 < w[1].0) && p.iter().all(|p| sound(p.1)));
    if points.is_none() {
        let finding = rules::CHARACTERISTIC.finding(format!("'{column}' cannot be '{}'", row.cell(column)));
        let help = match column {
            "q_of_u" => "points from low to high voltage, such as 0.93:-4800 0.97:0 1.03:0 1.07:4800 (pu:var)",
            _ => "points from low to high feed-in, such as 0.5:1 1:0.95, cos φ above 0 and at most 1",
        };
        findings.push(row.at(column, finding.help(help)));
    }
    points
}

/// The cells of a response, in the order of the columns.
pub(super) fn cells(response: &Response) -> [String; 7] {
    let list = |points: &[(f64, f64)]| points.iter().map(|(x, y)| format!("{x}:{y}")).collect::<Vec<_>>().join(" ");
    let (q_of_u, cos_phi_of_p, rated_w) = match &response.control {
        Some(Control::Voltage(points)) => (list(points), String::new(), String::new()),
        Some(Control::PowerFactor { rated_w, points }) => (String::new(), list(points), rated_w.to_string()),
        None => Default::default(),
    };
    let (p, q) = (response.active, response.reactive);
    let [a, b, c, d] = [p.impedance, p.current, q.impedance, q.current].map(|share| share.to_string());
    [a, b, c, d, q_of_u, cos_phi_of_p, rated_w]
}
