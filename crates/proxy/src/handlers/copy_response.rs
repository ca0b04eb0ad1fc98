//! `copy_response` and `copy_response_headers`: the upstream's response, or its fields, in a
//! `handle_response`. Caddy: `reverseproxy/copyresponse.go`.

use evenkeel_plan::http::handlers::{CopyResponse as Plan, CopyResponseHeaders as HeadersPlan};
use http::HeaderName;
use http::header::{CONTENT_LENGTH, TRAILER, TRANSFER_ENCODING};

use super::Flow;
use super::reverse_proxy::is_hop_by_hop;
use super::status::Status;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;

/// Answers with the response that is being handled.
pub(crate) struct CopyResponse {
    status: Option<Status>,
}

/// Adds fields of the response that is being handled.
pub(crate) struct CopyResponseHeaders {
    include: Box<[HeaderName]>,
    exclude: Box<[HeaderName]>,
}

impl CopyResponse {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let status = plan.status_code.as_ref();
        Ok(Self {
            status: status.map(|plan| Status::build(plan, cx)).transpose()?,
        })
    }

    pub(super) async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<Flow, ProxyError> {
        let status = self.status.as_ref();
        let status = status.map(|status| status.resolve(exchange)).transpose()?;
        let held = exchange.held.take().ok_or_else(nothing_held)?;
        held.respond(exchange, status).await
    }
}

impl CopyResponseHeaders {
    pub(super) fn build(plan: &HeadersPlan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let name = |text: &String| {
            HeaderName::from_bytes(text.as_bytes())
                .map_err(|_| cx.error(format!("`{text}` is not a header field's name")))
        };
        Ok(Self {
            include: plan.include.iter().map(name).collect::<Result<_, _>>()?,
            exclude: plan.exclude.iter().map(name).collect::<Result<_, _>>()?,
        })
    }

    /// What says where a body ends, or concerns the upstream's connection, is not copied.
    pub(super) fn handle(&self, exchange: &mut Exchange<'_>) -> Result<Flow, ProxyError> {
        let held = exchange.held.as_ref().ok_or_else(nothing_held)?;
        for (name, value) in held.headers() {
            let framing = [CONTENT_LENGTH, TRAILER, TRANSFER_ENCODING];
            let is_wanted = self.include.is_empty() || self.include.contains(name);
            if is_wanted
                && !self.exclude.contains(name)
                && !framing.contains(name)
                && !is_hop_by_hop(name)
            {
                exchange.early.append(name.clone(), value.clone());
            }
        }
        Ok(Flow::Next)
    }
}

fn nothing_held() -> ProxyError {
    let message = "there is no response to copy outside of `handle_response`";
    ProxyError::new(Kind::Handler, message)
}
