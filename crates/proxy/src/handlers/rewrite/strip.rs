//! Taking off the front or the end of an escaped path, whatever way its bytes are escaped and in
//! any case. An escape in the text asks for that escape. Caddy: `trimPathPrefix`.

use crate::matchers::header::contains;
use crate::matchers::path::clean;
use crate::template::escape_at;

/// Without a prefix, which gets a slash in front if it has none.
pub(super) fn prefix(path: &[u8], prefix: &[u8]) -> Vec<u8> {
    let mut path = clean(path, !contains(prefix, b"//"));
    let slash: &[u8] = if prefix.starts_with(b"/") { b"" } else { b"/" };
    let mut at = 0;
    for &wanted in slash.iter().chain(prefix) {
        let Some((byte, length)) = first(&path[at..], wanted) else {
            return path;
        };
        if !byte.eq_ignore_ascii_case(&wanted) {
            return path;
        }
        at += length;
    }
    path.split_off(at)
}

/// Without a suffix.
pub(super) fn suffix(path: &[u8], suffix: &[u8]) -> Vec<u8> {
    let mut path = clean(path, !contains(suffix, b"//"));
    let (mut end, mut left) = (path.len(), suffix.len());
    while left > 0 {
        // An escape is compared as such if the suffix has one here.
        let start = left.saturating_sub(3);
        if left >= 3 && escape_at(suffix, start).is_some() {
            let is_same = end >= 3 && path[end - 3..end].eq_ignore_ascii_case(&suffix[start..left]);
            if !is_same {
                return path;
            }
            (end, left) = (end - 3, start);
            continue;
        }
        let escape = end
            .checked_sub(3)
            .and_then(|at| escape_at(&path[..end], at));
        let (byte, length) = match (escape, path[..end].last()) {
            (Some(byte), _) => (byte, 3),
            (None, Some(&byte)) => (byte, 1),
            (None, None) => return path,
        };
        if !byte.eq_ignore_ascii_case(&suffix[left - 1]) {
            return path;
        }
        (end, left) = (end - length, left - 1);
    }
    path.truncate(end);
    path
}

/// The first byte, unescaped unless an escape is wanted, and how long it is in the path.
fn first(path: &[u8], wanted: u8) -> Option<(u8, usize)> {
    match escape_at(path, 0) {
        Some(byte) if wanted != b'%' => Some((byte, 3)),
        _ => path.first().map(|&byte| (byte, 1)),
    }
}
