//! `GET /reverse_proxy/upstreams`: what the proxy knows of its upstreams. Caddy:
//! `handleUpstreams` in `reverseproxy/admin.go`.

use crate::control::UpstreamStatus;
use crate::endpoints::{Response, json_line, json_response};
use crate::error::ApiError;

/// Answers with the upstreams as a JSON array.
pub(crate) fn list(upstreams: &[UpstreamStatus]) -> Result<Response, ApiError> {
    Ok(json_response(json_line(&upstreams)?))
}
