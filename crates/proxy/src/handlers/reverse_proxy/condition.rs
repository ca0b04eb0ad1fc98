//! `lb_retry_match` and `lb_retry_status`: which exchanges may be tried again.
//! Caddy: `reverseproxy.go`, `tryAgain`.

use evenkeel_plan::http::handlers::reverse_proxy::LoadBalancing as Plan;
use evenkeel_plan::value::StatusPattern;
use http::{Method, Response};

use crate::error::{BuildError, Chain};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::matchers::MatcherSet;

/// When a further attempt is wanted.
#[derive(Default)]
pub(super) struct Conditions {
    /// Alternatives that an exchange must match to be repeated though an upstream may have seen
    /// it; only GET may if there are none.
    requests: Box<[MatcherSet]>,
    /// Whether one of `requests` has an expression.
    look_at_answers: bool,
    /// Answers that are not passed on while there is another attempt.
    statuses: Box<[StatusPattern]>,
}

impl Conditions {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let requests = cx.all(plan.retry_match.iter(), |cx, at, set| {
            cx.within(format_args!("load_balancing.retry_match[{at}]"), |cx| {
                MatcherSet::build(set, cx)
            })
        })?;
        Ok(Self {
            look_at_answers: requests.iter().any(MatcherSet::has_expression),
            requests,
            statuses: plan.retry_status.clone().into(),
        })
    }

    /// Whether the exchange may be repeated after it may have been received.
    pub(super) fn allow<'g>(&'g self, exchange: &mut Exchange<'g>) -> bool {
        if self.requests.is_empty() {
            return *exchange.sent_method() == Method::GET;
        }
        self.requests.iter().any(|set| holds(set, exchange))
    }

    /// Whether an answer asks for another attempt. Only sets with an expression look at answers.
    /// Caddy: `reverseproxy.go`, `reverseProxy`.
    pub(super) fn reject<'g, B>(
        &'g self,
        response: &mut Response<B>,
        exchange: &mut Exchange<'g>,
    ) -> bool {
        let code = response.status().as_u16();
        if self.statuses.iter().any(|wanted| wanted.matches(code)) {
            return true;
        }
        if !self.look_at_answers {
            return false;
        }
        let mut sets = self.requests.iter().filter(|set| set.has_expression());
        exchange.show_answer(response);
        let rejects = sets.any(|set| holds(set, exchange));
        exchange.hide_answer(response);
        rejects
    }
}

/// What cannot be judged does not hold.
fn holds<'g>(set: &'g MatcherSet, exchange: &mut Exchange<'g>) -> bool {
    set.matches(exchange).unwrap_or_else(|error| {
        tracing::error!(
            target: "http.handlers.reverse_proxy",
            error = %Chain(&*error), "a condition of retries cannot be judged",
        );
        false
    })
}
