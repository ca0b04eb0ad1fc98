//! What becomes of one field of an entry. Caddy: `modules/logging/filters.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// What becomes of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "filter", rename_all = "snake_case", deny_unknown_fields)]
pub enum Filter {
    /// It is left out.
    Delete {},
    /// The first four bytes of its SHA-256, in hex, stand for it.
    Hash {},
    /// A text stands for it.
    Replace {
        /// The text.
        #[serde(skip_serializing_if = "is_default", default)]
        value: String,
    },
    /// It gets another name.
    Rename {
        /// The name.
        #[serde(skip_serializing_if = "is_default", default)]
        name: String,
    },
    /// Of addresses, only the first bits are kept.
    IpMask {
        /// How many bits of IPv4; 0 keeps none.
        #[serde(skip_serializing_if = "is_default", default)]
        ipv4_cidr: i64,
        /// How many bits of IPv6; 0 keeps none.
        #[serde(skip_serializing_if = "is_default", default)]
        ipv6_cidr: i64,
    },
    /// Parameters in the query of an address are changed.
    Query {
        /// How, in turn.
        #[serde(default)]
        actions: Option<Vec<QueryAction>>,
    },
    /// Cookies of a request are changed.
    Cookie {
        /// How, in turn.
        #[serde(default)]
        actions: Option<Vec<CookieAction>>,
    },
    /// Cookies of a response are changed.
    SetCookie {
        /// How, in turn.
        #[serde(default)]
        actions: Option<Vec<CookieAction>>,
    },
    /// What matches an expression is replaced.
    Regexp(Replacement),
    /// Several expressions, one after the other.
    MultiRegexp {
        /// The expressions.
        #[serde(default)]
        operations: Vec<Replacement>,
    },
}

/// A change of a query parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryAction {
    /// What is done.
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// The parameter's name.
    #[serde(default)]
    pub parameter: String,
    /// What replaces it.
    #[serde(skip_serializing_if = "is_default", default)]
    pub value: String,
}

/// A change of a cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieAction {
    /// What is done.
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// The cookie's name.
    #[serde(default)]
    pub name: String,
    /// What replaces it.
    #[serde(skip_serializing_if = "is_default", default)]
    pub value: String,
}

/// What is done with a parameter or cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionKind {
    /// Its value is replaced.
    Replace,
    /// A hash stands for its value.
    Hash,
    /// It is left out.
    Delete,
}

/// An expression and what stands for its matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replacement {
    /// The expression, as Go writes them.
    #[serde(skip_serializing_if = "is_default")]
    pub regexp: String,
    /// What stands for each match.
    #[serde(skip_serializing_if = "is_default")]
    pub value: String,
}
