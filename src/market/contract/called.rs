//! How a right is exercised.

/// How a right is exercised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Called {
    /// By a request that the aggregator answers with an offer.
    Request,
    /// By a direct order on the eve, before the auction.
    DayAhead,
    /// In every ISP of its windows, by a direct order on the eve.
    Always,
}

impl Called {
    /// Whether the operator sends orders without a request before them.
    #[must_use]
    pub fn directly(self) -> bool {
        self != Called::Request
    }
}
