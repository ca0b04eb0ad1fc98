//! Whether a client has the file already, or has another than it thinks (RFC 9110 section 13).
//! Caddy: Go's `checkPreconditions`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{HeaderMap, Method};

/// What is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted<'r> {
    /// The file, or these parts of it.
    File(&'r str),
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// A file as far as conditions know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version<'v> {
    /// Empty if it has none.
    pub(super) etag: &'v str,
    /// `None` if nobody knows.
    pub(super) modified: Option<SystemTime>,
}

/// Judges a request's conditions.
pub(super) fn judge<'r>(
    method: &Method,
    fields: &'r HeaderMap,
    version: Version<'_>,
) -> Wanted<'r> {
    let reads = method == Method::GET || method == Method::HEAD;
    let text = |name: HeaderName| fields.get(name).and_then(|field| field.to_str().ok());
    let holds = match text(IF_MATCH).filter(|field| !field.is_empty()) {
        Some(field) => Some(lists(field, version.etag, is_strong_match)),
        None => text(IF_UNMODIFIED_SINCE).and_then(|field| version.is_not_after(field)),
    };
    if holds == Some(false) {
        return Wanted::Failed;
    }
    match text(IF_NONE_MATCH).filter(|field| !field.is_empty()) {
        Some(field) if lists(field, version.etag, is_weak_match) => {
            return if reads {
                Wanted::NotModified
            } else {
                Wanted::Failed
            };
        }
        None if reads => {
            let since = text(IF_MODIFIED_SINCE).and_then(|field| version.is_not_after(field));
            if since == Some(true) {
                return Wanted::NotModified;
            }
        }
        Some(_) | None => {}
    }
    let range = text(RANGE).unwrap_or_default();
    let is_same = text(IF_RANGE)
        .filter(|field| reads && !field.is_empty())
        .is_none_or(|field| version.is_same(field));
    Wanted::File(if is_same { range } else { "" })
}

impl Version<'_> {
    /// Whether the file was not changed after a date; `None` if that cannot be said.
    fn is_not_after(&self, date: &str) -> Option<bool> {
        let date = httpdate::parse_http_date(date).ok()?;
        Some(whole_seconds(self.modified?) <= date)
    }

    /// Whether `If-Range` names this version.
    fn is_same(&self, field: &str) -> bool {
        if let Some((etag, _)) = scan(field) {
            return is_strong_match(etag, self.etag);
        }
        let date = httpdate::parse_http_date(field).ok();
        date.is_some() && date == self.modified.map(whole_seconds)
    }
}

/// HTTP's dates have no fractions.
fn whole_seconds(moment: SystemTime) -> SystemTime {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// Whether a list of tags has one that matches. What cannot be read ends it.
fn lists(mut field: &str, etag: &str, matches: fn(&str, &str) -> bool) -> bool {
    loop {
        field = field.trim_start_matches([' ', '\t', ',']);
        if field.starts_with('*') {
            return true;
        }
        let Some((found, rest)) = scan(field) else {
            return false;
        };
        if matches(found, etag) {
            return true;
        }
        field = rest;
    }
}

/// The tag at the start, and what follows.
fn scan(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let open = text.strip_prefix("W/").unwrap_or(text);
    let inner = open.strip_prefix('"')?;
    let end = text.len() - inner.len() + inner.find('"')? + 1;
    Some(text.split_at(end))
}

fn is_strong_match(one: &str, other: &str) -> bool {
    one == other && one.starts_with('"')
}

fn is_weak_match(one: &str, other: &str) -> bool {
    one.strip_prefix("W/").unwrap_or(one) == other.strip_prefix("W/").unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    const DATE: &str = "Tue, 24 Nov 2026 13:41:09 GMT";
    const EARLIER: &str = "Tue, 24 Nov 2026 13:41:08 GMT";

    /// Method, fields, and what comes of them.
    type Row<'r> = (&'r Method, &'r [(&'r str, &'r str)], Wanted<'static>);

    #[test]
    fn conditions_are_judged_in_the_order_of_the_rfc() {
        let file = |range: &'static str| Wanted::File(range);
        let (get, put) = (&Method::GET, &Method::PUT);
        let table: [Row<'_>; 19] = [
            (get, &[], file("")),
            (get, &[("if-match", "\"x\"")], Wanted::Failed),
            (get, &[("if-match", "\"x\", \"tag\"")], file("")),
            (get, &[("if-match", "*")], file("")),
            (get, &[("if-match", "W/\"tag\"")], Wanted::Failed),
            (get, &[("if-unmodified-since", EARLIER)], Wanted::Failed),
            (get, &[("if-unmodified-since", DATE)], file("")),
            (get, &[("if-none-match", "\"tag\"")], Wanted::NotModified),
            (get, &[("if-none-match", "W/\"tag\"")], Wanted::NotModified),
            (get, &[("if-none-match", "\"a\",\"b\"")], file("")),
            (put, &[("if-none-match", "*")], Wanted::Failed),
            (get, &[("if-modified-since", DATE)], Wanted::NotModified),
            (get, &[("if-modified-since", EARLIER)], file("")),
            (get, &[("if-modified-since", "soon")], file("")),
            (
                get,
                &[("if-none-match", "\"x\""), ("if-modified-since", DATE)],
                file(""),
            ),
            (put, &[("if-modified-since", DATE)], file("")),
            (
                get,
                &[("range", "bytes=1-"), ("if-range", "\"tag\"")],
                file("bytes=1-"),
            ),
            (
                get,
                &[("range", "bytes=1-"), ("if-range", "\"x\"")],
                file(""),
            ),
            (
                get,
                &[("range", "bytes=1-"), ("if-range", DATE)],
                file("bytes=1-"),
            ),
        ];
        let version = Version {
            etag: "\"tag\"",
            modified: Some(UNIX_EPOCH + trial::START),
        };
        for (method, fields, expected) in table {
            let request = trial::request("h", "/", fields);
            let wanted = judge(method, request.headers(), version);
            assert_eq!(wanted, expected, "{fields:?}");
        }
    }
}
