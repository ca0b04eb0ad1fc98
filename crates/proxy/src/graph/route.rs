//! Routes and the loop that runs them. Caddy: `routes.go`.

use evenkeel_plan::http::Route as Plan;

use super::BuildContext;
use super::host_index::HostIndex;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::handlers::{Flow, Handler};
use crate::matchers::{Judged, MatcherSet};

/// Routes, tried in order.
pub(crate) struct RouteList {
    routes: Box<[Route]>,
    index: Option<HostIndex>,
}

/// Conditions and handlers.
pub(crate) struct Route {
    /// Alternatives; always if empty.
    matcher_sets: Box<[MatcherSet]>,
    handlers: Box<[Handler]>,
    group: Option<u16>,
    terminal: bool,
}

/// The route groups of which a route has run, for one exchange.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    first: u64,
    /// Groups from 64 on; few configurations have that many.
    more: Vec<u16>,
}

impl RouteList {
    pub(crate) fn build(plan: &[Plan], cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let routes = cx.all(plan.iter(), |cx, at, plan| {
            cx.within(format_args!("routes[{at}]"), |cx| Route::build(plan, cx))
        })?;
        let index = HostIndex::build(&routes);
        Ok(Self { routes, index })
    }

    /// Runs the routes that match until one responds.
    pub(crate) async fn run<'g>(&'g self, exchange: &mut Exchange<'g>) -> Result<Flow, ProxyError> {
        let Some(index) = &self.index else {
            for route in &self.routes {
                match route.run(exchange).await? {
                    Flow::Next => {}
                    flow => return Ok(flow),
                }
            }
            return Ok(Flow::Next);
        };
        for &candidate in index.candidates(exchange.host()) {
            match self.routes[candidate as usize].run(exchange).await? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    /// Whether any handler may change the request's `Host`.
    pub(crate) fn edits_host(&self) -> bool {
        self.routes.iter().any(Route::edits_host)
    }
}

impl Route {
    fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let matcher_sets = cx.all(plan.matcher_sets.iter(), |cx, at, set| {
            cx.within(format_args!("match[{at}]"), |cx| MatcherSet::build(set, cx))
        });
        // A mistake in a matcher does not hide those in what it guards.
        let handlers = cx.all(plan.handlers.iter(), |cx, at, handler| {
            cx.within(format_args!("handle[{at}]"), |cx| {
                Handler::build(handler, cx)
            })
        });
        let (matcher_sets, handlers) = cx.both(matcher_sets, handlers)?;
        let group = match plan.group.as_str() {
            "" => None,
            name => Some(cx.group(name)?),
        };
        Ok(Self {
            matcher_sets,
            handlers,
            group,
            terminal: plan.terminal,
        })
    }

    async fn run<'g>(&'g self, exchange: &mut Exchange<'g>) -> Result<Flow, ProxyError> {
        if self
            .group
            .is_some_and(|group| exchange.groups.contains(group))
            || !self.matches(exchange).map_err(|error| *error)?
        {
            return Ok(Flow::Next);
        }
        if let Some(group) = self.group {
            exchange.groups.insert(group);
        }
        for handler in &self.handlers {
            match handler.handle(exchange).await? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(if self.terminal {
            Flow::Finish
        } else {
            Flow::Next
        })
    }

    fn matches<'g>(&'g self, exchange: &mut Exchange<'g>) -> Judged {
        Ok(self.matcher_sets.is_empty() || MatcherSet::any(&self.matcher_sets, exchange)?)
    }

    /// The matcher sets of which one must hold.
    pub(super) fn matcher_sets(&self) -> &[MatcherSet] {
        &self.matcher_sets
    }

    pub(super) fn edits_host(&self) -> bool {
        self.handlers.iter().any(Handler::edits_host)
    }
}

impl Groups {
    fn contains(&self, group: u16) -> bool {
        match group {
            0..64 => self.first & (1 << group) != 0,
            _ => self.more.contains(&group),
        }
    }

    fn insert(&mut self, group: u16) {
        match group {
            0..64 => self.first |= 1 << group,
            _ => self.more.push(group),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_beyond_the_first_64_are_kept_apart() {
        let mut groups = Groups::default();
        for group in [0, 63, 64, 1000] {
            assert!(!groups.contains(group));
            groups.insert(group);
            assert!(groups.contains(group));
        }
        assert!(!groups.contains(1) && !groups.contains(65));
    }
}
