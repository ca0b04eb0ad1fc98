//! Routes inside a route. Caddy: `subroute.go`.

use evenkeel_plan::http::handlers::{Invoke, Subroute as Plan};

use super::Flow;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::graph::{BuildContext, RouteList};

/// A list of routes as a handler.
pub(crate) struct Subroute {
    routes: RouteList,
    errors: Option<RouteList>,
}

impl Subroute {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let routes = RouteList::build(&plan.routes, cx)?;
        let errors = plan.errors.as_ref();
        let errors = errors
            .map(|plan| cx.within("errors", |cx| RouteList::build(&plan.routes, cx)))
            .transpose()?;
        Ok(Self { routes, errors })
    }

    /// That of a named route, built anew where it is used.
    pub(super) fn invoke(plan: &Invoke, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let routes = cx.invoke(&plan.name, |route, cx| {
            RouteList::build(std::slice::from_ref(route), cx)
        })?;
        Ok(Self {
            routes,
            errors: None,
        })
    }

    /// Runs the routes; boxed, because routes hold handlers, and this is one of them.
    pub(super) async fn handle<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
    ) -> Result<Flow, ProxyError> {
        let steps = exchange.steps.len();
        let flow = Box::pin(self.routes.run(exchange)).await;
        let (error, routes) = match (flow, &self.errors) {
            (Err(error), Some(routes)) => (error, routes),
            (flow, _) => return flow,
        };
        exchange.steps.truncate(steps);
        exchange.notes_mut().failure = Some(Failure::of(&error, exchange));
        Box::pin(routes.run(exchange)).await
    }

    pub(super) fn edits_host(&self) -> bool {
        let errors = self.errors.as_ref();
        self.routes.edits_host() || errors.is_some_and(RouteList::edits_host)
    }
}
