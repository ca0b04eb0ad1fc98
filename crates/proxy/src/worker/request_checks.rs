//! What every request has to pass before routing, whichever HTTP version it came by. Afterwards
//! its target is in origin form and `Host` names the one authority it is meant for.

use http::header::{HOST, HeaderName};
use http::uri::{Parts, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version};

/// Caddy: `server.go`, longer methods are answered before anything else looks at them.
const LONGEST_METHOD: usize = 32;

/// A request that is answered here and not routed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is malformed or ambiguous (RFC 9112 section 3.2); what follows it is not to be trusted.
    Bad(&'static str),
    /// Its method is not served.
    Method,
    /// `OPTIONS *` asks about the server itself (RFC 9110 section 9.3.7).
    AboutServer,
}

impl Refusal {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::AboutServer => StatusCode::OK,
        }
    }
}

/// Checks a request and brings it into the form that routing relies on.
pub(super) fn check<B>(request: &mut Request<B>) -> Result<(), Refusal> {
    if request.method().as_str().len() > LONGEST_METHOD || request.method() == Method::CONNECT {
        return Err(Refusal::Method);
    }
    let version = request.version();
    match check_host(request.headers(), version)? {
        host if request.uri().authority().is_some() || request.uri().scheme().is_some() => {
            let host = if version >= Version::HTTP_2 {
                host.cloned()
            } else {
                None
            };
            absolute_to_origin_form(request, host.as_ref())?;
        }
        Some(host) if !is_authority(host.as_bytes()) => {
            return Err(Refusal::Bad("malformed Host field"));
        }
        Some(_) => {}
        None if version < Version::HTTP_11 => {}
        None => return Err(Refusal::Bad("no Host field")),
    }
    check_target(request)?;
    drop_ambiguous_fields(request.headers_mut());
    Ok(())
}

/// At most one `Host`, and at least one in HTTP/1.1 (RFC 9112 section 3.2).
fn check_host(headers: &HeaderMap, version: Version) -> Result<Option<&HeaderValue>, Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let first = hosts.next();
    if hosts.next().is_some() {
        return Err(Refusal::Bad("more than one Host field"));
    }
    if first.is_none() && version == Version::HTTP_11 {
        return Err(Refusal::Bad("no Host field"));
    }
    Ok(first)
}

/// The authority of the target replaces `Host` (RFC 9112 section 3.2.2). In HTTP/2 the two must
/// not differ (RFC 9113 section 8.3.1).
fn absolute_to_origin_form<B>(
    request: &mut Request<B>,
    must_equal: Option<&HeaderValue>,
) -> Result<(), Refusal> {
    let parts = std::mem::take(request.uri_mut()).into_parts();
    let known = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&parts.scheme.as_ref());
    let Parts {
        authority: Some(authority),
        path_and_query: Some(path),
        ..
    } = parts
    else {
        return Err(Refusal::Bad("the target is neither a path nor a URL"));
    };
    if !known || !is_authority(authority.as_str().as_bytes()) {
        return Err(Refusal::Bad("malformed target"));
    }
    let equal = |host: &HeaderValue| {
        host.as_bytes()
            .eq_ignore_ascii_case(authority.as_str().as_bytes())
    };
    if !must_equal.is_none_or(equal) {
        return Err(Refusal::Bad("Host and :authority differ"));
    }
    let host =
        HeaderValue::from_str(authority.as_str()).map_err(|_| Refusal::Bad("malformed target"))?;
    request.headers_mut().insert(HOST, host);
    *request.uri_mut() = Uri::from(path);
    Ok(())
}

fn check_target<B>(request: &Request<B>) -> Result<(), Refusal> {
    match request.uri().path().as_bytes() {
        [b'/', ..] => Ok(()),
        b"*" if request.method() == Method::OPTIONS => Err(Refusal::AboutServer),
        _ => Err(Refusal::Bad("the target is not a path")),
    }
}

/// `host[:port]` of RFC 3986 section 3.2, without user information, and with a host that is not
/// empty. A comma is left out on purpose: it joins two fields into one.
fn is_authority(text: &[u8]) -> bool {
    let (host, port) = match text {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else {
                return false;
            };
            if !is_ipv6(&rest[..end]) {
                return false;
            }
            (&text[..end + 2], &rest[end + 1..])
        }
        _ => text.split_at(
            text.iter()
                .position(|byte| *byte == b':')
                .unwrap_or(text.len()),
        ),
    };
    let host_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=[]:".contains(byte);
    !host.is_empty() && host.iter().all(host_byte) && is_port(port)
}

fn is_ipv6(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok())
}

fn is_port(text: &[u8]) -> bool {
    match text {
        [] | [b':'] => true,
        [b':', digits @ ..] => {
            digits.iter().all(u8::is_ascii_digit)
                && std::str::from_utf8(digits).is_ok_and(|digits| digits.parse::<u16>().is_ok())
        }
        _ => false,
    }
}

