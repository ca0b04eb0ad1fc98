//! The reverse proxy: the attempts of an exchange, one after the other, until an upstream answers
//! or no further attempt is allowed. Caddy: `reverseproxy.go`, `ServeHTTP`.

mod attempt;
mod forwarded;
mod hop_by_hop;
mod not_yet;
mod request;
mod response;
mod retry;
mod trust;
mod upgrade;

use std::rc::Rc;
use std::time::Duration;

use evenkeel_balance::{Attempt, Change, Decision, GiveUp, Moment, Round, Transition};
use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use http::HeaderValue;
use http::header::SET_COOKIE;

use self::attempt::Answer;
use self::retry::Failed;
use self::trust::TrustedProxies;
use super::Flow;
use super::headers::{RequestOps, ResponseOps};
use crate::error::{BuildError, Chain, Kind, ProxyError};
use crate::exchange::{Exchange, Proxied};
use crate::graph::BuildContext;
use crate::transport::Transport;
use crate::upstream::{Pool, RequestKeys};
use crate::worker::Local;

/// Forwards exchanges to one of several upstreams.
pub(crate) struct ReverseProxy {
    pool: Pool,
    transport: Transport,
    trusted: TrustedProxies,
    header_up: Option<RequestOps>,
    header_down: Option<ResponseOps>,
}

impl ReverseProxy {
    /// Compiles the handler.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        not_yet::build_refusal(plan, cx)?;
        let transport = Transport::build(plan.transport.as_ref(), cx)?;
        let headers = plan.headers.as_ref();
        let up = headers.and_then(|headers| headers.request.as_ref());
        let down = headers.and_then(|headers| headers.response.as_ref());
        Ok(Self {
            pool: Pool::build(plan, &transport.settings, cx)?,
            transport,
            trusted: TrustedProxies::build(&plan.trusted_proxies, cx)?,
            header_up: up.map(|plan| RequestOps::build(plan, cx)).transpose()?,
            header_down: down.map(|plan| ResponseOps::build(plan, cx)).transpose()?,
        })
    }

    /// Forwards the exchange.
    pub(crate) async fn handle<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
    ) -> Result<Flow, ProxyError> {
        let mut pin = None;
        let flow = self.forward(exchange, &mut pin).await;
        if let Some(pin) = pin {
            exchange.early.append(SET_COOKIE, pin);
        }
        flow
    }

    /// Makes the attempts. `pin` becomes the field that keeps the client at the upstream of the
    /// last one.
    async fn forward<'g>(
        &'g self,
        exchange: &mut Exchange<'g>,
        pin: &mut Option<HeaderValue>,
    ) -> Result<Flow, ProxyError> {
        let local = Rc::clone(&exchange.local);
        let mut now = local.moment(exchange.started);
        let mut round = self.pool.balance().begin(now);
        let mut last = None;
        loop {
            match self.next(&mut round, now, exchange) {
                Decision::Attempt(attempt) => {
                    *pin = self.pool.pin(&attempt, exchange.connection.tls.is_some());
                    exchange.proxied = Some(self.proxied(&attempt, &round));
                    match self.attempt(exchange, attempt.upstream).await {
                        Ok(answer) => {
                            self.answered(&mut round, &local, &answer);
                            return self.respond(exchange, answer, attempt);
                        }
                        Err(failed) => {
                            drop(attempt);
                            now = local.now();
                            last = Some(self.record(&mut round, now, exchange, failed)?);
                        }
                    }
                }
                Decision::WaitUntil(moment) => {
                    tokio::time::sleep(moment.saturating_since(now)).await;
                    now = local.now();
                }
                Decision::Queue(moment) => {
                    stand_in_line(&round, moment.saturating_since(now)).await;
                    now = local.now();
                }
                Decision::GiveUp(why) => return Err(given_up(why, last)),
            }
        }
    }

    fn next(&self, round: &mut Round, now: Moment, exchange: &Exchange<'_>) -> Decision {
        let (pool, local) = (self.pool.balance(), &exchange.local);
        let keys = RequestKeys {
            sources: self.pool.sources(),
            exchange,
            prepared: || self.fields(exchange),
        };
        let decision = round.next(pool, now, &mut *local.rng.borrow_mut(), &keys);
        for change in round.changes() {
            self.tell(change, None);
        }
        decision
    }

    fn proxied(&self, attempt: &Attempt, round: &Round) -> Proxied<'_> {
        let dial = &self.pool.endpoint(attempt.upstream).dial;
        Proxied {
            dial,
            retries: round.retries(),
        }
    }

    /// Tells `balance` of an answer, which may be one that counts as a failure.
    fn answered(&self, round: &mut Round, local: &Local, answer: &Answer) {
        let status = answer.response.status().as_u16();
        if let Some(change) = round.answered(self.pool.balance(), status, local.now()) {
            self.tell(change, None);
        }
    }

    /// Tells `balance` of a failed attempt. The error comes back for the case that there is no
    /// other attempt; what the client did to its own request ends the exchange at once.
    fn record(
        &self,
        round: &mut Round,
        now: Moment,
        exchange: &Exchange<'_>,
        failed: Failed,
    ) -> Result<ProxyError, ProxyError> {
        let Some(failure) = failed.failure else {
            return Err(failed.error);
        };
        tracing::debug!(
            target: "http.handlers.reverse_proxy",
            attempt = round.retries() + 1, error = %Chain(&failed.error), "attempt failed",
        );
        let repeat = failed.repeat(exchange.request.method());
        if let Some(change) = round.failed(self.pool.balance(), failure, repeat, now) {
            self.tell(change, Some(&failed.error));
        }
        Ok(failed.error)
    }

    /// One line for each change of an upstream's availability by real traffic.
    fn tell(&self, change: Change, why: Option<&ProxyError>) {
        let upstream = &*self.pool.endpoint(change.upstream).dial;
        match (change.transition, why) {
            (Transition::Up, _) => tracing::info!(
                target: "http.handlers.reverse_proxy",
                upstream, "upstream is available again: its failures have expired",
            ),
            (Transition::Down, Some(why)) => tracing::info!(
                target: "http.handlers.reverse_proxy",
                upstream, error = %Chain(why), "upstream is unavailable: too many failures",
            ),
            (Transition::Down, None) => tracing::info!(
                target: "http.handlers.reverse_proxy",
                upstream, "upstream is unavailable: too many failures",
            ),
        }
    }
}

/// Returns when the exchange is called, or the time is over.
async fn stand_in_line(round: &Round, time: Duration) {
    let called = std::future::poll_fn(|cx| round.poll_called(cx));
    drop(tokio::time::timeout(time, called).await);
}

/// `last` is the error of the last attempt, if there was one.
fn given_up(why: GiveUp, last: Option<ProxyError>) -> ProxyError {
    let message = match why {
        GiveUp::NoUpstreams => "no upstreams available",
        GiveUp::QueueFull => "all upstreams are full, and as many requests wait as may",
        GiveUp::QueueTimeout => "all upstreams were full for as long as a request may wait",
        GiveUp::Spent | GiveUp::OverBudget => match last {
            Some(error) => return error,
            None => "no upstreams available",
        },
    };
    ProxyError::new(Kind::NoUpstreams, message)
}

#[cfg(test)]
mod tests;
