//! `powerflow --batch`: many steps at once, timed by the CPU time of the process, for comparison with other solvers.
//!
//! Step `t` and injection `i` of `n` take nominal power times `0.2 + 0.8·u(t·n + i)`, `u(x) = (splitmix64(x) >> 11)·2⁻⁵³`, where
//! splitmix64 adds its increment before mixing; or the steps come from the feeder's profiles. Input and output are step after
//! step; reading the grid, making the input and touching the output's memory for the first time are not timed. The raw files
//! let another solver take the same input and compare its result.

use std::path::Path;

use serde_json::json;

use super::super::{Outcome, files, print};
use crate::diagnostic::Findings;
use crate::import::{ConnectionPower, Feeder};
use crate::powerflow::{Injections, Network, Options, Outputs, Solution, Workspace, solve};

/// Passes over the batch; the fastest counts.
const PASSES: usize = 3;

pub(super) fn run(
    feeder: &Feeder,
    network: &Network,
    options: Options,
    power: &ConnectionPower,
    raw: Option<(&Path, &Path)>,
    as_json: bool,
) -> Result<Outcome, Findings> {
    let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
    let mut pass = |outputs: Outputs| {
        let begin = cpu_seconds();
        let summary = solve(network, Injections::by_step(&power.p_w, &power.q_var), options, outputs, &mut workspace, &mut solution);
        (summary, cpu_seconds() - begin)
    };
    // The first pass meets cold memory.
    let (summary, _) = pass(Outputs::VOLTAGE);
    let mut fastest = |outputs: Outputs| (0..PASSES).map(|_| pass(outputs).1).fold(f64::INFINITY, f64::min);
    let (cpu_magnitude_s, cpu_s) = (fastest(Outputs::MAGNITUDE), fastest(Outputs::VOLTAGE));
    let steps = solution.steps;
    if let Some((dir, grid_path)) = raw {
        let files = [
            ("p_w.f64", little_endian(&power.p_w)),
            ("q_var.f64", little_endian(&power.q_var)),
            ("u_pu.f64", little_endian(&solution.u_pu)),
            ("angle_rad.f64", little_endian(&solution.angle_rad)),
        ];
        files::publish_results(dir, grid_path, &files)?;
    }
    let ns_per_node = cpu_s * 1e9 / (steps * network.nodes()) as f64;
    let iterations_mean = summary.iterations as f64 / summary.converged as f64;
    if as_json {
        let figures = json!({
            "grid": feeder.grid.name,
            "nodes": network.nodes(),
            "steps": steps,
            "tolerance": options.tolerance_pu,
            "cpu_s": cpu_s,
            "cpu_magnitude_s": cpu_magnitude_s,
            "ns_per_node": ns_per_node,
            "iterations_mean": iterations_mean,
            "max_error_pu": summary.max_error_pu,
            "not_converged": summary.failed,
        });
        print(&format!("{figures}\n"));
    } else {
        // A mean over no step is none.
        let sweeps = if summary.converged > 0 { format!(", {iterations_mean:.2} sweeps a step") } else { String::new() };
        print(&format!(
            "{}: {steps} steps of {} nodes in {cpu_s:.3} s of CPU, {ns_per_node:.1} ns a node{sweeps}, {} steps not converged\n",
            feeder.grid.name,
            network.nodes(),
            summary.failed
        ));
    }
    Ok(if summary.failed == 0 { Outcome::Done } else { Outcome::CaseFailed })
}

fn little_endian(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// `steps` steps of `nominal` times the factors.
pub(super) fn scaled(nominal: &ConnectionPower, steps: usize) -> ConnectionPower {
    let width = nominal.p_w.len();
    let expand = |values: &[f64]| (0..steps * width).map(|x| values[x % width] * factor(x as u64)).collect();
    ConnectionPower { p_w: expand(&nominal.p_w), q_var: expand(&nominal.q_var) }
}

fn factor(x: u64) -> f64 {
    0.2 + 0.8 * ((splitmix64(x) >> 11) as f64 / (1u64 << 53) as f64)
}

fn splitmix64(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// CPU time of the process so far; NaN, which JSON writes as null, where the system does not tell.
fn cpu_seconds() -> f64 {
    #[cfg(unix)]
    {
        let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
    }
    #[cfg(not(unix))]
    f64::NAN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_its_published_first_value() {
        // First output of the reference implementation (Vigna, splitmix64.c) for seed 0.
        assert_eq!(splitmix64(0), 0xE220_A839_7B1D_CDAF);
        assert!((0.2..1.0).contains(&factor(12345)));
    }
}
