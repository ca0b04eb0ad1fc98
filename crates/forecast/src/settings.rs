//! The numbers of one `reverse_proxy`, defaults applied, and the `balance` pool that they make.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_balance::{
    Options, Passive, Pool, Probe, Retry, RoundRobin, Selection, State, Unhealthy, Upstream,
    WeightedRoundRobin,
};
use evenkeel_plan::http::handlers::ReverseProxy;
use evenkeel_plan::http::handlers::reverse_proxy::{
    ActiveHealthChecks, HttpTransport, PassiveHealthChecks, SelectionPolicy, Transport,
};
use evenkeel_plan::value::StatusPattern;

use crate::dials;

/// Caddy: `dial_timeout`.
const DEFAULT_DIAL_TIMEOUT: Duration = Duration::from_secs(3);
/// Caddy: `health_interval`.
const DEFAULT_HEALTH_INTERVAL: Duration = Duration::from_secs(30);
/// Caddy: `health_timeout`.
const DEFAULT_HEALTH_TIMEOUT: Duration = Duration::from_secs(5);
/// Upstreams of a pool that are played through. More would change nothing but the effort, unless
/// one exchange gets through more than these before it must rest; then it rests earlier here.
const MOST_UPSTREAMS: usize = 64;

/// What decides on the cost of a failure.
#[derive(Debug)]
pub(crate) struct Settings {
    /// In configured order; an address may stand there twice.
    pub(crate) dials: Vec<String>,
    policy: Option<SelectionPolicy>,
    pub(crate) retry: Retry,
    pub(crate) passive: Option<Passive>,
    panic_threshold: Option<u32>,
    /// Statuses that are strikes although they are delivered.
    pub(crate) unhealthy: Unhealthy,
    /// Statuses that another attempt is made for.
    retry_status: Vec<StatusPattern>,
    /// Addresses that get nothing new.
    drain: Vec<String>,
    pub(crate) active: Option<Active>,
    pub(crate) dial_timeout: Duration,
    /// None: a response is awaited without bound.
    pub(crate) response_header_timeout: Option<Duration>,
}

/// Active health checks that take place.
#[derive(Debug)]
pub(crate) struct Active {
    /// From the start of one probe to the start of the next.
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    passes: u32,
    fails: u32,
    expect_status: Option<StatusPattern>,
}

impl Settings {
    pub(crate) fn new(proxy: &ReverseProxy) -> Self {
        let balancing = proxy.load_balancing.clone().unwrap_or_default();
        let checks = proxy.health_checks.clone().unwrap_or_default();
        let transport = match proxy.transport.clone() {
            Some(Transport::Http(transport)) => *transport,
            // A plan that is played through has been built, and FastCGI is refused there.
            None | Some(Transport::FastCgi(_)) => HttpTransport::default(),
        };
        Self {
            dials: dials::all(proxy).into_iter().take(MOST_UPSTREAMS).collect(),
            unhealthy: checks.passive.as_ref().map(unhealthy).unwrap_or_default(),
            retry_status: balancing.retry_status,
            drain: balancing.drain,
            policy: balancing.selection_policy,
            retry: Retry {
                try_duration: balancing.try_duration.to_std(),
                try_interval: balancing.try_interval.to_std(),
                retries: balancing.retries.clamped(),
            },
            passive: checks.passive.as_ref().and_then(passive),
            panic_threshold: Some(balancing.panic_threshold).filter(|&percent| percent > 0),
            active: checks.active.as_ref().and_then(Active::new),
            dial_timeout: transport
                .dial_timeout
                .positive()
                .unwrap_or(DEFAULT_DIAL_TIMEOUT),
            response_header_timeout: transport.response_header_timeout.positive(),
        }
    }

    /// Whether another attempt is made for such an answer.
    pub(crate) fn is_retried(&self, status: u16) -> bool {
        self.retry_status
            .iter()
            .any(|wanted| wanted.matches(status))
    }

    /// Number of different addresses, as far as it matters: none, one, or more.
    pub(crate) fn count_distinct(&self) -> usize {
        let Some(first) = self.dials.first() else {
            return 0;
        };
        1 + usize::from(self.dials.iter().any(|dial| dial != first))
    }

