//! What is expected of devices: forecasts of the weather, and of what follows a series.

use std::sync::Arc;

use crate::asset::fixed::Series;
use crate::asset::model::WeatherOutlook;
use crate::asset::{Device, DeviceSpec, Outlook};
use crate::forecast::weather::{Outlooks, WeatherError};
use crate::forecast::{Model, PERSISTENCE};
use crate::scenario::study::Study;
use crate::time::{Period, SimDuration, SimTime, Steps};
use crate::weather::{Weather, clear_sky};

/// Forecasts of the weather, the same for everybody.
#[derive(Debug, Clone)]
pub(super) struct Skies<'a> {
    weather: Option<&'a Weather>,
    isp: SimDuration,
    /// How wrong they are; nothing where they are perfect or what was.
    errors: Option<Outlooks>,
    /// How old what they show is.
    age: SimDuration,
}

impl<'a> Skies<'a> {
    pub(super) fn new(study: &'a Study) -> Skies<'a> {
        let weather = study.weather.as_deref();
        let errs = matches!(study.forecast, Model::Synthetic(_) | Model::Learned(_));
        let errors = weather.filter(|_| errs).map(|w| Outlooks::new(WeatherError::default(), study.seed, w.grid.start, w.grid.end()));
        let age = if study.forecast == Model::Persistence { PERSISTENCE } else { SimDuration::ZERO };
        Skies { weather, isp: study.calendar.isp(), errors, age }
    }

    /// The weather expected at `issued` from then to the end of a Period, ISP by ISP; nothing in a study without weather.
    pub(super) fn outlook(&self, issued: SimTime, period: &Period) -> Option<Arc<WeatherOutlook>> {
        let weather = self.weather?;
        let isp = self.isp.0;
        // ISPs lie on the grid of the Period.
        let ahead = (period.start - issued.max(weather.grid.start)).0.max(0);
        let count = (ahead + isp - 1) / isp + period.isps() as i64;
        let grid = Steps { start: SimTime(period.end().0 - count * isp), step: self.isp, count: count as usize };
        let mut out = WeatherOutlook { grid, air_c: Vec::with_capacity(grid.count), facade_w_m2: Default::default() };
        let per_isp = (isp / weather.grid.step.0) as usize;
        for k in 0..grid.count {
            let t = grid.start_of(k);
            let (mut air_c, mut facade) = (0.0, [0.0; 4]);
            for part in 0..per_isp {
                let at = t + SimDuration(weather.grid.step.0 * part as i64);
                let row = self.row(weather, at);
                let shine = self.shine(weather, row, at, issued);
                air_c += self.air_c(weather, row, at, issued);
                facade.iter_mut().zip(&weather.facade_w_m2).for_each(|(sum, plane)| *sum += shine * plane[row]);
            }
            out.air_c.push(air_c / per_isp as f64);
            out.facade_w_m2.iter_mut().zip(facade).for_each(|(plane, sum)| plane.push(sum / per_isp as f64));
        }
        Some(Arc::new(out))
    }

    /// Air temperature, °C, and irradiance on the horizontal, W/m², of a Period by ISP: as expected at an instant, or as they are.
    /// The Period lies within the weather.
    pub(super) fn means(&self, issued: Option<SimTime>, period: &Period) -> (Vec<f64>, Vec<f64>) {
        let weather = self.weather.expect("a study with weather");
        let per_isp = (self.isp.0 / weather.grid.step.0) as usize;
        let isp = |start: SimTime| {
            let (mut air_c, mut light_w_m2) = (0.0, 0.0);
            for part in 0..per_isp {
                let at = start + SimDuration(weather.grid.step.0 * part as i64);
                let row = issued.map_or_else(|| weather.grid.index(at), |_| self.row(weather, at));
                let expected = issued.map(|issued| (self.air_c(weather, row, at, issued), self.shine(weather, row, at, issued)));
                let (air, shine) = expected.unwrap_or((weather.air_c[row], 1.0));
                air_c += air;
                light_w_m2 += shine * weather.ghi_w_m2[row];
            }
            (air_c / per_isp as f64, light_w_m2 / per_isp as f64)
        };
        period.iter().map(|i| isp(period.isp_start(i))).unzip()
    }

    /// Air temperature expected, °C.
    fn air_c(&self, weather: &Weather, row: usize, t: SimTime, issued: SimTime) -> f64 {
        self.errors.as_ref().map_or(weather.air_c[row], |e| e.temperature_c(weather.air_c[row], t, issued))
    }

    /// Row of the weather that stands for an instant.
    fn row(&self, weather: &Weather, t: SimTime) -> usize {
        let shown = if t - self.age < weather.grid.start { t } else { t - self.age };
        weather.grid.index(shown.max(weather.grid.start)).min(weather.grid.count - 1)
    }

    /// Irradiance expected over that which comes.
    fn shine(&self, weather: &Weather, row: usize, t: SimTime, issued: SimTime) -> f64 {
        let Some(errors) = &self.errors else { return 1.0 };
        let clear_w_m2 = clear_sky::global_w_m2(&weather.sun[row], t);
        let truth = weather.ghi_w_m2[row] / clear_w_m2;
        // A sun near the horizon says nothing of clouds.
        if clear_w_m2 > 20.0 && truth > 0.01 { errors.cloud_index(truth, t, issued) / truth } else { 1.0 }
    }
}

/// What is expected of a device, where what follows a series is as `power_w` says.
pub(super) fn of(
    spec: &DeviceSpec,
    period: &Period,
    sky: Option<&Arc<WeatherOutlook>>,
    power_w: impl FnOnce(&Series) -> Vec<f64>,
) -> Outlook {
    match &spec.device {
        Device::House(_) => sky.map_or(Outlook::Nothing, |sky| Outlook::Weather(Arc::clone(sky))),
        Device::Process(process) => Outlook::Power(power_w(&process.series)),
        Device::Curtailable(plant) => Outlook::Power(power_w(&plant.series)),
        Device::Vehicle(_) => spec.outlook(period),
        Device::Fixed(_) | Device::Battery(_) | Device::Generator(_) => Outlook::Nothing,
    }
}
