//! One server: from a request to a response, whatever happens on the way.

mod failed;
mod identity;
mod not_yet;
mod report;
#[cfg(test)]
mod tests;

use evenkeel_plan::http::Server as Plan;
use http::Response;
use http::header::{HeaderMap, SERVER};

use self::identity::Identity;
use super::{BuildContext, RouteList};
use crate::Body;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::{Exchange, SERVER_NAME};
use crate::handlers::Flow;
use crate::observe::Logged;
use crate::observe::access_log::{AccessLog, Noted};
use crate::template::has_broken_escape;

/// Routes, and what is noted about what passes them.
pub(crate) struct Server {
    name: Box<str>,
    routes: RouteList,
    identity: Option<Identity>,
    /// What answers when a route fails.
    errors: Option<RouteList>,
    access_log: Option<AccessLog>,
}

/// The connection is to be dropped without a response (HTTP/2: the stream reset).
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is dropped, as `abort` asks")]
pub(crate) struct Aborted;

impl Server {
    pub(super) fn build(
        name: &str,
        plan: &Plan,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        cx.take_named_routes(&plan.named_routes);
        let routes = RouteList::build(&plan.routes, cx)?;
        let errors = plan.errors.as_ref();
        let errors = errors
            .map(|plan| cx.within("errors", |cx| RouteList::build(&plan.routes, cx)))
            .transpose()?;
        not_yet::build_refusal(plan, cx)?;
        let identity = Identity::build(plan, cx)?;
        let access_log = plan
            .logs
            .as_ref()
            .map(|logs| AccessLog::build(logs, cx.parts()));
        Ok(Self {
            name: name.into(),
            routes,
            identity,
            errors,
            access_log,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Answers a request. Failures are answered by the routes for errors, if there are any, or become
    /// statuses with an empty body; a request that no route answers gets an empty 200. The access log entry is written when the body has gone out.
    pub(crate) async fn respond<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
    ) -> Result<Response<Logged>, Aborted> {
        if let Some(identity) = &self.identity {
            let peer = exchange.connection.peer;
            exchange.client = identity.client(peer, exchange.request.headers());
        }
        let pending = self.access_log.as_ref().and_then(|log| log.begin(exchange));
        let mut noted = Noted { exchange, pending };
        let flow = self.run(noted.exchange).await;
        let pending = noted.pending.take();
        let exchange = &mut *noted.exchange;
        let pending = match pending {
            Some(pending) if exchange.skips_log() => {
                pending.skip();
                None
            }
            pending => pending,
        };
        let (response, answered) = match flow {
            Flow::Respond(response) => (finish(exchange, response), true),
            Flow::Next | Flow::Finish => (bare(exchange), false),
            Flow::Abort => {
                if let Some(mut pending) = pending {
                    pending.abort();
                }
                return Err(Aborted);
            }
        };
        Ok(match pending {
            Some(pending) => pending.attach(response, answered, exchange),
            None => response.map(Logged::from),
        })
    }

    async fn run<'g>(&'g self, exchange: &mut Exchange<'g>) -> Flow {
        match check_target(exchange) {
            Ok(()) => match self.routes.run(exchange).await {
                Ok(flow) => flow,
                Err(error) => self.answer_failure(exchange, error).await,
            },
            Err(error) => failed::plain_answer(exchange, &error),
        }
    }
}

/// Refuses a path with a broken escape, as Go's `url.Parse` does: no two readers of it agree.
fn check_target(exchange: &Exchange<'_>) -> Result<(), ProxyError> {
    if has_broken_escape(exchange.request.uri().path().as_bytes()) {
        return Err(ProxyError::new(
            Kind::BadRequest,
            "invalid URL escape in the path",
        ));
    }
    Ok(())
}

/// Puts the fields set earlier in front, then undoes the handlers' steps.
fn finish(exchange: &mut Exchange<'_>, mut response: Response<Body>) -> Response<Body> {
    if !exchange.early.is_empty() {
        let mut fields = std::mem::take(&mut exchange.early);
        append(&mut fields, std::mem::take(response.headers_mut()));
        *response.headers_mut() = fields;
    }
    if std::mem::take(&mut exchange.server_field) {
        // From here on it is a field like any other.
        response.headers_mut().insert(SERVER, SERVER_NAME);
    }
    while let Some(step) = exchange.steps.pop() {
        step.run(exchange, &mut response);
    }
    response
}

/// A response without a handler's: steps do not run on it, as in Caddy, where they hang on the
/// writer that only handlers write to.
fn bare(exchange: &mut Exchange<'_>) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.headers_mut() = std::mem::take(&mut exchange.early);
    if exchange.server_field {
        response.headers_mut().insert(SERVER, SERVER_NAME);
    }
    response
}

/// Appends, never replaces: a field that is in both is sent twice. Caddy: `reverseproxy.go`,
/// `copyHeader`.
fn append(fields: &mut HeaderMap, more: HeaderMap) {
    let mut last = None;
    for (name, value) in more {
        if name.is_some() {
            last = name;
        }
        if let Some(name) = &last {
            fields.append(name, value);
        }
    }
}