    /// A fresh pool: everyone healthy, nothing counted.
    pub(crate) fn pool(&self) -> Pool {
        let mut upstreams: Vec<Upstream> = Vec::with_capacity(self.dials.len());
        for dial in &self.dials {
            // What stands twice fails twice: the state belongs to the address.
            let same = upstreams.iter().find(|upstream| *upstream.key == **dial);
            let state = same.map_or_else(|| Arc::new(State::new()), |same| Arc::clone(&same.state));
            upstreams.push(Upstream {
                key: dial.as_str().into(),
                state,
                marks: Box::default(),
                probe: self.active.as_ref().map(|active| Arc::new(active.probe())),
                max_requests: None,
                is_draining: self.drain.contains(dial),
            });
        }
        let pool = Pool::new(upstreams, self.selection(), self.passive, self.retry);
        pool.with(Options {
            panic_threshold: self.panic_threshold,
            ..Options::default()
        })
    }

    fn selection(&self) -> Selection {
        self.policy.as_ref().map_or(Selection::Random, selection)
    }
}

/// What depends on a request, an address or a cookie is the same to a virtual user: always one
/// upstream while that is there, then another.
fn selection(policy: &SelectionPolicy) -> Selection {
    match policy {
        SelectionPolicy::Random {} => Selection::Random,
        SelectionPolicy::RandomChoose { choose } => {
            Selection::RandomChoose(match choose.clamped() {
                0 => 2,
                choose => choose as usize,
            })
        }
        SelectionPolicy::RoundRobin {} => Selection::RoundRobin(RoundRobin::new()),
        SelectionPolicy::WeightedRoundRobin { weights } => {
            let weight = |&weight: &i64| u32::try_from(weight).unwrap_or(0);
            let weights: Vec<u32> = weights.iter().map(weight).collect();
            Selection::WeightedRoundRobin(WeightedRoundRobin::new(weights))
        }
        SelectionPolicy::LeastConn {} => Selection::LeastConn,
        SelectionPolicy::LeastLatency {} => Selection::LeastLatency,
        SelectionPolicy::First {} => Selection::First,
        SelectionPolicy::IpHash {}
        | SelectionPolicy::ClientIpHash {}
        | SelectionPolicy::UriHash {}
        | SelectionPolicy::Query { .. }
        | SelectionPolicy::Header { .. }
        | SelectionPolicy::Cookie(_) => Selection::Hash {
            key: 0,
            fallback: None,
        },
    }
}

impl Active {
    /// None if they are off: they run when told where to look (Caddy: `IsEnabled`).
    fn new(checks: &ActiveHealthChecks) -> Option<Self> {
        let is_on = !checks.uri.is_empty() || !checks.path.is_empty() || checks.port != 0;
        is_on.then(|| Self {
            interval: checks
                .interval
                .positive()
                .unwrap_or(DEFAULT_HEALTH_INTERVAL),
            timeout: checks.timeout.positive().unwrap_or(DEFAULT_HEALTH_TIMEOUT),
            passes: checks.passes.clamped(),
            fails: checks.fails.clamped(),
            expect_status: checks.expect_status,
        })
    }

    /// Whether a probe passes that gets this status.
    pub(crate) fn accepts(&self, status: u16) -> bool {
        let expected = self.expect_status.unwrap_or(StatusPattern(2));
        expected.matches(status)
    }

    fn probe(&self) -> Probe {
        Probe::new(self.passes, self.fails)
    }
}

/// An address that differs from exchange to exchange, from a network for documentation.
pub(crate) fn peer(number: u32) -> String {
    Ipv4Addr::from_bits(
        Ipv4Addr::new(198, 51, 100, 0)
            .to_bits()
            .wrapping_add(number),
    )
    .to_string()
}

fn unhealthy(checks: &PassiveHealthChecks) -> Unhealthy {
    let statuses = checks.unhealthy_status.iter();
    Unhealthy {
        statuses: statuses.map(|status| status.0).collect(),
        latency: None,
    }
}

fn passive(checks: &PassiveHealthChecks) -> Option<Passive> {
    let fail_duration = checks.fail_duration.positive()?;
    let max_fails = checks.max_fails.clamped().max(1);
    Some(Passive {
        max_fails,
        fail_duration,
    })
}
