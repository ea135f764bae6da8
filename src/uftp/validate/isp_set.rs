//! A set of ISP numbers of one Period, without allocation.

use crate::uftp::message::IspRun;

/// 25 hours of one-minute ISPs, the most a Period can have, rounded up to whole words.
const CAPACITY: usize = 1536;

/// ISP numbers 1..=1536; what a run says beyond is ignored (the rule `isp-bounds` sees it).
#[derive(Clone, PartialEq, Eq)]
pub(super) struct IspSet([u64; CAPACITY / 64]);

impl IspSet {
    pub(super) fn new() -> IspSet {
        IspSet([0; CAPACITY / 64])
    }

    pub(super) fn of(runs: impl Iterator<Item = IspRun>) -> IspSet {
        let mut set = IspSet::new();
        runs.for_each(|run| {
            set.insert(run);
        });
        set
    }

    /// Adds a run; whether any of it was there before.
    pub(super) fn insert(&mut self, run: IspRun) -> bool {
        let mut overlap = 0;
        for n in clipped(run) {
            let (word, bit) = (n / 64, 1_u64 << (n % 64));
            overlap |= self.0[word] & bit;
            self.0[word] |= bit;
        }
        overlap != 0
    }

    /// Whether some ISP of the run is in the set.
    pub(super) fn meets(&self, run: IspRun) -> bool {
        clipped(run).any(|n| self.0[n / 64] >> (n % 64) & 1 == 1)
    }

    /// What is in one set but not in the other, as runs.
    pub(super) fn difference(&self, other: &IspSet) -> Vec<IspRun> {
        let differs = |n: usize| (self.0[n / 64] ^ other.0[n / 64]) >> (n % 64) & 1 == 1;
        runs((0..CAPACITY).filter(|&n| differs(n)).map(|n| n as u16))
    }
}

/// Bit positions of a run.
fn clipped(run: IspRun) -> impl Iterator<Item = usize> {
    (usize::from(run.start).max(1)..(run.end() as usize).min(CAPACITY)).map(|n| n % CAPACITY)
}

/// Increasing ISP numbers as runs.
pub(super) fn runs(numbers: impl Iterator<Item = u16>) -> Vec<IspRun> {
    let mut out: Vec<IspRun> = Vec::new();
    for n in numbers {
        match out.last_mut() {
            Some(run) if run.end() == u32::from(n) => run.duration += 1,
            _ => out.push(IspRun { start: n, duration: 1 }),
        }
    }
    out
}

/// ISPs for people: `ISP 70`, `ISPs 68 to 71 and 80`.
pub(super) fn described(runs: &[IspRun]) -> String {
    let one = |run: &IspRun| match run.duration {
        0 => format!("none from {}", run.start),
        1 => run.start.to_string(),
        _ => format!("{} to {}", run.start, run.end() - 1),
    };
    let word = if runs.len() == 1 && runs[0].duration == 1 { "ISP" } else { "ISPs" };
    match runs {
        [] => "no ISPs".to_owned(),
        [only] => format!("{word} {}", one(only)),
        // A peer decides how many there are; a reader needs the first few.
        [many @ .., last] if runs.len() <= 6 => format!("{word} {} and {}", many.iter().map(one).collect::<Vec<_>>().join(", "), one(last)),
        many => format!("{word} {} and {} more runs", many[..5].iter().map(one).collect::<Vec<_>>().join(", "), many.len() - 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(start: u16, duration: u16) -> IspRun {
        IspRun { start, duration }
    }

    #[test]
    fn overlaps_are_seen() {
        let mut set = IspSet::new();
        assert!(!set.insert(run(60, 10)));
        assert!(!set.insert(run(70, 1)));
        assert!(set.insert(run(1, 60)));
        assert!(set.meets(run(70, 5)) && !set.meets(run(71, 5)));
        assert!(!set.insert(run(2000, 5)) && !set.insert(run(65535, 65535)));
    }

    #[test]
    fn differences_are_runs() {
        let a = IspSet::of([run(1, 4), run(10, 2)].into_iter());
        let b = IspSet::of([run(2, 3)].into_iter());
        assert_eq!(a.difference(&b), [run(1, 1), run(10, 2)]);
        assert_eq!(described(&a.difference(&b)), "ISPs 1 and 10 to 11");
        assert_eq!(described(&[run(70, 1)]), "ISP 70");
    }
}
