//! `static_response`: answers by itself. Caddy: `modules/caddyhttp/staticresp.go`.

mod json;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use evenkeel_plan::http::handlers::StaticResponse as Plan;
use http::header::{CONNECTION, CONTENT_TYPE, SERVER};
use http::{HeaderName, HeaderValue, Response, StatusCode, Version};

use super::Flow;
use super::headers::field_value;
use super::status::Status;
use crate::Body;
use crate::error::{BuildError, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// The handler.
pub(crate) struct StaticResponse {
    /// That of the failure, or 200, if absent.
    status: Option<Status>,
    fields: Box<[(Template, Box<[Template]>)]>,
    body: Template,
    /// Of a body that is the same for every request.
    content_type: Option<HeaderValue>,
    close: bool,
    abort: bool,
}

const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl StaticResponse {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let all = |text: &String| Template::parse(text, Unknown::Empty, cx);
        let known = |text: &String| Template::parse(text, Unknown::Literal, cx);
        let status = plan.status_code.as_ref();
        let status = status.map(|plan| Status::build(plan, cx)).transpose()?;
        let fields = plan
            .headers
            .iter()
            .map(|(name, values)| (all(name), values.iter().map(known).collect()))
            .collect();
        let body = known(&plan.body);
        Ok(Self {
            status,
            fields,
            content_type: body.fixed().map(|body| content_type(body)),
            body,
            close: plan.close,
            abort: plan.abort,
        })
    }

    pub(super) fn handle(&self, exchange: &mut Exchange<'_>) -> Result<Flow, ProxyError> {
        if self.abort {
            return Ok(Flow::Abort);
        }
        if self.close && exchange.request.version() <= Version::HTTP_11 {
            let close = HeaderValue::from_static("close");
            exchange.early.insert(CONNECTION, close);
        }
        self.set_fields(exchange);
        let body = self.body(exchange);
        // Last, as in Caddy: what has been set stays on the answer to a failure.
        let status = match &self.status {
            Some(status) => status.resolve(exchange)?,
            None => exchange
                .failure()
                .map_or(StatusCode::OK, |failure| failure.status),
        };
        if status.is_informational() {
            // Not a final response; the next handler may give one.
            return Ok(Flow::Next);
        }
        let bodyless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let body = if bodyless {
            Body::empty()
        } else {
            Body::full(body)
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = std::mem::take(&mut exchange.early);
        Ok(Flow::Respond(response))
    }

    fn set_fields(&self, exchange: &mut Exchange<'_>) {
        for (name, values) in &self.fields {
            let scope = Scope::request(exchange);
            let Ok(name) = HeaderName::from_bytes(&name.expand(&scope)) else {
                continue;
            };
            let values: Vec<_> = values
                .iter()
                .map(|v| field_value(&v.expand(&scope)))
                .collect();
            exchange.server_field &= name != SERVER;
            exchange.early.remove(&name);
            for value in values {
                exchange.early.append(&name, value);
            }
        }
    }

    /// The body; its type goes to the fields unless there is one.
    fn body(&self, exchange: &mut Exchange<'_>) -> Bytes {
        let body = match &self.body {
            Template::Fixed(body) => body.clone(),
            template @ Template::Parts(_) => {
                Bytes::from(template.expand(&Scope::request(exchange)).into_owned())
            }
        };
        if exchange
            .early
            .get(CONTENT_TYPE)
            .is_none_or(HeaderValue::is_empty)
        {
            if body.is_empty() {
                exchange.early.remove(CONTENT_TYPE);
            } else {
                let fixed = self.content_type.clone();
                let kind = fixed.unwrap_or_else(|| content_type(&body));
                exchange.early.insert(CONTENT_TYPE, kind);
            }
        }
        body
    }
}

/// JSON if it is an object or array, else text. Nothing is guessed beyond that: a guess that is
/// wrong may run as a script.
fn content_type(body: &[u8]) -> HeaderValue {
    let trimmed = body.trim_ascii();
    let delimited = matches!(trimmed, [b'{', _, .., b'}'] | [b'[', _, .., b']']);
    if delimited && json::is_valid(trimmed) {
        JSON
    } else {
        PLAIN_TEXT
    }
}
