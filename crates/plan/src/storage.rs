//! Where certificates, keys and accounts are kept.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// A storage module, named by `module`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "module", rename_all = "snake_case", deny_unknown_fields)]
pub enum Storage {
    /// A directory in Caddy's layout.
    FileSystem {
        /// The directory; the default data directory if empty.
        #[serde(default, skip_serializing_if = "is_default")]
        root: String,
    },
}
