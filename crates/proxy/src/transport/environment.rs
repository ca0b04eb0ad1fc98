//! Forward proxies of the environment: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`. They hold where a
//! plan names no proxy. Caddy: Go's `net/http`, `ProxyFromEnvironment`.

use std::net::IpAddr;

use super::forward::Forward;
use crate::address_range::AddressRange;
use crate::error::BuildError;
use crate::graph::BuildContext;

/// What the environment says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Environment {
    http: Option<Forward>,
    https: Option<Forward>,
    exceptions: Box<[Exception]>,
}

/// Who is spoken to directly.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Exception {
    All,
    Range(AddressRange),
    Address(IpAddr, Option<u16>),
    /// A domain with its subdomains, or the latter only.
    Domain {
        name: Box<str>,
        only_below: bool,
        port: Option<u16>,
    },
}

impl Environment {
    /// Reads the variables; those in capitals count first. Fails if one is no URL of a proxy.
    pub(super) fn build(cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let variable = |names: [&str; 2]| {
            let mut values = names.into_iter().filter_map(cx.parts().environment);
            values.find(|value| !value.is_empty())
        };
        let proxy = |names: [&'static str; 2]| {
            let Some(url) = variable(names) else {
                return Ok(None);
            };
            // Not the URL itself: it may hold a password.
            let refusal = || {
                let name = names[0];
                cx.error(format!(
                    "the variable `{name}` must be `http://…` or `socks5://…`"
                ))
            };
            parse(&url).map(Some).ok_or_else(refusal)
        };
        let exceptions = variable(["NO_PROXY", "no_proxy"]).unwrap_or_default();
        Ok(Self {
            http: proxy(["HTTP_PROXY", "http_proxy"])?,
            https: proxy(["HTTPS_PROXY", "https_proxy"])?,
            exceptions: exceptions.split(',').filter_map(Exception::parse).collect(),
        })
    }

    /// Who carries connections to a host.
    pub(super) fn proxy(&self, (host, port): (&str, u16), is_tls: bool) -> Option<&Forward> {
        let proxy = if is_tls { &self.https } else { &self.http };
        proxy.as_ref().filter(|_| !self.is_excepted(host, port))
    }

    fn is_excepted(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let ip: Option<IpAddr> = host.parse().ok();
        host == "localhost"
            || ip.is_some_and(|ip| ip.to_canonical().is_loopback())
            || self.exceptions.iter().any(|one| one.holds(&host, ip, port))
    }
}

/// Go takes a bare host for a proxy of HTTP.
fn parse(url: &str) -> Option<Forward> {
    if url.contains("://") {
        Forward::parse(url)
    } else {
        Forward::parse(&format!("http://{url}"))
    }
}

impl Exception {
    /// Go: `x/net/http/httpproxy`, `config.init`. What cannot be read excepts nobody.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return None;
        }
        if text == "*" {
            return Some(Self::All);
        }
        if text.contains('/') {
            return AddressRange::parse(&text).map(Self::Range);
        }
        if let Ok(ip) = text.trim_start_matches('[').trim_end_matches(']').parse() {
            return Some(Self::Address(ip, None));
        }
        if let Ok(socket) = text.parse::<std::net::SocketAddr>() {
            return Some(Self::Address(socket.ip(), Some(socket.port())));
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (text.as_str(), None),
        };
        let name = name
            .strip_prefix('*')
            .filter(|rest| rest.starts_with('.'))
            .unwrap_or(name);
        let below = name.strip_prefix('.');
        let domain = below.unwrap_or(name);
        (!domain.is_empty()).then(|| Self::Domain {
            name: domain.into(),
            only_below: below.is_some(),
            port,
        })
    }

    fn holds(&self, host: &str, ip: Option<IpAddr>, port: u16) -> bool {
        let fits = |wanted: Option<u16>| wanted.is_none_or(|wanted| wanted == port);
        match self {
            Self::All => true,
            Self::Range(range) => ip.is_some_and(|ip| range.contains(ip)),
            Self::Address(wanted, on) => fits(*on) && ip == Some(*wanted),
            Self::Domain {
                name,
                only_below,
                port: on,
            } => {
                let rest = host.strip_suffix(&**name);
                let fits_name = match rest {
                    Some("") => !only_below,
                    Some(rest) => rest.ends_with('.'),
                    None => false,
                };
                fits(*on) && fits_name
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(exceptions: &str) -> Environment {
        Environment {
            http: parse("squid.test:3128"),
            https: parse("socks5://socks.test"),
            exceptions: exceptions.split(',').filter_map(Exception::parse).collect(),
        }
    }

    fn is_direct(exceptions: &str, host: &str, port: u16) -> bool {
        environment(exceptions).proxy((host, port), false).is_none()
    }

    #[test]
    fn there_is_one_proxy_for_clear_text_and_one_for_tls() {
        let environment = environment("");
        let of = |is_tls| {
            environment
                .proxy(("a.test", 80), is_tls)
                .map(|proxy| &*proxy.host)
        };
        assert_eq!(of(false), Some("squid.test"));
        assert_eq!(of(true), Some("socks.test"));
    }

    #[test]
    fn this_machine_is_spoken_to_directly() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1", "LOCALHOST."] {
            assert!(is_direct("", host, 80), "{host}");
        }
        assert!(!is_direct("", "10.0.0.1", 80));
    }

    #[test]
    fn exceptions_are_read_as_by_go() {
        for (exceptions, host, port, expected) in [
            ("*", "a.test", 80, true),
            ("b.test, a.test", "a.test", 80, true),
            ("a.test", "x.a.test", 80, true),
            ("a.test", "xa.test", 80, false),
            (".a.test", "a.test", 80, false),
            (".a.test", "x.a.test", 80, true),
            ("*.a.test", "x.a.test", 80, true),
            ("A.Test:81", "a.test", 81, true),
            ("a.test:81", "a.test", 80, false),
            ("10.0.0.0/8", "10.1.2.3", 80, true),
            ("10.0.0.0/8", "11.1.2.3", 80, false),
            ("10.1.2.3:80", "10.1.2.3", 80, true),
            ("10.1.2.3:80", "10.1.2.3", 81, false),
            ("10.1.2.3", "10.1.2.3", 81, true),
            ("[::2]", "::2", 80, true),
            ("10.0.0.0/99,:80,x:y", "a.test", 80, false),
        ] {
            assert_eq!(
                is_direct(exceptions, host, port),
                expected,
                "{exceptions} {host}"
            );
        }
    }
}
