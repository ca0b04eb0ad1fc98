//! Queries of URIs as Caddy reads them. Caddy: Go's `url.ParseQuery`.

use std::borrow::Cow;

use crate::template::{decode_query, has_broken_escape};

/// One `key=value`, decoded.
pub(crate) type Pair<'q> = (Cow<'q, [u8]>, Cow<'q, [u8]>);

/// A pair with a `;` or a broken escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The pairs of a query, in their order; empty ones are passed over.
pub(crate) fn pairs(query: &[u8]) -> impl Iterator<Item = Result<Pair<'_>, Unreadable>> {
    let pairs = query.split(|&byte| byte == b'&');
    pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        if pair.contains(&b';') || has_broken_escape(pair) {
            return Err(Unreadable);
        }
        let equals = pair.iter().position(|&byte| byte == b'=');
        let (name, value) = equals.map_or((pair, &b""[..]), |at| (&pair[..at], &pair[at + 1..]));
        Ok((decode_query(name), decode_query(value)))
    })
}
