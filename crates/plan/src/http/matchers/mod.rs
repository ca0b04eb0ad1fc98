//! Conditions on a request. Caddy: `modules/caddyhttp/matchers.go`.

mod addresses;
mod expression;
mod file;
mod regexp;
mod tls;
mod url_pattern;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::is_default;

pub use addresses::AddressRanges;
pub use expression::{Expression, NamedExpression};
pub use file::FileMatcher;
pub use regexp::Regexp;
pub use tls::TlsMatcher;
pub use url_pattern::UrlPattern;

/// Header fields and what they must hold: one of the values, anything (no value), or `null` for
/// fields that must be absent.
pub type FieldConditions = IndexMap<String, Option<Vec<String>>>;

/// Conditions that must all hold. An empty list of alternatives counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatcherSet {
    /// Where the client's address lies, as trusted proxies tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<AddressRanges>,
    /// An expression that must be true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<Expression>,
    /// A file that must exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileMatcher>,
    /// Header fields; `null` asks that the field be absent, an empty list that it be present.
    #[serde(skip_serializing_if = "is_default")]
    pub header: FieldConditions,
    /// Patterns that one value of each field must have.
    #[serde(skip_serializing_if = "is_default")]
    pub header_regexp: IndexMap<String, Regexp>,
    /// Host names; `*` stands for one label.
    #[serde(skip_serializing_if = "is_default")]
    pub host: Vec<String>,
    /// Methods, in capitals.
    #[serde(skip_serializing_if = "is_default")]
    pub method: Vec<String>,
    /// Sets of which none may hold.
    #[serde(skip_serializing_if = "is_default")]
    pub not: Vec<Self>,
    /// Paths: exact, `/prefix*`, `*suffix`, `*part*`, or a glob.
    #[serde(skip_serializing_if = "is_default")]
    pub path: Vec<String>,
    /// A pattern the path must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_regexp: Option<Regexp>,
    /// `http`, `https`, `grpc`, or a version such as `http/1.1+`.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol: Option<String>,
    /// Parameters that must be present, with any of the values; `*` is any value. An empty list of
    /// parameters asks that there be no query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<IndexMap<String, Vec<String>>>,
    /// Where the peer's address lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<AddressRanges>,
    /// The state of the connection's TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsMatcher>,
    /// A pattern of the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_pattern: Option<UrlPattern>,
    /// Variables or placeholders, of which one must have one of its values.
    #[serde(skip_serializing_if = "is_default")]
    pub vars: IndexMap<String, Vec<String>>,
    /// Variables or placeholders, of which one must have its pattern.
    #[serde(skip_serializing_if = "is_default")]
    pub vars_regexp: IndexMap<String, Regexp>,
}
