//! What a probe must be answered. Caddy: `healthchecks.go`, `doActiveHealthCheck`.

use std::pin::pin;

use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks as Plan;
use http::StatusCode;
use http_body::Body as _;
use hyper::body::Incoming;
use regex::bytes::{Regex, RegexBuilder};

use super::probe::Unfit;
use crate::error::BuildError;
use crate::graph::BuildContext;

/// How much of a body is read that nobody looks at, so that an upstream is not cut off while it
/// writes a short one.
const UNSEEN: usize = 64 * 1024;

/// How much of a body is searched if nothing else is said. Caddy sets no limit.
const SEEN: usize = 1024 * 1024;

/// A compiled expression may take this many bytes; Caddy sets no limit.
const EXPRESSION_SIZE: usize = 1 << 20;

/// A good answer.
#[derive(Debug)]
pub(super) struct Expectation {
    /// Any 2xx if absent; numbers below ten are classes.
    status: Option<u16>,
    body: Option<Regex>,
    limit: usize,
}

impl Expectation {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let body = match plan.expect_body.as_str() {
            "" => None,
            expression => Some(
                RegexBuilder::new(expression)
                    .size_limit(EXPRESSION_SIZE)
                    .build()
                    .map_err(|error| cx.error(format!("bad regular expression: {error}")))?,
            ),
        };
        let limit = match usize::try_from(plan.max_size) {
            Ok(0) | Err(_) if body.is_some() => SEEN,
            Ok(0) | Err(_) => UNSEEN,
            Ok(limit) => limit,
        };
        Ok(Self {
            status: plan.expect_status.map(|pattern| pattern.0),
            body,
            limit,
        })
    }

    /// Judges an answer when its body is read.
    pub(super) async fn judge(&self, status: StatusCode, body: Incoming) -> Result<(), Unfit> {
        let text = self.read(body).await?;
        let fits = match self.status {
            None => status.is_success(),
            Some(class) if class < 10 => status.as_u16() / 100 == class,
            Some(code) => status.as_u16() == code,
        };
        if !fits {
            return Err(Unfit::Status(status));
        }
        match &self.body {
            Some(expected) if !expected.is_match(&text) => Err(Unfit::Body),
            _ => Ok(()),
        }
    }

    /// As much of a body as is looked at; nothing is kept if nobody does.
    async fn read(&self, body: Incoming) -> Result<Vec<u8>, hyper::Error> {
        let mut body = pin!(body);
        let (mut text, mut left) = (Vec::new(), self.limit);
        while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            let frame = frame?;
            let Some(data) = frame.data_ref() else {
                continue;
            };
            let taken = &data[..data.len().min(left)];
            if self.body.is_some() {
                text.extend_from_slice(taken);
            }
            left -= taken.len();
            if left == 0 {
                break;
            }
        }
        Ok(text)
    }
}
