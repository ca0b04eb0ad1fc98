//! `headers`: edits of the request before, and of the response after, the following handlers.
//! Caddy: `modules/caddyhttp/headers/headers.go`.

mod deletion;
mod ops;
mod replacement;
#[cfg(test)]
mod tests;
mod value;

use evenkeel_plan::http::handlers::{
    HeaderOps as OpsPlan, Headers as Plan, ResponseHeaderOps as ResponsePlan, ResponseMatcher,
};
use evenkeel_plan::value::StatusPattern;
use http::header::{HOST, SERVER};
use http::{HeaderMap, StatusCode};

use super::{Flow, ResponseStep};
use crate::error::BuildError;
use crate::exchange::{Exchange, SERVER_NAME};
use crate::graph::BuildContext;
use crate::matchers::header::Headers as Fields;
use crate::template::Scope;

use ops::Ops;
use value::View;
pub(crate) use value::field_value;

/// The handler.
pub(crate) struct Headers {
    request: Option<RequestOps>,
    response: Option<ResponseOps>,
}

/// Edits of a request's header.
pub(crate) struct RequestOps {
    ops: Ops,
}

/// Edits of a response's header, and when they are made.
pub(crate) struct ResponseOps {
    ops: Ops,
    require: Option<Requirement>,
    deferred: bool,
    /// Whether the server's own field may be among what is edited.
    touches_server: bool,
}

/// What a response must be like for its edits to be made.
pub(crate) struct Requirement {
    statuses: Box<[StatusPattern]>,
    fields: Fields,
}

impl Headers {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let request = plan.request.as_ref();
        let response = plan.response.as_ref();
        Ok(Self {
            request: request
                .map(|plan| cx.within("request", |cx| RequestOps::build(plan, cx)))
                .transpose()?,
            response: response
                .map(|plan| cx.within("response", |cx| ResponseOps::build(plan, cx)))
                .transpose()?,
        })
    }

    pub(super) fn handle<'g>(&'g self, exchange: &mut Exchange<'g>) -> Flow {
        if let Some(request) = &self.request {
            request.apply_to_own(exchange);
        }
        match &self.response {
            None => {}
            Some(ops) if ops.deferred => exchange.steps.push(ResponseStep::Headers(ops)),
            Some(ops) => ops.apply_early(exchange),
        }
        Flow::Next
    }

    pub(super) fn edits_host(&self) -> bool {
        self.request
            .as_ref()
            .is_some_and(|request| request.ops.touches(&HOST))
    }
}

impl RequestOps {
    /// Compiles edits of a request; also `header_up`'s.
    pub(crate) fn build(plan: &OpsPlan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Self {
            ops: Ops::build(plan, cx)?,
        })
    }

    /// Edits a header that is on its way upstream. Placeholders see the exchange's own request.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, exchange: &Exchange<'_>) {
        self.ops
            .apply(headers, &View::Aside(Scope::request(exchange)));
    }

    /// Edits the request that later handlers see.
    fn apply_to_own(&self, exchange: &mut Exchange<'_>) {
        let mut headers = std::mem::take(exchange.request.headers_mut());
        self.ops
            .apply(&mut headers, &View::Request(Scope::request(exchange)));
        *exchange.request.headers_mut() = headers;
    }
}

impl ResponseOps {
    /// Compiles edits of a response; also `header_down`'s.
    pub(crate) fn build(
        plan: &ResponsePlan,
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let ops = OpsPlan {
            add: plan.add.clone(),
            set: plan.set.clone(),
            delete: plan.delete.clone(),
            replace: plan.replace.clone(),
        };
        let ops = Ops::build(&ops, cx)?;
        let require = plan
            .require
            .as_ref()
            .map(|plan| cx.within("require", |cx| Requirement::build(plan, cx)))
            .transpose()?;
        let deferred = plan.deferred || require.is_some();
        let touches_server = ops.touches(&SERVER);
        Ok(Self {
            ops,
            require,
            deferred,
            touches_server,
        })
    }

    /// Edits a response's header, if the response is as required.
    pub(crate) fn apply(
        &self,
        status: StatusCode,
        headers: &mut HeaderMap,
        exchange: &Exchange<'_>,
    ) {
        let holds = self
            .require
            .as_ref()
            .is_none_or(|require| require.holds(status, headers, exchange));
        if holds {
            let scope = Scope {
                status: Some(status),
                ..Scope::request(exchange)
            };
            self.ops.apply(headers, &View::Response(scope));
        }
    }

    /// Edits what the response will start from.
    fn apply_early(&self, exchange: &mut Exchange<'_>) {
        let mut early = std::mem::take(&mut exchange.early);
        if self.touches_server && exchange.server_field {
            // From here on it is a field like any other.
            early.insert(SERVER, SERVER_NAME);
            exchange.server_field = false;
        }
        self.ops
            .apply(&mut early, &View::Response(Scope::request(exchange)));
        exchange.early = early;
    }
}

impl Requirement {
    /// Compiles a condition.
    pub(crate) fn build(plan: &ResponseMatcher, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Self {
            statuses: plan.status_code.clone().into(),
            fields: Fields::build(&plan.headers, cx)?,
        })
    }

    /// Caddy: `ResponseMatcher.Match`.
    pub(crate) fn holds(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        exchange: &Exchange<'_>,
    ) -> bool {
        let code = status.as_u16();
        (self.statuses.is_empty() || self.statuses.iter().any(|wanted| wanted.matches(code)))
            && self
                .fields
                .match_fields(headers, &Scope::response(exchange, status, headers))
    }
}
