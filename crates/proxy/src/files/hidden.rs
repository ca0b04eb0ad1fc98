//! Files that are not there for clients. Caddy: `fileHidden`.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, absolute};

use crate::matchers::path::{clean, matches_glob};

/// Names and places that are hidden.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hidden(Vec<Vec<u8>>);

impl Hidden {
    /// Of patterns: one without a slash hides whatever has such a name, or is below it; another
    /// what is at such a place or below it.
    pub(crate) fn new<'p>(patterns: impl Iterator<Item = &'p [u8]>) -> Self {
        let patterns = patterns.map(|pattern| {
            if pattern.contains(&b'/') {
                place(super::path_of(pattern).as_path())
            } else {
                pattern.to_vec()
            }
        });
        Self(patterns.collect())
    }

    /// Whether a file is hidden.
    pub(crate) fn holds(&self, file: &Path) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let file = place(file);
        self.0.iter().any(|pattern| {
            if !pattern.contains(&b'/') {
                let mut names = file.split(|&byte| byte == b'/');
                return names.any(|name| matches_glob(pattern, name));
            }
            let below = file.strip_prefix(&**pattern);
            below.is_some_and(|below| matches!(below, [] | [b'/', ..]))
                || matches_glob(pattern, &file)
        })
    }
}

/// From the root of the system, without `.` and `..`.
fn place(path: &Path) -> Vec<u8> {
    let path = absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let cleaned = clean(path.as_os_str().as_bytes(), true);
    match cleaned.strip_suffix(b"/") {
        Some(folder) if !folder.is_empty() => folder.to_vec(),
        _ => cleaned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hide_at_every_depth_and_places_what_is_below() {
        let table = [
            (".git", "/srv/.git/config", true),
            (".git", "/srv/.gitignore", false),
            (".*", "/srv/a/.env", true),
            ("*.key", "/srv/a.key", true),
            ("*.key", "/srv/a.keys", false),
            ("/srv/private", "/srv/private/x", true),
            ("/srv/private", "/srv/private", true),
            ("/srv/private", "/srv/private2", false),
            ("/srv/private/", "/srv/private/x", true),
            ("/srv/*.txt", "/srv/a.txt", true),
            ("/srv/*.txt", "/srv/b/a.txt", false),
            ("/srv/./a/../b", "/srv/b", true),
        ];
        for (pattern, file, expected) in table {
            let hidden = Hidden::new([pattern.as_bytes()].into_iter());
            assert_eq!(hidden.holds(Path::new(file)), expected, "{pattern} {file}");
        }
        let relative = Hidden::new([&b"./Caddyfile"[..]].into_iter());
        assert!(relative.holds(Path::new("Caddyfile")));
        assert!(!relative.holds(Path::new("/srv/Caddyfile")));
    }
}
