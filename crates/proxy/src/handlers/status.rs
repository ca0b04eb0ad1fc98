//! A status code that a plan gives as a number or as a text with placeholders.

use evenkeel_plan::value::Status as Plan;
use http::StatusCode;

use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// A status code.
pub(super) enum Status {
    Known(StatusCode),
    Template(Template),
}

impl Status {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(match plan {
            Plan::Code(code) => Self::Known(
                u16::try_from(*code)
                    .ok()
                    .and_then(|code| StatusCode::from_u16(code).ok())
                    .ok_or_else(|| cx.error(format!("{code} is not a status code")))?,
            ),
            Plan::Template(text) => Self::Template(Template::parse(text, Unknown::Empty, cx)),
        })
    }

    /// The status for one exchange; a failure of the handler if the placeholders give none.
    pub(super) fn resolve(&self, exchange: &Exchange<'_>) -> Result<StatusCode, ProxyError> {
        let template = match self {
            Self::Known(status) => return Ok(*status),
            Self::Template(template) => template,
        };
        let text = template.expand(&Scope::request(exchange));
        StatusCode::from_bytes(&text).map_err(|error| {
            let text = String::from_utf8_lossy(&text).into_owned();
            ProxyError::caused(
                Kind::Handler,
                format!("`{text}` is not a status code"),
                error,
            )
        })
    }
}
