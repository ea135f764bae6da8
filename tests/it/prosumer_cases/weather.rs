//! The sun, the sky, light on planes and PV, against pvlib.

use copperplate::asset::pv::Plant;
use copperplate::time::SimTime;
use copperplate::weather::{Place, Plane, Sky, Sun, sun};
use serde_json::Value as Json;

use super::Outcome;

/// The runner of a kind.
pub(super) fn runner(kind: &str) -> Option<fn(&Json) -> Outcome> {
    Some(match kind {
        "solar_position" => solar_position,
        "erbs" => erbs,
        "transposition" => transposition,
        "pv_chain" => pv_chain,
        _ => return None,
    })
}

fn number(inputs: &Json, name: &str) -> f64 {
    inputs[name].as_f64().unwrap_or_else(|| panic!("the case has no number '{name}'"))
}

fn one<const N: usize>(values: [(&'static str, f64); N]) -> Outcome {
    values.into_iter().map(|(name, value)| (name, vec![value])).collect()
}

fn sun_of(inputs: &Json) -> Sun {
    let utc: jiff::Timestamp = inputs["utc"].as_str().unwrap().parse().unwrap();
    let place = Place { latitude_deg: number(inputs, "latitude_deg"), longitude_deg: number(inputs, "longitude_deg") };
    Sun::at(place, SimTime(utc.as_second()))
}

fn incidence_deg(cos: f64) -> f64 {
    libm::acos(cos).to_degrees()
}

fn solar_position(inputs: &Json) -> Outcome {
    let sun = sun_of(inputs);
    one([("zenith_deg", sun.zenith_deg()), ("azimuth_deg", sun.azimuth_deg())])
}

fn erbs(inputs: &Json) -> Outcome {
    let extraterrestrial_w_m2 = sun::extraterrestrial_w_m2(number(inputs, "day_of_year"));
    let sun = Sun::from_angles(number(inputs, "zenith_deg"), 180.0, extraterrestrial_w_m2);
    let ghi_w_m2 = number(inputs, "ghi_w_m2");
    let sky = Sky::erbs(ghi_w_m2, &sun);
    one([
        ("kt", copperplate::weather::diffuse::clearness(ghi_w_m2, &sun)),
        ("dhi_w_m2", sky.dhi_w_m2),
        ("dni_w_m2", sky.dni_w_m2),
        ("extraterrestrial_w_m2", extraterrestrial_w_m2),
    ])
}

fn transposition(inputs: &Json) -> Outcome {
    let n = |name| number(inputs, name);
    let sun = Sun::from_angles(n("zenith_deg"), n("azimuth_deg"), n("extraterrestrial_w_m2"));
    let sky = Sky { ghi_w_m2: n("ghi_w_m2"), dhi_w_m2: n("dhi_w_m2"), dni_w_m2: n("dni_w_m2") };
    let plane = Plane::new(n("tilt_deg"), n("surface_azimuth_deg"), n("albedo"));
    let lit = plane.hay_davies(&sun, &sky);
    one([
        ("aoi_deg", incidence_deg(lit.cos_incidence)),
        ("isotropic_w_m2", plane.isotropic(&sun, &sky).total_w_m2),
        ("haydavies_w_m2", lit.total_w_m2),
    ])
}

fn pv_chain(inputs: &Json) -> Outcome {
    let n = |name| number(inputs, name);
    let plant = Plant {
        tilt_deg: n("tilt_deg"),
        azimuth_deg: n("surface_azimuth_deg"),
        modules_w: n("modules_w"),
        inverter_w: n("inverter_ac_w"),
        gamma_per_k: n("gamma_per_k"),
        losses: n("losses"),
        albedo: n("albedo"),
        reflection: n("iam_b"),
        inverter_efficiency: n("inverter_nominal_efficiency"),
    };
    let sun = sun_of(inputs);
    let sky = Sky::measured(n("ghi_w_m2"), n("dhi_w_m2"), &sun);
    let output = plant.output(&plant.plane(), &sun, &sky, n("air_c"), n("wind_m_s"));
    one([
        ("aoi_deg", incidence_deg(output.cos_incidence)),
        ("poa_w_m2", output.plane_w_m2),
        ("iam", output.reflection_factor),
        ("cell_c", output.cell_c),
        ("dc_w", output.dc_w),
        ("ac_w", output.ac_w),
    ])
}
