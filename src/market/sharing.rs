//! How a limitation of feed-in is shared among the connections that it reaches. A cut above what they feed in takes all of it.

/// Who is cut first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Everyone by feed-in.
    ProRata,
    /// Those connected last.
    LastInFirstOut,
    /// Those without a firm right, by feed-in; then the others, by feed-in.
    NonFirmFirst,
}

/// A connection that a limitation reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeedIn {
    /// What it feeds in, as magnitude, kW.
    pub feed_in_kw: f64,
    /// Whether its right to the grid is firm.
    pub firm: bool,
}

/// Cut of each connection, kW, of those `connected` in order of their connection.
#[must_use]
pub fn share(sharing: Sharing, connected: &[FeedIn], cut_kw: f64) -> Vec<f64> {
    let mut cuts = vec![0.0; connected.len()];
    match sharing {
        Sharing::ProRata => pro_rata(connected, |_| true, cut_kw, &mut cuts),
        Sharing::NonFirmFirst => {
            pro_rata(connected, |c| !c.firm, cut_kw, &mut cuts);
            let left_kw = cut_kw - cuts.iter().sum::<f64>();
            pro_rata(connected, |c| c.firm, left_kw, &mut cuts);
        }
        Sharing::LastInFirstOut => {
            let mut left_kw = cut_kw.max(0.0);
            for (cut, c) in cuts.iter_mut().zip(connected).rev() {
                *cut = c.feed_in_kw.min(left_kw);
                left_kw -= *cut;
            }
        }
    }
    cuts
}

/// Shares a cut among those that `concerned` names, by feed-in.
fn pro_rata(connected: &[FeedIn], concerned: impl Fn(&FeedIn) -> bool, cut_kw: f64, cuts: &mut [f64]) {
    let all_kw: f64 = connected.iter().filter(|c| concerned(c)).map(|c| c.feed_in_kw).sum();
    if all_kw <= 0.0 {
        return;
    }
    let fraction = (cut_kw / all_kw).clamp(0.0, 1.0);
    cuts.iter_mut().zip(connected).filter(|(_, c)| concerned(c)).for_each(|(cut, c)| *cut = c.feed_in_kw * fraction);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_share_a_cut() {
        let connected = [(30.0, true), (50.0, false), (20.0, true)].map(|(feed_in_kw, firm)| FeedIn { feed_in_kw, firm });
        assert_eq!(share(Sharing::ProRata, &connected, 40.0), [12.0, 20.0, 8.0]);
        assert_eq!(share(Sharing::LastInFirstOut, &connected, 40.0), [0.0, 20.0, 20.0]);
        assert_eq!(share(Sharing::NonFirmFirst, &connected, 40.0), [0.0, 40.0, 0.0]);
        assert_eq!(share(Sharing::NonFirmFirst, &connected, 60.0), [6.0, 50.0, 4.0]);
        for sharing in [Sharing::ProRata, Sharing::LastInFirstOut, Sharing::NonFirmFirst] {
            assert_eq!(share(sharing, &connected, 120.0), [30.0, 50.0, 20.0]);
        }
    }
}
