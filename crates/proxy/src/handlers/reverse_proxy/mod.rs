//! The reverse proxy: the attempts of an exchange, one after the other, until an upstream answers
//! or no further attempt is allowed. Caddy: `reverseproxy.go`, `ServeHTTP`.

mod attempt;
mod buffers;
mod condition;
mod forwarded;
mod handled;
mod hop_by_hop;
mod limits;
mod not_yet;
mod request;
mod response;
mod retry;
mod rewrite;
mod streams;
mod trust;
mod upgrade;

use std::rc::Rc;
use std::time::Duration;

use evenkeel_balance::{Attempt, Change, Decision, Failure, GiveUp, Moment, Round, Transition};
use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use http::HeaderValue;
use http::header::SET_COOKIE;

use self::attempt::Answer;
use self::buffers::Buffers;
use self::condition::Conditions;
pub(crate) use self::handled::Held;
use self::handled::ResponseHandlers;
pub(crate) use self::hop_by_hop::is_hop_by_hop;
use self::retry::Failed;
use self::rewrite::Rewrite;
pub(crate) use self::rewrite::Target;
use self::streams::Streams;
use self::trust::TrustedProxies;
use super::Flow;
use super::headers::{RequestOps, ResponseOps};
use crate::buffered::buffer;
use crate::error::{BuildError, Chain, Kind, ProxyError};
use crate::exchange::{Exchange, Proxied};
use crate::graph::BuildContext;
use crate::notes::FailedAttempt;
use crate::observe::meter::{Outcome, Trying};
use crate::transport::Transport;
use crate::upstream::{Dialled, Pool, RequestKeys};

/// Forwards exchanges to one of several upstreams.
pub(crate) struct ReverseProxy {
    pool: Pool,
    transport: Transport,
    trusted: TrustedProxies,
    header_up: Option<RequestOps>,
    header_down: Option<ResponseOps>,
    rewrite: Option<Rewrite>,
    conditions: Conditions,
    handled: ResponseHandlers,
    request_buffers: Option<Buffers>,
    response_buffers: Option<Buffers>,
    streams: Streams,
    verbose: bool,
}

impl ReverseProxy {
    /// Compiles the handler.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        not_yet::build_refusal(plan, cx)?;
        limits::build_refusal(plan, cx)?;
        let transport = Transport::build(plan.transport.as_ref(), cx)?;
        let headers = plan.headers.as_ref();
        let up = headers.and_then(|headers| headers.request.as_ref());
        let down = headers.and_then(|headers| headers.response.as_ref());
        let rewrite = plan.rewrite.as_ref();
        let balancing = plan.load_balancing.as_ref();
        let conditions = balancing.map(|plan| Conditions::build(plan, cx));
        Ok(Self {
            pool: Pool::build(plan, &transport.settings, cx)?,
            rewrite: rewrite.map(|plan| Rewrite::build(plan, cx)).transpose()?,
            conditions: conditions.transpose()?.unwrap_or_default(),
            handled: ResponseHandlers::build(&plan.handle_response, cx)?,
            request_buffers: Buffers::from_plan(plan.request_buffers),
            response_buffers: Buffers::from_plan(plan.response_buffers),
            streams: Streams::build(plan),
            verbose: plan.verbose_logs,
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
        self.begin(exchange).await?;
        let mut pin = None;
        let flow = self.forward(exchange, &mut pin).await;
        if let Some(pin) = pin {
            exchange.early.append(SET_COOKIE, pin);
        }
        flow
    }

    /// Whether a handler of a response may change the request's `Host`.
    pub(super) fn edits_host(&self) -> bool {
        self.handled.edits_host()
    }

    /// What is done once, before the first attempt. Caddy: `prepareRequest`.
    async fn begin(&self, exchange: &mut Exchange<'_>) -> Result<(), ProxyError> {
        exchange.rewritten = match &self.rewrite {
            None => None,
            Some(rewrite) => Some(Box::new(rewrite.apply(exchange)?)),
        };
        if let Some(buffers) = self.request_buffers {
            let body = std::mem::take(exchange.request.body_mut());
            *exchange.request.body_mut() = buffer(body, buffers.limit()).await;
        }
        Ok(())
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
                    *pin = self.pool.pin(&attempt, exchange.is_secure());
                    let endpoint = self.pool.endpoint(attempt.upstream, exchange)?;
                    exchange.proxied = Some(self.proxied((&attempt, &endpoint), &round, now));
                    let replayable = !exchange.request.body().can_be_sent_once();
                    let meter = self.pool.meter(attempt.upstream);
                    let trying = Trying::begin(meter, local.number, round.retries());
                    let tried = match self.attempt(exchange, &endpoint).await {
                        Ok(answer) => self.judge(&mut round, exchange, answer, replayable),
                        Err(failed) => Err(failed),
                    };
                    let latency = exchange.proxied.as_ref().and_then(|one| one.latency);
                    trying.settle(outcome(&tried), latency);
                    let failed = match tried {
                        Ok(answer) => {
                            return self.handle_answer(exchange, answer, attempt).await;
                        }
                        Err(failed) => failed,
                    };
                    drop(attempt);
                    now = local.now();
                    last = Some(self.record(&mut round, now, exchange, failed)?);
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

    fn proxied<'g>(
        &'g self,
        (attempt, endpoint): (&Attempt, &Dialled<'g>),
        round: &Round,
        now: Moment,
    ) -> Proxied<'g> {
        Proxied {
            endpoint: endpoint.clone(),
            retries: round.retries(),
            upstream: self.pool.balance().upstreams().get(attempt.upstream),
            began: round.started(),
            since: now,
            latency: None,
            was_rejected: false,
            has_failed: false,
            shown: None,
        }
    }

    /// Tells `balance` of an answer, which may be one that counts as a failure, and looks whether
    /// it is one that another attempt is wanted for.
    fn judge<'g>(
        &'g self,
        round: &mut Round,
        exchange: &mut Exchange<'g>,
        mut answer: Answer,
        replayable: bool,
    ) -> Result<Answer, Failed> {
        let (status, now) = (answer.response.status(), exchange.local.now());
        if let Some(change) = round.answered(self.pool.balance(), status.as_u16(), now) {
            self.tell(change, None);
        }
        if let Some(proxied) = &mut exchange.proxied {
            proxied.latency = Some(now.saturating_since(proxied.since));
            if self.verbose {
                tracing::debug!(
                    target: "http.handlers.reverse_proxy",
                    upstream = proxied.dial(), status = status.as_u16(),
                    duration = now.saturating_since(proxied.since).as_secs_f64(),
                    "upstream roundtrip",
                );
            }
        }
        if !self.conditions.reject(&mut answer.response, exchange) {
            return Ok(answer);
        }
        let dial = exchange.proxied.as_ref().map_or("", Proxied::dial);
        Err(Failed::rejected(dial, status, replayable))
    }

