//! The worst of what can happen around one failure: over whom the selection picks first, and over
//! when the exchange arrives.

use std::time::Duration;

use evenkeel_balance::Moment;

use crate::report::{Cost, Detection, Detector, Failing, Failure, Remedy};
use crate::scenario::Scenario;
use crate::settings::Settings;
use crate::timeline::{Timeline, to_plan};

/// Openings to try until one meets a failing upstream first. Of 64 upstreams, a random choice
/// misses one that often in e⁻⁶⁴ of all cases, and the seeds are fixed.
const OPENINGS: u32 = 4096;
/// Looks of an exchange at which the upstreams may come back; the last ones cost most.
const LAST_LOOKS: usize = 16;

/// What one way of failing costs.
pub(crate) fn failure(settings: &Settings, scenario: Scenario, failing: Failing) -> Failure {
    let start = || Timeline::new(settings, scenario, failing);
    let (struck, probed) = (start().strike_out(), start().probe_out());
    let detections = detections(settings, struck.ok(), probed.ok());
    Failure {
        scenario,
        failing,
        before: before(start),
        detectable_by: if detections.is_empty() {
            remedies(struck, probed)
        } else {
            Vec::new()
        },
        detections,
        after: after(settings, start),
    }
}

/// The worst GET that arrives with the failure.
fn before<'a>(start: impl Fn() -> Timeline<'a>) -> Cost {
    let mut course = start().run(Moment::ZERO, 0);
    let mut worst = course.cost;
    for opening in 1..OPENINGS {
        if course.is_met_first {
            break;
        }
        course = start().run(Moment::ZERO, opening);
        worst = worst.max(course.cost);
    }
    worst
}

/// The worst GET that arrives while the failing upstreams are known to be down.
fn after<'a>(settings: &Settings, start: impl Fn() -> Timeline<'a>) -> Option<Cost> {
    let by_strikes = while_struck_out(settings, &start);
    by_strikes.max(while_probed_out(&start))
}

/// Probes do not let in again what still fails.
fn while_probed_out<'a>(start: impl Fn() -> Timeline<'a>) -> Option<Cost> {
    let mut timeline = start();
    let detected = timeline.probe_out().ok()?;
    Some(timeline.run(detected, 0).cost)
}

/// Strikes expire, unless probes have found the failure by then: an exchange that waited in vain
/// may meet the failing upstream all the same.
fn while_struck_out<'a>(settings: &Settings, start: impl Fn() -> Timeline<'a>) -> Option<Cost> {
    let arrive = |arrival| {
        let mut timeline = start();
        timeline.strike_out().ok()?;
        Some(timeline.run(arrival, 0))
    };
    let struck = start().strike_out().ok()?;
    let course = arrive(struck)?;
    let expiry = struck + settings.passive?.fail_duration;
    // Arrivals whose look coincides with the expiry.
    let looks = course.looks.iter().rev().take(LAST_LOOKS);
    let arrivals = looks
        .map(|look| before_by(expiry, *look))
        .filter(|arrival| *arrival > struck);
    let returns = arrivals.filter_map(arrive).map(|course| course.cost);
    returns.chain([course.cost]).max()
}

fn detections(
    settings: &Settings,
    struck: Option<Moment>,
    probed: Option<Moment>,
) -> Vec<Detection> {
    let since_failure = |moment: Moment| to_plan(moment.saturating_since(Moment::ZERO));
    let passive = struck
        .zip(settings.passive)
        .map(|(moment, passive)| Detection {
            by: Detector::Passive {
                strikes: passive.max_fails,
            },
            within: since_failure(moment),
            out_for: Some(to_plan(passive.fail_duration)),
        });
    let active = probed.map(|moment| Detection {
        by: Detector::Active,
        within: since_failure(moment),
        out_for: None,
    });
    passive.into_iter().chain(active).collect()
}

fn remedies(
    struck: Result<Moment, Option<Remedy>>,
    probed: Result<Moment, Option<Remedy>>,
) -> Vec<Remedy> {
    [struck, probed]
        .into_iter()
        .filter_map(|detected| detected.err().flatten())
        .collect()
}

fn before_by(moment: Moment, duration: Duration) -> Moment {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Moment::from_nanos(moment.as_nanos().saturating_sub(nanos))
}
