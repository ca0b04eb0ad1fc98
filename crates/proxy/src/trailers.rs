//! Trailers, of either direction: whoever handed on what belongs into a head would let a sender
//! change it after everybody has looked (RFC 9110 section 6.5.1).

use http::{HeaderMap, HeaderName};

/// Removes what says where a message ends, whom it is for, who asks, or what it means.
pub(crate) fn clean(trailers: &mut HeaderMap) {
    if !trailers.keys().any(is_forbidden) {
        return;
    }
    let forbidden = trailers.keys().filter(|name| is_forbidden(name));
    let forbidden: Vec<HeaderName> = forbidden.cloned().collect();
    for name in forbidden {
        trailers.remove(name);
    }
}

fn is_forbidden(name: &HeaderName) -> bool {
    let name = name.as_str();
    let starts = [
        "content-",
        "if-",
        "proxy-",
        "sec-",
        "x-forwarded-",
        "access-control-",
    ];
    // Applications may read `_` and `.` as `-`.
    starts.iter().any(|start| name.starts_with(start))
        || name.bytes().any(|byte| byte == b'_' || byte == b'.')
        || matches!(
            name,
            "age"
                | "alt-svc"
                | "authorization"
                | "cache-control"
                | "connection"
                | "cookie"
                | "expect"
                | "expires"
                | "forwarded"
                | "host"
                | "http2-settings"
                | "keep-alive"
                | "location"
                | "max-forwards"
                | "origin"
                | "range"
                | "referer"
                | "set-cookie"
                | "strict-transport-security"
                | "te"
                | "trailer"
                | "transfer-encoding"
                | "upgrade"
                | "vary"
                | "via"
                | "www-authenticate"
                | "x-real-ip"
        )
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_may_come_late_stays() {
        let names = [
            "content-length",
            "host",
            "authorization",
            "cookie",
            "set-cookie",
            "x-forwarded-for",
            "transfer-encoding",
            "x_forwarded_for",
            "sec-websocket-key",
            "grpc-status",
            "x-sum",
            "etag",
        ];
        let field = |name| (HeaderName::from_static(name), HeaderValue::from_static("1"));
        let mut trailers: HeaderMap = names.map(field).into_iter().collect();
        clean(&mut trailers);
        let mut left: Vec<_> = trailers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["etag", "grpc-status", "x-sum"]);
    }
}
