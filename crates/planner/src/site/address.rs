//! Site addresses: `[scheme://][host][:port][/path]`. Caddy: `httpcaddyfile/addresses.go`.

use std::net::Ipv6Addr;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Span;

use crate::errors::{self, Read};
use crate::options::Options;

/// What a site answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SiteAddress {
    /// As it was written.
    pub(crate) text: String,
    /// Where it was written.
    pub(crate) span: Span,
    /// Which block of the file it stands in front of, and which of its keys it is.
    pub(crate) place: (usize, usize),
    /// The scheme.
    pub(crate) scheme: Scheme,
    /// In small letters; empty for any host.
    pub(crate) host: String,
    /// The port, if one was written.
    pub(crate) port: Option<u16>,
    /// Empty for any path.
    pub(crate) path: String,
}

/// The scheme of a site address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scheme {
    /// None was written.
    Any,
    /// `http://`.
    Http,
    /// `https://`.
    Https,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl SiteAddress {
    /// Reads the key at a `place`: which block of the file, and which of its keys.
    pub(crate) fn read(word: &Word, place: (usize, usize)) -> Read<Self> {
        let text = word.text.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (read_scheme(word, scheme, place)?, rest),
            None => (Scheme::Any, text),
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let (host, port) = split_port(authority);
        Ok(Self {
            text: text.to_owned(),
            span: word.span,
            place,
            scheme,
            host: normal_host(host),
            port: port.map(|port| read_port(word, port)).transpose()?,
            path: path.to_owned(),
        })
    }

    /// The port of the socket it implies.
    fn listen_port(&self, options: &Options) -> i64 {
        match (self.port, self.scheme) {
            (Some(port), _) => port.into(),
            (None, Scheme::Http) => options.http_port(),
            (None, Scheme::Any | Scheme::Https) => options.https_port(),
        }
    }

    /// The port of the socket it implies, which there must be, and which must not contradict the
    /// scheme.
    pub(crate) fn port(&self, options: &Options) -> Read<u16> {
        let port = self.listen_port(options);
        let is_wrong = match self.scheme {
            Scheme::Any => false,
            Scheme::Http => port == options.https_port(),
            Scheme::Https => port == options.http_port(),
        };
        if is_wrong {
            let word = Word {
                text: self.text.clone(),
                quote: evenkeel_caddyfile::ast::Quote::Bare,
                span: self.span,
            };
            let why = format!("[{}] scheme and port violate convention", self.text);
            let caddy = errors::no_listener(&self.text, self.place, &why);
            let found = errors::scheme_and_port(&word, self.scheme.name(), port);
            return Err(found.caddy_text(caddy));
        }
        u16::try_from(port).map_err(|_| errors::unusable_site_port(port, self.span))
    }

    /// What makes it the same address, wherever and however it was written.
    pub(crate) fn identity(&self) -> (Scheme, &str, Option<u16>, &str) {
        (self.scheme, &self.host, self.port, &self.path)
    }
}

fn read_scheme(word: &Word, scheme: &str, place: (usize, usize)) -> Read<Scheme> {
    let scheme = scheme.to_ascii_lowercase();
    let why = match scheme.as_str() {
        "" => return Ok(Scheme::Any),
        "http" => return Ok(Scheme::Http),
        "https" => return Ok(Scheme::Https),
        "ws" => "ws:// is for browsers only; write http://".to_owned(),
        "wss" => "wss:// is for browsers only; write https://".to_owned(),
        _ => format!("unsupported URL scheme {scheme}://; it can be http:// or https://"),
    };
    let caddy = match scheme.as_str() {
        "ws" | "wss" => format!(
            "the scheme {scheme}:// is only supported in browsers; use {0}:// instead",
            scheme.replace("ws", "http")
        ),
        _ => format!("unsupported URL scheme {scheme}://"),
    };
    let caddy = errors::no_listener(&word.text, place, &caddy);
    Err(errors::bad_site_address(word, why).caddy_text(caddy))
}

/// Splits off the port as Go's `net.SplitHostPort` does; what it cannot split is all host.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    if let Some(rest) = authority.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, "" | ":")) if !host.contains('[') => (host, None),
            Some((host, tail)) if tail.starts_with(':') && is_plain(host) && is_plain(tail) => {
                (host, Some(&tail[1..]))
            }
            _ => (authority, None),
        };
    }
    match authority.split_once(':') {
        Some((host, "")) if is_plain(host) => (host, None),
        Some((host, port)) if !port.contains(':') && is_plain(authority) => (host, Some(port)),
        _ => (authority, None),
    }
}

/// Whether brackets stand in the way of a port.
fn is_plain(text: &str) -> bool {
    !text.contains(['[', ']'])
}

fn read_port(word: &Word, port: &str) -> Read<u16> {
    match port.parse() {
        Ok(number) if !port.starts_with('+') => Ok(number),
        _ => Err(errors::bad_port(port, word.span).preceded("parsing key: ")),
    }
}

fn normal_host(host: &str) -> String {
    match host.trim().parse::<Ipv6Addr>() {
        Ok(address) if address.to_ipv4_mapped().is_none() => address.to_string(),
        _ => lower_except_placeholders(host.trim()),
    }
}

fn lower_except_placeholders(text: &str) -> String {
    let mut inside = false;
    let letter = |c: char| {
        inside = match c {
            '{' => true,
            '}' => false,
            _ => inside,
        };
        // Letter by letter, as Go does it.
        let lower = c.to_lowercase().next();
        if inside { c } else { lower.unwrap_or(c) }
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use evenkeel_caddyfile::ast::Quote;
    use evenkeel_diagnostics::SourceMap;

    use super::*;

    fn read(text: &str) -> Option<(Scheme, String, Option<u16>, String)> {
        let span = Span::new(SourceMap::new().add("Caddyfile", text), 0, 0);
        let word = Word {
            text: text.to_owned(),
            quote: Quote::Bare,
            span,
        };
        let address = SiteAddress::read(&word, (0, 0)).ok()?;
        Some((address.scheme, address.host, address.port, address.path))
    }

    #[test]
    fn every_part_may_be_missing() {
        let table = [
            ("Example.COM", (Scheme::Any, "example.com", None, "")),
            ("http://a:8080/x/y", (Scheme::Http, "a", Some(8080), "/x/y")),
            (":80", (Scheme::Any, "", Some(80), "")),
            ("https://", (Scheme::Https, "", None, "")),
            ("[::0:1]:443", (Scheme::Any, "::1", Some(443), "")),
            ("::1", (Scheme::Any, "::1", None, "")),
            ("a]:x", (Scheme::Any, "a]:x", None, "")),
            ("[a[]:1", (Scheme::Any, "[a[]:1", None, "")),
            ("a[b:1", (Scheme::Any, "a[b:1", None, "")),
            ("{$X}.A.com:", (Scheme::Any, "{$X}.a.com", None, "")),
        ];
        for (text, (scheme, host, port, path)) in table {
            let expected = (scheme, host.to_owned(), port, path.to_owned());
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn wrong_ports_and_schemes_are_refused() {
        for text in ["a:65536", "a:http", "ftp://a", "wss://a", "a:-1", "a:+1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
