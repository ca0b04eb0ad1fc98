//! What selection policies read of a request. Caddy: `selectionpolicies.go`.

use std::borrow::Cow;

use evenkeel_balance::Keys;
use http::header::{COOKIE, HOST};
use http::{HeaderMap, HeaderName};

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Part, Placeholder, Scope, Template};

/// Where a key comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The peer's address.
    Peer,
    /// Path and query, as they are sent upstream.
    Uri,
    /// What a placeholder stands for.
    Template(Template),
    /// The first value of a field of the client's.
    Header(HeaderName),
    /// The first value of a field that the proxy itself writes or takes away.
    OwnHeader(HeaderName),
    /// A cookie.
    Cookie(Box<str>),
}

/// The keys of one request.
pub(crate) struct RequestKeys<'a, F> {
    pub(crate) sources: &'a [Source],
    pub(crate) exchange: &'a Exchange<'a>,
    /// The fields as they are sent upstream, but for `header_up`; asked for only if a policy needs
    /// one that the client did not write.
    pub(crate) prepared: F,
}

/// What Go calls the peer at the other end of a Unix socket.
const UNIX_PEER: &[u8] = b"@";

impl Source {
    pub(super) fn client_ip() -> Self {
        Self::value(Placeholder::ClientIp)
    }

    /// All values of a parameter.
    pub(super) fn query(key: &str) -> Self {
        Self::value(Placeholder::QueryValue(key.into()))
    }

    pub(super) fn header(name: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let field = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| cx.error(format!("`{name}` is not a header field's name")))?;
        let is_own = matches!(
            field.as_str(),
            "connection"
                | "te"
                | "upgrade"
                | "via"
                | "x-forwarded-for"
                | "x-forwarded-host"
                | "x-forwarded-proto"
        );
        Ok(if is_own {
            Self::OwnHeader(field)
        } else {
            Self::Header(field)
        })
    }

    fn value(placeholder: Placeholder) -> Self {
        let part = Part::Value {
            placeholder,
            otherwise: "".into(),
        };
        Self::Template(Template::Parts([part].into()))
    }
}

impl<F: Fn() -> HeaderMap> Keys for RequestKeys<'_, F> {
    fn key(&self, number: usize) -> Option<Cow<'_, [u8]>> {
        let headers = self.exchange.request.headers();
        let key = match self.sources.get(number)? {
            Source::Peer => match self.exchange.connection.peer_ip.as_bytes() {
                b"" => Cow::Borrowed(UNIX_PEER),
                peer => Cow::Borrowed(peer),
            },
            Source::Uri => {
                let rewritten = self.exchange.rewritten.as_ref();
                let uri = rewritten.map_or(self.exchange.request.uri(), |target| &target.uri);
                let target = uri.path_and_query().map_or("/", |target| target.as_str());
                Cow::Borrowed(target.as_bytes())
            }
            Source::Template(template) => template.expand(&Scope::request(self.exchange)),
            Source::Header(name) if *name == HOST => Cow::Borrowed(self.exchange.host().as_bytes()),
            Source::Header(name) => Cow::Borrowed(headers.get(name)?.as_bytes()),
            Source::OwnHeader(name) => {
                Cow::Owned((self.prepared)().get(name)?.as_bytes().to_owned())
            }
            // An empty cookie is one; nobody has that mark.
            Source::Cookie(name) => return cookie(headers, name).map(Cow::Borrowed),
        };
        (!key.is_empty()).then_some(key)
    }
}

/// The value of the first cookie of this name (RFC 6265 section 5.4), without quotes.
fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h [u8]> {
    let pairs = headers
        .get_all(COOKIE)
        .into_iter()
        .flat_map(|field| field.as_bytes().split(|&byte| byte == b';'));
    for pair in pairs {
        let pair = pair.trim_ascii();
        if let Some(value) = pair
            .strip_prefix(wanted.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="))
        {
            let quoted = value
                .strip_prefix(b"\"")
                .and_then(|value| value.strip_suffix(b"\""));
            return Some(quoted.unwrap_or(value));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{build, exchange, request};

    fn key(source: &Source, exchange: &Exchange<'_>) -> Option<String> {
        let keys = RequestKeys {
            sources: std::slice::from_ref(source),
            exchange,
            prepared: || HeaderMap::from_iter([(http::header::VIA, "1.1 Caddy".parse().unwrap())]),
        };
        let key = keys.key(0)?;
        Some(String::from_utf8_lossy(&key).into_owned())
    }

    fn header(name: &str) -> Source {
        build(|cx| Source::header(name, cx)).expect("a name")
    }

    #[test]
    fn each_source_says_what_caddy_hashes() {
        let fields = [
            ("x-key", "a"),
            ("x-key", "b"),
            ("cookie", "LB=no; lb=\"yes\"; lb=again"),
        ];
        let exchange = exchange(request("h.test:81", "/p?k=a&k=%62&x=", &fields));
        let table = [
            (Source::Peer, Some("192.0.2.7")),
            (Source::client_ip(), Some("192.0.2.7")),
            (Source::Uri, Some("/p?k=a&k=%62&x=")),
            (Source::query("k"), Some("a,b")),
            (Source::query("x"), None),
            (Source::query("y"), None),
            (header("X-Key"), Some("a")),
            (header("X-Other"), None),
            (header("host"), Some("h.test:81")),
            (header("via"), Some("1.1 Caddy")),
            (Source::Cookie("lb".into()), Some("yes")),
            (Source::Cookie("b".into()), None),
        ];
        for (source, expected) in table {
            assert_eq!(key(&source, &exchange).as_deref(), expected, "{source:?}");
        }
    }
}
