//! `X-Forwarded-For`, `-Proto` and `-Host`: what the upstream is told about the client.
//! Caddy: `reverseproxy.go`, `addForwardedHeaders`.

use http::header::{HOST, HeaderMap};
use http::{HeaderName, HeaderValue};

use crate::worker::Connection;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Sets the three fields. What a trusted peer says is added to or kept; what others say is
/// replaced.
pub(super) fn set(headers: &mut HeaderMap, client: &Connection, trusted: bool) {
    if client.peer_ip.is_empty() {
        // A Unix socket: nobody knows who is there, so there is nobody to add.
        if !trusted {
            for field in [FOR, PROTO, FORWARDED_HOST] {
                headers.remove(field);
            }
        }
        return;
    }
    let scheme = HeaderValue::from_static(client.scheme());
    let host = headers.get(HOST).cloned();
    if !trusted {
        headers.insert(FOR, client.peer_ip.clone());
        headers.insert(PROTO, scheme);
        replace(headers, FORWARDED_HOST, host);
        return;
    }
    let path = path(headers, &client.peer_ip);
    headers.insert(FOR, path);
    let proto = last(headers, &PROTO).unwrap_or(scheme);
    headers.insert(PROTO, proto);
    let host = last(headers, &FORWARDED_HOST).or(host);
    replace(headers, FORWARDED_HOST, host);
}

/// All the addresses told so far, and the peer's behind them. Caddy: an empty field tells nothing.
fn path(headers: &HeaderMap, peer: &HeaderValue) -> HeaderValue {
    let mut path = Vec::new();
    for (number, value) in headers.get_all(FOR).iter().enumerate() {
        if number > 0 {
            path.extend_from_slice(b", ");
        }
        path.extend_from_slice(value.as_bytes());
    }
    if !path.is_empty() {
        path.extend_from_slice(b", ");
    }
    path.extend_from_slice(peer.as_bytes());
    HeaderValue::from_maybe_shared(bytes::Bytes::from(path)).unwrap_or_else(|_| peer.clone())
}

/// The last value, unless it is empty.
fn last(headers: &HeaderMap, field: &HeaderName) -> Option<HeaderValue> {
    let last = headers.get_all(field).iter().next_back();
    last.filter(|value| !value.is_empty()).cloned()
}

fn replace(headers: &mut HeaderMap, field: HeaderName, value: Option<HeaderValue>) {
    match value {
        Some(value) => headers.insert(field, value),
        None => headers.remove(field),
    };
}
