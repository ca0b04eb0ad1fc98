//! The upstreams of one `reverse_proxy`: who they are, and how they become a pool of `balance`.

pub(crate) mod active;
mod cookie;
mod current;
pub(crate) mod dynamic;
mod keys;
mod members;
mod options;
mod place;
mod policy;
mod watch;

use std::sync::Arc;

use evenkeel_balance::{self as balance, Passive, Retry};
use evenkeel_plan::http::handlers::reverse_proxy::{
    HealthChecks, LoadBalancing, ReverseProxy as Plan, Upstream as UpstreamPlan,
};
use http::HeaderValue;

use self::active::Mold;
pub(crate) use self::current::Current;
use self::dynamic::Dynamic;
pub(crate) use self::keys::{RequestKeys, Source};
pub(crate) use self::members::Members;
use self::members::{Candidate, Recipe};
pub(crate) use self::place::Dialled;
use self::place::Place;
use self::policy::Policy;
pub use self::watch::watch_upstreams;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::transport::Settings;

/// The pool of a `reverse_proxy`: who is in it, and what the policy reads of a request.
#[derive(Debug)]
pub(crate) struct Pool {
    /// Those of the plan.
    written: Members,
    dynamic: Option<Arc<Dynamic>>,
    recipe: Arc<Recipe>,
    sources: Box<[Source]>,
}

impl Pool {
    /// Compiles the pool of a plan, and has its upstreams checked if the plan says so.
    pub(crate) fn build(
        plan: &Plan,
        settings: &Settings,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let balancing = plan.load_balancing.as_ref();
        let policy = cx.within("load_balancing", |cx| {
            let policy = balancing.and_then(|plan| plan.selection_policy.as_ref());
            Policy::build(policy, cx)
        })?;
        let checks = plan.health_checks.as_ref();
        let active = checks.and_then(|checks| checks.active.as_ref());
        let mold = active.map(|plan| Mold::build(plan, cx)).transpose()?;
        let recipe = Arc::new(Recipe {
            settings: settings.clone(),
            selection: Arc::new(policy.selection),
            cookies: policy.cookies,
            passive: checks.and_then(passive),
            retry: balancing.map(retry).unwrap_or_default(),
            options: options::build(plan),
            drain: balancing.map_or_else(Box::default, |plan| plan.drain.as_slice().into()),
            limit: options::limit(0, plan),
            checks: mold.flatten().map(Arc::new),
            state: cx.parts().state.clone(),
        });
        let dynamic = plan.dynamic_upstreams.as_ref();
        let dynamic = dynamic
            .map(|plan| Dynamic::build(plan, &recipe, cx).map(Arc::new))
            .transpose()?;
        if let Some(dynamic) = &dynamic {
            cx.add_dynamic(Arc::clone(dynamic));
        }
        Ok(Self {
            written: written(plan, &recipe, cx)?,
            dynamic,
            recipe,
            sources: policy.sources,
        })
    }

    /// Who is in the pool for this exchange. Waits for the first answer of name servers if there is
    /// none yet. Fails if the request makes no names of what is looked up.
    pub(crate) async fn current(&self, exchange: &Exchange<'_>) -> Result<Current<'_>, ProxyError> {
        let Some(dynamic) = &self.dynamic else {
            return Ok(Current::Written(&self.written));
        };
        // In a box, since hardly any pool has need of it.
        let group = Box::pin(dynamic.group(exchange)).await?;
        Ok(Current::Found {
            members: group.members(),
            group,
            otherwise: &self.written,
        })
    }

    /// What the selection policy reads of a request, by the numbers it asks with.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The field that keeps a client at the upstream of this attempt, if it has to get one.
    pub(crate) fn pin(
        &self,
        members: &Members,
        attempt: &balance::Attempt,
        is_secure: bool,
    ) -> Option<HeaderValue> {
        let number = attempt.mark?;
        let upstream = members.balance().upstreams().get(attempt.upstream)?;
        let mark = upstream.marks.get(number)?;
        self.recipe.cookies.get(number)?.field(mark, is_secure)
    }
}

/// The upstreams that the plan names.
fn written(plan: &Plan, recipe: &Recipe, cx: &mut BuildContext<'_>) -> Result<Members, BuildError> {
    let mut candidates = Vec::with_capacity(plan.upstreams.len());
    for (index, upstream) in plan.upstreams.iter().enumerate() {
        candidates.push(cx.within(format_args!("upstreams[{index}]"), |cx| {
            candidate(upstream, plan, recipe, cx)
        })?);
    }
    // Nobody knows what will be found.
    let is_closed = plan.dynamic_upstreams.is_none();
    if let Some(unknown) = unknown(&recipe.drain, &candidates).filter(|_| is_closed) {
        return Err(cx.error(format!("`{unknown}` is not an upstream here")));
    }
    Ok(recipe.members(candidates))
}

fn candidate(
    plan: &UpstreamPlan,
    proxy: &Plan,
    recipe: &Recipe,
    cx: &mut BuildContext<'_>,
) -> Result<Candidate, BuildError> {
    let place = Place::build(&plan.dial, &recipe.settings, cx)?;
    let checks = proxy.health_checks.as_ref();
    let mut probe = None;
    if let Some(active) = checks.and_then(|checks| checks.active.as_ref())
        && let Some(endpoint) = place.checked(active, cx)?
        && let Some(mold) = &recipe.checks
    {
        let check = mold.check(&endpoint, &recipe.state);
        let check = check.map_err(|message| cx.error(message))?;
        probe = Some(check.probe());
        cx.add_check(check);
    }
    Ok(Candidate {
        place,
        limit: options::limit(plan.max_requests, proxy),
        probe,
    })
}

/// An address that is to be drained and is none of the pool's.
fn unknown<'p>(drain: &'p [String], candidates: &[Candidate]) -> Option<&'p String> {
    let is_known = |dial: &str| candidates.iter().any(|one| one.place.name() == dial);
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
