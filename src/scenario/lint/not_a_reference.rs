//! Names of contracts that do not arrive as they were sent.

use super::{Faults, Subject};
use crate::diagnostic::{Rule, Severity};
use crate::uftp::syntax::{LONGEST_REFERENCE, is_reference};

/// The rule.
pub const RULE: Rule = Rule {
    code: "not-a-reference",
    severity: Severity::Error,
    what: "The id of a contract cannot be a ContractID: it is empty, begins or ends with a blank, has control characters or is too long.",
    why: "Requests, offers, orders and bills carry the id. An empty id means no contract, and receivers may trim blanks or refuse the \
          rest.",
    example: "[contract.midday-option]\nid = \" \"",
    mend: "[contract.midday-option]\nid = \"midday\"",
};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Faults<'_>) {
    for (k, contract) in subject.scenario.contract.iter().enumerate().filter(|(_, c)| !is_reference(&c.id)) {
        let fault = match contract.id.trim() {
            "" => "it is empty".to_owned(),
            trimmed if trimmed != contract.id => "it begins or ends with a blank".to_owned(),
            id if id.chars().count() > LONGEST_REFERENCE => {
                format!("it has {} characters, the limit is {LONGEST_REFERENCE}", id.chars().count())
            }
            _ => "it holds a character that messages cannot carry".to_owned(),
        };
        let shown: String = contract.id.escape_debug().take(60).collect();
        let finding = RULE.finding(format!("'{shown}' cannot be the ContractID of messages: {fault}"));
        faults.at(&format!("contract[{k}].id"), finding.help("give it a short name such as 'midday-option'"));
    }
}
