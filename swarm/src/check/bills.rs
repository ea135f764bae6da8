//! Every FlexSettlement is accepted, nothing in it is disputed, and nothing stays out of the books. Where messages get lost a bill may
//! stay open.

use copperplate::uftp::message::{Message, SettlementDisposition};

use crate::finding::Found;
use crate::talk::Talk;
use crate::trial::Trial;

const NAME: &str = "bills";

pub(crate) fn check(trial: &Trial<'_>, found: &mut Found) {
    if trial.study.wire.fails() {
        return;
    }
    for run in &trial.runs {
        let talk = Talk::new(&run.result.messages);
        if let Some(open) = run.result.unbooked.first() {
            found.say(NAME, "unbooked", &run.strategy.name, || format!("{} is not booked: {}", open.reference, open.reason));
        }
        for (_, message) in talk.messages() {
            let Message::FlexSettlement(bill) = message else { continue };
            let bill_of = || format!("bill of {} to {} for {}", bill.period_start, bill.period_end, bill.header.recipient_domain);
            let answer = talk.answer(bill.header.message_id).map(|a| &*a.message);
            let Some(Message::FlexSettlementResponse(answer)) = answer else {
                found.say(NAME, "unanswered", &run.strategy.name, bill_of);
                continue;
            };
            if !answer.response.is_accepted() {
                let reason = answer.response.rejection_reason.as_deref().unwrap_or_default();
                found.say(NAME, "rejected", &run.strategy.name, || format!("{}: {reason}", bill_of()));
            }
            if let Some(item) = answer.statuses.iter().find(|s| s.disposition == SettlementDisposition::Disputed) {
                let (order, reason) = (item.order_reference.as_deref(), item.dispute_reason.as_deref());
                found.say(NAME, "disputed", &run.strategy.name, || format!("{}: {order:?}, {reason:?}", bill_of()));
            }
        }
    }
}
