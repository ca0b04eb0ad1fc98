//! What a transport does with connections, from the plan.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::time::Duration;

use evenkeel_net::{DialOptions, NameServers};
use evenkeel_plan::http::handlers::reverse_proxy::{
    FastCgiTransport as FastCgiPlan, HttpTransport as Plan, KeepAlive as KeepPlan,
};

use super::environment::Environment;
use super::forward::Forward;
use super::proxy_protocol;
use super::tls::Tls;
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::name_servers;

/// Caddy: `httptransport.go`, `Provision`: 3 s.
const DIAL_TIMEOUT: Duration = Duration::from_secs(3);

/// Caddy: `httptransport.go`, `NewTransport`: 2 min.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);

/// Caddy: `httptransport.go`, `NewTransport`: 32.
const IDLE_PER_UPSTREAM: usize = 32;

/// Bound of a response's head (RFC 9110 section 5.4 leaves the number to us).
const HEAD_LIMIT: usize = 256 * 1024;

/// What a head may be limited to: less could not hold a status line and `Date`, more is no limit.
const HEAD_LIMITS: std::ops::RangeInclusive<usize> = 8 * 1024..=16 * 1024 * 1024;

/// What a transport does with connections. Idle ones are shared where all of this is equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Settings {
    /// How long dialling may take: name look-up and all addresses.
    pub(crate) dial_timeout: Duration,
    /// How sockets are dialled.
    pub(crate) dial: DialOptions,
    /// Which idle connections are kept; none if absent.
    pub(crate) keep_alive: Option<KeepAlive>,
    /// TLS, unless the port is excepted.
    pub(crate) tls: Option<Tls>,
    /// Which versions of HTTP are spoken.
    pub(crate) versions: Versions,
    /// Bound of a response's head, in bytes.
    pub(crate) head_limit: usize,
    /// How long a read may take.
    pub(crate) read_timeout: Option<Duration>,
    /// How long a write may take.
    pub(crate) write_timeout: Option<Duration>,
    /// How many connections an upstream may have, over all workers.
    pub(crate) most_connections: Option<NonZeroUsize>,
    /// Whether the upstream is told the client's address before anything else.
    pub(crate) proxy_protocol: Option<proxy_protocol::Version>,
    /// Who carries connections to the upstream.
    pub(crate) forward: Option<Forward>,
    /// Who does where nobody is named.
    pub(crate) environment: Environment,
    /// Who is asked for the addresses of names.
    pub(crate) name_servers: NameServers,
    /// `FastCGI` instead of HTTP, and whether the application's errors are logged.
    pub(crate) fastcgi: Option<bool>,
}

/// Which versions of HTTP are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Versions {
    /// HTTP/2 where TLS negotiates it.
    pub(crate) http2: bool,
    /// HTTP/2 in clear text, without asking (RFC 9113 section 3.3).
    pub(crate) h2c: bool,
}

/// Which idle connections are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeepAlive {
    /// For how long.
    pub(crate) timeout: Duration,
    /// How many for one upstream, on each worker.
    pub(crate) per_upstream: usize,
    /// How many for all upstreams of the transport, on each worker.
    pub(crate) in_all: Option<usize>,
}

