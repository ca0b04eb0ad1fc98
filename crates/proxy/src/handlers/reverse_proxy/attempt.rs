//! One attempt: an idle connection or a new one, the request sent, the head of the response
//! awaited.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;

use super::retry::{Failed, Sent};
use super::{ReverseProxy, upgrade};
use crate::Body;
use crate::exchange::Exchange;
use crate::transfer_coding::has_unknown_coding;
use crate::transport::{self, Connection, Endpoint, Route, Unanswered};

/// An upstream's response, and the connection its body comes on.
pub(super) struct Answer {
    pub(super) response: Response<Incoming>,
    pub(super) connection: Connection,
}

impl ReverseProxy {
    /// Attempts an upstream. An idle connection that turns out to be dead is no
    /// failure: the request is sent again on a fresh one if that is safe.
    pub(super) async fn attempt(
        &self,
        exchange: &mut Exchange<'_>,
        endpoint: &Arc<Endpoint>,
    ) -> Result<Answer, Failed> {
        let local = Rc::clone(&exchange.local);
        let request = &exchange.request;
        let may_repeat = exchange.sent_method().is_safe() && !request.body().can_be_sent_once();
        let route = self.route(exchange);
        let to_dial = |error| Failed::to_dial(&endpoint.dial, error);
        let found = transport::acquire(&local, endpoint, &route, may_repeat).await;
        match self.send(exchange, endpoint, found.map_err(to_dial)?).await {
            Err(failed) if failed.is_stale => {}
            outcome => return outcome,
        }
        let fresh = transport::dial(&local, endpoint, &route).await;
        self.send(exchange, endpoint, fresh.map_err(to_dial)?).await
    }

    fn route(&self, exchange: &Exchange<'_>) -> Route {
        let http1_only = upgrade::asked(&exchange.request).is_some();
        self.transport.route(exchange, http1_only)
    }

    async fn send(
        &self,
        exchange: &mut Exchange<'_>,
        endpoint: &Arc<Endpoint>,
        mut connection: Connection,
    ) -> Result<Answer, Failed> {
        let mut request = self.prepare(exchange, endpoint);
        let sent = Sent {
            dial: &endpoint.dial,
            has_body: request.body().can_be_sent_once(),
            reused: connection.is_reused(),
            safe: request.method().is_safe(),
        };
        let answered = match self.transport.response_header_timeout {
            None => connection.send(request).await,
            Some(limit) => {
                let due = due(&mut request, limit);
                tokio::select! {
                    biased;
                    answered = connection.send(request) => answered,
                    () = due => return Err(Failed::to_answer_in(limit, &sent)),
                }
            }
        };
        match answered {
            Ok(response) if has_unknown_coding(response.headers()) => {
                Err(Failed::to_be_understood(&sent))
            }
            Ok(response) => Ok(Answer {
                response,
                connection,
            }),
            Err(unanswered) => Err(failed(exchange, unanswered, &sent)),
        }
    }
}

/// Completes when the response is overdue: so long after the request was sent to its end.
fn due(request: &mut Request<Body>, limit: Duration) -> impl Future<Output = ()> + use<> {
    let sent = request.body_mut().watch();
    async move {
        if let Some(sent) = sent {
            sent.notified().await;
        }
        tokio::time::sleep(limit).await;
    }
}

fn failed(exchange: &mut Exchange<'_>, mut unanswered: Unanswered, sent: &Sent<'_>) -> Failed {
    let unsent = unanswered.unsent.take();
    let failed = Failed::to_send(unanswered, unsent.is_some(), sent);
    if let Some(request) = unsent {
        *exchange.request.body_mut() = request.into_body();
    }
    failed
}
