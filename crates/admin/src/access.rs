//! Who may use the API: the checks against other sites' pages and against DNS rebinding, in
//! Caddy's order (`admin.go`, `serveHTTP`). There is no other authentication on this endpoint.

use std::net::IpAddr;

use evenkeel_plan::Admin;
use evenkeel_plan::value::{Network, NetworkAddress};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{StatusCode, Uri, Version};

use crate::origin::Origin;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The rules of one endpoint, built once from the configuration.
#[derive(Clone, Debug)]
pub struct Access {
    checks_host: bool,
    requires_origin: bool,
    allowed: Vec<Origin>,
}

/// Why a request is not let in. The texts are Caddy's where Caddy has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("WebSocket connections aren't allowed.")]
    WebSocket,
    #[error("Disabling same-origin restrictions is not allowed.")]
    NoCors,
    #[error("Buggy browser is sending null Origin header.")]
    NullOrigin,
    #[error("missing required Host header")]
    HostMissing,
    #[error("malformed Host header")]
    HostMalformed,
    #[error("host not allowed: {0}")]
    Host(String),
    #[error("required Origin header is missing or invalid")]
    OriginMalformed,
    #[error("client is not allowed to access from origin '{0}'")]
    Origin(String),
}

impl Access {
    /// The rules for an API that listens on `address`. Without `admin.origins`, the listen address
    /// is allowed, and for a loopback address every usual name of the loopback interface.
    pub fn new(address: &NetworkAddress, admin: &Admin) -> Self {
        let allowed = if admin.origins.is_empty() {
            default_origins(address)
        } else {
            configured_origins(&admin.origins)
        };
        Self {
            checks_host: has_known_host(address),
            requires_origin: admin.enforce_origin,
            allowed,
        }
    }

    /// Whether requests for any host are let in: on a Unix socket, and on a wildcard address, whose
    /// names cannot be known. The latter deserves a warning.
    pub const fn is_open(&self) -> bool {
        !self.checks_host
    }

    /// The allowed origins as texts, for the log.
    pub fn origins(&self) -> Vec<String> {
        self.allowed.iter().map(Origin::to_string).collect()
    }

    /// Lets a request in or refuses it. `Some` is the origin whose page made the request and may
    /// read the response.
    pub(crate) fn check(&self, head: &Parts) -> Result<Option<HeaderValue>, Refusal> {
        refuse_browser_tricks(&head.headers)?;
        let host = host(head)?;
        if self.checks_host && !self.allowed.iter().any(|origin| origin.is_host(host)) {
            return Err(Refusal::Host(host.to_owned()));
        }
        let sent_by_page =
            head.headers.contains_key(header::ORIGIN) || head.headers.contains_key(SEC_FETCH_MODE);
        if self.requires_origin || sent_by_page {
            return self.check_origin(&head.headers).map(Some);
        }
        Ok(None)
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<HeaderValue, Refusal> {
        let text = sent_origin(headers)?;
        if text.is_empty() {
            return Err(Refusal::Origin(String::new()));
        }
        let url: Uri = text.parse().map_err(|_| Refusal::OriginMalformed)?;
        Origin::from_url(&url)
            .filter(|sent| self.allowed.iter().any(|allowed| allowed.admits(sent)))
            .and_then(|sent| HeaderValue::try_from(sent.to_string()).ok())
            .ok_or_else(|| Refusal::Origin(text.to_owned()))
    }
}

impl Refusal {
    /// The status it is answered with.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::WebSocket
            | Self::NoCors
            | Self::NullOrigin
            | Self::HostMissing
            | Self::HostMalformed => StatusCode::BAD_REQUEST,
            Self::Host(_) | Self::OriginMalformed | Self::Origin(_) => StatusCode::FORBIDDEN,
        }
    }
}

/// The host a request is for: of an absolute request target, else of the `Host` header (RFC 9112
/// section 3.2). `None` if there is none, or none that is text.
pub(crate) fn request_host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    if let Some(authority) = uri.authority() {
        return Some(authority.as_str());
    }
    headers.get(header::HOST)?.to_str().ok()
}

/// The host to check. There must be one `Host` header, which only HTTP/1.0 may lack.
fn host(head: &Parts) -> Result<&str, Refusal> {
    let count = head.headers.get_all(header::HOST).iter().count();
    if count > 1 {
        return Err(Refusal::HostMalformed);
    }
    if count == 0 && head.version >= Version::HTTP_11 {
        return Err(Refusal::HostMissing);
    }
    match request_host(&head.uri, &head.headers) {
        Some(host) => Ok(host),
        None if count == 0 => Ok(""),
        None => Err(Refusal::HostMalformed),
    }
}

/// A wildcard address is reached by names nobody listed; a Unix socket is guarded by its mode.
fn has_known_host(address: &NetworkAddress) -> bool {
    let is_wildcard = || match address.host.parse::<IpAddr>() {
        Ok(ip) => ip.is_unspecified(),
        Err(_) => address.host.is_empty(),
    };
    address.network != Network::Unix && !is_wildcard()
}

fn default_origins(address: &NetworkAddress) -> Vec<Origin> {
    if address.network == Network::Unix {
        return Vec::new();
    }
    let mut hosts = vec![address.host.as_str()];
    if is_loopback(&address.host) {
        hosts.extend(["localhost", "::1", "127.0.0.1"]);
    }
    hosts.sort_unstable();
    hosts.dedup();
    let port = address.port_or(0);
    hosts
        .into_iter()
        .map(|host| Origin::any_scheme(join_host_port(host, port)))
        .collect()
}

fn configured_origins(texts: &[String]) -> Vec<Origin> {
    let read = |text: &String| {
        let origin = Origin::from_config(text);
        if origin.is_none() {
            tracing::warn!(target: "admin", origin = %text, "ignoring an origin that is not a URL");
        }
        origin
    };
    texts.iter().filter_map(read).collect()
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn join_host_port(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// Requests that a page can make without its browser asking us first. Every line of a repeated
/// header counts, and case does not, unlike Caddy's.
fn refuse_browser_tricks(headers: &HeaderMap) -> Result<(), Refusal> {
    if any_contains(headers, &header::UPGRADE, b"websocket") {
        return Err(Refusal::WebSocket);
    }
    if any_contains(headers, &SEC_FETCH_MODE, b"no-cors") {
        return Err(Refusal::NoCors);
    }
    let is_null = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"null");
    if headers.get_all(header::ORIGIN).iter().any(is_null) {
        return Err(Refusal::NullOrigin);
    }
    Ok(())
}

fn any_contains(headers: &HeaderMap, name: &HeaderName, word: &[u8]) -> bool {
    headers.get_all(name).iter().any(|value| {
        let mut windows = value.as_bytes().windows(word.len());
        windows.any(|window| window.eq_ignore_ascii_case(word))
    })
}

/// `Origin`, or `Referer` in its absence. Two different claims are no claim.
fn sent_origin(headers: &HeaderMap) -> Result<&str, Refusal> {
    let name = if headers.contains_key(header::ORIGIN) {
        header::ORIGIN
    } else {
        header::REFERER
    };
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(""),
        (Some(value), None) => value.to_str().map_err(|_| Refusal::OriginMalformed),
        (Some(_), Some(_)) => Err(Refusal::OriginMalformed),
    }
}
