//! Rights that are firm in most hours of the year and limitable in the rest.
//!
//! ```text
//! limit = ⌊(1 − firm share) · hours of the year · 60 / ISP minutes⌋ ISPs, what is left of it goes to the first ISPs wanted
//! room  = highest load − value number ⌊share · N⌋ + 1 from the top
//! ```
//!
//! Shares are decimals: they are reckoned as whole parts, since 0.2 of 8760 h would come out an ISP short in binary fractions.

use crate::time::SimDuration;

/// Parts of one that a share is counted in.
const PARTS: i128 = 1_000_000_000;

fn parts(share: f64) -> i128 {
    (share * PARTS as f64).round_ties_even() as i128
}

/// ISPs of a year in which a right with this firm share may be limited.
#[must_use]
pub fn limitable_isps(hours_of_year: u32, firm_share: f64, isp: SimDuration) -> u64 {
    let whole = i128::from(hours_of_year) * 3600 * (PARTS - parts(firm_share)) / (PARTS * i128::from(isp.0));
    u64::try_from(whole).unwrap_or(0)
}

/// How many of the ISPs wanted next are granted, the first ones.
#[must_use]
pub fn granted_isps(limit: u64, limited_so_far: u64, wanted: u64) -> u64 {
    wanted.min(limit.saturating_sub(limited_so_far))
}

/// Room that limiting loads in a share of the hours makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// Highest load less the level, kW.
    pub headroom_kw: f64,
    /// Loads strictly above the level.
    pub values_above: usize,
}

/// The room in a year's loads (kW, in any order) when the share of them that is highest can be limited; `None` without loads.
#[must_use]
pub fn room(load_kw: &[f64], share: f64) -> Option<Room> {
    let mut falling = load_kw.to_vec();
    falling.sort_by(|a, b| b.total_cmp(a));
    let number = usize::try_from(falling.len() as i128 * parts(share) / PARTS).ok()?;
    let level_kw = *falling.get(number).or(falling.last())?;
    Some(Room { headroom_kw: falling[0] - level_kw, values_above: falling.iter().filter(|kw| **kw > level_kw).count() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_reckoned_exactly() {
        let quarter = SimDuration::minutes(15);
        assert_eq!(limitable_isps(8760, 0.85, quarter), 5256);
        assert_eq!(limitable_isps(8784, 0.85, quarter), 5270);
        assert_eq!(limitable_isps(8760, 0.80, quarter), 7008);
        assert_eq!((granted_isps(5256, 5000, 300), granted_isps(5256, 5000, 3), granted_isps(5, 9, 3)), (256, 3, 0));
    }

    #[test]
    fn equal_loads_at_the_level_are_not_above_it() {
        let falling: Vec<f64> = (0..20).map(f64::from).rev().collect();
        assert_eq!(room(&falling, 0.15), Some(Room { headroom_kw: 3.0, values_above: 3 }));
        assert_eq!(room(&[5.0, 9.0, 9.0, 9.0, 1.0], 0.4), Some(Room { headroom_kw: 0.0, values_above: 0 }));
        assert_eq!(room(&[], 0.15), None);
    }
}