impl Settings {
    /// Plain HTTP/1.1 with Caddy's defaults, where the plan says nothing else.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let tls = plan.tls.as_ref();
        let most = usize::try_from(plan.max_conns_per_host).unwrap_or(0);
        Ok(Self {
            dial_timeout: plan.dial_timeout.positive().unwrap_or(DIAL_TIMEOUT),
            dial: dial_options(plan, cx)?,
            keep_alive: keep_alive(plan),
            versions: cx.within("versions", |cx| versions(plan, cx))?,
            head_limit: head_limit(plan),
            read_timeout: plan.read_timeout.positive(),
            write_timeout: plan.write_timeout.positive(),
            most_connections: NonZeroUsize::new(most),
            proxy_protocol: proxy_protocol::Version::build(&plan.proxy_protocol, cx)?,
            forward: Forward::build(plan, cx)?,
            environment: environment(plan, cx)?,
            name_servers: name_servers::build(plan.resolver.as_ref(), None, cx)?,
            fastcgi: None,
            tls: tls
                .map(|tls| cx.within("tls", |cx| Tls::build(tls, cx)))
                .transpose()?,
        })
    }

    /// `FastCGI`, which keeps no connections.
    pub(crate) fn build_fastcgi(plan: &FastCgiPlan) -> Self {
        Self {
            dial_timeout: plan.dial_timeout.positive().unwrap_or(DIAL_TIMEOUT),
            read_timeout: plan.read_timeout.positive(),
            write_timeout: plan.write_timeout.positive(),
            keep_alive: None,
            fastcgi: Some(plan.capture_stderr),
            ..Self::plain()
        }
    }

    /// What holds without a plan.
    pub(crate) fn plain() -> Self {
        let plan = &Plan::default();
        Self {
            dial_timeout: DIAL_TIMEOUT,
            dial: DialOptions::default(),
            keep_alive: keep_alive(plan),
            tls: None,
            versions: Versions::default(),
            head_limit: HEAD_LIMIT,
            read_timeout: None,
            write_timeout: None,
            most_connections: None,
            proxy_protocol: None,
            forward: None,
            environment: Environment::default(),
            name_servers: NameServers::default(),
            fastcgi: None,
        }
    }
}

impl Default for Versions {
    /// Caddy: `1.1 2`.
    fn default() -> Self {
        Self {
            http2: true,
            h2c: false,
        }
    }
}

/// As Caddy: HTTP/1.1 is always possible, except that `h2c` is prior knowledge. HTTP/3 is not
/// spoken with upstreams yet.
fn versions(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Versions, BuildError> {
    let named = |name: &str| plan.versions.iter().any(|version| version == name);
    if named("3") {
        return Err(cx.not_yet("3"));
    }
    if plan.versions.is_empty() {
        return Ok(Versions::default());
    }
    Ok(Versions {
        http2: named("2"),
        h2c: named("h2c"),
    })
}

/// The environment counts where the plan is silent.
fn environment(plan: &Plan, cx: &BuildContext<'_>) -> Result<Environment, BuildError> {
    if plan.network_proxy.is_some() || !plan.forward_proxy_url.is_empty() {
        return Ok(Environment::default());
    }
    Environment::build(cx)
}

fn head_limit(plan: &Plan) -> usize {
    match usize::try_from(plan.max_response_header_size) {
        Ok(0) | Err(_) => HEAD_LIMIT,
        Ok(limit) => limit.clamp(*HEAD_LIMITS.start(), *HEAD_LIMITS.end()),
    }
}

fn dial_options(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<DialOptions, BuildError> {
    let defaults = DialOptions::default();
    let probe = plan.keep_alive.as_ref().map(|keep| keep.probe_interval);
    Ok(DialOptions {
        from: cx.within("local_address", |cx| local_address(plan, cx))?,
        keep_alive: match probe {
            Some(interval) if interval.is_negative() => None,
            Some(interval) => interval.positive().or(defaults.keep_alive),
            None => defaults.keep_alive,
        },
        head_start: match plan.dial_fallback_delay {
            delay if delay.is_negative() => None,
            delay => delay.positive().or(defaults.head_start),
        },
    })
}

/// `ip`, or `ip:port`.
fn local_address(plan: &Plan, cx: &BuildContext<'_>) -> Result<Option<SocketAddr>, BuildError> {
    let text = plan.local_address.as_str();
    if text.is_empty() {
        return Ok(None);
    }
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 0));
    match ip.or_else(|_| text.parse()) {
        Ok(address) => Ok(Some(address)),
        Err(_) => Err(cx.error(format!("`{text}` is not an address to dial from"))),
    }
}

fn keep_alive(plan: &Plan) -> Option<KeepAlive> {
    let plan: KeepPlan = plan.keep_alive.clone().unwrap_or_default();
    if plan.enabled == Some(false) {
        return None;
    }
    let per_upstream = match plan.max_idle_conns_per_host {
        ..0 => return None,
        0 => IDLE_PER_UPSTREAM,
        count => usize::try_from(count).unwrap_or(usize::MAX),
    };
    Some(KeepAlive {
        timeout: plan.idle_timeout.positive().unwrap_or(IDLE_TIMEOUT),
        per_upstream,
        in_all: usize::try_from(plan.max_idle_conns)
            .ok()
            .filter(|most| *most > 0),
    })
}
