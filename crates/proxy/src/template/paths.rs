//! Escapes of URIs, and the parts of a path that placeholders name.

use std::borrow::Cow;

/// Undoes `%XX`. What is no escape stays. The result need not be UTF-8.
pub(crate) fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    decode_as(text, false)
}

/// As [`decode`]; `+` is a space. Caddy: Go's `url.ParseQuery`.
pub(crate) fn decode_query(text: &[u8]) -> Cow<'_, [u8]> {
    decode_as(text, true)
}

fn decode_as(text: &[u8], plus_is_space: bool) -> Cow<'_, [u8]> {
    if !text
        .iter()
        .any(|&byte| byte == b'%' || (plus_is_space && byte == b'+'))
    {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if let Some(byte) = escape_at(text, at) {
            out.push(byte);
            at += 3;
        } else {
            let space = plus_is_space && text[at] == b'+';
            out.push(if space { b' ' } else { text[at] });
            at += 1;
        }
    }
    Cow::Owned(out)
}

/// The byte that `%XX` at `at` stands for.
pub(crate) fn escape_at(text: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = *text.get(at..at + 3)? else {
        return None;
    };
    let digit = |hex: u8| {
        char::from(hex)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(high)? << 4 | digit(low)?)
}

/// Whether there is a `%` that no two digits follow.
pub(crate) fn has_broken_escape(text: &[u8]) -> bool {
    let mut escapes = (0..text.len()).filter(|&at| text[at] == b'%');
    escapes.any(|at| escape_at(text, at).is_none())
}

/// Caddy: Go's `url.QueryEscape`.
pub(crate) fn escape_query(text: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte),
            b' ' => out.push(b'+'),
            _ => {
                let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                out.push(b'%');
                out.extend_from_slice(&digits);
            }
        }
    }
}

/// Caddy: Go's `url.URL.EscapedPath`: what a path may hold stays.
pub(super) fn escape_path(path: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte) {
            out.push(byte);
        } else {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.push(b'%');
            out.extend_from_slice(&digits);
        }
    }
}

/// Up to and with the last slash. Caddy: Go's `path.Split`.
pub(super) fn directory(path: &[u8]) -> &[u8] {
    &path[..after_last_slash(path)]
}

/// Behind the last slash.
pub(super) fn file(path: &[u8]) -> &[u8] {
    &path[after_last_slash(path)..]
}

/// The last dot of a file name and what follows. Caddy: Go's `path.Ext`.
pub(super) fn extension(file: &[u8]) -> &[u8] {
    &file[dot(file)..]
}

/// The last segment, slashes behind it aside, without its extension. Caddy: Go's `path.Base`,
/// less what `path.Ext` finds.
pub(super) fn base(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&byte| byte != b'/');
    let Some(end) = end else {
        return if path.is_empty() { b"." } else { b"/" };
    };
    let last = file(&path[..=end]);
    last.strip_suffix(extension(file(path))).unwrap_or(last)
}

fn dot(file: &[u8]) -> usize {
    file.iter()
        .rposition(|&byte| byte == b'.')
        .unwrap_or(file.len())
}

fn after_last_slash(path: &[u8]) -> usize {
    path.iter()
        .rposition(|&byte| byte == b'/')
        .map_or(0, |at| at + 1)
}

/// In lower case; text that is UTF-8 by Unicode's rules.
pub(crate) fn lower(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        if text.iter().any(u8::is_ascii_uppercase) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return text;
    }
    Cow::Owned(match std::str::from_utf8(&text) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => text.to_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_of_a_path_is_that_of_go() {
        let cases: [(&[u8], &[u8]); 6] = [
            (b"/a/b.tar.gz", b"b.tar"),
            (b"/a/b", b"b"),
            (b"/a/b.c/", b"b.c"),
            (b"/a//", b"a"),
            (b"/", b"/"),
            (b"//", b"/"),
        ];
        for (path, expected) in cases {
            assert_eq!(base(path), expected, "{}", String::from_utf8_lossy(path));
        }
    }
}
