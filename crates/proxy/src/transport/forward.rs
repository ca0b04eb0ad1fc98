//! Forward proxies: who carries connections to the upstreams. HTTP proxies get the whole URL of a
//! request in clear, and `CONNECT` for TLS (RFC 9110 section 9.3.6); SOCKS5 is RFC 1928 and 1929.
//! Caddy: `network_proxy`, by Go's `net/http`.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evenkeel_net::Stream;
use evenkeel_plan::http::handlers::reverse_proxy::{HttpTransport as Plan, NetworkProxy};
use http::{HeaderValue, Uri};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::template::{Template, Unknown};

/// Bound of what a proxy answers to `CONNECT`.
const ANSWER: usize = 16 * 1024;

/// A forward proxy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Forward {
    /// What it speaks.
    pub(super) kind: Kind,
    /// Its name or address.
    pub(super) host: Box<str>,
    /// Its port.
    pub(super) port: u16,
    credentials: Option<Credentials>,
}

/// What a forward proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Http,
    Socks5,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Credentials {
    user: Box<str>,
    password: Box<str>,
}

impl Forward {
    /// The proxy of a plan, if it names one.
    pub(super) fn build(
        plan: &Plan,
        cx: &mut BuildContext<'_>,
    ) -> Result<Option<Self>, BuildError> {
        let (field, url) = match &plan.network_proxy {
            Some(NetworkProxy::Url { url }) => ("network_proxy", url),
            Some(NetworkProxy::None {}) => return Ok(None),
            None => ("forward_proxy_url", &plan.forward_proxy_url),
        };
        if url.is_empty() {
            return Ok(None);
        }
        cx.within(field, |cx| {
            let template = Template::parse(url, Unknown::Empty, cx);
            let text = template.fixed().map(|text| String::from_utf8_lossy(text));
            match text {
                None => {
                    Err(cx
                        .error("the URL of a proxy may only hold placeholders that do not change"))
                }
                Some(text) => match Self::parse(&text) {
                    Some(found) => Ok(Some(found)),
                    // Not the URL itself: it may hold a password.
                    None => Err(cx.error("the URL of a proxy must be `http://…` or `socks5://…`")),
                },
            }
        })
    }

    /// Reads a URL.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let (kind, default_port) = match uri.scheme_str()? {
            "http" => (Kind::Http, 80),
            "socks5" | "socks5h" => (Kind::Socks5, 1080),
            _ => return None,
        };
        let authority = uri.authority()?;
        let user_info = authority.as_str().rsplit_once('@').map(|(user, _)| user);
        let host = authority.host();
        (!host.is_empty()).then(|| Self {
            kind,
            host: host.trim_start_matches('[').trim_end_matches(']').into(),
            port: authority.port_u16().unwrap_or(default_port),
            credentials: user_info.map(Credentials::parse),
        })
    }

    /// Whether requests in clear name the whole URL.
    pub(super) fn wants_whole_urls(&self) -> bool {
        self.kind == Kind::Http
    }

    /// The field that says who is asking the proxy.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let Credentials { user, password } = self.credentials.as_ref()?;
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Has the proxy connect to an upstream. Afterwards the stream leads there.
    pub(super) async fn tunnel(
        &self,
        stream: &mut Stream,
        host: &str,
        port: u16,
    ) -> io::Result<()> {
        match self.kind {
            Kind::Http => self.connect(stream, host, port).await,
            Kind::Socks5 => self.socks5(stream, host, port).await,
        }
    }

    async fn connect(&self, stream: &mut Stream, host: &str, port: u16) -> io::Result<()> {
        let host = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let mut request = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
        if let Some(authorization) = self.authorization() {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(authorization.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request).await?;
        let mut answer = Vec::new();
        // Byte by byte: what comes behind the head is the upstream's.
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() >= ANSWER {
                return Err(refused("the proxy's answer does not end"));
            }
            answer.push(stream.read_u8().await?);
        }
        let is_ok = answer.starts_with(b"HTTP/1.") && answer.get(8..10) == Some(b" 2");
        if is_ok {
            Ok(())
        } else {
            Err(refused("the proxy does not connect to the upstream"))
        }
    }

    async fn socks5(&self, stream: &mut Stream, host: &str, port: u16) -> io::Result<()> {
        // No authentication, or a password.
        let methods: &[u8] = if self.credentials.is_some() {
            &[5, 2, 0, 2]
        } else {
            &[5, 1, 0]
        };
        stream.write_all(methods).await?;
        let mut chosen = [0; 2];
        stream.read_exact(&mut chosen).await?;
        match (chosen, &self.credentials) {
            ([5, 0], _) => {}
            ([5, 2], Some(credentials)) => credentials.show(stream).await?,
            _ => return Err(refused("the SOCKS proxy wants another authentication")),
        }
        let mut request = vec![5, 1, 0];
        match host.parse() {
            Ok(std::net::IpAddr::V4(ip)) => {
                request.push(1);
                request.extend_from_slice(&ip.octets());
            }
            Ok(std::net::IpAddr::V6(ip)) => {
                request.push(4);
                request.extend_from_slice(&ip.octets());
            }
            Err(_) => {
                request.push(3);
                put_short(&mut request, host)?;
            }
        }
        request.extend_from_slice(&port.to_be_bytes());
        stream.write_all(&request).await?;
        read_socks_answer(stream).await
    }
}

async fn read_socks_answer(stream: &mut Stream) -> io::Result<()> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let length = match head {
        [5, 0, _, 1] => 4,
        [5, 0, _, 4] => 16,
        [5, 0, _, 3] => usize::from(stream.read_u8().await?),
        _ => return Err(refused("the SOCKS proxy does not connect to the upstream")),
    };
    // The address it dials from, and its port.
    let mut bound = [0; 255 + 2];
    stream.read_exact(&mut bound[..length + 2]).await?;
    Ok(())
}

impl Credentials {
    fn parse(user_info: &str) -> Self {
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        let decode =
            |text: &str| String::from_utf8_lossy(&crate::template::decode(text.as_bytes())).into();
        Self {
            user: decode(user),
            password: decode(password),
        }
    }

    async fn show(&self, stream: &mut Stream) -> io::Result<()> {
        let mut request = vec![1];
        put_short(&mut request, &self.user)?;
        put_short(&mut request, &self.password)?;
        stream.write_all(&request).await?;
        let mut answer = [0; 2];
        stream.read_exact(&mut answer).await?;
        if answer[1] == 0 {
            Ok(())
        } else {
            Err(refused("the SOCKS proxy refuses the password"))
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// A text behind its length in one byte.
fn put_short(to: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let length = u8::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    to.push(length);
    to.extend_from_slice(text.as_bytes());
    Ok(())
}

fn refused(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_proxies_are_read() {
        let forward = Forward::parse("http://me:p%40ss@squid.test:3128").expect("a proxy");
        assert_eq!(
            (forward.kind, &*forward.host, forward.port),
            (Kind::Http, "squid.test", 3128)
        );
        let shown = forward.authorization().expect("credentials");
        assert_eq!(shown.as_bytes(), b"Basic bWU6cEBzcw==");
        let forward = Forward::parse("socks5://[::1]").expect("a proxy");
        assert_eq!(
            (forward.kind, &*forward.host, forward.port),
            (Kind::Socks5, "::1", 1080)
        );
        for url in ["https://a.test", "squid", "ftp://a.test", ""] {
            assert_eq!(Forward::parse(url), None, "{url}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let forward = Forward::parse("http://me:secret@a.test").expect("a proxy");
        assert!(!format!("{forward:?}").contains("secret"));
    }
}
