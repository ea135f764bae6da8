//! `powerflow --batch`: many steps at once, timed by the CPU time of the process, for comparison with other solvers.
//!
//! Step `t` and injection `i` of `n` take nominal power times `0.2 + 0.8·u(t·n + i)`, `u(x) = (splitmix64(x) >> 11)·2⁻⁵³`, where
//! splitmix64 adds its increment before mixing. Input and output are step after step; reading the grid, making the input and
//! touching the output's memory for the first time are not timed.

use serde_json::json;

use super::super::{Outcome, print};
use crate::import::{ConnectionPower, Feeder};
use crate::powerflow::{Network, Options, Outputs, Solution, Workspace, solve};

pub(super) fn run(feeder: &Feeder, network: &Network, options: Options, steps: usize, as_json: bool) -> Outcome {
    let power = scaled(&feeder.nominal_power(), steps);
    let outputs = Outputs { voltage: true, branch: false };
    let (mut workspace, mut solution) = (Workspace::default(), Solution::default());
    let mut pass = || {
        let begin = cpu_seconds();
        let summary = solve(network, &power.p_w, &power.q_var, options, outputs, &mut workspace, &mut solution);
        (summary, cpu_seconds() - begin)
    };
    // The first pass meets cold memory.
    let _ = pass();
    let (summary, cpu_s) = pass();
    let ns_per_node = cpu_s * 1e9 / (steps * network.nodes()) as f64;
    let iterations_mean = summary.iterations as f64 / summary.converged as f64;
    if as_json {
        let figures = json!({
            "grid": feeder.grid.name,
            "nodes": network.nodes(),
            "steps": steps,
            "tolerance": options.tolerance_pu,
            "cpu_s": cpu_s,
            "ns_per_node": ns_per_node,
            "iterations_mean": iterations_mean,
            "max_mismatch_pu": summary.max_mismatch_pu,
            "not_converged": summary.failed,
        });
        print(&format!("{figures}\n"));
    } else {
        print(&format!(
            "{}: {steps} steps of {} nodes in {cpu_s:.3} s of CPU, {ns_per_node:.1} ns a node, {iterations_mean:.2} sweeps a step, {} steps not converged\n",
            feeder.grid.name,
            network.nodes(),
            summary.failed
        ));
    }
    if summary.failed == 0 { Outcome::Done } else { Outcome::CaseFailed }
}

/// `steps` steps of `nominal` times the factors.
fn scaled(nominal: &ConnectionPower, steps: usize) -> ConnectionPower {
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