/// Applications that read fields as CGI variables cannot tell `X-A` from `X_A` or `X.A`, so that
/// a client could forge a field this server sets. Caddy: `server.go`, since 2.11.
fn drop_ambiguous_fields(headers: &mut HeaderMap) {
    let ambiguous = |name: &HeaderName| name.as_str().bytes().any(|b| b == b'_' || b == b'.');
    if !headers.keys().any(ambiguous) {
        return;
    }
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|name| ambiguous(name))
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, version: Version, fields: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::builder().uri(target).version(version);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    fn http1(target: &str, fields: &[(&str, &str)]) -> Result<Request<()>, Refusal> {
        let mut request = request(target, Version::HTTP_11, fields);
        check(&mut request).map(|()| request)
    }

    fn http2(target: &str, fields: &[(&str, &str)]) -> Result<Request<()>, Refusal> {
        let mut request = request(target, Version::HTTP_2, fields);
        check(&mut request).map(|()| request)
    }

    #[test]
    fn a_host_that_is_one_host_passes() {
        let good = [
            "a.test",
            "A.TEST:8080",
            "a_b",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:443",
            "a.test:",
            "x%41",
            "xn--bcher-kva.example",
        ];
        for host in good {
            assert!(http1("/", &[("host", host)]).is_ok(), "{host}");
        }
    }

    #[test]
    fn a_host_that_is_not_one_host_is_refused() {
        let bad = [
            "", "a, b", "a,b", "a b", "a/b", "u@h", ":80", "a:b", "a:1:2", "a:65536", "a:+80",
            "[::1", "[::1]x", "[]", "[a]", "::1", "a\tb", "a#b", "a?b", "a\\b", "<a>", "\"a\"",
        ];
        for host in bad {
            let refusal = http1("/", &[("host", host)]).expect_err(host);
            assert_eq!(refusal.status(), StatusCode::BAD_REQUEST, "{host}");
        }
    }

    #[test]
    fn http_1_1_needs_exactly_one_host_and_http_1_0_none() {
        assert!(http1("/", &[]).is_err());
        assert!(http1("/", &[("host", "a"), ("host", "a")]).is_err());
        assert!(http1("http://a/", &[]).is_err());
        let mut old = request("/", Version::HTTP_10, &[]);
        assert_eq!(check(&mut old), Ok(()));
        let mut old = request("/", Version::HTTP_10, &[("host", "a"), ("host", "b")]);
        assert!(check(&mut old).is_err());
    }

    #[test]
    fn the_authority_of_the_target_replaces_host() {
        let request = http1("http://good:81/x?y", &[("host", "evil")]).unwrap();
        assert_eq!(request.headers()[HOST], "good:81");
        assert_eq!(request.uri(), "/x?y");
    }

    #[test]
    fn an_absolute_target_without_a_path_means_the_root() {
        assert_eq!(
            http1("http://good", &[("host", "good")]).unwrap().uri(),
            "/"
        );
    }

    #[test]
    fn targets_that_are_neither_path_nor_web_url_are_refused() {
        for target in ["gopher://a/", "a.test:80", "http://u@a/", "ftp://a/x"] {
            assert!(http1(target, &[("host", "a")]).is_err(), "{target}");
        }
        assert!(matches!(http1("*", &[("host", "a")]), Err(Refusal::Bad(_))));
    }

    #[test]
    fn http_2_takes_its_host_from_the_authority_and_refuses_another() {
        let request = http2("https://a.test/x", &[]).unwrap();
        assert_eq!(
            (&request.headers()[HOST], request.uri().path()),
            (&"a.test".parse().unwrap(), "/x")
        );
        assert!(http2("https://a.test/", &[("host", "A.test")]).is_ok());
        assert!(http2("https://a.test/", &[("host", "b.test")]).is_err());
        assert!(http2("/x", &[("host", "a.test")]).is_ok());
        assert!(http2("/x", &[]).is_err());
    }

    #[test]
    fn connect_and_endless_methods_are_not_served() {
        for method in ["CONNECT", &"A".repeat(33)] {
            let mut request = request("/", Version::HTTP_11, &[("host", "a")]);
            *request.method_mut() = method.parse().unwrap();
            assert_eq!(check(&mut request), Err(Refusal::Method));
        }
        let mut request = request("/", Version::HTTP_11, &[("host", "a")]);
        *request.method_mut() = "A".repeat(32).parse().unwrap();
        assert_eq!(check(&mut request), Ok(()));
    }

    #[test]
    fn options_of_the_server_is_answered_here() {
        let mut request = request("*", Version::HTTP_11, &[("host", "a")]);
        *request.method_mut() = Method::OPTIONS;
        assert_eq!(check(&mut request), Err(Refusal::AboutServer));
    }

    #[test]
    fn fields_that_pass_for_another_are_dropped() {
        let fields = [
            ("host", "a"),
            ("x_forwarded_for", "6.6.6.6"),
            ("remote.user", "root"),
            ("x-a", "1"),
        ];
        let request = http1("/", &fields).unwrap();
        let names: Vec<_> = request.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["host", "x-a"]);
    }
}