    /// Tells `balance` of a failed attempt. The error comes back for the case that there is no
    /// other attempt; what the client did to its own request ends the exchange at once.
    fn record<'g>(
        &'g self,
        round: &mut Round,
        now: Moment,
        exchange: &mut Exchange<'g>,
        failed: Failed,
    ) -> Result<ProxyError, ProxyError> {
        note_failure(exchange, &failed, now);
        let Some(failure) = failed.failure else {
            return Err(failed.error);
        };
        tracing::debug!(
            target: "http.handlers.reverse_proxy",
            attempt = round.retries() + 1, error = %Chain(&failed.error), "attempt failed",
        );
        if let Some(proxied) = &mut exchange.proxied {
            proxied.has_failed = failure != Failure::Response;
            proxied.was_rejected = failure == Failure::Response;
        }
        let may_repeat = self.conditions.allow(exchange);
        let repeat = failed.repeat(may_repeat);
        if let Some(change) = round.failed(self.pool.balance(), failure, repeat, now) {
            self.tell(change, Some(&failed.error));
        }
        Ok(failed.error)
    }

    /// One line for each change of an upstream's availability by real traffic.
    fn tell(&self, change: Change, why: Option<&ProxyError>) {
        let upstream = self.pool.name(change.upstream);
        let strikes = match (change.transition, self.pool.balance().passive()) {
            (Transition::Down, Some(passive)) => {
                let reason = why.map(|why| Chain(why).to_string());
                let reason = reason.unwrap_or_else(|| "unhealthy answers".to_owned());
                Some((reason, passive.max_fails))
            }
            _ => None,
        };
        self.pool.meter(change.upstream).struck(strikes);
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

fn outcome(tried: &Result<Answer, Failed>) -> Outcome {
    match tried {
        Ok(_) => Outcome::Answered,
        Err(failed) => failed.error.kind.into(),
    }
}

/// Notes a failed attempt for the access log.
fn note_failure(exchange: &mut Exchange<'_>, failed: &Failed, now: Moment) {
    let Some(proxied) = &exchange.proxied else {
        return;
    };
    let failure = FailedAttempt {
        dial: proxied.dial().into(),
        outcome: failed.error.kind.into(),
        reason: Chain(&failed.error).to_string().into(),
        start: proxied.since.saturating_since(proxied.began),
        took: now.saturating_since(proxied.since),
    };
    exchange.notes_mut().attempts.push(failure);
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
