//! Files below a root: paths that cannot leave it, patterns, names that are hidden.

mod glob;
mod hidden;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::matchers::path::clean;
use crate::template::{Scope, Template, Unknown};

pub(crate) use glob::{escape, glob, has_wildcard};
pub(crate) use hidden::Hidden;

/// The place below a root that a path names. Whatever the path says, it does not leave the root,
/// though a link there may. Caddy: `SanitizedPathJoin`.
pub(crate) fn join(root: &[u8], path: &[u8]) -> PathBuf {
    let mut rooted = Vec::with_capacity(path.len() + 1);
    rooted.push(b'/');
    rooted.extend_from_slice(path);
    let relative = clean(&rooted, true);
    let mut joined = trimmed(root).to_vec();
    match (joined.as_slice(), relative.as_slice()) {
        (b"", [b'/', rest @ ..]) => return path_of(if rest.is_empty() { b"." } else { rest }),
        (_, b"/") => {
            if path.ends_with(b"/") && joined != b"/" {
                joined.push(b'/');
            }
        }
        (b"/", relative) => joined = relative.to_vec(),
        (_, relative) => joined.extend_from_slice(relative),
    }
    path_of(&joined)
}

/// The folder that files are in, as a plan gives it; by default the variable `root`.
pub(crate) fn root_template(text: &str, cx: &BuildContext<'_>) -> Template {
    let text = if text.is_empty() {
        "{http.vars.root}"
    } else {
        text
    };
    Template::parse(text, Unknown::Empty, cx)
}

/// The folder for one exchange; the current one if it has no name.
pub(crate) fn root_of(template: &Template, scope: &Scope<'_>) -> Vec<u8> {
    let root = template.expand(scope).into_owned();
    if root.is_empty() { b".".to_vec() } else { root }
}

/// Only the file system of the machine is there; others come with plugins.
pub(crate) fn refuse_other_system(name: &str, cx: &BuildContext<'_>) -> Result<(), BuildError> {
    if ["", "default", "{http.vars.fs}"].contains(&name) {
        return Ok(());
    }
    Err(cx.error(format!("there is no file system `{name}`")))
}

/// What is left of a place without its root, which it is below.
pub(crate) fn below<'p>(place: &'p Path, root: &[u8]) -> &'p [u8] {
    let place = place.as_os_str().as_bytes();
    place.strip_prefix(trimmed(root)).unwrap_or(place)
}

/// As a path of the system.
pub(crate) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// Without what says nothing: `.` in front, slashes at the end. Empty if it is the current folder.
fn trimmed(mut root: &[u8]) -> &[u8] {
    while let [b'.', b'/', rest @ ..] = root {
        root = rest;
    }
    while let [rest @ .., b'/'] = root
        && !rest.is_empty()
    {
        root = rest;
    }
    if root == b"." { b"" } else { root }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_its_root() {
        let table = [
            ("/srv", "/a/b", "/srv/a/b"),
            ("/srv/", "a", "/srv/a"),
            ("/srv", "/", "/srv/"),
            ("/srv", "", "/srv"),
            ("/srv", "/a/", "/srv/a/"),
            ("/srv", "/../../etc/passwd", "/srv/etc/passwd"),
            ("/srv", "/a/../../b", "/srv/b"),
            ("/srv", "..", "/srv"),
            ("/srv", "//a//./b", "/srv/a/b"),
            (".", "/a", "a"),
            ("./x/", "/a", "x/a"),
            ("", "/a", "a"),
            (".", "/", "."),
            ("/", "/a", "/a"),
            ("/", "/..", "/"),
        ];
        for (root, path, expected) in table {
            let joined = join(root.as_bytes(), path.as_bytes());
            assert_eq!(joined, Path::new(expected), "{root} {path}");
        }
    }

    #[test]
    fn any_path_stays_below() {
        let pieces = ["..", "/", ".", "a", "\\", "%2e", "//", "\0"];
        let mut state = 11_u64;
        for _ in 0..5000 {
            let mut path = String::from("/");
            for _ in 0..8 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                path.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
            }
            let joined = join(b"/srv", path.as_bytes());
            let mut parts = joined.components();
            assert!(joined.starts_with("/srv"), "{path}");
            assert!(
                !parts.any(|part| part == std::path::Component::ParentDir),
                "{path}"
            );
        }
    }
}
