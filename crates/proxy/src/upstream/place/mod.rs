//! Where an upstream is: at one address, or at one that each request names.

mod varying;

use std::ops::Deref;
use std::sync::Arc;

use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks;

use self::varying::Varying;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::observe::meter::Meter;
use crate::template::{Template, Unknown};
use crate::transport::{Endpoint, Settings};

/// Where one upstream of a pool is.
#[derive(Debug)]
pub(super) enum Place {
    /// At the same address for every request.
    Fixed(Arc<Endpoint>),
    /// Where the placeholders of its address say.
    Varying(Box<Varying>),
}

/// What is dialled for one attempt.
#[derive(Clone, Debug)]
pub(crate) enum Dialled<'g> {
    /// An address of the graph.
    Fixed(&'g Arc<Endpoint>),
    /// The request's own.
    Own(Arc<Endpoint>),
}

impl Place {
    /// Reads a dial address. Placeholders that are known when the graph is built, as `{env.NAME}`,
    /// are replaced once.
    pub(super) fn build(
        dial: &str,
        settings: &Settings,
        cx: &BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let template = Template::parse(dial, Unknown::Empty, cx);
        let Some(fixed) = template.fixed() else {
            let meter = cx.parts().state.meter(dial);
            let varying = Varying::new(dial, template, settings).metered(meter);
            return Ok(Self::Varying(Box::new(varying)));
        };
        let address = String::from_utf8_lossy(fixed);
        let endpoint = Endpoint::parse(&address, settings.clone()).map_err(|error| {
            if address == dial {
                cx.error(error.to_string())
            } else {
                cx.error(format!("`{dial}`: {error}"))
            }
        })?;
        Ok(Self::Fixed(cx.parts().state.endpoint(endpoint)))
    }

    /// What the upstream is called, whatever a request makes of it. Caddy counts by that name, too.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Fixed(endpoint) => &endpoint.dial,
            Self::Varying(varying) => varying.name(),
        }
    }

    /// Where what becomes of it is counted.
    pub(super) fn meter(&self) -> &Meter {
        match self {
            Self::Fixed(endpoint) => &endpoint.meter,
            Self::Varying(varying) => varying.meter(),
        }
    }

    /// What is dialled for this exchange.
    pub(super) fn endpoint(&self, exchange: &Exchange<'_>) -> Result<Dialled<'_>, ProxyError> {
        match self {
            Self::Fixed(endpoint) => Ok(Dialled::Fixed(endpoint)),
            Self::Varying(varying) => varying.endpoint(exchange).map(Dialled::Own),
        }
    }

    /// Where its health is asked for, unless nobody can say. Caddy: `healthchecks.go`,
    /// `doActiveHealthCheckForAllHosts`, which leaves such upstreams out.
    pub(super) fn checked(
        &self,
        checks: &ActiveHealthChecks,
        cx: &BuildContext<'_>,
    ) -> Result<Option<Arc<Endpoint>>, BuildError> {
        let varying = match self {
            Self::Fixed(endpoint) => return Ok(Some(Arc::clone(endpoint))),
            Self::Varying(varying) => varying,
        };
        if !checks.upstream.is_empty() {
            let endpoint = Endpoint::parse(&checks.upstream, varying.settings().clone())
                .map_err(|error| cx.error(error.to_string()))?;
            return Ok(Some(Arc::new(endpoint)));
        }
        if !(checks.uri.is_empty() && checks.path.is_empty() && checks.port == 0) {
            tracing::warn!(
                target: "http.handlers.reverse_proxy.health_checker.active",
                upstream = varying.name(),
                "no health checks: the address depends on the request; `health_upstream` can name another",
            );
        }
        Ok(None)
    }
}

impl Deref for Dialled<'_> {
    type Target = Arc<Endpoint>;

    fn deref(&self) -> &Arc<Endpoint> {
        match self {
            Self::Fixed(endpoint) => endpoint,
            Self::Own(endpoint) => endpoint,
        }
    }
}
