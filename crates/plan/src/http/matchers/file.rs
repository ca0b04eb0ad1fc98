//! `file`. Caddy: `fileserver/matcher.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Holds if one of some files exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileMatcher {
    /// The file system; the variable `fs` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub fs: String,
    /// The folder; the variable `root` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub root: String,
    /// Patterns of files; the path of the request if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub try_files: Vec<String>,
    /// Which of several: `first_exist` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub try_policy: String,
    /// Endings behind which a path is cut before it is looked up.
    #[serde(skip_serializing_if = "is_default")]
    pub split_path: Vec<String>,
}
