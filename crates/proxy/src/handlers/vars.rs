//! `vars`: sets variables. Caddy: `modules/caddyhttp/vars.go`.

use evenkeel_plan::http::handlers::Vars as Plan;

use super::Flow;
use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Natural, Scope, Template, Unknown};

/// The handler.
pub(crate) struct Vars {
    variables: Box<[(Template, Template, Natural)]>,
}

impl Vars {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let template = |text: &str| Template::parse(text, Unknown::Empty, cx);
        let variables = plan.0.iter().map(|(name, value)| {
            if name == "access_logger_names" {
                return Err(cx.not_yet(name));
            }
            let natural = Natural::from_plan(value);
            let value = match value.as_str() {
                Some(text) => template(text),
                None if value.is_null() => Template::Fixed(bytes::Bytes::new()),
                None => Template::Fixed(value.to_string().into()),
            };
            Ok((template(name), value, natural))
        });
        Ok(Self {
            variables: variables.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn handle(&self, exchange: &mut Exchange<'_>) -> Flow {
        for (name, value, natural) in &self.variables {
            let scope = Scope::request(exchange);
            let (name, value) = (name.expand(&scope), value.expand(&scope));
            let (name, value) = (name.into_owned(), value.into_owned());
            let variables = &mut exchange.notes_mut().variables;
            variables.set(&name, &value, *natural);
        }
        Flow::Next
    }
}
