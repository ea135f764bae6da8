//! The ladder: every rule by name, with what the sender is told, the messages it applies to and the page of what it looks at, in the
//! order in which they are applied. To add a rule, write its page and function under `rules/` and its line here.

use super::case::Case;
use super::rule::{Fault, Messages, Rule, Rung};
use super::rules::{answer, conversation, days, isps, known, market, offer, once, order, request, sender, sequence, settlement};
use crate::uftp::message::MessageType;

/// Makes the rules of lines such as `"name", "reason", [Message, …], subject::PAGE;`, rung by rung.
macro_rules! ladder {
    ($($rung:ident: $($name:literal, $reason:literal, [$($message:ident),+], $page:path;)+)+) => {
        &[$($(Rule {
            name: $name,
            reason: $reason,
            rung: Rung::$rung,
            doc: $page.doc,
            messages: ladder!(@messages $($message)+),
            check: $page.check,
        },)+)+]
    };
    (@messages All) => { Messages::ALL };
    (@messages $($message:ident)+) => { Messages::of(&[$(MessageType::$message),+]) };
}

/// All rules: of the sender, of form, of references, of content.
pub(super) static LADDER: &[Rule] = ladder! {
    Sender:
    "version-supported", "Unsupported Version", [All], sender::VERSION_SUPPORTED;
    "envelope-sender", "Mismatch SenderDomain", [All], sender::ENVELOPE_SENDER;
    "sender-role", "Invalid Sender combination", [All], sender::SENDER_ROLE;
    "sender-known", "Unknown SenderDomain (message)", [All], sender::SENDER_KNOWN;
    "sender-not-barred", "Barred Sender", [All], sender::SENDER_NOT_BARRED;
    "sender-authorized", "Unauthorized",
        [AgrPortfolioUpdate, AgrPortfolioQuery, DsoPortfolioUpdate, DsoPortfolioQuery],
        sender::SENDER_AUTHORIZED;
    "recipient-known", "Unknown RecipientDomain", [All], sender::RECIPIENT_KNOWN;
    "recipient-role", "Invalid Message", [All], sender::RECIPIENT_ROLE;
    "duplicate-identifier", "Duplicate Identifier", [All], sender::DUPLICATE_IDENTIFIER;

    Form:
    "isp-duration", "ISP duration rejected",
        [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering],
        market::ISP_DURATION;
    "time-zone", "TimeZone rejected",
        [AgrPortfolioUpdate, AgrPortfolioQuery, AgrPortfolioQueryResponse, DsoPortfolioUpdate, DsoPortfolioQuery,
         DsoPortfolioQueryResponse, FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering],
        market::TIME_ZONE;
    "congestion-point", "Invalid CongestionPoint",
        [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, FlexSettlement],
        market::CONGESTION_POINT;
    "isp-bounds", "ISPs out of bounds",
        [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering, FlexSettlement],
        isps::ISP_BOUNDS;
    "isp-conflict", "ISP conflict",
        [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder, Metering, FlexSettlement],
        isps::ISP_CONFLICT;
    "period-current", "Period out of bounds", [FlexReservationUpdate, DPrognosis, FlexRequest, FlexOffer, FlexOrder], days::PERIOD_CURRENT;
    "period-metered", "Period out of bounds", [Metering], days::PERIOD_METERED;
    "period-order", "Period out of bounds", [AgrPortfolioUpdate, DsoPortfolioUpdate], days::PERIOD_ORDER;
    "period-nesting", "Period out of bounds", [DsoPortfolioUpdate], days::PERIOD_NESTING;
    "settlement-window", "Period out of bounds", [FlexSettlement], days::SETTLEMENT_WINDOW;
    "expiration-future", "ExpirationDateTime out of bounds", [FlexRequest, FlexOffer], market::EXPIRATION_FUTURE;
    "expiration-before-end", "ExpirationDateTime out of bounds", [FlexRequest, FlexOffer], market::EXPIRATION_BEFORE_END;
    "currency", "Currency rejected", [FlexOffer, FlexOrder, FlexSettlement], market::CURRENCY;
    "metering-unit", "Unit does not fit ProfileType", [Metering], market::METERING_UNIT;
    "profile-once", "Duplicate ProfileType", [Metering], once::PROFILE_ONCE;
    "order-once", "Order stands twice", [FlexSettlement, FlexSettlementResponse, DPrognosisResponse], once::ORDER_ONCE;
    "contract-once", "Contract stands twice", [FlexSettlement], once::CONTRACT_ONCE;
    "connection-once", "Duplicate Connection",
        [AgrPortfolioUpdate, DsoPortfolioUpdate, AgrPortfolioQueryResponse, DsoPortfolioQueryResponse],
        once::CONNECTION_ONCE;
    "congestion-point-once", "Duplicate CongestionPoint", [DsoPortfolioUpdate, AgrPortfolioQueryResponse], once::CONGESTION_POINT_ONCE;
    "reason-given", "No reason given",
        [AgrPortfolioUpdateResponse, AgrPortfolioQueryResponse, DsoPortfolioUpdateResponse, DsoPortfolioQueryResponse,
         FlexReservationUpdateResponse, DPrognosisResponse, FlexRequestResponse, FlexOfferResponse,
         FlexOfferRevocationResponse, FlexOrderResponse, FlexSettlementResponse, MeteringResponse],
        answer::REASON_GIVEN;

    Reference:
    "answered-known", "Unknown reference",
        [AgrPortfolioUpdateResponse, AgrPortfolioQueryResponse, DsoPortfolioUpdateResponse, DsoPortfolioQueryResponse,
         FlexReservationUpdateResponse, DPrognosisResponse, FlexRequestResponse, FlexOfferResponse,
         FlexOfferRevocationResponse, FlexOrderResponse, FlexSettlementResponse, MeteringResponse],
        known::ANSWERED_KNOWN;
    "solicited-offer", "FlexRequestMessageID must (only) be present if not unsolicited", [FlexOffer], conversation::SOLICITED_OFFER;
    "solicited-order", "FlexOfferMessageID must (only) be present if not unsolicited", [FlexOrder], conversation::SOLICITED_ORDER;
    "direct-order-agreed", "No agreement for orders without an offer", [FlexOrder], conversation::DIRECT_ORDER_AGREED;
    "flex-request-known", "Unknown FlexRequestMessageID reference", [FlexOffer], known::FLEX_REQUEST_KNOWN;
    "flex-offer-known", "Unknown FlexOfferMessageID reference", [FlexOfferRevocation, FlexOrder], known::FLEX_OFFER_KNOWN;
    "d-prognosis-known", "Unknown D-PrognosisMessageID reference", [FlexOffer, FlexOrder, FlexSettlement], known::D_PROGNOSIS_KNOWN;
    "flex-order-known", "Unknown FlexOrderMessageID reference", [DPrognosisResponse], known::FLEX_ORDER_KNOWN;
    "settled-order-known", "Unknown OrderReference reference", [FlexSettlement, FlexSettlementResponse], known::SETTLED_ORDER_KNOWN;
    "contract-known", "Unknown ContractID reference",
        [FlexReservationUpdate, FlexRequest, FlexOffer, FlexOrder, FlexSettlement],
        known::CONTRACT_KNOWN;
    "baseline-known", "Unknown BaselineReference reference", [FlexOffer, FlexOrder, FlexSettlement], known::BASELINE_KNOWN;
    "conversation", "Reference ConversationID mismatch", [FlexOffer, FlexOfferRevocation, FlexOrder], conversation::CONVERSATION;
    "reference-period", "Reference Period mismatch",
        [AgrPortfolioQueryResponse, DsoPortfolioQueryResponse, FlexOffer, FlexOrder],
        conversation::REFERENCE_PERIOD;
    "reference-clock", "Reference clock mismatch", [FlexOffer, FlexOrder], conversation::REFERENCE_CLOCK;
    "reference-congestion-point", "Reference CongestionPoint mismatch",
        [DsoPortfolioQueryResponse, FlexOffer, FlexOrder],
        conversation::REFERENCE_CONGESTION_POINT;
    "reference-expired", "Reference message expired", [FlexOffer, FlexOrder], conversation::REFERENCE_EXPIRED;
    "reference-revoked", "Reference message revoked", [FlexOrder], sequence::REFERENCE_REVOKED;
    "offer-ordered-once", "FlexOffer already ordered", [FlexOrder], sequence::OFFER_ORDERED_ONCE;

    Content:
    "revision", "Subordinate sequence number", [DPrognosis, FlexRequest, Metering], sequence::REVISION;
    "portfolio-order", "Subordinate sequence number", [AgrPortfolioUpdate, DsoPortfolioUpdate], sequence::PORTFOLIO_ORDER;
    "connections-available", "No connections available", [AgrPortfolioQuery, DsoPortfolioQuery], request::CONNECTIONS_AVAILABLE;
    "release-deadline", "Deadline expired", [FlexReservationUpdate], request::RELEASE_DEADLINE;
    "reservation-power", "Power value rejection", [FlexReservationUpdate], request::RESERVATION_POWER;
    "lacking-isps", "Lacking ISPs", [DPrognosis], isps::LACKING_ISPS;
    "plausible-power", "Power value rejection", [DPrognosis, FlexOffer], isps::PLAUSIBLE_POWER;
    "requested-isp", "Lacking Requested Disposition", [FlexRequest], request::REQUESTED_ISP;
    "requested-direction", "Requested Power discrepancy", [FlexRequest], request::REQUESTED_DIRECTION;
    "power-range", "Power discrepancy", [FlexRequest], isps::POWER_RANGE;
    "baseline-named", "No baseline", [FlexOffer], offer::BASELINE_NAMED;
    "request-match", "Request mismatch", [FlexOffer], offer::REQUEST_MATCH;
    "mutex-supported", "No MutEx offer support", [FlexOffer], offer::MUTEX_SUPPORTED;
    "option-references", "Duplicate OptionReference", [FlexOffer], offer::OPTION_REFERENCES;
    "not-procured", "Flexibility procured", [FlexOfferRevocation], sequence::NOT_PROCURED;
    "revocation-in-time", "ISPs of the FlexOffer in operation", [FlexOfferRevocation], sequence::REVOCATION_IN_TIME;
    "option-known", "Unknown OptionReference reference", [FlexOrder], order::OPTION_KNOWN;
    "activation-factor", "ActivationFactor below MinActivationFactor", [FlexOrder], order::ACTIVATION_FACTOR;
    "isp-match", "ISP mismatch", [FlexOrder], order::ISP_MATCH;
    "power-match", "Power mismatch", [FlexOrder], order::POWER_MATCH;
    "price-match", "Price mismatch", [FlexOrder], order::PRICE_MATCH;
    "order-reference", "Duplicate OrderReference", [FlexOrder], order::ORDER_REFERENCE;
    "settlement-items", "Missing Settlement Items", [FlexSettlement], settlement::SETTLEMENT_ITEMS;
    "settlement-start", "PeriodStart rejected", [FlexSettlement], settlement::SETTLEMENT_START;
    "settlement-end", "PeriodEnd rejected", [FlexSettlement], settlement::SETTLEMENT_END;
};

