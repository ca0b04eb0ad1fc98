//! Fields that concern one connection and are never forwarded (RFC 9110 section 7.6.1).
//! Caddy: `reverseproxy.go`.

use http::header::{self, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap};
use http::{HeaderName, HeaderValue};

/// Copies what is not for one connection only, with room for some more fields. What `Connection`
/// names is copied as well: [`remove_named`] is for that.
pub(super) fn copy_others(headers: &HeaderMap, room: usize) -> HeaderMap {
    let mut copy = HeaderMap::with_capacity(headers.len() + room);
    for (name, value) in headers {
        if !is_hop_by_hop(name) {
            copy.append(name.clone(), value.clone());
        }
    }
    copy
}

/// Removes what is for one connection only: what always is, and what `Connection` names.
pub(super) fn remove(headers: &mut HeaderMap) {
    // One look at each field: most messages have `Connection` alone, or none of these.
    let places = headers.keys().filter_map(place);
    let found = places.fold(0_u16, |found, place| found | 1 << place);
    if found == 0 {
        return;
    }
    obey_connection(headers);
    for (place, name) in HOP_BY_HOP.iter().enumerate() {
        if found & 1 << place != 0 {
            headers.remove(name);
        }
    }
}

/// Removes the fields that `Connection` names.
fn obey_connection(headers: &mut HeaderMap) {
    let mut line = 0;
    loop {
        let mut lines = headers.get_all(CONNECTION).iter().skip(line);
        let (Some(value), more) = (lines.next().cloned(), lines.next().is_some()) else {
            return;
        };
        remove_options(headers, &value);
        if !more {
            return;
        }
        line += 1;
    }
}

/// Removes the fields that `Connection` names in a message that these headers are a copy of.
pub(super) fn remove_named(headers: &mut HeaderMap, original: &HeaderMap) {
    for value in original.get_all(CONNECTION) {
        remove_options(headers, value);
    }
}

/// `Host` and `Content-Length` say whom a message is for and where it ends, so that naming them is
/// not obeyed. `Connection` is removed last.
fn remove_options(headers: &mut HeaderMap, connection: &HeaderValue) {
    for option in connection.as_bytes().split(|&byte| byte == b',') {
        let option = option.trim_ascii();
        // By far the most frequent one, and removed in any case.
        if option.eq_ignore_ascii_case(b"keep-alive") {
            continue;
        }
        if let Ok(named) = HeaderName::from_bytes(option)
            && ![CONNECTION, CONTENT_LENGTH, HOST].contains(&named)
        {
            headers.remove(named);
        }
    }
}

/// Caddy: `hopHeaders`, and `HTTP2-Settings` (RFC 7540 section 3.2.1), which asks for what is never
/// forwarded.
static HOP_BY_HOP: [HeaderName; 11] = [
    header::ALT_SVC,
    CONNECTION,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Whether a field concerns one connection.
pub(crate) fn is_hop_by_hop(name: &HeaderName) -> bool {
    place(name).is_some()
}

/// Where a field is in [`HOP_BY_HOP`]. Written out: comparing with each costs ten times as much.
fn place(name: &HeaderName) -> Option<usize> {
    Some(match name.as_str() {
        "alt-svc" => 0,
        "connection" => 1,
        "http2-settings" => 2,
        "keep-alive" => 3,
        "proxy-authenticate" => 4,
        "proxy-authorization" => 5,
        "proxy-connection" => 6,
        "te" => 7,
        "trailer" => 8,
        "transfer-encoding" => 9,
        "upgrade" => 10,
        _ => return None,
    })
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
        let mut copy = copy_others(&map, 0);
        remove_named(&mut copy, &map);
        assert!(copy.is_empty(), "{copy:?}");
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
        remove(&mut map);
        assert_eq!(map.len(), 2, "{map:?}");
    }

    #[test]
    fn what_always_concerns_one_connection_is_neither_copied_nor_kept() {
        let mut map = headers(&[
            ("alt-svc", "h3"),
            ("http2-settings", "AAMA"),
            ("keep-alive", "timeout=5"),
            ("proxy-authenticate", "Basic"),
            ("proxy-authorization", "Basic"),
            ("proxy-connection", "close"),
            ("te", "trailers"),
            ("trailer", "x-sum"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("x-kept", "1"),
        ]);
        map.append("x-kept", HeaderValue::from_static("2"));
        let copy = copy_others(&map, 0);
        remove(&mut map);
        for map in [copy, map] {
            assert_eq!(map.len(), 2, "{map:?}");
            assert!(map.get_all("x-kept").iter().eq(["1", "2"]));
        }
    }

    #[test]
    fn each_hop_by_hop_field_is_known_by_its_place() {
        for (at, name) in HOP_BY_HOP.iter().enumerate() {
            assert_eq!(place(name), Some(at), "{name}");
        }
        assert_eq!(place(&HOST), None);
    }

    #[test]
    fn options_are_found_in_any_case_among_others() {
        let map = headers(&[("connection", "keep-alive, UPGRADE")]);
        assert!(has_option(&map, "upgrade"));
        assert!(!has_option(&map, "keep"));
    }
}
