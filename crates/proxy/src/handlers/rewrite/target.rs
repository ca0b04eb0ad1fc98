//! A new path, a new query, or both, with placeholders. Caddy: `Rewrite` and `buildQueryString`.

use super::{Draft, Text};
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown, decode, has_broken_escape};

/// What replaces parts of a URI.
pub(super) struct NewTarget {
    path: Option<Template>,
    /// Keys and values; whether it is a key.
    query: Option<Box<[(bool, Template)]>>,
}

impl NewTarget {
    pub(super) fn build(text: &str, cx: &BuildContext<'_>) -> Self {
        // A fragment is for the client alone.
        let text = text.split_once('#').map_or(text, |(text, _)| text);
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        Self {
            path: (!path.is_empty())
                .then(|| Template::parse(path, Unknown::Empty, cx).with_escaped_path()),
            query: query.map(|query| components(query, cx)),
        }
    }

    /// Both parts see the URI as it was before.
    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>) {
        let path = self.path.as_ref().map(|path| path.expand(scope));
        let mut query = self.query.as_ref().map(|query| build_query(query, scope));
        if let Some(path) = path {
            let mut path: Text<'_> = path;
            // A query that a placeholder brought along; one that is written wins.
            if let Some(at) = path.iter().position(|&byte| byte == b'?') {
                let brought = path[at + 1..].to_vec();
                if query.as_ref().is_none_or(Vec::is_empty) {
                    query = Some(brought);
                }
                path = path[..at].to_vec().into();
            }
            let is_readable = !has_broken_escape(&path);
            let decoded = if is_readable { decode(&path) } else { path };
            draft.path = encode(&decoded);
        } else {
            // Caddy forgets how the client has escaped it.
            draft.path = encode(&decode(&draft.path));
        }
        if let Some(query) = query {
            draft.query = query;
        }
    }
}

/// Takes a query apart at its `=` and `&`.
fn components(mut query: &str, cx: &BuildContext<'_>) -> Box<[(bool, Template)]> {
    let (mut parts, mut is_key) = (Vec::new(), true);
    while !query.is_empty() {
        let end = query.find(['=', '&']).unwrap_or(query.len());
        let ends_pair = query[end..].starts_with('&');
        let template = Template::parse(&query[..end], Unknown::Empty, cx);
        parts.push((is_key, template));
        query = query.get(end + 1..).unwrap_or_default();
        is_key = ends_pair;
    }
    parts.into()
}

fn build_query(parts: &[(bool, Template)], scope: &Scope<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for (is_key, template) in parts {
        let text = template.expand_in_query(scope, *is_key);
        if !is_key {
            out.push(b'=');
        } else if !out.is_empty() && !text.is_empty() {
            out.push(b'&');
        }
        out.extend_from_slice(&text);
    }
    out
}

/// A path that may be escaped already: if it cannot be, it is escaped now.
pub(super) fn escaped(path: Vec<u8>) -> Vec<u8> {
    let is_escaped = |&byte: &u8| is_path_byte(byte) || b"%!*'()[]".contains(&byte);
    if path.iter().all(is_escaped) && !has_broken_escape(&path) {
        return path;
    }
    if has_broken_escape(&path) {
        return encode(&path);
    }
    encode(&decode(&path))
}

/// Caddy: Go's `URL.EscapedPath`.
fn encode(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for &byte in path {
        if is_path_byte(byte) {
            out.push(byte);
        } else {
            escape(byte, &mut out);
        }
    }
    out
}

/// Appends a query; bytes that no request line can hold are escaped.
pub(super) fn escape_unsendable(query: &[u8], out: &mut Vec<u8>) {
    for &byte in query {
        if byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte) {
            out.push(byte);
        } else {
            escape(byte, out);
        }
    }
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
    out.push(b'%');
    out.extend_from_slice(&digits);
}

/// What Go leaves as it is in a path.
const fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'_'
                | b'.'
                | b'~'
                | b'$'
                | b'&'
                | b'+'
                | b','
                | b'/'
                | b':'
                | b';'
                | b'='
                | b'@'
        )
}
