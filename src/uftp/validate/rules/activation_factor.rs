use crate::uftp::message::Message;
use crate::uftp::validate::refers;
use crate::uftp::validate::rule::require;
use crate::uftp::validate::rule::{Breach, Case, Verdict, rule};

rule! {
    /// An order activates at least what the option demands.
    ///
    /// Why: below its minimum the option cannot be delivered, or not at this price.
    /// Clause: FlexOrder, "ActivationFactor"; FlexOffer, "MinActivationFactor".
    /// Example: `ActivationFactor="0.40"` of an option with `MinActivationFactor="0.50"`.
    "activation-factor", "ActivationFactor below MinActivationFactor", Content, [FlexOrder], check,
}

fn check(case: &Case<'_>) -> Verdict {
    let (Message::FlexOrder(m), Some(option)) = (case.message, refers::option(case)) else { return Ok(()) };
    let (factor, least) = (m.activation_factor, option.min_activation_factor);
    require(factor >= least, || Breach::detail(format!("{factor} of at least {least}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

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
}
