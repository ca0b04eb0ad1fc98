//! Patterns of files: `*`, `?` and `[…]` stand for letters of one name. Caddy: Go's
//! `filepath.Glob`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::matchers::path::matches_glob;

/// Whether a text is a pattern.
pub(crate) fn has_wildcard(text: &[u8]) -> bool {
    text.iter().any(|byte| b"*?[\\".contains(byte))
}

/// Appends a text so that a pattern takes it as it is.
pub(crate) fn escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if b"*?[\\".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

/// The files below a folder that a pattern covers, in the order of their names. Blocks.
pub(crate) fn glob(folder: &Path, pattern: &[u8]) -> Vec<PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    for segment in pattern.split(|&byte| byte == b'/') {
        if segment.is_empty() {
            continue;
        }
        found = if has_wildcard(segment) {
            found
                .iter()
                .flat_map(|folder| covered(folder, segment))
                .collect()
        } else {
            let name = OsStr::from_bytes(segment);
            found.iter().map(|folder| folder.join(name)).collect()
        };
    }
    found.retain(|path| fs::symlink_metadata(path).is_ok());
    found
}

fn covered(folder: &Path, pattern: &[u8]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    let mut names: Vec<_> = names
        .filter(|name| matches_glob(pattern, name.as_bytes()))
        .collect();
    names.sort_unstable();
    names.into_iter().map(|name| folder.join(name)).collect()
}
