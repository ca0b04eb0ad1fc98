//! `lb_retry_match` and `lb_retry_status`: which exchanges may be tried again.
//! Caddy: `reverseproxy.go`, `tryAgain`.

use evenkeel_plan::http::handlers::reverse_proxy::LoadBalancing as Plan;
use evenkeel_plan::value::StatusPattern;
use http::{Method, StatusCode};

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::matchers::MatcherSet;

/// When a further attempt is wanted.
#[derive(Default)]
pub(super) struct Conditions {
    /// Alternatives that an exchange must match to be repeated though an upstream may have seen
    /// it; only GET may if there are none.
    requests: Box<[MatcherSet]>,
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
            requests,
            statuses: plan.retry_status.clone().into(),
        })
    }

    /// Whether the exchange may be repeated after it may have been received.
    pub(super) fn allow<'g>(&'g self, exchange: &mut Exchange<'g>) -> bool {
        if self.requests.is_empty() {
            return *exchange.sent_method() == Method::GET;
        }
        self.requests.iter().any(|set| set.matches(exchange))
    }

    /// Whether an answer asks for another attempt.
    pub(super) fn reject(&self, status: StatusCode) -> bool {
        let code = status.as_u16();
        self.statuses.iter().any(|wanted| wanted.matches(code))
    }
}
