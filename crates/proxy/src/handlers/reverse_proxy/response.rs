//! From the upstream's response to the one the client gets. Caddy: `reverseproxy.go`,
//! `finalizeResponse`.

use evenkeel_balance::Attempt;
use http::header::{CONTENT_LENGTH, TRAILER, TRANSFER_ENCODING, VIA};
use http::{Response, StatusCode};
use http_body::Body as _;

use super::attempt::Answer;
use super::request::via;
use super::{Flow, ReverseProxy, hop_by_hop};
use crate::body::UpstreamBody;
use crate::buffered::buffer;
use crate::error::ProxyError;
use crate::exchange::Exchange;

impl ReverseProxy {
    /// Hands the response on. The attempt lasts until the end of its body, or of the tunnel that
    /// the connection became.
    ///
    /// With another status than the upstream's, if there is one.
    pub(super) async fn respond(
        &self,
        exchange: &mut Exchange<'_>,
        answer: Answer,
        (attempt, replaced): (Attempt, Option<StatusCode>),
    ) -> Result<Flow, ProxyError> {
        if answer.response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return self.switch(exchange, answer, attempt);
        }
        let Answer {
            response,
            connection,
        } = answer;
        let (head, incoming) = response.into_parts();
        let (status, mut headers) = (replaced.unwrap_or(head.status), head.headers);
        // Only a body of unknown length can have trailers.
        let trailers = incoming
            .size_hint()
            .exact()
            .is_none()
            .then(|| headers.get(TRAILER).cloned())
            .flatten();
        if headers.contains_key(TRANSFER_ENCODING) {
            // It overrides a length (RFC 9112 section 6.3), which may be a lie.
            headers.remove(CONTENT_LENGTH);
        }
        hop_by_hop::remove(&mut headers);
        if let Some(trailers) = trailers {
            headers.insert(TRAILER, trailers);
        }
        if let Some(ops) = &self.header_down {
            ops.apply(status, &mut headers, exchange);
        }
        headers.append(VIA, via(head.version));
        exchange.answered_by_upstream();
        let since = exchange.proxied.as_ref();
        let since = since.map_or(exchange.started, |proxied| {
            exchange.local.instant(proxied.since)
        });
        let mut body = UpstreamBody::wrap(incoming, connection, (attempt, since));
        if let Some(buffers) = self.response_buffers {
            body = buffer(body, buffers.limit()).await;
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(Flow::Respond(response))
    }
}
