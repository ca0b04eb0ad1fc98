//! Storage in a folder, as Caddy has it: folders 0700, files 0600, values written whole
//! (temporary file, fsync, rename), locks as files (see `lease`).

mod data_dir;
mod lease;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::{Blobs, Lease, LeaseError, LeaseKind, Leases, Stat, StorageError, WallClock};

pub use data_dir::default_data_dir;
pub(crate) use lease::FileLease;

/// How a value that is still being written begins; never listed.
const TEMPORARY: &str = ".evenkeel-";

/// A folder. Clones are the same folder.
#[derive(Debug, Clone)]
pub struct FileStorage {
    root: Arc<Path>,
    clock: WallClock,
}

impl FileStorage {
    /// Storage below `root`, which is created when first written to. `clock` dates the lock files.
    pub fn new(root: impl Into<PathBuf>, clock: WallClock) -> Self {
        Self {
            root: root.into().into(),
            clock,
        }
    }

    /// The folder everything lies in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the value of `key` lies.
    pub fn path_of(&self, key: &str) -> Result<PathBuf, StorageError> {
        check_key(key)?;
        Ok(self.root.join(key))
    }
}

impl Blobs for FileStorage {
    async fn load(&self, key: &str) -> Result<Vec<u8>, StorageError> {
        let path = self.path_of(key)?;
        let key = key.to_owned();
        blocking(move || fs::read(&path).map_err(|source| failed("read", &key, path, source))).await
    }

    async fn store(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        let path = self.path_of(key)?;
        let (key, value) = (key.to_owned(), value.to_vec());
        blocking(move || {
            write_whole(&path, &value).map_err(|source| failed("write", &key, path, source))
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let path = self.path_of(key)?;
        let key = key.to_owned();
        let removed =
            blocking(move || remove(&path).map_err(|source| failed("delete", &key, path, source)));
        match removed.await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    async fn exists(&self, key: &str) -> Result<bool, StorageError> {
        match self.stat(key).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let path = self.path_of(prefix)?;
        let prefix = prefix.to_owned();
        let listed = blocking(move || {
            children(&path, &prefix).map_err(|source| failed("list", &prefix, path, source))
        });
        match listed.await {
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            other => other,
        }
    }

    async fn stat(&self, key: &str) -> Result<Stat, StorageError> {
        let path = self.path_of(key)?;
        let key = key.to_owned();
        blocking(move || facts(&path).map_err(|source| failed("read", &key, path, source))).await
    }
}

impl Leases for FileStorage {
    async fn acquire(&self, name: &str) -> Result<Lease, LeaseError> {
        let path =
            self.path_of(&crate::layout::lock_file(name))
                .map_err(|_| LeaseError::InvalidName {
                    name: name.to_owned(),
                })?;
        let lease = lease::acquire(path, self.clock.clone()).await?;
        Ok(Lease(LeaseKind::File(lease)))
    }
}

/// A key is made of names: not empty, not absolute, no `.` or `..`, no NUL.
pub(crate) fn check_key(key: &str) -> Result<(), StorageError> {
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\0', '\\']);
    if key.split('/').all(is_name) {
        return Ok(());
    }
    Err(StorageError::InvalidKey {
        key: key.to_owned(),
    })
}

/// Runs file work off the event loop.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down: nobody will ask for the outcome any more.
            Err(_) => std::future::pending().await,
        },
    }
}

fn failed(action: &'static str, key: &str, path: PathBuf, source: io::Error) -> StorageError {
    match source.kind() {
        // A file where a folder is expected: there is nothing under this key either.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if action != "write" => {
            StorageError::NotFound {
                key: key.to_owned(),
            }
        }
        _ => StorageError::Io {
            action,
            path,
            source,
        },
    }
}

fn write_whole(path: &Path, value: &[u8]) -> io::Result<()> {
    let folder = path.parent().expect("a key lies below the root");
    create_folder(folder)?;
    // 0600 from the start: the crate's default for temporary files.
    let mut file = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(folder)?;
    file.write_all(value)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

fn children(path: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(path)? {
        // A name that is not UTF-8 is not one of ours.
        let Ok(name) = entry?.file_name().into_string() else {
            continue;
        };
        if !name.starts_with(TEMPORARY) {
            keys.push(format!("{prefix}/{name}"));
        }
    }
    keys.sort_unstable();
    Ok(keys)
}

fn facts(path: &Path) -> io::Result<Stat> {
    let found = fs::metadata(path)?;
    let is_terminal = !found.is_dir();
    let size = if is_terminal { found.len() } else { 0 };
    Ok(Stat {
        modified: found.modified()?,
        size,
        is_terminal,
    })
}

#[cfg(test)]
mod tests;
