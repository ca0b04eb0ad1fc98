//! What can fail: building a graph, and serving a request. A request's failure knows whose side
//! it is on, and one table gives it its status.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;

/// A plan that cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct BuildError {
    /// Where in the plan, as `apps.http.servers.srv0.routes[2].handle[0]`.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

/// All that keeps a plan from being built; never empty.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.first())]
pub struct BuildErrors(pub Vec<BuildError>);

impl BuildErrors {
    fn first(&self) -> String {
        let first = self.0.first().map(ToString::to_string).unwrap_or_default();
        match self.0.len() {
            0 | 1 => first,
            count => format!("{first} (and {} more)", count - 1),
        }
    }
}

/// Who made a request fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The client.
    Downstream,
    /// The application.
    Upstream,
    /// This process.
    Internal,
}

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request is not valid HTTP (RFC 9110), or asks for what a proxy must not do.
    BadRequest,
    /// The request's body is longer than allowed.
    TooLarge,
    /// The method is not served here.
    MethodNotAllowed,
    /// No upstream is available.
    NoUpstreams,
    /// The request makes no address of what is written for the upstream.
    Address,
    /// No connection to the upstream came about.
    Dial,
    /// The dial took too long.
    DialTimeout,
    /// The head of the response took too long.
    HeaderTimeout,
    /// The connection to the upstream broke.
    Broken,
    /// The upstream answered something that is not HTTP.
    BadResponse,
    /// The upstream answered with a status that is not passed on, and there is no other attempt.
    Rejected(StatusCode),
    /// The client left.
    Canceled,
    /// A handler failed.
    Handler,
    /// The configuration asks for this failure.
    Requested(StatusCode),
}

/// A request that gets an error for an answer.
#[derive(Debug)]
pub struct ProxyError {
    /// How it failed.
    pub kind: Kind,
    /// For the log: the upstream's address, and what it did.
    pub message: Cow<'static, str>,
    /// What lies beneath.
    pub source: Option<Box<dyn std::error::Error>>,
}

impl ProxyError {
    /// A failure without a cause of its own.
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// A failure with its cause.
    pub fn caused(
        kind: Kind,
        message: impl Into<Cow<'static, str>>,
        source: impl Into<Box<dyn std::error::Error>>,
    ) -> Self {
        Self {
            kind,
            message: message.into(),
            source: Some(source.into()),
        }
    }

    /// The status the client gets.
    pub const fn status(&self) -> StatusCode {
        self.kind.status()
    }
}

impl Kind {
    /// The table of statuses. Caddy: `reverseproxy.go`, `statusError`.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoUpstreams => StatusCode::SERVICE_UNAVAILABLE,
            Self::DialTimeout | Self::HeaderTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Address | Self::Dial | Self::Broken | Self::BadResponse => {
                StatusCode::BAD_GATEWAY
            }
            Self::Rejected(status) | Self::Requested(status) => status,
            Self::Canceled => CLIENT_CLOSED_REQUEST,
            Self::Handler => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Who is to blame.
    pub const fn side(self) -> Side {
        match self {
            Self::BadRequest | Self::TooLarge | Self::MethodNotAllowed | Self::Canceled => {
                Side::Downstream
            }
            Self::NoUpstreams
            | Self::Dial
            | Self::DialTimeout
            | Self::HeaderTimeout
            | Self::Broken
            | Self::Rejected(_)
            | Self::BadResponse => Side::Upstream,
            Self::Address | Self::Handler | Self::Requested(_) => Side::Internal,
        }
    }
}

/// 499, which no RFC names; nginx introduced it and Caddy logs it.
const CLIENT_CLOSED_REQUEST: StatusCode = match StatusCode::from_u16(499) {
    Ok(code) => code,
    Err(_) => StatusCode::BAD_REQUEST,
};

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref()
    }
}

/// An error with all its causes on one line, for a log.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
