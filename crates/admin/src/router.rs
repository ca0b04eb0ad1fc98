//! The table of endpoints, and the way of one request through the checks to its endpoint.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderName, HeaderValue,
};
use http::request::Parts;
use http::{Method, Request};
use http_body::Body;

use crate::access::Access;
use crate::control::Control;
use crate::endpoints::{Response, config, metrics, stop, upstreams};
use crate::error::ApiError;
use crate::request_path::RequestPath;

/// The largest request body, in bytes. Caddy's limit for a configuration.
const MAX_BODY: u64 = 100 * 1024 * 1024;

/// The answer to a preflight request. Caddy: `serveHTTP` in `admin.go`.
const PREFLIGHT: [(HeaderName, &str); 3] = [
    (
        ACCESS_CONTROL_ALLOW_METHODS,
        "OPTIONS, GET, POST, PUT, PATCH, DELETE",
    ),
    (
        ACCESS_CONTROL_ALLOW_HEADERS,
        "Content-Type, Content-Length, Cache-Control",
    ),
    (ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
];

/// Every endpoint: add a file to `endpoints`, an [`Action`] and a row here.
static ENDPOINTS: [Endpoint; 4] = [
    Endpoint::new(Method::GET, Pattern::Below(&["config"]), Action::ReadConfig),
    Endpoint::new(
        Method::GET,
        Pattern::Exact(&["reverse_proxy", "upstreams"]),
        Action::ListUpstreams,
    ),
    Endpoint::new(
        Method::GET,
        Pattern::Exact(&["metrics"]),
        Action::ReadMetrics,
    ),
    Endpoint::new(Method::POST, Pattern::Exact(&["stop"]), Action::Stop),
];

/// A response, and what is to happen when it has been sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) then: Then,
}

/// What follows a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The next request.
    Continue,
    /// The end of the server.
    Stop,
}

struct Endpoint {
    method: Method,
    pattern: Pattern,
    action: Action,
}

/// Which paths an endpoint has, by whole segments.
enum Pattern {
    Exact(&'static [&'static str]),
    /// The path itself and all below it.
    Below(&'static [&'static str]),
}

#[derive(Clone, Copy)]
enum Action {
    ReadConfig,
    ListUpstreams,
    ReadMetrics,
    Stop,
}

/// Answers one request. Every refusal and failure becomes a response, and a line in the log unless
/// it is a mere 404.
pub(crate) fn answer<B: Body>(
    request: Request<B>,
    access: &Access,
    control: &dyn Control,
) -> Answer {
    let (head, body) = request.into_parts();
    let origin = match access.check(&head) {
        Ok(origin) => origin,
        Err(refusal) => return failed(refusal.into()),
    };
    let mut answer = dispatch(&head, body.size_hint().lower(), control).unwrap_or_else(failed);
    if let Some(origin) = origin {
        share_with(origin, &head.method, answer.response.headers_mut());
    }
    answer
}

impl Endpoint {
    const fn new(method: Method, pattern: Pattern, action: Action) -> Self {
        Self {
            method,
            pattern,
            action,
        }
    }
}

impl Pattern {
    /// The segments below the endpoint's own path, if the path is one of its.
    fn rest<'a>(&self, path: &'a RequestPath) -> Option<&'a [String]> {
        match self {
            Self::Exact(segments) => path.below(segments).filter(|rest| rest.is_empty()),
            Self::Below(segments) => path.below(segments),
        }
    }
}

fn dispatch(head: &Parts, body_size: u64, control: &dyn Control) -> Result<Answer, ApiError> {
    let path = RequestPath::parse(head.uri.path())?;
    let (action, rest) = route(&head.method, &path)?;
    if body_size > MAX_BODY {
        return Err(ApiError::BodyTooLarge { limit: MAX_BODY });
    }
    let (response, then) = match action {
        Action::ReadConfig => {
            let response = config::read(&control.config(), rest, head.uri.path())?;
            (response, Then::Continue)
        }
        Action::ListUpstreams => (upstreams::list(&control.upstreams())?, Then::Continue),
        Action::ReadMetrics => (metrics::page(control.metrics()), Then::Continue),
        Action::Stop => (stop::accepted(), Then::Stop),
    };
    Ok(Answer { response, then })
}

fn route<'a>(method: &Method, path: &'a RequestPath) -> Result<(Action, &'a [String]), ApiError> {
    let mut allowed = Vec::new();
    for endpoint in &ENDPOINTS {
        match endpoint.pattern.rest(path) {
            Some(rest) if endpoint.method == *method => return Ok((endpoint.action, rest)),
            Some(_) => allowed.push(endpoint.method.as_str()),
            None => {}
        }
    }
    if allowed.is_empty() {
        return Err(ApiError::NoSuchEndpoint);
    }
    Err(ApiError::MethodNotAllowed {
        method: method.clone(),
        allow: allowed.join(", "),
    })
}

fn failed(error: ApiError) -> Answer {
    let status_code = error.status().as_u16();
    if !matches!(error, ApiError::NoSuchEndpoint) {
        tracing::error!(target: "admin.api", error = %error, status_code, "request error");
    }
    Answer {
        response: error.into_response(),
        then: Then::Continue,
    }
}

/// Tells the browser that a page of `origin`, which the checks let in, may read the response, and
/// answers its preflight question (the Fetch standard's CORS protocol).
fn share_with(origin: HeaderValue, method: &Method, headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if method == Method::OPTIONS {
        for (name, value) in PREFLIGHT {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
