//! The reverse proxy: the attempts of an exchange, one after the other, until an upstream answers
//! or no further attempt is allowed. Caddy: `reverseproxy.go`, `ServeHTTP`.

mod attempt;
mod buffers;
mod condition;
mod course;
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

use evenkeel_balance::{Change, Decision, Failure, GiveUp, Moment, Round, Transition};
use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use http::HeaderValue;
use http::header::SET_COOKIE;

use self::attempt::Answer;
use self::buffers::Buffers;
use self::condition::Conditions;
use self::course::Course;
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
use crate::upstream::{Members, Pool, RequestKeys};

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
        if exchange.request.body().is_too_long() {
            let message = "the request's body is too large";
            return Err(ProxyError::new(Kind::TooLarge, message));
        }
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
        let members = self.pool.current(exchange).await?;
        let mut now = local.moment(exchange.started);
        let mut course = Course::begin(members, now);
        if course.members.may_have_waited() {
            now = local.now();
        }
        let mut last = None;
        loop {
            course.renew();
            match self.next(&mut course, now, exchange) {
                Decision::Attempt(attempt) => {
                    let is_secure = exchange.is_secure();
                    *pin = self.pool.pin(&course.members, &attempt, is_secure);
                    let endpoint = course.members.endpoint(attempt.upstream, exchange)?;
                    exchange.proxied = Some(course.proxied(&attempt, &endpoint, now));
                    let replayable = !exchange.request.body().can_be_sent_once();
                    let members = course.members.clone();
                    let meter = members.meter(attempt.upstream);
                    let trying = Trying::begin(meter, local.number, course.round.retries());
                    let tried = match self.attempt(exchange, &endpoint).await {
                        Ok(answer) => self.judge(&mut course, exchange, answer, replayable),
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
                    last = Some(self.record(&mut course, now, exchange, failed)?);
                }
                Decision::WaitUntil(moment) => {
                    tokio::time::sleep(moment.saturating_since(now)).await;
                    now = local.now();
                }
                Decision::Queue(moment) => {
                    stand_in_line(&course.round, moment.saturating_since(now)).await;
                    now = local.now();
                }
                Decision::GiveUp(why) => return Err(given_up(why, last)),
            }
        }
    }

    fn next(&self, course: &mut Course<'_>, now: Moment, exchange: &Exchange<'_>) -> Decision {
        let (pool, local) = (course.members.balance(), &exchange.local);
        let keys = RequestKeys {
            sources: self.pool.sources(),
            exchange,
            prepared: || self.fields(exchange),
        };
        let rng = &mut *local.rng.borrow_mut();
        let decision = course.round.next(pool, now, rng, &keys);
        for change in course.round.changes() {
            tell(&course.members, change, None);
        }
        decision
    }

    /// Tells `balance` of an answer, which may be one that counts as a failure, and looks whether
    /// it is one that another attempt is wanted for.
    fn judge<'g>(
        &'g self,
        course: &mut Course<'g>,
        exchange: &mut Exchange<'g>,
        mut answer: Answer,
        replayable: bool,
    ) -> Result<Answer, Failed> {
        let (status, now) = (answer.response.status(), exchange.local.now());
        let pool = course.members.balance();
        if let Some(change) = course.round.answered(pool, status.as_u16(), now) {
            tell(&course.members, change, None);
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
        course: &mut Course<'g>,
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
            attempt = course.round.retries() + 1, error = %Chain(&failed.error), "attempt failed",
        );
        if let Some(proxied) = &mut exchange.proxied {
            proxied.has_failed = failure != Failure::Response;
        }
        if failure == Failure::Dial {
            course.members.doubt();
        }
        let may_repeat = self.conditions.allow(exchange);
        let repeat = failed.repeat(may_repeat);
        let pool = course.members.balance();
        if let Some(change) = course.round.failed(pool, failure, repeat, now) {
            tell(&course.members, change, Some(&failed.error));
        }
        Ok(failed.error)
    }
}

/// One line for each change of an upstream's availability by real traffic.
fn tell(members: &Members, change: Change, why: Option<&ProxyError>) {
    let upstream = members.name(change.upstream);
    let strikes = match (change.transition, members.balance().passive()) {
        (Transition::Down, Some(passive)) => {
            let reason = why.map(|why| Chain(why).to_string());
            let reason = reason.unwrap_or_else(|| "unhealthy answers".to_owned());
            Some((reason, passive.max_fails))
        }
        _ => None,
    };
    members.meter(change.upstream).struck(strikes);
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

fn outcome(tried: &Result<Answer, Failed>) -> Outcome {
    match tried {
        Ok(_) => Outcome::Answered,
        Err(failed) => failed.error.kind.into(),
    }
}

/// Notes a failed attempt for the access log.
fn note_failure(exchange: &mut Exchange<'_>, failed: &Failed, now: Moment) {
    let Some(proxied) = &mut exchange.proxied else {
        return;
    };
    proxied.is_noted = true;
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
