//! What a request can fail with, and the response that says so. Caddy: `APIError` in `admin.go`.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use serde_json::json;

use crate::access::Refusal;
use crate::config_path::PathError;
use crate::endpoints::{Response, json_response};
use crate::request_path::MalformedPath;

/// A request that is not answered with what it asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    MalformedPath(#[from] MalformedPath),
    #[error(transparent)]
    ConfigPath(#[from] PathError),
    #[error("no such endpoint")]
    NoSuchEndpoint,
    #[error("method {method} not allowed")]
    MethodNotAllowed {
        method: Method,
        /// The endpoint's methods, as the `Allow` header lists them.
        allow: String,
    },
    #[error("request body too large: more than {limit} bytes")]
    BodyTooLarge { limit: u64 },
    #[error("encoding the response failed")]
    Encoding(#[from] serde_json::Error),
}

impl ApiError {
    /// The status it is answered with.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::MalformedPath(_) | Self::ConfigPath(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchEndpoint => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoding(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// `{"error":"…"}` and a newline.
    pub(crate) fn into_response(self) -> Response {
        let body = json!({ "error": self.to_string() });
        let mut response = json_response(format!("{body}\n").into_bytes());
        *response.status_mut() = self.status();
        if let Self::MethodNotAllowed { allow, .. } = self
            && let Ok(allow) = HeaderValue::try_from(allow)
        {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}
