//! `log_append`: adds a field to the entry of the access log. Caddy:
//! `modules/caddyhttp/logging/logappend.go`.

use evenkeel_plan::http::handlers::LogAppend as Plan;

use super::Flow;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Natural, Placeholder, Resolved, Scope, Template};

/// The handler.
pub(crate) struct LogAppend {
    key: Box<str>,
    value: Value,
    early: bool,
}

enum Value {
    Placeholder(Placeholder),
    Constant(Box<str>),
    Nothing,
    /// A variable of this name, or else the name.
    Variable(Box<str>),
}

/// A field of an entry: one that is still to be evaluated, or is already.
pub(crate) enum LogField<'g> {
    Late(&'g LogAppend),
    Early(&'g LogAppend, Vec<u8>, Natural),
}

impl LogAppend {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Self {
        let text = plan.value.as_str();
        let name = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'));
        let value = match name.filter(|name| !name.contains('{')) {
            None => Value::Variable(text.into()),
            Some(name) => match Template::placeholder(name, cx) {
                Resolved::Constant(text) => Value::Constant(text.into()),
                Resolved::Value(placeholder) => Value::Placeholder(placeholder),
                Resolved::Unknown => Value::Nothing,
            },
        };
        Self {
            key: plan.key.as_str().into(),
            value,
            early: plan.early,
        }
    }

    pub(super) fn handle<'g>(&'g self, exchange: &mut Exchange<'g>) -> Flow {
        let field = if self.early {
            let (text, natural) = self.value(&Scope::request(exchange));
            LogField::Early(self, text, natural)
        } else {
            LogField::Late(self)
        };
        exchange.notes_mut().log_fields.push(field);
        Flow::Next
    }

    fn value(&self, scope: &Scope<'_>) -> (Vec<u8>, Natural) {
        match &self.value {
            Value::Nothing => (Vec::new(), Natural::Nothing),
            Value::Constant(text) => (text.as_bytes().to_vec(), Natural::Text),
            Value::Placeholder(placeholder) => {
                let mut text = Vec::new();
                if placeholder.write(scope, &mut text) {
                    (text, placeholder.natural(scope))
                } else {
                    (text, Natural::Nothing)
                }
            }
            Value::Variable(name) => {
                let notes = scope.exchange.notes.as_deref();
                let known = notes.and_then(|notes| {
                    let variables = &notes.variables;
                    let value = variables.value(name.as_bytes())?;
                    Some((value.to_vec(), variables.natural(name.as_bytes())))
                });
                known.unwrap_or_else(|| (name.as_bytes().to_vec(), Natural::Text))
            }
        }
    }
}

impl LogField<'_> {
    /// Whether it is evaluated already.
    pub(crate) const fn is_early(&self) -> bool {
        matches!(self, Self::Early(..))
    }

    /// The name of the field, its value in writing, and what it is.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> (&str, Vec<u8>, Natural) {
        match self {
            Self::Late(append) => {
                let (text, natural) = append.value(scope);
                (&append.key, text, natural)
            }
            Self::Early(append, text, natural) => (&append.key, text.clone(), *natural),
        }
    }
}
