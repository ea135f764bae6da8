//! Orders against the option they buy.

use std::collections::BTreeMap;

use crate::uftp::message::{IspPower, IspRun, Message};
use crate::uftp::validate::case::{Breach, Case, Verdict, require};
use crate::uftp::validate::isp_set::IspSet;
use crate::uftp::validate::rule::page;

page! {
    /// An order names an option of its offer; the name is optional if there is only one.
    ///
    /// Why: otherwise it is unclear which option was bought.
    /// Clause: FlexOrder, "OptionReference".
    /// Example: `OptionReference="C"` of an offer with the options A and B.
    OPTION_KNOWN, option_known
}

fn option_known(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(Message::FlexOffer(_))) = (case.message, case.referred) else { return Ok(()) };
    require(case.option().is_some(), || match &m.option_reference {
        Some(name) => Breach::detail(&**name),
        None => Breach::detail("the offer has several options and none is named"),
    })
}

page! {
    /// An order activates at least the minimum share of the option.
    ///
    /// Why: below its minimum the option cannot be delivered, or not at this price.
    /// Clause: FlexOrder, "ActivationFactor"; FlexOffer, "MinActivationFactor".
    /// Example: `ActivationFactor="0.40"` of an option with `MinActivationFactor="0.50"`.
    ACTIVATION_FACTOR, activation_factor
}

fn activation_factor(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(option)) = (case.message, case.option()) else { return Ok(()) };
    let (factor, least) = (m.activation_factor, option.min_activation_factor);
    require(factor >= least, || Breach::detail(format!("{factor} of at least {least}")))
}

page! {
    /// An order covers exactly the ISPs of the option it buys.
    ///
    /// Why: an order buys the whole option and scales only its power. ISPs are compared by number, however they are grouped into runs.
    /// Clause: FlexOrder: rejection reason "ISP mismatch".
    /// Example: an order without the rebound ISPs of the option.
    ISP_MATCH, isp_match
}

fn isp_match(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(option), true) = (case.message, case.option(), case.counts_as_referred()) else { return Ok(()) };
    let ordered = IspSet::of(m.isps.iter().map(|isp| isp.run));
    let offered = IspSet::of(option.isps.iter().map(|isp| isp.run));
    if ordered == offered { Ok(()) } else { Err(Breach::isps(ordered.difference(&offered))) }
}

page! {
    /// Powers of an order are those of the option it buys, scaled by the activation factor.
    ///
    /// Why: an order buys the offered flexibility. Scaled powers are rounded to whole watts, halves to even; the specification leaves rounding open.
    /// Clause: FlexOrder: rejection reason "Power mismatch"; "ActivationFactor".
    /// Example: half of −4000 W is −2000 W, and −2001 W is another offer.
    POWER_MATCH, power_match
}

fn power_match(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(option), true) = (case.message, case.option(), case.counts_as_referred()) else { return Ok(()) };
    let scaled = |power| m.activation_factor.scale_power(power);
    // Mostly the runs are copied from the option; then they agree one by one.
    let copied = m.isps.len() == option.isps.len()
        && m.isps.iter().zip(&option.isps).all(|(ordered, offered)| ordered.run == offered.run && ordered.power == scaled(offered.power));
    if copied {
        return Ok(());
    }
    let mut offered = BTreeMap::new();
    for isp in &option.isps {
        offered.extend(isp.run.numbers().map(|n| (n, scaled(isp.power))));
    }
    // ISPs that were not offered at all break `isp-match`, not this rule.
    let differs = |isp: &&IspPower| isp.run.numbers().any(|n| offered.get(&n).is_some_and(|&power| power != isp.power));
    let isps: Vec<IspRun> = m.isps.iter().filter(differs).map(|isp| isp.run).collect();
    if isps.is_empty() { Ok(()) } else { Err(Breach::isps(isps)) }
}

