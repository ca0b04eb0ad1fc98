//! Who may pass. Caddy: `modules/caddyhttp/caddyauth/caddyauth.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Lets an exchange pass if one provider knows its user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authentication {
    /// The providers.
    #[serde(skip_serializing_if = "is_default")]
    pub providers: Providers,
}

/// Providers by module name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Providers {
    /// RFC 7617.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_basic: Option<HttpBasic>,
}

/// Names and password hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpBasic {
    /// How passwords are hashed; bcrypt if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<HashAlgorithm>,
    /// Who is known.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: Vec<Account>,
    /// What the client shows when it asks; `restricted` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub realm: String,
    /// Keep the outcome of comparisons, which are slow on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_cache: Option<HashCache>,
}

/// A hash for passwords, named by `algorithm`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "algorithm", rename_all = "snake_case", deny_unknown_fields)]
pub enum HashAlgorithm {
    /// bcrypt.
    Bcrypt {},
    /// Argon2id.
    Argon2id {},
}

/// A name and the hash of its password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// The name.
    pub username: String,
    /// The hash, as it is or in Base64.
    pub password: String,
}

/// The cache of comparisons; it has no settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashCache {}
