//! Finding and opening a file. All of it blocks, so it runs beside the workers, in one go.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::files::{Hidden, join};

/// Bytes of the beginning that are read at once. Most files are not longer.
const BEGINNING: u64 = 64 * 1024;

/// Bytes of a file with an `ETag`.
const LONGEST_TAG: u64 = 1024;

/// What to look for.
pub(super) struct Search {
    pub(super) path: PathBuf,
    /// Names of files that stand for a folder.
    pub(super) index: Vec<Vec<u8>>,
    pub(super) hidden: Arc<Hidden>,
    /// Codings that the client takes, and the endings of files that are encoded so.
    pub(super) sidecars: Vec<(&'static str, &'static str)>,
    /// Endings of files with an `ETag`.
    pub(super) tags: Arc<[Box<str>]>,
    /// Whether the beginning is wanted.
    pub(super) reads: bool,
}

/// What was found.
pub(super) enum Found {
    Nothing,
    /// A folder that no file stands for.
    Folder,
    File(Box<Opened>),
    /// What cannot be looked at.
    Failed(io::Error),
    /// What is there and cannot be opened.
    Unopened(io::Error),
}

/// An open file.
pub(super) struct Opened {
    pub(super) file: File,
    /// Its name, or that of the file it stands beside.
    pub(super) path: PathBuf,
    pub(super) is_index: bool,
    pub(super) modified: Option<SystemTime>,
    pub(super) size: u64,
    pub(super) coding: Option<&'static str>,
    /// Empty if there is none.
    pub(super) etag: String,
    pub(super) beginning: Bytes,
}

impl Search {
    /// Looks. Caddy: `staticfiles.go`, `ServeHTTP`.
    pub(super) fn run(self) -> Found {
        let (mut path, mut is_index) = (without_slash(&self.path), false);
        let mut facts = match fs::metadata(&path) {
            Ok(facts) => facts,
            Err(error) => return failed(error),
        };
        if facts.is_dir() {
            let names = self
                .index
                .iter()
                .map(|name| join(path.as_os_str().as_bytes(), name));
            let mut files = names.filter(|file| !self.hidden.holds(file));
            let found = files.find_map(|file| Some((fs::metadata(&file).ok()?, file)));
            if let Some((index, file)) = found {
                (facts, path, is_index) = (index, file, true);
            }
        }
        if self.hidden.holds(&path) {
            return Found::Nothing;
        }
        if facts.is_dir() {
            return Found::Folder;
        }
        // A pipe would be waited for; a device has no end.
        if !facts.is_file() {
            return Found::Nothing;
        }
        self.open(path, &facts, is_index)
    }

    fn open(&self, path: PathBuf, facts: &Metadata, is_index: bool) -> Found {
        let beside = self.sidecars.iter().find_map(|(coding, ending)| {
            let file = File::open(with_ending(&path, ending)).ok()?;
            let facts = file.metadata().ok().filter(Metadata::is_file)?;
            Some((file, facts, *coding, *ending))
        });
        let (file, own, coding, ending) = match beside {
            Some((file, facts, coding, ending)) => (file, facts, Some(coding), ending),
            None => match File::open(&path).and_then(|file| Ok((file.metadata()?, file))) {
                Ok((facts, file)) => (file, facts, None, ""),
                Err(error) if is_missing(&error) => return Found::Nothing,
                Err(error) => return Found::Unopened(error),
            },
        };
        let tag = self.tags.iter().find_map(|tag| {
            let beside = with_ending(&with_ending(&path, ending), tag);
            let facts = fs::metadata(&beside).ok()?;
            (facts.len() <= LONGEST_TAG).then(|| fs::read_to_string(beside).ok())?
        });
        let size = own.len();
        let beginning = if self.reads {
            read(&file, 0, size.min(BEGINNING))
        } else {
            Ok(Bytes::new())
        };
        let beginning = match beginning {
            Ok(beginning) => beginning,
            Err(error) => return Found::Unopened(error),
        };
        Found::File(Box::new(Opened {
            file,
            path,
            is_index,
            modified: facts.modified().ok().filter(|moment| *moment != UNIX_EPOCH),
            size,
            coding,
            etag: tag.map_or_else(|| etag(&own), |tag| tag.trim().to_owned()),
            beginning,
        }))
    }
}

/// Reads bytes at a place; an error if they are not there.
pub(super) fn read(file: &File, at: u64, length: u64) -> io::Result<Bytes> {
    let length = usize::try_from(length).map_err(io::Error::other)?;
    let mut buffer = vec![0; length];
    file.read_exact_at(&mut buffer, at)?;
    Ok(buffer.into())
}

fn failed(error: io::Error) -> Found {
    if is_missing(&error) {
        return Found::Nothing;
    }
    Found::Failed(error)
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn without_slash(path: &Path) -> PathBuf {
    path.components().as_path().to_path_buf()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    name.into()
}

/// Of when a file was changed, and its size. Caddy: `calculateEtag`.
fn etag(facts: &Metadata) -> String {
    let since = facts.modified().ok();
    let since = since.and_then(|moment| moment.duration_since(UNIX_EPOCH).ok());
    match since {
        // Whoever set the time to one of these did not want it to be known.
        Some(since) if since.as_secs() > 1 => {
            format!(
                "\"{}-{}\"",
                base36(since.as_nanos()),
                base36(facts.len().into())
            )
        }
        _ => String::new(),
    }
}

fn base36(mut number: u128) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.is_empty() {
        let digit = u32::try_from(number % 36).unwrap_or(0);
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        assert_eq!(base36(0), "0");
        assert_eq!(base36(35), "z");
        assert_eq!(base36(36), "10");
        assert_eq!(base36(1_700_000_000_000_000_000), "cwyvpelgpse8");
    }
}
