//! `error`: fails on purpose, so that the routes for errors answer. Caddy: `staticerror.go`.

use evenkeel_plan::http::handlers::StaticError as Plan;
use http::StatusCode;

use super::status::Status;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// The handler.
pub(crate) struct StaticError {
    status: Status,
    message: Template,
}

impl StaticError {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let status = match &plan.status_code {
            None => Status::Known(StatusCode::INTERNAL_SERVER_ERROR),
            Some(plan) => Status::build(plan, cx)?,
        };
        let message = Template::parse(&plan.error, Unknown::Literal, cx);
        Ok(Self { status, message })
    }

    /// The failure that was asked for; another if the placeholders give no status.
    pub(super) fn fail(&self, exchange: &Exchange<'_>) -> ProxyError {
        let status = match self.status.resolve(exchange) {
            Ok(status) => status,
            Err(error) => return error,
        };
        let message = self.message.expand(&Scope::request(exchange));
        let message = String::from_utf8_lossy(&message).into_owned();
        ProxyError::new(Kind::Requested(status), message)
    }
}
