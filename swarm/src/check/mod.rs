//! The checkers, in the order they are asked: one file each, one line here. Each looks at a whole trial and says what must not be.

mod answer;
mod balance;
mod behind;
mod bill;
mod bills;
mod books;
mod bytes;
mod congestion;
mod energy;
mod figures;
mod forecasts;
mod limits;
mod messages;
mod money;
mod offers;
mod steps;
mod storage;
mod trade;
mod truth;

use crate::finding::Found;
use crate::trial::Trial;

/// A named judge.
pub(crate) struct Checker {
    pub(crate) name: &'static str,
    pub(crate) check: fn(&Trial<'_>, &mut Found),
}

/// All of them.
pub(crate) const CHECKERS: [Checker; 17] = [
    Checker { name: "energy", check: energy::check },
    Checker { name: "behind", check: behind::check },
    Checker { name: "balance", check: balance::check },
    Checker { name: "messages", check: messages::check },
    Checker { name: "bills", check: bills::check },
    Checker { name: "books", check: books::check },
    Checker { name: "money", check: money::check },
    Checker { name: "offers", check: offers::check },
    Checker { name: "trade", check: trade::check },
    Checker { name: "limits", check: limits::check },
    Checker { name: "storage", check: storage::check },
    Checker { name: "forecasts", check: forecasts::check },
    Checker { name: "figures", check: figures::check },
    Checker { name: "congestion", check: congestion::check },
    Checker { name: "truth", check: truth::check },
    Checker { name: "bytes", check: bytes::check },
    Checker { name: "steps", check: steps::check },
];