page! {
    /// The price of an order is that of the option it buys, scaled by the activation factor, in its currency.
    ///
    /// Why: an order buys at the offered price. Scaled prices are rounded to four decimals, halves to even.
    /// Clause: FlexOrder: rejection reason "Price mismatch".
    /// Example: half of an option at 15.00 EUR costs 7.50 EUR.
    PRICE_MATCH, price_match
}

fn price_match(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(Message::FlexOffer(offer)), Some(option)) = (case.message, case.referred, case.option()) else {
        return Ok(());
    };
    let due = m.activation_factor.scale_price(option.price);
    require(m.price == due && m.currency == offer.currency, || {
        Breach::detail(format!("{} {} ordered, {due} {} asked", m.price, m.currency, offer.currency))
    })
}

page! {
    /// An operator uses each OrderReference once.
    ///
    /// Why: settlements name orders by it.
    /// Clause: FlexOrder, "OrderReference".
    /// Example: a second order "ORD-1" in the same month.
    ORDER_REFERENCE, order_reference
}

fn order_reference(case: &Case<'_>) -> Verdict {
    let Message::FlexOrder(m) = case.message else { return Ok(()) };
    let used = case.view.archive.orders(case.peer()).any(|order| *order.reference == *m.order_reference);
    require(!used, || Breach::detail(&*m.order_reference))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn the_option_is_named() {
        assert_eq!(broken!(FlexOrder, |m| m.option_reference = Some(Text::from("C"))), ["option-known"]);
        assert_eq!(broken!(FlexOrder, |m| m.option_reference = None), ["option-known"]);
    }

    #[test]
    fn the_minimum_is_kept() {
        let factor = |hundredths| {
            let mut message = sample(MessageType::FlexOrder);
            if let Message::FlexOrder(m) = &mut message {
                m.activation_factor = ActivationFactor::from_hundredths(hundredths).unwrap();
                m.price = m.activation_factor.scale_price(Money::from_f64(15.0));
                m.isps[0].power = m.activation_factor.scale_power(Watts(-4_000));
                m.isps[1].power = m.activation_factor.scale_power(Watts(4_000));
            }
            Scene::before(MessageType::FlexOrder).broken(message)
        };
        assert_eq!(factor(49), ["activation-factor"]);
        for fair in [50, 73, 100] {
            assert_eq!(factor(fair), [""; 0]);
        }
    }

    #[test]
    fn whole_options_are_bought() {
        assert_eq!(broken!(FlexOrder, |m| m.isps.truncate(1)), ["isp-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.isps[0].run.duration = 5), ["isp-match"]);
        let single_isps = |m: &mut FlexOrder| {
            m.isps = m.isps.iter().flat_map(|isp| isp.run.numbers().map(|n| IspPower::new(isp.power, n, 1))).collect();
        };
        assert_eq!(broken!(FlexOrder, single_isps), [""; 0]);
    }

    #[test]
    fn power_is_scaled_exactly() {
        assert_eq!(broken!(FlexOrder, |m| m.isps[0].power = Watts(-2_001)), ["power-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.isps[0].power = Watts(-4_000)), ["power-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.isps.swap(0, 1)), [""; 0]);
    }

    #[test]
    fn the_price_is_scaled_exactly() {
        assert_eq!(broken!(FlexOrder, |m| m.price = Money(75_001)), ["price-match"]);
        assert_eq!(broken!(FlexOrder, |m| m.price = Money::from_f64(15.0)), ["price-match"]);
    }

    #[test]
    fn references_are_not_used_again() {
        let mut scene = Scene::before(MessageType::FlexOrder);
        scene.direct_orders = true;
        let validated = scene.check(Arc::new(sample(MessageType::FlexOrder))).unwrap();
        scene.book.accepted(validated.accept(), None);
        let mut direct = sample(MessageType::FlexOrder);
        if let Message::FlexOrder(m) = &mut direct {
            m.header.message_id = MessageId(m.header.conversation_id.0);
            (m.unsolicited, m.flex_offer_message_id, m.option_reference) = (Some(true), None, None);
        }
        assert_eq!(scene.broken(direct), ["order-reference"]);
    }
}
