//! WebSocket over HTTP/2 (RFC 8441): the client asks for it with CONNECT and `:protocol`. From here
//! on it is the request that HTTP/1.1 has for the same (RFC 6455 section 4.1), so that routing,
//! upstreams and the tunnel need not know; on the way out the answer is turned back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::ext::Protocol;
use rand::RngExt as _;

use super::Local;
use crate::Body;
use crate::observe::Logged;

/// The one protocol that is carried.
const WEBSOCKET: &str = "websocket";

/// Makes an extended CONNECT the request of HTTP/1.1 for the same. Whether it was one.
pub(super) fn unwrap<B>(request: &mut Request<B>, local: &Local) -> bool {
    let asks = |protocol: &Protocol| protocol.as_str().eq_ignore_ascii_case(WEBSOCKET);
    if request.version() != Version::HTTP_2
        || request.method() != Method::CONNECT
        || !request.extensions().get().is_some_and(asks)
    {
        return false;
    }
    // Only so that the upstream has something to confirm; HTTP/2 needs no such proof.
    let key: [u8; 16] = local.rng.borrow_mut().random();
    let key = HeaderValue::try_from(STANDARD.encode(key));
    *request.method_mut() = Method::GET;
    let headers = request.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static(WEBSOCKET));
    headers.insert(
        SEC_WEBSOCKET_KEY,
        key.expect("Base64 is text that a field may have"),
    );
    true
}

/// Makes the answer to such a request what HTTP/2 wants: 200 for a 101. Any other success would
/// open a tunnel that nobody has agreed to.
pub(super) fn wrap(response: &mut Response<Logged>) {
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {
            *response.status_mut() = StatusCode::OK;
            for name in [CONNECTION, UPGRADE, SEC_WEBSOCKET_ACCEPT] {
                response.headers_mut().remove(name);
            }
        }
        status if status.is_success() => {
            *response = Response::new(Logged::from(Body::empty()));
            *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
        }
        _ => {}
    }
}
