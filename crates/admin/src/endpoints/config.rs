//! `GET /config/[path]`: a part of the running configuration, and the tag by which a later change
//! can say which version it means. Caddy: `handleConfig` in `admin.go`.

use http::header::{ETAG, HeaderValue};
use serde_json::Value;
use twox_hash::XxHash64;

use crate::config_path;
use crate::endpoints::{Response, json_line, json_response};
use crate::error::ApiError;

/// Answers with the value at `keys`; `path` is the path as sent, and goes into the tag.
pub(crate) fn read(document: &Value, keys: &[String], path: &str) -> Result<Response, ApiError> {
    let value = config_path::find(document, keys)?;
    let body = json_line(value)?;
    let tag = tag(path, &body);
    let mut response = json_response(body);
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// `"<path> <hash of the body>"`, with Caddy's hash.
fn tag(path: &str, body: &[u8]) -> Option<HeaderValue> {
    let hash = XxHash64::oneshot(0, body);
    HeaderValue::try_from(format!("\"{path} {hash:016x}\"")).ok()
}
