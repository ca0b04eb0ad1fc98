//! A storage that ends with the process: for tests, with the same meaning as a folder.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;

use crate::{
    Blobs, Lease, LeaseError, LeaseKind, Leases, Stat, StorageError, WallClock, file, layout,
};

/// Values in a map. Clones share it.
#[derive(Debug, Clone)]
pub struct MemoryStorage {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    blobs: Mutex<BTreeMap<String, Blob>>,
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    clock: WallClock,
}

#[derive(Debug)]
struct Blob {
    value: Vec<u8>,
    modified: SystemTime,
}

/// A held lock.
pub(crate) type MemoryLease = OwnedMutexGuard<()>;

impl MemoryStorage {
    /// An empty storage whose values are dated by `clock`.
    pub fn new(clock: WallClock) -> Self {
        let inner = Inner {
            blobs: Mutex::default(),
            locks: Mutex::default(),
            clock,
        };
        Self {
            inner: Arc::new(inner),
        }
    }
}

impl Blobs for MemoryStorage {
    async fn load(&self, key: &str) -> Result<Vec<u8>, StorageError> {
        file::check_key(key)?;
        let blobs = self.inner.blobs.lock();
        blobs
            .get(key)
            .map(|blob| blob.value.clone())
            .ok_or_else(|| not_found(key))
    }

    async fn store(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        file::check_key(key)?;
        let blob = Blob {
            value: value.to_vec(),
            modified: self.inner.clock.now(),
        };
        self.inner.blobs.lock().insert(key.to_owned(), blob);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        file::check_key(key)?;
        let folder = format!("{key}/");
        self.inner
            .blobs
            .lock()
            .retain(|name, _| name != key && !name.starts_with(&folder));
        Ok(())
    }

    async fn exists(&self, key: &str) -> Result<bool, StorageError> {
        match self.stat(key).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        file::check_key(prefix)?;
        let folder = format!("{prefix}/");
        let blobs = self.inner.blobs.lock();
        let below = blobs.keys().filter_map(|key| key.strip_prefix(&folder));
        let children: BTreeSet<&str> = below
            .map(|rest| rest.split_once('/').map_or(rest, |(child, _)| child))
            .collect();
        Ok(children
            .into_iter()
            .map(|child| format!("{folder}{child}"))
            .collect())
    }

    async fn stat(&self, key: &str) -> Result<Stat, StorageError> {
        file::check_key(key)?;
        let blobs = self.inner.blobs.lock();
        if let Some(blob) = blobs.get(key) {
            let size = blob.value.len() as u64;
            return Ok(Stat {
                modified: blob.modified,
                size,
                is_terminal: true,
            });
        }
        let folder = format!("{key}/");
        let below = blobs.iter().filter(|(name, _)| name.starts_with(&folder));
        let newest = below.map(|(_, blob)| blob.modified).max();
        newest
            .map(|modified| Stat {
                modified,
                size: 0,
                is_terminal: false,
            })
            .ok_or_else(|| not_found(key))
    }
}

impl Leases for MemoryStorage {
    async fn acquire(&self, name: &str) -> Result<Lease, LeaseError> {
        let key = layout::lock_file(name);
        let lock = Arc::clone(self.inner.locks.lock().entry(key).or_default());
        Ok(Lease(LeaseKind::Memory(lock.lock_owned().await)))
    }
}

fn not_found(key: &str) -> StorageError {
    StorageError::NotFound {
        key: key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage() -> MemoryStorage {
        MemoryStorage::new(WallClock::new(|| SystemTime::UNIX_EPOCH))
    }

    #[tokio::test]
    async fn lists_direct_children_only() {
        let storage = storage();
        for key in ["a/b/c", "a/b/d", "a/e", "ab/f"] {
            storage.store(key, b"x").await.unwrap();
        }
        assert_eq!(storage.list("a").await.unwrap(), ["a/b", "a/e"]);
        assert!(!storage.stat("a/b").await.unwrap().is_terminal);
        storage.delete("a/b").await.unwrap();
        assert_eq!(storage.list("a").await.unwrap(), ["a/e"]);
        assert!(storage.load("a/b/c").await.unwrap_err().is_not_found());
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_is_held_by_one_at_a_time() {
        let storage = storage();
        let first = storage.acquire("x").await.unwrap();
        let second = tokio::time::timeout(std::time::Duration::from_mins(1), storage.acquire("x"));
        assert!(second.await.is_err());
        first.release();
        storage.acquire("x").await.unwrap().release();
    }
}
