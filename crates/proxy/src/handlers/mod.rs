//! What routes do with an exchange: one variant a handler, called down a list; what is left to do
//! on the response is called back up.

pub(crate) mod copy_response;
pub(crate) mod file_server;
pub(crate) mod headers;
pub(crate) mod log_append;
pub(crate) mod map;
pub(crate) mod request_body;
pub(crate) mod reverse_proxy;
pub(crate) mod rewrite;
pub(crate) mod static_error;
pub(crate) mod static_response;
mod status;
pub(crate) mod subroute;
pub(crate) mod vars;

use evenkeel_plan::http::Handler as Plan;
use http::Response;

use crate::Body;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;

/// What a handler wants next.
pub(crate) enum Flow {
    /// The next handler.
    Next,
    /// The response goes out; no further handler.
    Respond(Response<Body>),
    /// No further handler, though there is no response. Caddy: the end of a terminal route.
    Finish,
    /// The connection is dropped without a response.
    Abort,
}

/// Does something with an exchange.
pub(crate) enum Handler {
    /// Answers with an upstream's response that is being handled.
    CopyResponse(Box<copy_response::CopyResponse>),
    /// Adds its fields.
    CopyResponseHeaders(Box<copy_response::CopyResponseHeaders>),
    /// Answers with files.
    FileServer(Box<file_server::FileServer>),
    /// Adds to the access log.
    LogAppend(Box<log_append::LogAppend>),
    /// Gives placeholders values.
    Map(Box<map::Map>),
    /// Limits or replaces the request's body.
    RequestBody(Box<request_body::RequestBody>),
    /// Has no effect.
    Nothing,
    /// Edits header fields.
    Headers(Box<headers::Headers>),
    /// Forwards upstream.
    ReverseProxy(Box<reverse_proxy::ReverseProxy>),
    /// Answers by itself.
    StaticResponse(Box<static_response::StaticResponse>),
    /// Fails on purpose.
    StaticError(Box<static_error::StaticError>),
    /// A list of routes of its own.
    Subroute(Box<subroute::Subroute>),
    /// Changes method and URI.
    Rewrite(Box<rewrite::Rewrite>),
    /// Sets variables.
    Vars(vars::Vars),
}

/// Work a handler left to do on the response.
#[derive(Clone, Copy)]
pub(crate) enum ResponseStep<'g> {
    /// Deferred edits of header fields.
    Headers(&'g headers::ResponseOps),
}

impl Handler {
    /// Compiles a handler of a plan.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(match plan {
            Plan::CopyResponse(plan) => {
                Self::CopyResponse(Box::new(copy_response::CopyResponse::build(plan, cx)?))
            }
            Plan::CopyResponseHeaders(plan) => {
                let built = copy_response::CopyResponseHeaders::build(plan, cx)?;
                Self::CopyResponseHeaders(Box::new(built))
            }
            Plan::FileServer(plan) => {
                Self::FileServer(Box::new(file_server::FileServer::build(plan, cx)?))
            }
            Plan::Invoke(plan) => Self::Subroute(Box::new(subroute::Subroute::invoke(plan, cx)?)),
            Plan::LogAppend(plan) => {
                Self::LogAppend(Box::new(log_append::LogAppend::build(plan, cx)))
            }
            Plan::Map(plan) => Self::Map(Box::new(map::Map::build(plan, cx)?)),
            Plan::RequestBody(plan) => {
                Self::RequestBody(Box::new(request_body::RequestBody::build(plan, cx)))
            }
            // Browsers have stopped to take what is pushed.
            Plan::Push(_) => Self::Nothing,
            Plan::Headers(plan) => Self::Headers(Box::new(headers::Headers::build(plan, cx)?)),
            Plan::ReverseProxy(plan) => {
                Self::ReverseProxy(Box::new(reverse_proxy::ReverseProxy::build(plan, cx)?))
            }
            Plan::StaticResponse(plan) => {
                let built = static_response::StaticResponse::build(plan, cx)?;
                Self::StaticResponse(Box::new(built))
            }
            Plan::StaticError(plan) => {
                Self::StaticError(Box::new(static_error::StaticError::build(plan, cx)?))
            }
            Plan::Subroute(plan) => Self::Subroute(Box::new(subroute::Subroute::build(plan, cx)?)),
            Plan::Rewrite(plan) => Self::Rewrite(Box::new(rewrite::Rewrite::build(plan, cx)?)),
            Plan::Vars(plan) => Self::Vars(vars::Vars::build(plan, cx)?),
            Plan::AcmeServer(_)
            | Plan::Authentication(_)
            | Plan::Encode(_)
            | Plan::Intercept(_)
            | Plan::Metrics(_)
            | Plan::Templates(_)
            | Plan::Timeouts(_)
            | Plan::Tracing(_) => return Err(cx.not_yet(plan.name())),
        })
    }

    /// Runs the handler.
    pub(crate) async fn handle<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
    ) -> Result<Flow, ProxyError> {
        match self {
            Self::CopyResponse(handler) => handler.handle(exchange).await,
            Self::CopyResponseHeaders(handler) => handler.handle(exchange),
            Self::FileServer(handler) => handler.handle(exchange).await,
            Self::LogAppend(handler) => Ok(handler.handle(exchange)),
            Self::Map(handler) => Ok(handler.handle(exchange)),
            Self::RequestBody(handler) => Ok(handler.handle(exchange)),
            Self::Nothing => Ok(Flow::Next),
            Self::Headers(handler) => Ok(handler.handle(exchange)),
            Self::ReverseProxy(handler) => handler.handle(exchange).await,
            Self::StaticResponse(handler) => handler.handle(exchange),
            Self::StaticError(handler) => Err(handler.fail(exchange)),
            Self::Subroute(handler) => handler.handle(exchange).await,
            Self::Rewrite(handler) => handler.handle(exchange),
            Self::Vars(handler) => Ok(handler.handle(exchange)),
        }
    }

    /// Whether it may change the request's `Host`, which routes are indexed by.
    pub(crate) fn edits_host(&self) -> bool {
        match self {
            Self::Headers(handler) => handler.edits_host(),
            Self::Subroute(handler) => handler.edits_host(),
            Self::ReverseProxy(handler) => handler.edits_host(),
            Self::CopyResponse(_)
            | Self::CopyResponseHeaders(_)
            | Self::FileServer(_)
            | Self::LogAppend(_)
            | Self::Map(_)
            | Self::RequestBody(_)
            | Self::Nothing
            | Self::StaticResponse(_)
            | Self::StaticError(_)
            | Self::Rewrite(_)
            | Self::Vars(_) => false,
        }
    }
}

impl<'g> ResponseStep<'g> {
    /// Does the work.
    pub(crate) fn run(self, exchange: &Exchange<'g>, response: &mut Response<Body>) {
        match self {
            Self::Headers(ops) => {
                let status = response.status();
                ops.apply(status, response.headers_mut(), exchange);
            }
        }
    }
}
