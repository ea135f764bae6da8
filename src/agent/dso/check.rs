//! The check of prognoses when the round of a day is over, and what follows. What is checked stands in [`suspicion`](super::suspicion).

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::ids::{CpIdx, Domain};
use crate::market::contract::Bounds;
use crate::time::Period;
use crate::units::Watts;

use super::super::{PrognosisCheck, Record, Remedy};
use super::suspicion::{Evidence, Suspicion, deviation, statistics};
use super::{Action, Dso};

impl Dso {
    /// Looks at the prognoses of a day when its round is over.
    pub(super) fn check_prognoses(&mut self, period: &Period) -> Vec<Action> {
        let Some(check) = self.profile.prognosis_check else { return Vec::new() };
        let (Some(book), Some(vintage)) = (self.books.get(&period.date), self.vintages.get(&period.date)) else { return Vec::new() };
        let mut evidence = Vec::new();
        for (key, prognosis) in &book.prognoses {
            let own_w = (0..period.isps()).map(|i| self.portfolio(key).iter().map(|c| vintage.p_w.at(*c, i)).sum()).collect();
            let foreseen = (0..period.isps()).map(|i| self.suspicion.foresight.expects(key.1, i)).collect();
            let orders = self.orders.iter().chain(self.pending.values()).filter(|o| o.agr == key.0 && o.period.date == period.date);
            let mut ordered = vec![false; period.isps()];
            orders.for_each(|o| ordered.iter_mut().zip(&o.power).for_each(|(is, w)| *is |= *w != Watts::ZERO));
            let prognosis = prognosis.baseline.clone();
            evidence.push(Evidence { key: key.clone(), prognosis, own_w, foreseen, ordered });
        }
        let asked: Vec<(CpIdx, Vec<Watts>)> =
            self.profile.watched.iter().map(|w| (w.public.cp, near(book.bounds.get(&w.public.cp), period))).collect();
        self.read_evidence();
        let mut flagged = BTreeSet::new();
        let mut actions = Vec::new();
        for e in &evidence {
            let Some(d) = deviation(&e.prognosis, &e.own_w, &e.own_w, &e.foreseen, &vec![false; e.own_w.len()]) else { continue };
            let key = e.key.clone();
            Suspicion::take(self.suspicion.days.entry(key.clone()).or_default(), d);
            let (statistics, flag) = self.suspicion.verdict(&key);
            if flag {
                flagged.insert(key.0.clone());
            }
            let excluded = check.excludes(self.suspicion.flags.get(&key.0).copied().unwrap_or(0) + u32::from(flag));
            actions.push(Action::Record(Record::Prognosis {
                agr: key.0,
                cp: key.1,
                period: *period,
                deviation: d,
                z: statistics.map(|s| s.2),
                flag,
                excluded,
            }));
        }
        self.suspicion.wait(period.date, evidence);
        flagged.into_iter().for_each(|agr| *self.suspicion.flags.entry(agr).or_default() += 1);
        asked.into_iter().for_each(|(cp, near)| self.suspicion.foresight.remember(cp, near));
        actions
    }

    /// Holds prognoses against meters where they have come.
    fn read_evidence(&mut self) {
        let metered = |date: &Date, e: &Evidence| self.portfolio(&e.key).iter().all(|c| self.meters.contains_key(&(*date, *c)));
        let ready: Vec<Date> =
            self.suspicion.waiting.iter().filter(|(date, all)| all.iter().all(|e| metered(date, e))).map(|(date, _)| *date).collect();
        for date in ready {
            for e in self.suspicion.waiting.remove(&date).into_iter().flatten() {
                let mut metered_w = vec![0.0; e.own_w.len()];
                for c in self.portfolio(&e.key) {
                    let read = self.meters.get(&(date, *c)).into_iter().flatten();
                    metered_w.iter_mut().zip(read).for_each(|(sum, w)| *sum += w.as_f64());
                }
                if let Some(d) = deviation(&e.prognosis, &metered_w, &e.own_w, &e.foreseen, &e.ordered) {
                    Suspicion::take(self.suspicion.metered.entry(e.key).or_default(), d);
                }
            }
        }
    }

    /// Whether it does not trade with an aggregator any more.
    pub(super) fn excludes(&self, agr: &Domain) -> bool {
        let flags = self.suspicion.flags.get(agr).copied().unwrap_or(0);
        self.profile.prognosis_check.is_some_and(|check| check.excludes(flags))
    }

    /// Weight of a prognosis against its own forecast.
    pub(super) fn trust(&self, key: &(Domain, CpIdx)) -> f64 {
        let Some(check) = self.profile.prognosis_check else { return 1.0 };
        let flags = self.suspicion.flags.get(&key.0).copied().unwrap_or(0);
        match check.remedy {
            _ if flags == 0 => 1.0,
            Remedy::Flag => 1.0,
            Remedy::Exclude => {
                if check.excludes(flags) {
                    0.0
                } else {
                    1.0
                }
            }
            Remedy::Discount => {
                let statistics = self.suspicion.days.get(key).and_then(statistics);
                statistics.map_or(1.0, |(mean, var, _)| 1.0 / (1.0 + mean * mean / var.max(1e-12)))
            }
        }
    }
}

fn near(bounds: Option<&Vec<Bounds>>, period: &Period) -> Vec<Watts> {
    let asked = |b: &Bounds| if b.requested { b.near() } else { Watts::ZERO };
    bounds.map_or_else(|| vec![Watts::ZERO; period.isps()], |b| b.iter().map(asked).collect())
}

impl PrognosisCheck {
    /// Whether so many flags end trade and trust.
    fn excludes(self, flags: u32) -> bool {
        self.remedy == Remedy::Exclude && flags >= self.flags
    }
}
