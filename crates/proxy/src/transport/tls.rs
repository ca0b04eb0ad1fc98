//! TLS towards upstreams. Whom to believe and what to show comes ready-made; which name is asked
//! for, by when the handshake is done, and which protocols are offered is decided here.
//! Caddy: `httptransport.go`, `TLSConfig`.

use std::hash::{Hash, Hasher};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::Stream;
use evenkeel_plan::http::handlers::reverse_proxy::TransportTls as Plan;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Versions;
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::template::{Template, Unknown};

/// As Go's default client; Caddy has no limit unless the plan has one.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The protocols on offer, in order of preference (RFC 7301).
const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";

/// TLS towards an upstream as somebody else has made it.
#[derive(Clone, Debug)]
pub struct ClientTls {
    /// Whom to believe and what to show. The protocols on offer are set here.
    pub config: Arc<ClientConfig>,
    /// The same for equal trust and credentials, and different for all others.
    pub fingerprint: [u8; 32],
}

/// TLS towards the upstreams of a transport.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    client: ClientTls,
    /// The name that is asked for and verified; the dialled host if absent.
    pub(crate) server_name: Option<Name>,
    handshake_timeout: Duration,
    except_ports: Box<[u16]>,
}

/// A name to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// Always the same.
    Fixed(ServerName<'static>),
    /// Another for each request; as written in the plan.
    PerRequest(Box<str>),
}

impl Tls {
    /// Reads what the plan says, and has the rest made.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if !["", "never"].contains(&plan.renegotiation.as_str()) {
            tracing::warn!(
                target: "http.handlers.reverse_proxy",
                renegotiation = plan.renegotiation,
                "an upstream that wants to renegotiate TLS is refused: it is not supported",
            );
        }
        let client = (cx.parts().upstream_tls)(plan).map_err(|message| cx.error(message))?;
        Ok(Self {
            client,
            server_name: server_name(&plan.server_name, cx)?,
            handshake_timeout: plan.handshake_timeout.positive().unwrap_or(HANDSHAKE),
            except_ports: except_ports(&plan.except_ports, cx)?,
        })
    }

    /// Whether it is spoken at this port.
    pub(crate) fn is_spoken_at(&self, port: u16) -> bool {
        !self.except_ports.contains(&port)
    }

    /// What is done at one endpoint with these versions.
    pub(super) fn at(&self, name: Option<ServerName<'static>>, versions: Versions) -> Handshakes {
        let offering = |protocols: &[&[u8]]| {
            let mut config = ClientConfig::clone(&self.client.config);
            config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
            Arc::new(config)
        };
        Handshakes {
            name,
            http1: offering(&[HTTP1]),
            any: offering(if versions.http2 {
                &[HTTP2, HTTP1]
            } else {
                &[HTTP1]
            }),
            limit: self.handshake_timeout,
        }
    }
}

/// How handshakes with one endpoint are done.
#[derive(Clone, Debug)]
pub(crate) struct Handshakes {
    /// The name to ask for; each request has its own if absent.
    name: Option<ServerName<'static>>,
    /// For what only HTTP/1.1 can carry.
    http1: Arc<ClientConfig>,
    /// For everything else.
    any: Arc<ClientConfig>,
    limit: Duration,
}

/// A handshake that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    /// It took too long.
    #[error("the TLS handshake took longer than {0:?}")]
    Timeout(Duration),
    /// One side refused.
    #[error("the TLS handshake failed")]
    Failed(#[source] io::Error),
    /// The name to ask for is none.
    #[error("`{0}` is not a name that can be asked for in TLS")]
    Name(Box<str>),
}

impl Handshakes {
    /// Shakes hands over a fresh stream. `name` is the request's own, if it has one.
    pub(super) async fn shake(
        &self,
        stream: Stream,
        name: Option<&str>,
        http1_only: bool,
    ) -> Result<TlsStream<Stream>, HandshakeError> {
        let name = match (name, &self.name) {
            (Some(name), _) => ServerName::try_from(name.to_owned())
                .map_err(|_| HandshakeError::Name(name.into()))?,
            (None, Some(name)) => name.clone(),
            (None, None) => return Err(HandshakeError::Name("".into())),
        };
        let config = if http1_only { &self.http1 } else { &self.any };
        let handshake = TlsConnector::from(Arc::clone(config)).connect(name, stream);
        match tokio::time::timeout(self.limit, handshake).await {
            Ok(shaken) => shaken.map_err(HandshakeError::Failed),
            Err(_) => Err(HandshakeError::Timeout(self.limit)),
        }
    }
}

/// Whether HTTP/2 was agreed on.
pub(super) fn is_http2(stream: &TlsStream<Stream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP2)
}

fn server_name(text: &str, cx: &mut BuildContext<'_>) -> Result<Option<Name>, BuildError> {
    if text.is_empty() {
        return Ok(None);
    }
    let template = Template::parse(text, Unknown::Empty, cx);
    let Some(fixed) = template.fixed() else {
        return Ok(Some(Name::PerRequest(text.into())));
    };
    let fixed = String::from_utf8_lossy(fixed).into_owned();
    match ServerName::try_from(fixed.clone()) {
        Ok(name) => Ok(Some(Name::Fixed(name))),
        Err(_) => cx.within("server_name", |cx| {
            Err(cx.error(format!(
                "`{fixed}` is not a name that can be asked for in TLS"
            )))
        }),
    }
}

/// Single ports and ranges of them.
fn except_ports(texts: &[String], cx: &mut BuildContext<'_>) -> Result<Box<[u16]>, BuildError> {
    let mut ports = Vec::with_capacity(texts.len());
    for text in texts {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.parse::<u16>(), last.parse::<u16>()) {
            (Ok(first), Ok(last)) => ports.extend(first..=last),
            _ => {
                return cx.within("except_ports", |cx| {
                    Err(cx.error(format!("`{text}` is not a port")))
                });
            }
        }
    }
    Ok(ports.into())
}

impl PartialEq for Tls {
    fn eq(&self, other: &Self) -> bool {
        self.client.fingerprint == other.client.fingerprint
            && self.server_name == other.server_name
            && self.handshake_timeout == other.handshake_timeout
            && self.except_ports == other.except_ports
    }
}

impl Eq for Tls {}

impl Hash for Tls {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.client.fingerprint.hash(state);
        self.server_name.hash(state);
        self.handshake_timeout.hash(state);
        self.except_ports.hash(state);
    }
}
