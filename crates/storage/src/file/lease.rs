//! Locks as files, bit for bit certmagic's protocol (`filestorage.go`): created exclusively,
//! dated anew every 5 s by the holder, stale after 10 s without, polled every second.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{blocking, create_folder};
use crate::{LeaseError, WallClock};

const REFRESH: Duration = Duration::from_secs(5);
const STALE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_secs(1);
/// A file read as empty is being written just now, or its writer died doing so.
const EMPTY_POLL: Duration = Duration::from_millis(250);
const EMPTY_READS: u32 = 8;
/// More than any lock file holds (certmagic reads no more either).
const LARGEST: u64 = 2048;

/// A lock held through a file; the file is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct FileLease {
    heartbeat: JoinHandle<()>,
    #[expect(dead_code, reason = "held for its drop")]
    file: HeldFile,
}

impl Drop for FileLease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// A lock file of ours, removed when this is dropped. Made where the file is made: whoever waits
/// for it may be gone by then.
#[derive(Debug)]
struct HeldFile {
    path: PathBuf,
    created: OffsetDateTime,
}

impl Drop for HeldFile {
    fn drop(&mut self) {
        // Held up for more than ten seconds, we may have lost it to someone else: leave theirs.
        let is_anothers =
            matches!(read(&self.path), Ok(Content::Lock(lock)) if lock.created != self.created);
        if !is_anothers {
            // Should this fail, the lock becomes stale by itself.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Waits for the lock file at `path` to be ours.
pub(super) async fn acquire(path: PathBuf, clock: WallClock) -> Result<FileLease, LeaseError> {
    let mut empty_reads = 0;
    loop {
        let now = clock.now();
        let attempt_path = path.clone();
        let attempt = blocking(move || {
            attempt(&attempt_path, now, &mut empty_reads).map(|next| (next, empty_reads))
        });
        let (next, reads) = attempt.await?;
        empty_reads = reads;
        match next {
            Next::Held(file) => {
                let heartbeat = tokio::spawn(refresh(path, file.created, clock));
                return Ok(FileLease { heartbeat, file });
            }
            Next::Again => {}
            Next::After(pause) => sleep(pause).await,
        }
    }
}

/// What a lock file holds (`lockMeta`).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Lock {
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    updated: Option<OffsetDateTime>,
}

impl Lock {
    fn is_stale(&self, now: SystemTime) -> bool {
        let seen = SystemTime::from(self.updated.unwrap_or(self.created));
        // A date in the future is a clock that differs a little, not a dead holder.
        now.duration_since(seen).is_ok_and(|age| age > STALE)
    }
}

enum Content {
    Empty,
    Lock(Lock),
    Other(serde_json::Error),
}

enum Next {
    Held(HeldFile),
    Again,
    After(Duration),
}

/// One try: create the file, or judge the one that is there.
fn attempt(path: &Path, now: SystemTime, empty_reads: &mut u32) -> Result<Next, LeaseError> {
    match create(path, now) {
        Ok(file) => return Ok(Next::Held(file)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(source) => return Err(failed("create", path, source)),
    }
    let content = match read(path) {
        Ok(content) => content,
        // Just given up by its holder.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Next::Again),
        Err(source) => return Err(failed("read", path, source)),
    };
    match content {
        Content::Lock(lock) if !lock.is_stale(now) => return Ok(Next::After(POLL)),
        Content::Empty | Content::Other(_) if *empty_reads + 1 < EMPTY_READS => {
            *empty_reads += 1;
            return Ok(Next::After(EMPTY_POLL));
        }
        Content::Other(source) => {
            return Err(LeaseError::Corrupt {
                path: path.to_owned(),
                source,
            });
        }
        Content::Lock(_) | Content::Empty => {}
    }
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(failed("delete", path, source)),
        _ => Ok(Next::Again),
    }
}

fn create(path: &Path, now: SystemTime) -> io::Result<HeldFile> {
    create_folder(path.parent().expect("locks lie in their folder"))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let created = OffsetDateTime::from(now);
    let held = HeldFile {
        path: path.to_owned(),
        created,
    };
    write(
        &mut file,
        Lock {
            created,
            updated: Some(created),
        },
    )?;
    Ok(held)
}

fn write(file: &mut fs::File, lock: Lock) -> io::Result<()> {
    let mut line = serde_json::to_vec(&lock)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_all()
}

fn read(path: &Path) -> io::Result<Content> {
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(LARGEST)
        .read_to_end(&mut bytes)?;
    Ok(parse(&bytes))
}

fn parse(bytes: &[u8]) -> Content {
    if bytes.trim_ascii().is_empty() {
        return Content::Empty;
    }
    match serde_json::from_slice(bytes) {
        Ok(lock) => Content::Lock(lock),
        Err(error) => Content::Other(error),
    }
}

/// Shows that the holder is alive, until the file is no longer ours.
async fn refresh(path: PathBuf, created: OffsetDateTime, clock: WallClock) {
    let mut tick = interval(REFRESH);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.tick().await;
    loop {
        tick.tick().await;
        let (path, now) = (path.clone(), clock.now());
        if !matches!(blocking(move || touch(&path, created, now)).await, Ok(true)) {
            return;
        }
    }
}

/// Dates the lock anew; false if it is gone or someone else's. Never creates the file.
fn touch(path: &Path, created: OffsetDateTime, now: SystemTime) -> io::Result<bool> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    (&mut file).take(LARGEST).read_to_end(&mut bytes)?;
    if !matches!(parse(&bytes), Content::Lock(lock) if lock.created == created) {
        return Ok(false);
    }
    file.set_len(0)?;
    file.rewind()?;
    write(
        &mut file,
        Lock {
            created,
            updated: Some(OffsetDateTime::from(now)),
        },
    )?;
    Ok(true)
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> LeaseError {
    LeaseError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
#[path = "lease_tests.rs"]
mod tests;
