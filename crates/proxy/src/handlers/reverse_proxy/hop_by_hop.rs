//! Fields that concern one connection and are never forwarded (RFC 9110 section 7.6.1).
//! Caddy: `reverseproxy.go`, `hopHeaders`.

use http::HeaderName;
use http::header::{
    ALT_SVC, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION,
    TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

const FIELDS: [HeaderName; 10] = [
    ALT_SVC,
    CONNECTION,
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Removes what always concerns one connection only.
pub(super) fn remove(headers: &mut HeaderMap) {
    for field in &FIELDS {
        headers.remove(field);
    }
}

/// Removes the fields that `Connection` names. Naming `Host` or `Content-Length` would change
/// whom a message is for or where it ends, so that is not obeyed.
pub(super) fn remove_named(headers: &mut HeaderMap) {
    let mut line = 0;
    while let Some(value) = headers.get_all(CONNECTION).iter().nth(line).cloned() {
        line += 1;
        for option in value.as_bytes().split(|&byte| byte == b',') {
            if let Ok(named) = HeaderName::from_bytes(option.trim_ascii())
                && ![CONNECTION, CONTENT_LENGTH, HOST].contains(&named)
            {
                headers.remove(named);
            }
        }
    }
}

/// Whether a `Connection` field has this option.
pub(super) fn has_option(headers: &HeaderMap, option: &str) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
        .any(|token| token.trim_ascii().eq_ignore_ascii_case(option.as_bytes()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let field = |&(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        fields.iter().map(field).collect()
    }

    #[test]
    fn fields_named_in_any_connection_line_are_removed() {
        let mut map = headers(&[
            ("connection", "close, X-One ,, bad name"),
            ("connection", "x-two,connection"),
            ("x-one", "1"),
            ("x-two", "2"),
            ("x-three", "3"),
        ]);
        map.append(CONNECTION, HeaderValue::from_static("x-three"));
        remove_named(&mut map);
        remove(&mut map);
        assert!(map.is_empty(), "{map:?}");
    }

    #[test]
    fn host_and_framing_stay_even_if_they_are_named() {
        let mut map = headers(&[
            ("connection", "host, content-length"),
            ("host", "a.test"),
            ("content-length", "3"),
        ]);
        remove_named(&mut map);
        remove(&mut map);
        assert_eq!(map.len(), 2, "{map:?}");
    }

    #[test]
    fn options_are_found_in_any_case_among_others() {
        let map = headers(&[("connection", "keep-alive, UPGRADE")]);
        assert!(has_option(&map, "upgrade"));
        assert!(!has_option(&map, "keep"));
    }
}
