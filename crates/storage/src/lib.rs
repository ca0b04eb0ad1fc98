//! What must last, and what nodes share: blobs by key, and leases (locks).
//! Keys and the lock protocol are certmagic's, so that a Caddy can use the same folder.
//! Never on the path of a request or a handshake.

mod clock;
mod error;
pub mod file;
pub mod layout;
mod memory;

use std::future::Future;
use std::path::PathBuf;
use std::time::SystemTime;

pub use clock::WallClock;
pub use error::{LeaseError, StorageError};
pub use file::FileStorage;
pub use memory::MemoryStorage;

/// What is known about a key without reading its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// When it was last written. For a folder: when a child was last added or removed.
    pub modified: SystemTime,
    /// Size of the value in bytes; 0 for a folder.
    pub size: u64,
    /// A value rather than a folder.
    pub is_terminal: bool,
}

/// Values by key. Keys are relative, `/` separates their parts (see [`layout`]).
pub trait Blobs {
    /// The value under `key`; [`StorageError::NotFound`] if there is none.
    fn load(&self, key: &str) -> impl Future<Output = Result<Vec<u8>, StorageError>> + Send;

    /// Writes `value` under `key`, whole or not at all; it is on disk when this returns.
    fn store(
        &self,
        key: &str,
        value: &[u8],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Removes `key` and, if it is a folder, all below it. Nothing there is no error.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// Is there a value or folder under `key`?
    fn exists(&self, key: &str) -> impl Future<Output = Result<bool, StorageError>> + Send;

    /// Full keys of the direct children of the folder `prefix`, sorted; none if it does not exist.
    fn list(&self, prefix: &str) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;

    /// Facts about `key`; [`StorageError::NotFound`] if there is nothing.
    fn stat(&self, key: &str) -> impl Future<Output = Result<Stat, StorageError>> + Send;
}

/// Locks with an owner that must keep showing it is alive.
pub trait Leases {
    /// Waits until nobody else holds `name`, then holds it. Cancelling the future gives up the wait.
    fn acquire(&self, name: &str) -> impl Future<Output = Result<Lease, LeaseError>> + Send;
}

/// A held lock. Given up by [`Lease::release`], or when dropped.
#[derive(Debug)]
#[must_use = "the lock is given up when this is dropped"]
pub struct Lease(#[expect(dead_code, reason = "held for its drop")] LeaseKind);

#[derive(Debug)]
#[expect(dead_code, reason = "held for their drop")]
enum LeaseKind {
    File(file::FileLease),
    Memory(memory::MemoryLease),
}

impl Lease {
    /// Gives the lock up now.
    pub fn release(self) {
        drop(self);
    }
}

/// The configured storage. Cheap to clone; clones are the same storage.
#[derive(Debug, Clone)]
pub enum Storage {
    /// A folder, in Caddy's layout.
    File(FileStorage),
    /// A map that ends with the process; for tests.
    Memory(MemoryStorage),
}

impl Storage {
    /// Where the value of `key` lies on disk, to be named in messages. `None` if not in a file.
    pub fn path_of(&self, key: &str) -> Option<PathBuf> {
        match self {
            Self::File(storage) => storage.path_of(key).ok(),
            Self::Memory(_) => None,
        }
    }
}

impl Blobs for Storage {
    async fn load(&self, key: &str) -> Result<Vec<u8>, StorageError> {
        match self {
            Self::File(storage) => storage.load(key).await,
            Self::Memory(storage) => storage.load(key).await,
        }
    }

    async fn store(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        match self {
            Self::File(storage) => storage.store(key, value).await,
            Self::Memory(storage) => storage.store(key, value).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        match self {
            Self::File(storage) => storage.delete(key).await,
            Self::Memory(storage) => storage.delete(key).await,
        }
    }

    async fn exists(&self, key: &str) -> Result<bool, StorageError> {
        match self {
            Self::File(storage) => storage.exists(key).await,
            Self::Memory(storage) => storage.exists(key).await,
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        match self {
            Self::File(storage) => storage.list(prefix).await,
            Self::Memory(storage) => storage.list(prefix).await,
        }
    }

    async fn stat(&self, key: &str) -> Result<Stat, StorageError> {
        match self {
            Self::File(storage) => storage.stat(key).await,
            Self::Memory(storage) => storage.stat(key).await,
        }
    }
}

impl Leases for Storage {
    async fn acquire(&self, name: &str) -> Result<Lease, LeaseError> {
        match self {
            Self::File(storage) => storage.acquire(name).await,
            Self::Memory(storage) => storage.acquire(name).await,
        }
    }
}
