//! Carrying requests over `FastCGI`. Caddy: `reverseproxy/fastcgi/fastcgi.go`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// Settings of the `FastCGI` transport.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FastCgiTransport {
    /// The folder of the scripts; the variable `root` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub root: String,
    /// Endings behind which the path is the script's `PATH_INFO`.
    #[serde(skip_serializing_if = "is_default")]
    pub split_path: Vec<String>,
    /// Whether a symbolic link as `root` is resolved.
    #[serde(skip_serializing_if = "is_default")]
    pub resolve_root_symlink: bool,
    /// Further variables.
    #[serde(skip_serializing_if = "is_default")]
    pub env: IndexMap<String, String>,
    /// How long a dial may take; 3 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_timeout: Duration,
    /// How long one read may take.
    #[serde(skip_serializing_if = "is_default")]
    pub read_timeout: Duration,
    /// How long one write may take.
    #[serde(skip_serializing_if = "is_default")]
    pub write_timeout: Duration,
    /// Whether the upstream's error output is logged.
    #[serde(skip_serializing_if = "is_default")]
    pub capture_stderr: bool,
}
