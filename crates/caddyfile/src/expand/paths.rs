//! Where the files of an `import` are: relative to the file that imports them, one or a pattern.

/// How a file name is to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One file, which must exist.
    File(String),
    /// All that match; there may be none.
    Pattern {
        pattern: String,
        /// Names that start with a dot do not count, as in a shell.
        skips_hidden: bool,
    },
    /// A pattern with more wildcards than Caddy allows.
    TooWild,
}

/// What `name` means in a file. Caddy: the middle of `doImport`.
pub(super) fn wanted(importing: &str, name: &str) -> Wanted {
    let path = if name.starts_with('/') {
        name.to_owned()
    } else {
        let folder = importing.rsplit_once('/').map_or("", |(folder, _)| folder);
        let root = if importing.starts_with('/') { "/" } else { "" };
        clean(&format!("{root}{folder}/{name}"), !root.is_empty())
    };
    let count = |wild| path.matches(wild).count();
    if count('*') > 1 || count('?') > 1 || path.contains('[') {
        return Wanted::TooWild;
    }
    if !path.contains(['*', '?', '\\']) {
        return Wanted::File(path);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let skips_hidden = last.starts_with('*');
    Wanted::Pattern {
        pattern: path,
        skips_hidden,
    }
}

/// Whether a path's last part starts with a dot.
pub(super) fn is_hidden(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with('.'))
}

/// Takes `.` and `..` out of a path, as text (Go: `path.Clean`).
fn clean(path: &str, is_absolute: bool) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    let root = if is_absolute { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(importing: &str, name: &str) -> String {
        match wanted(importing, name) {
            Wanted::File(path) => path,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_are_relative_to_the_importing_file() {
        assert_eq!(file("Caddyfile", "a/b"), "a/b");
        assert_eq!(file("-", "./a"), "a");
        assert_eq!(file("conf/Caddyfile", "../x"), "x");
        assert_eq!(file("Caddyfile", "../x"), "../x");
        assert_eq!(file("../c/Caddyfile", "../../x"), "../../x");
        assert_eq!(file("/etc/caddy/Caddyfile", "x/./y"), "/etc/caddy/x/y");
        assert_eq!(file("/Caddyfile", "../../x"), "/x");
        assert_eq!(file("/etc/Caddyfile", "/srv/../x"), "/srv/../x");
    }

    #[test]
    fn wildcards_are_few() {
        let pattern = |pattern: &str, skips_hidden| Wanted::Pattern {
            pattern: pattern.to_owned(),
            skips_hidden,
        };
        assert_eq!(wanted("c/Caddyfile", "s/*"), pattern("c/s/*", true));
        assert_eq!(wanted("Caddyfile", "a?.*"), pattern("a?.*", false));
        assert_eq!(wanted("Caddyfile", "*/*"), Wanted::TooWild);
        assert_eq!(wanted("Caddyfile", "[ab]"), Wanted::TooWild);
    }
}
