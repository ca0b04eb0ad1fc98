//! The upstreams of one `reverse_proxy`: `balance` decides by index, this says what is dialled.

pub(crate) mod active;
mod cookie;
mod keys;
mod options;
mod place;
mod policy;

use evenkeel_balance::{self as balance, Passive, Retry};
use evenkeel_plan::http::handlers::reverse_proxy::{
    HealthChecks, LoadBalancing, ReverseProxy as Plan, Upstream as UpstreamPlan,
};
use http::HeaderValue;

use self::active::Check;
pub(crate) use self::cookie::Cookie;
pub(crate) use self::keys::{RequestKeys, Source};
pub(crate) use self::place::Dialled;
use self::place::Place;
use self::policy::Policy;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::observe::meter::Meter;
use crate::transport::Settings;

/// A pool bound to addresses.
#[derive(Debug)]
pub(crate) struct Pool {
    balance: balance::Pool,
    places: Box<[Place]>,
    sources: Box<[Source]>,
    cookies: Box<[Cookie]>,
}

impl Pool {
    /// Compiles the pool of a plan, and has its upstreams checked if the plan says so.
    pub(crate) fn build(
        plan: &Plan,
        settings: &Settings,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let mut upstreams = Vec::with_capacity(plan.upstreams.len());
        let mut places = Vec::with_capacity(plan.upstreams.len());
        for (index, upstream) in plan.upstreams.iter().enumerate() {
            let (upstream, place) = cx.within(format_args!("upstreams[{index}]"), |cx| {
                build_upstream(upstream, plan, settings, cx)
            })?;
            upstreams.push(upstream);
            places.push(place);
        }
        let passive = plan.health_checks.as_ref().and_then(passive);
        let balancing = plan.load_balancing.as_ref();
        let policy = cx.within("load_balancing", |cx| {
            let policy = balancing.and_then(|plan| plan.selection_policy.as_ref());
            Policy::build(policy, cx)
        })?;
        for upstream in &mut upstreams {
            let mark = |cookie: &Cookie| cookie.mark(&upstream.key);
            upstream.marks = policy.cookies.iter().map(mark).collect();
        }
        let retry = balancing.map(retry).unwrap_or_default();
        if let Some(unknown) = balancing.and_then(|plan| unknown(&plan.drain, &upstreams)) {
            return Err(cx.error(format!("`{unknown}` is not an upstream here")));
        }
        let balance = balance::Pool::new(upstreams, policy.selection, passive, retry)
            .with(options::build(plan));
        Ok(Self {
            balance,
            places: places.into(),
            sources: policy.sources,
            cookies: policy.cookies,
        })
    }

    /// Who gets the next attempt.
    pub(crate) const fn balance(&self) -> &balance::Pool {
        &self.balance
    }

    /// What the selection policy reads of a request, by the numbers it asks with.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The field that keeps a client at the upstream of this attempt, if it has to get one.
    pub(crate) fn pin(&self, attempt: &balance::Attempt, is_secure: bool) -> Option<HeaderValue> {
        let number = attempt.mark?;
        let upstream = self.balance.upstreams().get(attempt.upstream)?;
        let mark = upstream.marks.get(number)?;
        self.cookies.get(number)?.field(mark, is_secure)
    }

    /// Where what becomes of the upstream at this index is counted.
    pub(crate) fn meter(&self, index: usize) -> &Meter {
        self.places[index].meter()
    }

    /// What the upstream at this index is called.
    pub(crate) fn name(&self, index: usize) -> &str {
        self.places[index].name()
    }

    /// What is dialled for the upstream at this index. Fails if the request makes no address of
    /// what is written.
    pub(crate) fn endpoint(
        &self,
        index: usize,
        exchange: &Exchange<'_>,
    ) -> Result<Dialled<'_>, ProxyError> {
        self.places[index].endpoint(exchange)
    }
}

fn build_upstream(
    plan: &UpstreamPlan,
    proxy: &Plan,
    settings: &Settings,
    cx: &mut BuildContext<'_>,
) -> Result<(balance::Upstream, Place), BuildError> {
    let place = Place::build(&plan.dial, settings, cx)?;
    let dial = place.name();
    let mut upstream = balance::Upstream {
        key: dial.into(),
        state: cx.parts().state.state(dial),
        marks: Box::default(),
        probe: None,
        max_requests: options::limit(plan.max_requests, proxy),
        is_draining: drains(dial, proxy),
    };
    let checks = proxy.health_checks.as_ref();
    if let Some(active) = checks.and_then(|checks| checks.active.as_ref())
        && let Some(endpoint) = place.checked(active, cx)?
        && let Some(check) = Check::build(active, &endpoint, cx)?
    {
        upstream.probe = Some(check.probe());
        cx.add_check(check);
    }
    Ok((upstream, place))
}

fn drains(dial: &str, plan: &Plan) -> bool {
    let balancing = plan.load_balancing.as_ref();
    balancing.is_some_and(|plan| plan.drain.iter().any(|drained| drained == dial))
}

/// An address that is to be drained and is none of the pool's.
fn unknown<'p>(drain: &'p [String], upstreams: &[balance::Upstream]) -> Option<&'p String> {
    let is_known = |dial: &str| upstreams.iter().any(|upstream| *upstream.key == *dial);
    drain.iter().find(|dial| !is_known(dial))
}

fn passive(plan: &HealthChecks) -> Option<Passive> {
    let plan = plan.passive.as_ref()?;
    let fail_duration = plan.fail_duration.positive()?;
    Some(Passive {
        max_fails: plan.max_fails.clamped().max(1),
        fail_duration,
    })
}

fn retry(plan: &LoadBalancing) -> Retry {
    Retry {
        try_duration: plan.try_duration.to_std(),
        try_interval: plan.try_interval.to_std(),
        retries: plan.retries.clamped(),
    }
}
