//! Inverters of PV systems that answer voltage with reactive power.

use copperplate::asset::pv::ReactiveByVoltage;
use copperplate::grid::Control;
use copperplate::kpi::compute;
use copperplate::scenario::study::Study;
use copperplate::sim::{Reference, run_case};
use jiff::civil::date;

use crate::sim_support::study;

/// Power factor 0.9 beside 10 kW is 4.843 kvar (tan φ 0.4843); up to 4.6 kVA it is 0.95, 1.315 kvar beside 4 kW (tan φ 0.3287).
#[test]
fn an_inverter_has_reactive_power_beside_its_active_power() {
    for (power_w, most_var) in [(10_000.0, 4843.2), (4000.0, 1314.7)] {
        let points = ReactiveByVoltage::vde_ar_n_4105(power_w).points(power_w);
        let expected = [(0.93, -most_var), (0.97, 0.0), (1.03, 0.0), (1.07, most_var)];
        assert!(points.iter().zip(expected).all(|(p, e)| p.0 == e.0 && (p.1 - e.1).abs() < 0.1), "{points:?}");
    }
}

/// A sunny week with PV on every roof: the highest voltage falls, active power stays.
#[test]
fn reactive_power_lowers_the_voltage_of_a_sunny_street() {
    let sunny = |reactive_by_voltage: bool| -> Study {
        study("street-2035.toml", 1, |s| {
            (s.time.from, s.time.until) = (date(2016, 5, 30), date(2016, 6, 1));
            let pv = s.feeder.pv.as_mut().expect("the street has PV");
            (pv.share, pv.modules_kw, pv.reactive_by_voltage) = (1.0, 15.0, reactive_by_voltage);
            s.strategies = vec!["copper-plate".to_owned()];
        })
    };
    let highest = |study: &Study| {
        let case = run_case(study, &Reference::new(study), &study.strategies[0], &|_| {});
        let kpis = compute(study, &study.strategies[0], &case);
        ["u_max_pu", "cost_energy_eur"].map(|key| kpis.get(key).number().expect("a number"))
    };
    let (without, with) = (sunny(false), sunny(true));
    assert!(without.grid.responses.is_empty());
    assert!(with.grid.responses.len() > 30 && with.grid.responses.iter().all(|r| matches!(r.control, Some(Control::Voltage(_)))));
    let ([u, cost], [held_u, held_cost]) = (highest(&without), highest(&with));
    assert!(u > 1.035 && held_u < u - 0.002, "{u} pu without, {held_u} pu with");
    assert!((held_cost / cost - 1.0).abs() < 1e-9, "energy is metered as before: {cost} and {held_cost} €");
}
