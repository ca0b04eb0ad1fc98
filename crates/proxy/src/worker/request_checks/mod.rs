//! What every request has to pass before routing, whichever HTTP version it came by. Afterwards
//! its target is in origin form and `Host` names the one authority it is meant for.

use http::header::{HOST, HeaderName};
use http::uri::{Parts, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version};

use hyper::ext::Protocol;

use crate::transfer_coding::has_unknown_coding;

/// Caddy: `server.go`, longer methods are answered before anything else looks at them.
const LONGEST_METHOD: usize = 32;

/// A request that is answered here and not routed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is malformed or ambiguous (RFC 9112 section 3.2); what follows it is not to be trusted.
    Bad(&'static str),
    /// Its body is encoded in a way that is not understood (RFC 9112 section 6.1).
    Coding,
    /// Its method is not served.
    Method,
    /// It asks for a tunnel of a protocol that is not carried (RFC 8441 section 4).
    Protocol,
    /// `OPTIONS *` asks about the server itself (RFC 9110 section 9.3.7).
    AboutServer,
}

impl Refusal {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Coding | Self::Protocol => StatusCode::NOT_IMPLEMENTED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::AboutServer => StatusCode::OK,
        }
    }
}

/// Checks a request and brings it into the form that routing relies on.
pub(super) fn check<B>(request: &mut Request<B>) -> Result<(), Refusal> {
    if request.method() == Method::CONNECT {
        return Err(match request.extensions().get::<Protocol>() {
            Some(_) => Refusal::Protocol,
            None => Refusal::Method,
        });
    }
    if request.method().as_str().len() > LONGEST_METHOD {
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
    if has_unknown_coding(request.headers()) {
        return Err(Refusal::Coding);
    }
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
    !host.is_empty() && host.iter().all(|&byte| HOST_BYTES[byte as usize]) && is_port(port)
}

/// What a host may consist of.
const HOST_BYTES: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        allowed[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"-._~%!$&'()*+;=[]:";
    let mut at = 0;
    while at < marks.len() {
        allowed[marks[at] as usize] = true;
        at += 1;
    }
    allowed
};

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
mod tests;
