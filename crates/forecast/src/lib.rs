//! What a failure will cost, computed from a plan: for each `reverse_proxy`, how long a GET takes
//! at worst and what the user sees while upstreams fail, before and after that is detected.
//!
//! The figures come out of `evenkeel_balance`, the code that serves, driven by a virtual clock.

mod dials;
mod find;
mod report;
mod scenario;
mod settings;
mod table;
mod timeline;
mod worst;

use evenkeel_plan::Plan;

pub use report::{
    Cost, Detection, Detector, Failing, Failure, Forecast, Place, ProxyForecast, Remedy, Seen, Time,
};
pub use scenario::Scenario;

use settings::Settings;

/// Forecasts each `reverse_proxy` of a plan, in the order in which the plan holds them.
///
/// One exchange is looked at a time: `max_requests` and the time that a healthy upstream takes to
/// answer are left out.
pub fn forecast(plan: &Plan) -> Forecast {
    let forecast_one = |found: find::Found<'_>| {
        let settings = Settings::new(found.proxy);
        ProxyForecast {
            path: found.path,
            place: None,
            failures: failures(&settings),
            upstreams: dials::all(found.proxy),
        }
    };
    Forecast {
        proxies: find::reverse_proxies(plan)
            .into_iter()
            .map(forecast_one)
            .collect(),
    }
}

fn failures(settings: &Settings) -> Vec<Failure> {
    let failing: &[Failing] = match settings.count_distinct() {
        0 => &[],
        1 => &[Failing::All],
        _ => &[Failing::One, Failing::All],
    };
    let scenarios = Scenario::ALL.into_iter();
    scenarios
        .flat_map(|scenario| {
            let of = move |&failing| worst::failure(settings, scenario, failing);
            failing.iter().map(of)
        })
        .collect()
}

#[cfg(test)]
mod tests;
