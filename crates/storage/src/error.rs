//! What can go wrong with a blob or a lock; each names the key or the lock.

use std::io;
use std::path::PathBuf;

/// A blob operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is nothing under this key.
    #[error("storage has no `{key}`")]
    NotFound {
        /// The key asked for.
        key: String,
    },
    /// The key is empty, absolute, or leaves the storage's folder.
    #[error("`{key}` is not a storage key")]
    InvalidKey {
        /// The key asked for.
        key: String,
    },
    /// The file system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `delete`, `list`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl StorageError {
    /// Is it only that there is nothing under the key?
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

/// A lock could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The lock's name makes no key.
    #[error("`{name}` cannot name a lock")]
    InvalidName {
        /// The lock asked for.
        name: String,
    },
    /// The lock file cannot be created, read, or (when stale) deleted.
    #[error("cannot {action} the lock file {}", path.display())]
    Io {
        /// What was tried: `create`, `read`, `delete`.
        action: &'static str,
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The lock file holds something that is no lock. It is left alone: it may be someone else's.
    #[error("{} is not a lock file; delete it if nothing uses it", path.display())]
    Corrupt {
        /// The lock file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
}
