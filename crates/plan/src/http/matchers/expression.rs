//! `expression`. Caddy: `celmatcher.go`.

use serde::{Deserialize, Serialize};

/// An expression in CEL: a bare text, or a text with the name its captures get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expression {
    /// Without a name.
    Plain(String),
    /// With a name.
    Named(NamedExpression),
}

/// An expression whose regular expressions put their captures under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamedExpression {
    /// The expression.
    pub expr: String,
    /// The name.
    pub name: String,
}

impl Expression {
    /// An expression; an empty name is none.
    pub fn new(expr: String, name: &str) -> Self {
        if name.is_empty() {
            return Self::Plain(expr);
        }
        Self::Named(NamedExpression {
            expr,
            name: name.to_owned(),
        })
    }
}
