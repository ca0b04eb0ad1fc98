//! From the client's request to the one that is sent upstream, anew for each attempt.
//! Caddy: `reverseproxy.go`, `prepareRequest`.
//!
//! The client's head is copied: it stays readable for logs and for the steps on the response, and
//! the next attempt starts from it. The body is moved, at the time a connection is there. The
//! target is in origin form and names no authority: the worker has seen to that.

use http::header::{CONTENT_LENGTH, HOST, HeaderMap, TE, TRANSFER_ENCODING, VIA};
use http::{HeaderValue, Method, Request, Version};
use http_body::Body as _;

use super::{ReverseProxy, forwarded, hop_by_hop, upgrade};
use crate::Body;
use crate::exchange::Exchange;
use crate::transport::Endpoint;

/// How many fields every request gets: `X-Forwarded-*` and `Via`.
const OUR_FIELDS: usize = 4;

impl ReverseProxy {
    /// The request for one attempt. Takes the body out of the exchange.
    pub(super) fn prepare(
        &self,
        exchange: &mut Exchange<'_>,
        endpoint: &Endpoint,
    ) -> Request<Body> {
        let mut headers = self.fields(exchange);
        if self.transport.settings.tls.is_some() {
            // The server behind TLS is addressed by the name it is dialled by. Caddy 2.11.
            headers.insert(HOST, endpoint.host_field());
        }
        if let Some(ops) = &self.header_up {
            ops.apply(&mut headers, exchange);
        }
        if !headers.contains_key(HOST) {
            headers.insert(HOST, endpoint.host_field());
        }
        let (method, uri, body) = match &exchange.rewritten {
            None => {
                let request = &mut exchange.request;
                let body = request.body_mut().take_for_attempt();
                (request.method().clone(), request.uri().clone(), body)
            }
            Some(target) => {
                let (method, uri) = (target.method.clone(), target.uri.clone());
                let body = if target.drops_body {
                    Body::empty()
                } else {
                    exchange.request.body_mut().take_for_attempt()
                };
                (method, uri, body)
            }
        };
        frame(&mut headers, &method, &body);
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        request
    }

    /// The fields of every attempt, before `header_up`.
    pub(super) fn fields(&self, exchange: &Exchange<'_>) -> HeaderMap {
        let own = exchange.request.headers();
        let mut headers = hop_by_hop::copy_others(own, OUR_FIELDS);
        if headers.len() < own.len() {
            renegotiate(&mut headers, &exchange.request);
        }
        let peer = exchange.connection.peer.ip();
        let is_trusted =
            exchange.client.is_trusted || peer.is_some_and(|ip| self.trusted.contains(ip));
        forwarded::set(&mut headers, &exchange.connection, is_trusted);
        headers.append(VIA, via(exchange.request.version()));
        headers
    }
}

/// The field that says who forwarded a message. Caddy: `reverseproxy.go`, `prepareRequest`.
pub(super) const fn via(version: Version) -> HeaderValue {
    match version {
        Version::HTTP_09 | Version::HTTP_10 => const { HeaderValue::from_static("1.0 Caddy") },
        Version::HTTP_2 => const { HeaderValue::from_static("2.0 Caddy") },
        Version::HTTP_3 => const { HeaderValue::from_static("3.0 Caddy") },
        _ => const { HeaderValue::from_static("1.1 Caddy") },
    }
}

/// Asks the upstream for what the client asked this side's connection for, if it is something
/// that goes from end to end after all.
fn renegotiate(headers: &mut HeaderMap, request: &Request<Body>) {
    let own = request.headers();
    hop_by_hop::remove_named(headers, own);
    if names_trailers(own) {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    if let Some(protocol) = upgrade::asked(request) {
        upgrade::ask(headers, protocol);
    }
}

/// RFC 9110 section 10.1.4: the one value of `TE` that concerns an intermediary. HTTP/1.1 wants
/// `Connection` to name `TE`; then it is for this side only.
fn names_trailers(headers: &HeaderMap) -> bool {
    let mut codings = headers
        .get_all(TE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings.any(|coding| coding.trim().eq_ignore_ascii_case("trailers"))
        && !hop_by_hop::has_option(headers, "te")
}

/// Says where the body ends, by what the body itself knows: whatever the fields said before, they
/// and the body cannot contradict each other (RFC 9112 section 6.3).
fn frame(headers: &mut HeaderMap, method: &Method, body: &Body) {
    headers.remove(TRANSFER_ENCODING);
    match body.size_hint().exact() {
        Some(0) if expects_body(method) => {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Some(0) => {
            headers.remove(CONTENT_LENGTH);
        }
        Some(length) => {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        None => {
            headers.remove(CONTENT_LENGTH);
            headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        }
    }
}

/// RFC 9110 section 8.6: for which methods an absent body is announced. As Go's client.
fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}
