use crate::uftp::message::{Message, Text};
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// The contract is one between sender and receiver.
    ///
    /// Why: it says what is reserved, owed and paid.
    /// Clause: attribute "ContractID".
    /// Example: a reservation update under a contract that has ended.
    "contract-known", "Unknown ContractID reference", Reference, [FlexReservationUpdate, FlexRequest, FlexOffer, FlexOrder, FlexSettlement], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let known = |contract: &Option<Text>| match contract {
        Some(id) => require(case.view.registry.knows_contract(id, case.peer()), || Breach::detail(&**id)),
        None => Ok(()),
    };
    match case.message {
        Message::FlexReservationUpdate(m) => {
            require(case.view.registry.knows_contract(&m.contract_id, case.peer()), || Breach::detail(&*m.contract_id))
        }
        Message::FlexRequest(m) => known(&m.contract_id),
        Message::FlexOffer(m) => known(&m.contract_id),
        Message::FlexOrder(m) => known(&m.contract_id),
        Message::FlexSettlement(m) => {
            m.flex_order_settlements.iter().try_for_each(|item| known(&item.contract_id))?;
            m.contract_settlements.iter().try_for_each(|item| known(&item.contract_id))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn unknown_contracts_are_refused() {
        for t in [
            MessageType::FlexReservationUpdate,
            MessageType::FlexRequest,
            MessageType::FlexOffer,
            MessageType::FlexOrder,
            MessageType::FlexSettlement,
        ] {
            let mut scene = Scene::before(t);
            scene.knows_agreements = false;
            assert_eq!(scene.broken(sample(t)), ["contract-known"], "{}", t.name());
        }
    }
}
