//! One rule a file; the ladder is their order.

mod activation_factor;
mod answered_known;
mod baseline_known;
mod baseline_named;
mod congestion_point;
mod connections_available;
mod contract_known;
mod conversation;
mod currency;
mod d_prognosis_known;
mod direct_order_agreed;
mod duplicate_identifier;
mod envelope_sender;
mod expiration_before_end;
mod expiration_future;
mod flex_offer_known;
mod flex_order_known;
mod flex_request_known;
mod isp_bounds;
mod isp_conflict;
mod isp_duration;
mod isp_match;
mod lacking_isps;
mod metering_unit;
mod mutex_supported;
mod not_procured;
mod offer_ordered_once;
mod option_known;
mod option_references;
mod order_reference;
mod period_current;
mod period_metered;
mod period_nesting;
mod period_order;
mod plausible_power;
mod portfolio_order;
mod power_match;
mod power_range;
mod price_match;
mod recipient_known;
mod recipient_role;
mod reference_congestion_point;
mod reference_expired;
mod reference_period;
mod reference_revoked;
mod release_deadline;
mod request_match;
mod requested_direction;
mod requested_isp;
mod reservation_power;
mod revision;
mod revocation_in_time;
mod sender_authorized;
mod sender_known;
mod sender_not_barred;
mod sender_role;
mod settled_order_known;
mod settlement_end;
mod settlement_items;
mod settlement_start;
mod settlement_window;
mod solicited_offer;
mod solicited_order;
mod time_zone;
mod version_supported;

use super::rule::Rule;

/// All rules: of the sender, of form, of references, of content.
pub(super) static LADDER: &[&Rule] = &[
    &version_supported::RULE,
    &envelope_sender::RULE,
    &sender_role::RULE,
    &sender_known::RULE,
    &sender_not_barred::RULE,
    &sender_authorized::RULE,
    &recipient_known::RULE,
    &recipient_role::RULE,
    &duplicate_identifier::RULE,
    &isp_duration::RULE,
    &time_zone::RULE,
    &congestion_point::RULE,
    &isp_bounds::RULE,
    &isp_conflict::RULE,
    &period_current::RULE,
    &period_metered::RULE,
    &period_order::RULE,
    &period_nesting::RULE,
    &settlement_window::RULE,
    &expiration_future::RULE,
    &expiration_before_end::RULE,
    &currency::RULE,
    &metering_unit::RULE,
    &answered_known::RULE,
    &solicited_offer::RULE,
    &solicited_order::RULE,
    &direct_order_agreed::RULE,
    &flex_request_known::RULE,
    &flex_offer_known::RULE,
    &d_prognosis_known::RULE,
    &flex_order_known::RULE,
    &settled_order_known::RULE,
    &contract_known::RULE,
    &baseline_known::RULE,
    &conversation::RULE,
    &reference_period::RULE,
    &reference_congestion_point::RULE,
    &reference_expired::RULE,
    &reference_revoked::RULE,
    &offer_ordered_once::RULE,
    &revision::RULE,
    &portfolio_order::RULE,
    &connections_available::RULE,
    &release_deadline::RULE,
    &reservation_power::RULE,
    &lacking_isps::RULE,
    &plausible_power::RULE,
    &requested_isp::RULE,
    &requested_direction::RULE,
    &power_range::RULE,
    &baseline_named::RULE,
    &request_match::RULE,
    &mutex_supported::RULE,
    &option_references::RULE,
    &not_procured::RULE,
    &revocation_in_time::RULE,
    &option_known::RULE,
    &activation_factor::RULE,
    &isp_match::RULE,
    &power_match::RULE,
    &price_match::RULE,
    &order_reference::RULE,
    &settlement_items::RULE,
    &settlement_start::RULE,
    &settlement_end::RULE,
];

/// What the tests of the rules share.
#[cfg(test)]
mod testing {
    pub(super) use std::sync::Arc;

    pub(super) use jiff::civil::date;

    pub(super) use crate::ids::{Domain, EntityAddress, Role};
    pub(super) use crate::time::{IspIndex, IspSeries, SimTime};
    pub(super) use crate::uftp::message::*;
    pub(super) use crate::uftp::participant::Seen;
    pub(super) use crate::uftp::sample::{PERIOD, Scene, id, sample};
    pub(super) use crate::uftp::validate::{Baseline, Received, Reservation, Standing, Terms};
    pub(super) use crate::units::{ActivationFactor, Money, Watts};

    /// The rules broken by the sample of a type after a change.
    macro_rules! broken {
        ($type:ident, $change:expr) => {
            broken!($type as $type, $change)
        };
        ($type:ident as $body:ident, $change:expr) => {{
            let mut message = sample(MessageType::$type);
            let change: &dyn Fn(&mut $body) = &$change;
            match &mut message {
                Message::$type(m) => change(m),
                _ => unreachable!("the sample is of its type"),
            }
            Scene::before(MessageType::$type).broken(message)
        }};
    }
    pub(super) use broken;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uftp::validate::Rung;

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
    fn every_rule_has_a_page() {
        for rule in LADDER {
            for part in ["\n Why: ", "\n Clause: ", "\n Example: "] {
                assert!(rule.doc.contains(part), "{} lacks {part}", rule.name);
            }
            assert!(rule.messages().count() > 0, "{}", rule.name);
        }
    }
}
