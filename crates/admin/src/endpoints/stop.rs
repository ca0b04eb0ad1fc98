//! `POST /stop`: a graceful exit. Caddy: `handleStop` in `admin.go`.

use http::header::{CONNECTION, HeaderValue};

use crate::endpoints::Response;

/// The answer before the exit: empty, and the last on its connection.
pub(crate) fn accepted() -> Response {
    let mut response = Response::default();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}
