//! Files as responses. Caddy: `modules/caddyhttp/fileserver/staticfiles.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Status;

/// Answers with a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileServer {
    /// The file system; `{http.vars.fs}` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub fs: String,
    /// The folder; `{http.vars.root}` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub root: String,
    /// Files that are not there for clients.
    #[serde(skip_serializing_if = "is_default")]
    pub hide: Vec<String>,
    /// What stands for a folder; `index.html` and `index.txt` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_names: Option<Vec<String>>,
    /// List folders that have none of these; not done if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browse: Option<Browse>,
    /// Redirect to the form with or without a slash at the end; done if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_uris: Option<bool>,
    /// The status of the answer; 200 or 206 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<Status>,
    /// Leave what does not exist to the next handler.
    #[serde(skip_serializing_if = "is_default")]
    pub pass_thru: bool,
    /// Files beside the file that hold it compressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precompressed: Option<Precompressed>,
    /// Which of them is taken when the client has no preference.
    #[serde(skip_serializing_if = "is_default")]
    pub precompressed_order: Vec<String>,
    /// Files beside the file that hold its `ETag`.
    #[serde(skip_serializing_if = "is_default")]
    pub etag_file_extensions: Vec<String>,
}

/// Lists of folders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Browse {
    /// The template; the built-in one if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub template_file: String,
    /// Show where links lead.
    #[serde(skip_serializing_if = "is_default")]
    pub reveal_symlinks: bool,
    /// By `name`, `namedirfirst`, `size` or `time`, then `asc` or `desc`.
    #[serde(skip_serializing_if = "is_default")]
    pub sort: Vec<String>,
    /// Entries at most; 10,000 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub file_limit: i64,
}

/// Which suffixes are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Precompressed {
    /// `.br`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub br: Option<Sidecar>,
    /// `.gz`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip: Option<Sidecar>,
    /// `.zst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zstd: Option<Sidecar>,
}

/// A kind of compressed file; it has no settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {}
