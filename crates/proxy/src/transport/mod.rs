//! How a request is carried to an upstream: dialled or taken from the idle connections, sent, and
//! what can fail on the way.

pub(crate) mod connect;
mod endpoint;
pub(crate) mod http1;
pub(crate) mod idle;
pub(crate) mod io;

use std::sync::Arc;
use std::time::Duration;

use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport as HttpPlan, Transport as Plan};

pub(crate) use connect::DialError;
pub(crate) use endpoint::Endpoint;
pub(crate) use http1::{Http1, Unanswered};
pub(crate) use idle::Connection;

use crate::worker::Local;

/// Caddy: `httptransport.go`, `Provision`: 3 s.
const DIAL_TIMEOUT: Duration = Duration::from_secs(3);

/// Caddy: `httptransport.go`, `NewTransport`: 2 min.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);

/// Caddy: `httptransport.go`, `NewTransport`: 32.
const IDLE_PER_UPSTREAM: usize = 32;

/// The transport of one `reverse_proxy`.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    /// What concerns its connections.
    pub(crate) settings: Settings,
    /// How long the head of a response may take after the request is sent.
    pub(crate) response_header_timeout: Option<Duration>,
}

/// What a transport does with connections. Idle ones are shared where all of this is equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Settings {
    /// How long dialling may take: name look-up and all addresses.
    pub(crate) dial_timeout: Duration,
    /// Which idle connections are kept; none if absent.
    pub(crate) keep_alive: Option<KeepAlive>,
}

/// Which idle connections are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeepAlive {
    /// For how long.
    pub(crate) timeout: Duration,
    /// How many for one upstream, on each worker.
    pub(crate) per_upstream: usize,
}

impl Transport {
    /// Plain HTTP/1.1 with Caddy's defaults, where the plan says nothing else.
    pub(crate) fn build(plan: Option<&Plan>) -> Self {
        let defaults = HttpPlan::default();
        let plan = match plan {
            // FastCGI is refused before.
            None | Some(Plan::FastCgi(_)) => &defaults,
            Some(Plan::Http(plan)) => plan,
        };
        Self {
            settings: Settings {
                dial_timeout: plan.dial_timeout.positive().unwrap_or(DIAL_TIMEOUT),
                keep_alive: keep_alive(plan),
            },
            response_header_timeout: plan.response_header_timeout.positive(),
        }
    }
}

fn keep_alive(plan: &HttpPlan) -> Option<KeepAlive> {
    let plan = plan.keep_alive.clone().unwrap_or_default();
    if plan.enabled == Some(false) {
        return None;
    }
    let per_upstream = match plan.max_idle_conns_per_host {
        0 => IDLE_PER_UPSTREAM,
        count => usize::try_from(count).unwrap_or(usize::MAX),
    };
    let timeout = plan.idle_timeout.positive().unwrap_or(IDLE_TIMEOUT);
    Some(KeepAlive {
        timeout,
        per_upstream,
    })
}

/// Dials an upstream.
pub(crate) async fn dial(local: &Local, endpoint: &Arc<Endpoint>) -> Result<Connection, DialError> {
    let stream = connect::connect(&local.world.network, &local.resolver, endpoint).await?;
    let http1 = Http1::start(stream).await.map_err(DialError::Unusable)?;
    Ok(local.idle.adopt(endpoint, http1))
}
