//! Patterns with `%`, which ask for the escaped form of the path where they have it: `%2F` is then
//! not `/`, and `%*` is a span that stays escaped. Caddy: `matchPatternWithEscapeSequence`.

use super::glob;
use crate::template::{decode, escape_at};

/// Whether a pattern covers an escaped path; both in lower case.
///
/// Walks along both and writes down the path as the pattern wants to see it, escaped or not, then
/// compares that by the rules of globs.
pub(super) fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let mut seen = Vec::with_capacity(path.len());
    let (mut at, mut here) = (0, 0);
    while at < pattern.len() && here < path.len() {
        let escape = escape_at(path, here);
        match (pattern[at], pattern.get(at + 1)) {
            (b'*', _) | (b'%', Some(b'*')) => {
                let keep_escaped = pattern[at] == b'%';
                at += usize::from(keep_escaped);
                let rest = &path[here..];
                let Some(span) = span(rest, pattern.get(at + 1)) else {
                    return false;
                };
                if keep_escaped {
                    seen.extend_from_slice(&rest[..span]);
                } else {
                    seen.extend_from_slice(&decode(&rest[..span]));
                }
                here += span;
            }
            (b'%', _) if at + 3 <= pattern.len() => {
                let Some(literal) = escape.and_then(|_| path.get(here..here + 3)) else {
                    return false;
                };
                seen.extend_from_slice(literal);
                here += 3;
                at += 2;
            }
            _ => {
                seen.push(escape.unwrap_or(path[here]));
                here += if escape.is_some() { 3 } else { 1 };
            }
        }
        at += 1;
    }
    // What the pattern did not reach must not be lost, or `/a%40` would cover `/a%40b`.
    seen.extend_from_slice(&path[here..]);
    glob::matches(&without_percent_stars(pattern), &seen)
}

/// How far a star reaches: to the next byte that is as the pattern goes on.
fn span(rest: &[u8], next: Option<&u8>) -> Option<usize> {
    match next {
        None => Some(rest.len()),
        Some(next) => rest.iter().position(|byte| byte == next),
    }
}

/// `%*` compares as `*` once the path has been written down.
fn without_percent_stars(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pattern.len());
    for (at, &byte) in pattern.iter().enumerate() {
        if byte != b'%' || pattern.get(at + 1) != Some(&b'*') {
            out.push(byte);
        }
    }
    out
}