/// A detail that repeats what a peer wrote, cut to what a person reads: a response is never longer for it than a message may be.
fn shortened(detail: &str) -> String {
    match detail.char_indices().nth(200) {
        None => detail.to_owned(),
        Some((end, _)) => format!("{}…", &detail[..end]),
    }
}

/// Every rule that fails, in the order of the ladder.
pub(super) fn faults(case: &Case<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut sender_failed = false;
    let message_type = case.message.message_type();
    for rule in LADDER {
        if rule.rung > Rung::Sender && sender_failed {
            break;
        }
        if !rule.messages.contains(message_type) {
            continue;
        }
        if let Err(breach) = (rule.check)(case) {
            let text = match &breach.detail {
                Some(detail) => format!("{} ({})", rule.reason, shortened(detail)),
                None => rule.reason.to_owned(),
            };
            sender_failed |= rule.rung == Rung::Sender;
            faults.push(Fault { rule: rule.name, text, isps: breach.isps });
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_is_in_order_and_names_are_unique() {
        assert!(LADDER.windows(2).all(|pair| pair[0].rung <= pair[1].rung));
        let mut names: Vec<&str> = LADDER.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LADDER.len());
        assert_eq!(LADDER.iter().filter(|rule| rule.rung == Rung::Sender).count(), 9);
    }

    #[test]
    fn a_reason_repeats_the_beginning_of_a_long_text() {
        use crate::uftp::message::Message;
        use crate::uftp::sample::{Scene, sample};

        let Message::FlexRequest(mut request) = sample(MessageType::FlexRequest) else { unreachable!() };
        request.contract_id = Some("ü".repeat(1_000_000).into());
        let mut scene = Scene::before(MessageType::FlexRequest);
        scene.knows_agreements = false;
        let refused = scene.check(std::sync::Arc::new(request.into())).unwrap_err();
        assert_eq!(refused.reason(), format!("Unknown ContractID reference ({}…)", "ü".repeat(200)));
    }

    #[test]
    fn every_rule_has_a_page() {
        for rule in LADDER {
            for part in ["\n Why: ", "\n Clause: ", "\n Example: "] {
                assert!(rule.doc.contains(part), "{} lacks {part}", rule.name);
            }
            assert!(rule.messages().count() > 0, "{}", rule.name);
        }
    }
}
