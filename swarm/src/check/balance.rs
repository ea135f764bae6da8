//! The power of a connection is the sum of its devices; what the sources deliver is the sum of the connections and the losses.

use copperplate::sim::Variant;

use crate::finding::Found;
use crate::trial::Trial;

const NAME: &str = "balance";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    let study = trial.study;
    let connection_of: Vec<usize> = study.devices.iter().map(|d| d.connection.i()).collect();
    // What answers voltage draws something else than it does at rated voltage.
    let answers: Vec<usize> = study.grid.responses.iter().map(|r| r.connection.i()).collect();
    for run in &trial.runs {
        for variant in Variant::ALL {
            if let Some(step) = run.witness.borrowed(variant).first() {
                found.say(NAME, "borrowed", &run.strategy.name, || {
                    format!("step {step} of {variant:?} has the load flow of other powers, those without flexibility")
                });
            }
            for (step, flow) in run.witness.flows(variant).iter().enumerate() {
                let p_w = run.witness.connections_at(variant, step);
                let mut sum = vec![0.0; p_w.len()];
                run.witness.devices_at(variant, step).for_each(|d| sum[connection_of[d.device.i()]] += d.power_w);
                let differs = |c: &usize| !answers.contains(c) && (sum[*c] - p_w[*c]).abs() > 1e-6 * (1.0 + sum[*c].abs());
                if let Some(c) = (0..p_w.len()).find(differs) {
                    found.say(NAME, "connection", &run.strategy.name, || {
                        let id = &study.grid.connections[c].id;
                        format!("{id} draws {:.3} W in step {step} of {variant:?}, its devices {:.3} W", p_w[c], sum[c])
                    });
                }
                let drawn: f64 = p_w.iter().sum();
                let size: f64 = 1.0 + p_w.iter().map(|p| p.abs()).sum::<f64>();
                if flow.converged && (flow.source_w - drawn - flow.losses_w).abs() > 1e-5 * size {
                    found.say(NAME, "feeder", &run.strategy.name, || {
                        let (source, losses) = (flow.source_w, flow.losses_w);
                        format!("sources deliver {source:.3} W in step {step} of {variant:?}; {drawn:.3} W drawn, {losses:.3} W lost")
                    });
                }
                let recorded = run.result.recording.of(variant).losses_w[step];
                if flow.converged && recorded != flow.losses_w {
                    found.say(NAME, "recorded-losses", &run.strategy.name, || format!("{recorded} W recorded, {} W lost", flow.losses_w));
                }
            }
        }
    }
}
