//! `GET /metrics`: what Prometheus reads. Caddy: `metrics.go` of `modules/metrics`.

use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::Full;

use crate::endpoints::Response;

/// Version 0.0.4 of the text format, which every scraper reads.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Answers with the page.
pub(crate) fn page(text: String) -> Response {
    let mut response = Response::new(Full::new(text.into()));
    response.headers_mut().insert(CONTENT_TYPE, TEXT);
    response
}
