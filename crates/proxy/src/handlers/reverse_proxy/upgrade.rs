//! Connections that stop being HTTP, as WebSocket does (RFC 9110 section 7.8): asked for by the
//! client, agreed to by the upstream, and then two streams of bytes. Caddy: `streaming.go`,
//! `handleUpgradeResponse`.

use evenkeel_balance::Attempt;
use http::header::{CONNECTION, HeaderMap, UPGRADE};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::upgrade::OnUpgrade;

use super::attempt::Answer;
use super::{Flow, ReverseProxy, hop_by_hop};
use crate::Body;
use crate::error::{Kind, ProxyError};
use crate::exchange::Exchange;
use crate::transport::io::TokioIo;

/// HTTP/2 in clear text would hide all further requests from us (RFC 9113 has abolished it).
const NEVER: &[u8] = b"h2c";

/// The protocol a client wants to go on with, in lower case as Caddy sends it; `None` if it does
/// not want to, or cannot.
pub(super) fn asked(request: &Request<Body>) -> Option<HeaderValue> {
    let protocol = request.headers().get(UPGRADE)?;
    // Only there if hyper can hand over the connection, or the stream that asked to become one.
    request.extensions().get::<OnUpgrade>()?;
    let wanted = hop_by_hop::has_option(request.headers(), "upgrade");
    if !wanted || protocol.as_bytes().eq_ignore_ascii_case(NEVER) {
        return None;
    }
    HeaderValue::from_bytes(&protocol.as_bytes().to_ascii_lowercase()).ok()
}

/// Asks an upstream to go on with a protocol.
pub(super) fn ask(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, protocol);
}

impl ReverseProxy {
    /// Connects the client with an upstream that switched protocols, if that is what was asked for.
    pub(super) fn switch(
        &self,
        exchange: &mut Exchange<'_>,
        answer: Answer,
        attempt: Attempt,
    ) -> Result<Flow, ProxyError> {
        let Answer {
            mut response,
            connection,
        } = answer;
        let agreed = agreed(&exchange.request, response.headers());
        let Some(protocol) = agreed else {
            let message = format!(
                "upstream {}: it switched to a protocol that was not asked for",
                connection.dial(),
            );
            return Err(ProxyError::new(Kind::BadResponse, message));
        };
        let upstream = hyper::upgrade::on(&mut response);
        let client = hyper::upgrade::on(&mut exchange.request);
        connection.detach();
        let (end, busy) = (self.streams.end(), exchange.busy.take());
        exchange.local.spawn_tunnel(async move {
            tokio::select! {
                () = tunnel(client, upstream) => {}
                () = end => {}
            }
            drop((attempt, busy));
        });
        exchange.answered_by_upstream();
        let mut headers = std::mem::take(response.headers_mut());
        hop_by_hop::remove(&mut headers);
        ask(&mut headers, protocol);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *response.headers_mut() = headers;
        Ok(Flow::Respond(response))
    }
}

/// The upstream's protocol, if it is the one that was asked for.
fn agreed(request: &Request<Body>, response: &HeaderMap) -> Option<HeaderValue> {
    let asked = asked(request)?;
    let given = response.get(UPGRADE)?;
    asked
        .as_bytes()
        .eq_ignore_ascii_case(given.as_bytes())
        .then(|| given.clone())
}

/// Copies both ways until either side ends. Each way reads only what the other end has taken.
async fn tunnel(client: OnUpgrade, upstream: OnUpgrade) {
    let (client, upstream) = match tokio::try_join!(client, upstream) {
        Ok(ends) => ends,
        Err(error) => {
            tracing::debug!(
                target: "http.handlers.reverse_proxy",
                error = &error as &dyn std::error::Error, "the connection could not be upgraded",
            );
            return;
        }
    };
    let (mut from_client, mut to_client) = tokio::io::split(TokioIo::new(client));
    let (mut from_upstream, mut to_upstream) = tokio::io::split(TokioIo::new(upstream));
    let ended = tokio::select! {
        ended = tokio::io::copy(&mut from_client, &mut to_upstream) => ended,
        ended = tokio::io::copy(&mut from_upstream, &mut to_client) => ended,
    };
    if let Err(error) = ended {
        tracing::debug!(
            target: "http.handlers.reverse_proxy",
            error = &error as &dyn std::error::Error, "an upgraded connection broke",
        );
    }
}
