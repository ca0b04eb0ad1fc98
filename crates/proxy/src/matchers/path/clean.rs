//! Resolving `.`, `..` and empty segments. Caddy: `CleanPath`, over Go's `path.Clean`.

/// The shortest path that means the same. A slash at the end stays. Empty segments go if
/// `merge_slashes`, else they count as segments.
pub(crate) fn clean(path: &[u8], merge_slashes: bool) -> Vec<u8> {
    let Some(inner) = path.strip_prefix(b"/") else {
        // `*` of OPTIONS, or nothing: there are no segments to resolve.
        return path.to_vec();
    };
    let (inner, slash_at_end) = inner
        .strip_suffix(b"/")
        .map_or((inner, false), |i| (i, true));
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    let mut ends = Vec::new();
    for segment in inner.split(|&byte| byte == b'/') {
        match segment {
            b"" if merge_slashes || inner.is_empty() && !slash_at_end => {}
            b"." => {}
            b".." => {
                ends.pop();
                out.truncate(ends.last().copied().unwrap_or(0));
            }
            segment => {
                out.push(b'/');
                out.extend_from_slice(segment);
                ends.push(out.len());
            }
        }
    }
    if out.is_empty() || slash_at_end {
        out.push(b'/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_dots_and_keeps_the_slash_at_the_end() {
        let table = [
            ("/", "/", "/"),
            ("//", "/", "//"),
            ("///", "/", "///"),
            ("/a", "/a", "/a"),
            ("/a/", "/a/", "/a/"),
            ("/a//b", "/a/b", "/a//b"),
            ("/a//", "/a/", "/a//"),
            ("/a/./b", "/a/b", "/a/b"),
            ("/a/../b", "/b", "/b"),
            ("/a//../b", "/b", "/a/b"),
            ("/../..", "/", "/"),
            ("/a/..", "/", "/"),
            ("/a/../", "/", "/"),
            ("/a/.", "/a", "/a"),
            ("/a/./", "/a/", "/a/"),
            ("/...", "/...", "/..."),
            ("*", "*", "*"),
            ("", "", ""),
        ];
        for (path, merged, unmerged) in table {
            let text = |merge| String::from_utf8(clean(path.as_bytes(), merge)).unwrap();
            assert_eq!(text(true), merged, "{path} merged");
            assert_eq!(text(false), unmerged, "{path} unmerged");
        }
    }
}
