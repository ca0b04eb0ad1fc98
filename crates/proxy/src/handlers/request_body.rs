//! `request_body`: limits the body of a request, or puts another in its place.
//! Caddy: `modules/caddyhttp/requestbody`.

use bytes::Bytes;
use evenkeel_plan::http::handlers::RequestBody as Plan;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};

use super::Flow;
use crate::Body;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// The handler.
pub(crate) struct RequestBody {
    /// Bytes at most.
    limit: Option<u64>,
    set: Option<Template>,
}

impl RequestBody {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Self {
        let set = (!plan.set.is_empty()).then(|| Template::parse(&plan.set, Unknown::Empty, cx));
        Self {
            limit: u64::try_from(plan.max_size).ok().filter(|limit| *limit > 0),
            set,
        }
    }

    pub(super) fn handle(&self, exchange: &mut Exchange<'_>) -> Flow {
        if let Some(set) = &self.set {
            let text = set.expand(&Scope::request(exchange)).into_owned();
            let headers = exchange.request.headers_mut();
            headers.remove(TRANSFER_ENCODING);
            headers.insert(CONTENT_LENGTH, (text.len() as u64).into());
            *exchange.request.body_mut() = Body::full(Bytes::from(text));
        }
        if let Some(limit) = self.limit {
            let body = std::mem::take(exchange.request.body_mut());
            *exchange.request.body_mut() = body.limited(limit);
        }
        Flow::Next
    }
}
