//! One file per endpoint, and the shapes of response they share. Which path leads to which is the
//! router's table.

pub(crate) mod config;
pub(crate) mod metrics;
pub(crate) mod stop;
pub(crate) mod upstreams;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::Full;
use serde::Serialize;

/// A response of the API; always small enough to be held whole.
pub(crate) type Response = http::Response<Full<Bytes>>;

/// `value` as JSON, and the newline that Go's encoder ends every document with.
pub(crate) fn json_line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// A 200 with a body of JSON.
pub(crate) fn json_response(body: Vec<u8>) -> Response {
    let mut response = Response::new(Full::new(body.into()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
