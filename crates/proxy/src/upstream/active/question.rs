//! What a probe asks. Caddy: `healthchecks.go`, `doActiveHealthCheck`.

use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks as Plan;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;

use crate::Body;
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::handlers::headers::field_value;
use crate::template::{Template, Unknown};
use crate::transport::Endpoint;

/// The one placeholder that probes have to themselves.
const TARGET: &str = "{http.reverse_proxy.active.target_upstream}";

/// A request of ours.
#[derive(Clone, Debug)]
pub(super) struct Question {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: bytes::Bytes,
}

/// A question before it is known who is asked.
#[derive(Debug)]
pub(super) struct Pattern {
    method: Method,
    uri: Uri,
    headers: Vec<(HeaderName, Vec<String>)>,
    body: bytes::Bytes,
}

impl Pattern {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let method = match plan.method.as_str() {
            "" => Method::GET,
            name => Method::from_bytes(name.to_ascii_uppercase().as_bytes())
                .map_err(|_| cx.error(format!("`{name}` is not a method")))?,
        };
        let target = match plan.uri.as_str() {
            "" => plan.path.as_str(),
            uri => uri,
        };
        let uri = path_and_query(target)
            .ok_or_else(|| cx.error(format!("`{target}` is not a path to check")))?;
        let mut headers = Vec::new();
        for (name, values) in &plan.headers {
            let name = HeaderName::from_bytes(expand(name, cx).as_bytes())
                .map_err(|_| cx.error(format!("`{name}` is not a header field's name")))?;
            // The target stays as it is until it is known.
            let values = values.iter().map(|value| expand(value, cx));
            headers.push((name, values.collect()));
        }
        Ok(Self {
            method,
            uri,
            headers,
            body: bytes::Bytes::copy_from_slice(plan.body.as_bytes()),
        })
    }

    /// The question to ask `endpoint`, which stands for the upstream `dial`.
    pub(super) fn question(&self, endpoint: &Endpoint, dial: &str) -> Question {
        let mut headers = HeaderMap::from_iter([
            (HOST, endpoint.host_field()),
            (
                USER_AGENT,
                HeaderValue::from_static("Evenkeel-Health-Check"),
            ),
            (CONNECTION, HeaderValue::from_static("close")),
        ]);
        for (name, values) in &self.headers {
            headers.remove(name);
            for value in values {
                let value = value.replace(TARGET, dial);
                headers.append(name, field_value(value.as_bytes()));
            }
        }
        if !self.body.is_empty() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        }
        Question {
            method: self.method.clone(),
            uri: self.uri.clone(),
            headers,
            body: self.body.clone(),
        }
    }
}

impl Question {
    /// The request.
    pub(super) fn request(&self) -> Request<Body> {
        let mut request = Request::new(Body::full(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// What is asked, for the log.
    pub(super) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The question that a redirection leads to, as Go's client follows it; `None` if the response
    /// is none. Whatever host it names, the same upstream is asked.
    pub(super) fn redirected(&self, response: &Response<Incoming>) -> Option<Self> {
        let keeps_method = match response.status() {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
            _ => return None,
        };
        let location = response.headers().get(LOCATION)?.to_str().ok()?;
        let mut next = self.clone();
        next.uri = match location.as_bytes() {
            [b'/', b'/', ..] => return None,
            [b'/', ..] => location.parse().ok()?,
            _ if location.contains("://") => {
                let uri: Uri = location.parse().ok()?;
                let host = HeaderValue::from_str(uri.authority()?.as_str()).ok()?;
                next.headers.insert(HOST, host);
                path_and_query(location)?
            }
            _ => {
                let path = self.uri.path();
                let folder = &path[..=path.rfind('/')?];
                format!("{folder}{location}").parse().ok()?
            }
        };
        if !keeps_method {
            if next.method != Method::HEAD {
                next.method = Method::GET;
            }
            next.body = bytes::Bytes::new();
            next.headers.remove(CONTENT_LENGTH);
        }
        Some(next)
    }
}

/// What is known when the graph is built takes its place; the rest stays as it is written.
fn expand(text: &str, cx: &BuildContext<'_>) -> String {
    match Template::parse(text, Unknown::Literal, cx).fixed() {
        Some(fixed) => String::from_utf8_lossy(fixed).into_owned(),
        None => text.to_owned(),
    }
}

/// Path and query of what may be a whole URI; `/` if empty.
pub(super) fn path_and_query(text: &str) -> Option<Uri> {
    if !text.starts_with('/') && !text.contains("://") {
        return format!("/{text}").parse().ok();
    }
    let uri: Uri = text.parse().ok()?;
    let found = uri.path_and_query().map_or("/", |found| found.as_str());
    found.parse().ok()
}
