//! `docs/protocol/rules.md` is made from the rules themselves, and current; what a rejected peer reads is a snapshot.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use copperplate::uftp::message::{IspMinutes, Message, MessageType};
use copperplate::uftp::sample::{Scene, sample};
use copperplate::uftp::validate::{Rung, catalogue};
use copperplate::units::{Money, Watts};

fn page() -> String {
    let mut page = String::from(
        "# Rules of a receiver\n\n\
         Generated from the rules in `src/uftp/validate/rules`; a test keeps it current. Clauses are those of the Shapeshifter\n\
         specification 3.1.0. `RejectionReason` holds the reason with details in parentheses; `; ` separates several reasons.\n",
    );
    let mut last = None;
    for rule in catalogue() {
        if last != Some(rule.rung) {
            last = Some(rule.rung);
            page.push_str(match rule.rung {
                Rung::Sender => {
                    "\n## Sender\nSender, recipient and version. If a message breaks one of these rules, the receiver checks no others.\n"
                }
                Rung::Form => "\n## Form\nThe message itself and the fixed values of the market.\n",
                Rung::Reference => "\n## References\nThe messages that the message refers to.\n",
                Rung::Content => "\n## Content\nThe content of the message, compared with the messages that it refers to.\n",
            });
        }
        let names: Vec<&str> = rule.messages().map(MessageType::name).collect();
        let applies = if names.len() == MessageType::all().count() { "every message".to_owned() } else { names.join(", ") };
        writeln!(page, "\n### `{}`\n\"{}\": {applies}\n", rule.name, rule.reason).unwrap();
        for line in rule.doc.lines().map(str::trim) {
            let item = ["Why: ", "Clause: ", "Example: "].iter().any(|start| line.starts_with(start));
            writeln!(page, "{}{line}", if item { "- " } else { "" }).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_rules_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol/rules.md");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if written != page() {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rules.md");
        std::fs::write(&new, page()).unwrap();
        panic!("the rules have changed: copy {} to docs/protocol/rules.md", new.display());
    }
}

/// Every message type is mentioned in the table of compliance.
#[test]
fn the_table_of_compliance_is_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol/compliance.md");
    let table = std::fs::read_to_string(path).unwrap();
    for name in MessageType::all().map(MessageType::name).chain(["SignedMessage"]) {
        assert!(table.contains(&format!("| {name} |")), "{name} is missing");
    }
}

#[test]
fn rejections_read_like_this() {
    let refused = |message: Message| {
        let t = message.message_type();
        let refused = Scene::before(t).check(Arc::new(message)).expect_err("it breaks a rule");
        format!("{}: {}\n", t.name(), refused.reason())
    };
    let mut said = String::new();
    let Message::FlexRequest(mut request) = sample(MessageType::FlexRequest) else { unreachable!() };
    request.flex.isp_duration = IspMinutes(30);
    request.isps[1].max_power = Watts(5_000);
    request.isps[0].min_power = Watts(3_000);
    request.isps[2].run.duration = 26;
    said.push_str(&refused(request.into()));
    let Message::FlexOffer(mut offer) = sample(MessageType::FlexOffer) else { unreachable!() };
    for option in &mut offer.options {
        option.isps.iter_mut().for_each(|isp| isp.run.start -= 20);
    }
    offer.d_prognosis_message_id = None;
    offer.options[1].option_reference = offer.options[0].option_reference.clone();
    said.push_str(&refused(offer.into()));
    let Message::FlexOrder(mut order) = sample(MessageType::FlexOrder) else { unreachable!() };
    order.price = Money::from_f64(7.0);
    order.isps[0].power = Watts(-1_900);
    order.isps[1].run.duration = 3;
    said.push_str(&refused(order.into()));
    let Message::DPrognosis(mut prognosis) = sample(MessageType::DPrognosis) else { unreachable!() };
    prognosis.isps.remove(1);
    prognosis.isps[1].run.duration = 20;
    said.push_str(&refused(prognosis.into()));
    let Message::FlexSettlement(mut settlement) = sample(MessageType::FlexSettlement) else { unreachable!() };
    settlement.period_end = jiff::civil::date(2026, 4, 30);
    settlement.flex_order_settlements.clear();
    said.push_str(&refused(settlement.into()));
    insta::assert_snapshot!(said);
}
