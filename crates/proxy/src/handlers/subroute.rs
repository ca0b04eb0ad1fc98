//! Routes inside a route. Caddy: `subroute.go`.

use evenkeel_plan::http::handlers::Subroute as Plan;

use super::Flow;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::{BuildContext, RouteList};

/// A list of routes as a handler.
pub(crate) struct Subroute {
    routes: RouteList,
}

impl Subroute {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Self {
            routes: RouteList::build(&plan.routes, cx)?,
        })
    }

    /// Runs the routes; boxed, because routes hold handlers, and this is one of them.
    pub(super) async fn handle<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
    ) -> Result<Flow, ProxyError> {
        Box::pin(self.routes.run(exchange)).await
    }

    pub(super) fn edits_host(&self) -> bool {
        self.routes.edits_host()
    }
}
