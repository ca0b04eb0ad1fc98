//! `expression`: conditions in CEL, the Common Expression Language, compiled at build.
//! Caddy: `celmatcher.go`.

mod arguments;
mod compile;
mod evaluate;
mod functions;
mod kind;
mod lexer;
mod macros;
mod operators;
mod parser;
mod syntax;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;
use std::sync::LazyLock;

use evenkeel_plan::http::matchers::Expression as Plan;
use regex::Regex;

use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::matchers::Judged;

/// A condition on an exchange.
pub(crate) struct Expression(compile::Code);

/// What is wrong with the text of an expression.
#[derive(Debug)]
struct Mistake {
    at: usize,
    message: Cow<'static, str>,
}

/// Why an expression has no value for a request.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("no such overload: {0}")]
    Overload(&'static str),
    #[error("division by zero")]
    DivisionByZero,
    #[error("the number is out of range")]
    Overflow,
    #[error("no such key")]
    Key,
    #[error("the index is out of range")]
    Index,
    #[error("`{0}` cannot be converted")]
    Conversion(String),
    #[error("bad regular expression")]
    Regex(#[from] Box<regex::Error>),
    #[error(transparent)]
    Matcher(Box<ProxyError>),
}

impl Expression {
    /// Compiles an expression. Mistakes that do not depend on a request are found here.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let (text, name) = match plan {
            Plan::Plain(text) => (text, ""),
            Plan::Named(named) => (&named.expr, &*named.name),
        };
        let text = with_calls(text);
        let code = parser::parse(&text).and_then(|expr| compile::compile(&expr, name, cx));
        code.map(Self).map_err(|mistake| {
            let before = text.get(..mistake.at).unwrap_or(&text);
            let column = before.chars().count() + 1;
            cx.error(format!(
                "bad expression: {} at character {column} of `{text}`",
                mistake.message
            ))
        })
    }

    /// Whether the condition holds.
    pub(crate) fn holds<'g>(&'g self, exchange: &mut Exchange<'g>) -> Judged {
        match evaluate::evaluate(&self.0, exchange) {
            Ok(value) => Ok(matches!(value, value::Value::Bool(true))),
            Err(Fault::Matcher(error)) => Err(error),
            Err(fault) => Err(Box::new(ProxyError::caused(
                Kind::Handler,
                "an expression has no value",
                fault,
            ))),
        }
    }
}

impl Mistake {
    fn new(at: usize, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}

/// A placeholder, and what is in front.
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"([^\\]|^)\{([a-zA-Z][a-zA-Z0-9_.-]+)\}"));

/// A placeholder that is not to be one yet.
static ESCAPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\\{([a-zA-Z][a-zA-Z0-9_.-]+)\}"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

/// Puts calls in place of placeholders, even inside of strings, unless a backslash is in front.
fn with_calls(text: &str) -> String {
    let text = PLACEHOLDER.replace_all(text, "${1}ph(req, \"${2}\")");
    ESCAPED.replace_all(&text, "{${1}}").into_owned()
}
