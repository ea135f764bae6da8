//! What vehicles, houses and batteries could give and take by the hour of the day, in the state in which they are without orders and
//! limitations.
//!
//! At the first step of an hour a device with power `p` could have drawn between `p⁻`, with the lowest set point, and `p⁺`, with the
//! highest: it gives `p − p⁻` and takes `p⁺ − p` for that step. How long it could go on is not in it.

use crate::asset::{Device, Flexibility};

/// Hours of a day; one that daylight saving repeats counts twice.
const HOURS: usize = 24;

/// Days that are looked at, from the first of a run: enough for a mean.
pub const DAYS: usize = 28;

/// Kinds of devices, in the order of [`Potential::kinds`].
pub const KINDS: [&str; 3] = ["vehicles", "houses", "batteries"];

/// What could be given and taken, by hour of the local day.
#[derive(Debug, Clone, PartialEq)]
pub struct Potential {
    /// Mean over the days of what each of [`KINDS`] could give and take, W.
    pub kinds: [[(f64, f64); HOURS]; 3],
    /// The same of other devices that can be steered: PV systems, processes, generators.
    pub others: [(f64, f64); HOURS],
    /// Least of all of [`KINDS`] together on any day, W.
    pub least: [(f64, f64); HOURS],
    /// How many hours each is a mean of.
    pub hours: [u32; HOURS],
}

impl Default for Potential {
    fn default() -> Potential {
        Potential { kinds: [[(0.0, 0.0); HOURS]; 3], others: [(0.0, 0.0); HOURS], least: [(0.0, 0.0); HOURS], hours: [0; HOURS] }
    }
}

/// The row of a device among [`KINDS`], or behind them for others that can be steered.
pub(super) fn kind(device: &Device) -> Option<usize> {
    match device {
        Device::Vehicle(_) => Some(0),
        Device::House(_) => Some(1),
        Device::Battery(_) => Some(2),
        _ => (device.flexibility() != Flexibility::None).then_some(KINDS.len()),
    }
}

impl Potential {
    /// Takes in an hour: what each kind, and others behind them, could give and take, W.
    pub(super) fn add(&mut self, hour: usize, could: [(f64, f64); 4]) {
        let all = could[..KINDS.len()].iter().fold((0.0, 0.0), |all, k| (all.0 + k.0, all.1 + k.1));
        let before = f64::from(self.hours[hour]);
        for (mean, now) in self.kinds.iter_mut().chain([&mut self.others]).zip(could) {
            let mean = &mut mean[hour];
            *mean = (mean.0 + (now.0 - mean.0) / (before + 1.0), mean.1 + (now.1 - mean.1) / (before + 1.0));
        }
        let least = &mut self.least[hour];
        *least = if self.hours[hour] == 0 { all } else { (least.0.min(all.0), least.1.min(all.1)) };
        self.hours[hour] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Potential;

    #[test]
    fn an_hour_holds_the_mean_of_its_days_and_the_worst_of_them() {
        let mut p = Potential::default();
        p.add(18, [(2.0, 4.0), (1.0, 0.0), (0.0, 6.0), (0.0, 9.0)]);
        p.add(18, [(4.0, 0.0), (1.0, 2.0), (0.0, 2.0), (0.0, 1.0)]);
        assert_eq!([p.kinds[0][18], p.kinds[1][18], p.kinds[2][18], p.others[18]], [(3.0, 2.0), (1.0, 1.0), (0.0, 4.0), (0.0, 5.0)]);
        assert_eq!((p.least[18], p.hours[18], p.hours[17]), ((3.0, 4.0), 2, 0));
    }
}
