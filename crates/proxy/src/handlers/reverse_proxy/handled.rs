//! `handle_response` and `replace_status`: what is done with some responses instead of passing
//! them on. Caddy: `reverseproxy.go`, `reverseProxy`.

use std::fmt;

use evenkeel_balance::Attempt;
use evenkeel_plan::http::handlers::ResponseHandler as Plan;
use http::{HeaderMap, StatusCode};

use super::ReverseProxy;
use super::attempt::Answer;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::{BuildContext, RouteList};
use crate::handlers::Flow;
use crate::handlers::headers::Requirement;
use crate::handlers::status::Status;

/// Tried in their order; the first that fits is taken.
pub(super) struct ResponseHandlers(Box<[Entry]>);

struct Entry {
    require: Option<Requirement>,
    action: Action,
}

enum Action {
    Status(Status),
    Routes(RouteList),
}

/// A response that a `handle_response` is busy with. Its connection is closed unless it is copied.
pub(crate) struct Held<'g> {
    proxy: &'g ReverseProxy,
    answer: Answer,
    attempt: Attempt,
}

impl ResponseHandlers {
    pub(super) fn build(plans: &[Plan], cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let entries = cx.all(plans.iter(), |cx, at, plan| {
            cx.within(format_args!("handle_response[{at}]"), |cx| {
                Entry::build(plan, cx)
            })
        })?;
        Ok(Self(entries))
    }

    /// Whether any of the routes may change the request's `Host`.
    pub(super) fn edits_host(&self) -> bool {
        self.0.iter().any(|entry| match &entry.action {
            Action::Status(_) => false,
            Action::Routes(routes) => routes.edits_host(),
        })
    }

    fn find(&self, answer: &Answer, exchange: &Exchange<'_>) -> Option<&Action> {
        let (status, headers) = (answer.response.status(), answer.response.headers());
        let fits = |entry: &&Entry| {
            let require = entry.require.as_ref();
            require.is_none_or(|require| require.holds(status, headers, exchange))
        };
        self.0.iter().find(fits).map(|entry| &entry.action)
    }
}

impl Entry {
    fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let require = plan.matcher.as_ref();
        let require = require
            .map(|plan| cx.within("match", |cx| Requirement::build(plan, cx)))
            .transpose()?;
        let action = match &plan.status_code {
            Some(status) => Action::Status(Status::build(status, cx)?),
            None => Action::Routes(RouteList::build(&plan.routes, cx)?),
        };
        Ok(Self { require, action })
    }
}

impl ReverseProxy {
    /// Hands a response on, or does with it what is to be done with such ones.
    pub(super) async fn handle_answer<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
        answer: Answer,
        attempt: Attempt,
    ) -> Result<Flow, ProxyError> {
        match self.handled.find(&answer, exchange) {
            None => self.respond(exchange, answer, (attempt, None)).await,
            Some(Action::Status(status)) => {
                let status = status.resolve(exchange)?;
                let status = (attempt, Some(status));
                self.respond(exchange, answer, status).await
            }
            Some(Action::Routes(routes)) => {
                let held = Box::new(Held {
                    proxy: self,
                    answer,
                    attempt,
                });
                let outer = exchange.held.replace(held);
                // Boxed, because routes hold handlers, and this is one of them.
                let flow = Box::pin(routes.run(exchange)).await;
                exchange.held = outer;
                flow
            }
        }
    }
}

impl<'g> Held<'g> {
    /// Answers with the response, perhaps with another status.
    pub(crate) async fn respond(
        self,
        exchange: &mut Exchange<'g>,
        status: Option<StatusCode>,
    ) -> Result<Flow, ProxyError> {
        let Self {
            proxy,
            answer,
            attempt,
        } = self;
        proxy.respond(exchange, answer, (attempt, status)).await
    }

    /// The status of the response.
    pub(crate) fn status(&self) -> StatusCode {
        self.answer.response.status()
    }

    /// The header of the response.
    pub(crate) fn headers(&self) -> &HeaderMap {
        self.answer.response.headers()
    }
}

impl fmt::Debug for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
