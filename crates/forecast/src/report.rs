//! What a forecast says, as values: made for `--format json` as well as for the table.

use evenkeel_plan::value::Duration;
use serde::Serialize;

use crate::scenario::Scenario;
use crate::table;

/// The cost of failures, for each `reverse_proxy` of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// One for each handler, in the order of the plan.
    pub proxies: Vec<ProxyForecast>,
}

/// The cost of failures of the upstreams of one `reverse_proxy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProxyForecast {
    /// Where it stands in the plan, as `apps.http.servers.srv0.routes[0].handle[0]`.
    pub path: String,
    /// Where it was written, if that is known: whoever has the text fills it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Its dial addresses, as written; two stand-ins for each name that is looked up.
    pub upstreams: Vec<String>,
    /// Each scenario, for one upstream and for all; empty without upstreams (every exchange then
    /// gets a 503).
    pub failures: Vec<Failure>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file's name as it was given.
    pub file: String,
    /// From 1.
    pub line: u32,
}

/// What one way of failing costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// How the upstream fails.
    pub scenario: Scenario,
    /// How many fail, from the same moment on.
    pub failing: Failing,
    /// The worst GET before the failure is detected.
    pub before: Cost,
    /// What detects the failure; empty if nothing does.
    pub detections: Vec<Detection>,
    /// The options by which the failure would be detected; empty if something detects it.
    pub detectable_by: Vec<Remedy>,
    /// The worst GET while the failing upstreams are known to be down; absent if nothing detects
    /// the failure.
    pub after: Option<Cost>,
}

/// How many upstreams of a pool fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failing {
    /// One, while all others answer at once.
    One,
    /// All of them, or the only one.
    All,
}

/// The worst that a GET meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cost {
    /// Until the head of the response.
    pub time: Time,
    /// What comes then.
    pub seen: Seen,
}

/// A time, as far as it has a bound. Ordered from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// This long at worst.
    Within(Duration),
    /// Longer than that: the forecast stopped counting attempts.
    Over {
        /// The time at which it stopped.
        least: Duration,
        /// The option that bounds it.
        bounded_by: Remedy,
    },
    /// As long as the upstream likes.
    Unbounded {
        /// The option that bounds it.
        bounded_by: Remedy,
    },
}

/// What the user gets. Ordered from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The answer of an upstream that works.
    Answer,
    /// The failing upstream's own 5xx.
    UpstreamError,
    /// 502.
    BadGateway,
    /// 503: no upstream was available.
    ServiceUnavailable,
    /// 504.
    GatewayTimeout,
    /// Nothing: the exchange goes on.
    Nothing,
}

/// How a failure is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// By what.
    pub by: Detector,
    /// How long that takes at most: from the failure if by probes, from the request if by strikes.
    pub within: Duration,
    /// How long the upstream then gets no traffic; absent if until it passes its probes again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_for: Option<Duration>,
}

/// What notices a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detector {
    /// Failed attempts of real traffic.
    Passive {
        /// How many it takes within `fail_duration`.
        strikes: u32,
    },
    /// Probes.
    Active,
}

/// An option of the Caddyfile that would bound or detect what now is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Bounds the wait for a response.
    ResponseHeaderTimeout,
    /// Bounds the time over all attempts.
    LbTryDuration,
    /// Turns strikes on.
    FailDuration,
    /// Must be lower: so many strikes never come together.
    MaxFails,
    /// Turns probes on.
    HealthUri,
    /// Must be lower: so many probes take too long.
    HealthFails,
    /// Must not be what a failing upstream answers.
    HealthStatus,
}

impl Forecast {
    /// For people: aligned columns, no blank line at the end.
    pub fn table(&self) -> String {
        table::render(self)
    }
}

impl ProxyForecast {
    /// What people know it by: its line, or else its place in the plan.
    pub(crate) fn label(&self) -> String {
        match &self.place {
            Some(place) => format!("{}:{}", place.file, place.line),
            None => self.path.clone(),
        }
    }
}

impl Remedy {
    /// As written in a Caddyfile.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResponseHeaderTimeout => "response_header_timeout",
            Self::LbTryDuration => "lb_try_duration",
            Self::FailDuration => "fail_duration",
            Self::MaxFails => "max_fails",
            Self::HealthUri => "health_uri",
            Self::HealthFails => "health_fails",
            Self::HealthStatus => "health_status",
        }
    }
}
