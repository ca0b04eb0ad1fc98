//! Compression of responses. Caddy: `modules/caddyhttp/encode/encode.go`.

use serde::{Deserialize, Serialize};

use super::ResponseMatcher;
use crate::is_default;

/// Compresses what comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Encode {
    /// Which are possible.
    #[serde(skip_serializing_if = "is_default")]
    pub encodings: Encodings,
    /// Which is taken when the client has no preference.
    #[serde(skip_serializing_if = "is_default")]
    pub prefer: Vec<String>,
    /// Shorter bodies are left alone; bytes, 512 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub minimum_length: i64,
    /// Which responses; those of types that compress well if absent.
    #[serde(rename = "match", skip_serializing_if = "is_default")]
    pub matcher: Option<ResponseMatcher>,
}

/// The settings of each encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Encodings {
    /// RFC 1952.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip: Option<Gzip>,
    /// RFC 8878.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zstd: Option<Zstd>,
}

/// gzip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gzip {
    /// From 1 to 9; 5 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub level: i32,
}

/// Zstandard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Zstd {
    /// `fastest`, `default`, `better` or `best`.
    #[serde(skip_serializing_if = "is_default")]
    pub level: String,
    /// Whether frames carry a checksum; they do if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<bool>,
}
