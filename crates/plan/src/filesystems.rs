//! File systems that files can be served from besides the machine's. Caddy:
//! `modules/filestorage` and `modules/caddyfs/filesystem.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Unavailable;

/// The file systems by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// In their order.
    #[serde(skip_serializing_if = "is_default")]
    pub filesystems: Vec<FileSystem>,
}

/// One file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSystem {
    /// What `fs` calls it.
    pub name: String,
    /// What it is.
    pub file_system: Unavailable,
}
