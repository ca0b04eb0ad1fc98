//! Dialling: the name is resolved, all its addresses are tried, and one limit holds for all of it.
//! Then comes what has to be said before HTTP: to a forward proxy, about the client, and TLS.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use evenkeel_net::{Address, NameServers, Network, Resolver, Stream, dial_any};
use tokio::io::AsyncWriteExt as _;

use super::endpoint::{Endpoint, Family, Target};
use super::forward::Kind;
use super::tls::{HandshakeError, is_http2};
use super::wire::Carrier;
use super::{Route, fastcgi};

/// Why there is no connection: nothing of the request was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    /// The name has no address.
    #[error("the name `{host}` cannot be resolved")]
    Resolve {
        /// The name.
        host: Box<str>,
        /// What the system says.
        source: io::Error,
    },
    /// Nobody answers there.
    #[error("dialling failed")]
    Refused(#[source] io::Error),
    /// It took too long.
    #[error("dialling took longer than {0:?}")]
    Timeout(Duration),
    /// What comes before the request could not be said.
    #[error("the forward proxy, or the header of the PROXY protocol, failed")]
    Preface(#[source] io::Error),
    /// TLS could not be agreed on.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// The connection cannot be used.
    #[error("the connection cannot be used")]
    Unusable(#[source] hyper::Error),
    /// It was closed at once.
    #[error("the upstream closes its connections at once")]
    Closed,
    /// Somebody else waited for the same connection.
    #[error(transparent)]
    Shared(Rc<Self>),
}

/// A stream that leads to the upstream, and whether HTTP/2 is spoken on it.
pub(crate) struct Opened {
    pub(crate) carrier: Carrier,
    pub(crate) is_http2: bool,
}

/// Opens a connection to an upstream, up to where HTTP begins.
pub(crate) async fn open(
    network: &Network,
    resolver: &Resolver,
    endpoint: &Endpoint,
    route: &Route,
) -> Result<Opened, DialError> {
    let limit = endpoint.settings.dial_timeout;
    let stream = within(limit, reach(network, resolver, endpoint, route)).await?;
    if let Some(logs_errors) = endpoint.settings.fastcgi {
        let variables = route.variables.clone().unwrap_or_default();
        return Ok(Opened {
            carrier: Carrier::Bridge(fastcgi::bridge(stream, variables, logs_errors)),
            is_http2: false,
        });
    }
    let Some(handshakes) = &endpoint.handshakes else {
        return Ok(Opened {
            carrier: Carrier::Plain(stream),
            is_http2: endpoint.settings.versions.h2c && !route.http1_only,
        });
    };
    let name = route.server_name.as_deref();
    let shaken = handshakes.shake(stream, name, route.http1_only).await?;
    Ok(Opened {
        is_http2: is_http2(&shaken),
        carrier: Carrier::Tls(Box::new(shaken)),
    })
}

/// Dials, through a forward proxy if there is one, and says who the client is.
async fn reach(
    network: &Network,
    resolver: &Resolver,
    endpoint: &Endpoint,
    route: &Route,
) -> Result<Stream, DialError> {
    let mut stream = match &endpoint.forward {
        None => connect(network, resolver, endpoint).await?,
        Some(forward) => {
            let proxy = (&*forward.host, forward.port);
            let dial = Dial {
                network,
                resolver,
                endpoint,
            };
            let mut stream = dial.name(proxy, Family::Any).await?;
            let is_clear = endpoint.handshakes.is_none();
            if let Some((host, port)) = endpoint.target.host_and_port()
                && !(forward.kind == Kind::Http && is_clear)
            {
                let tunnel = forward.tunnel(&mut stream, &host, port);
                tunnel.await.map_err(DialError::Preface)?;
            }
            stream
        }
    };
    if let Some(version) = endpoint.settings.proxy_protocol {
        let header = version.header(route.client);
        let written = stream.write_all(&header).await;
        written.map_err(DialError::Preface)?;
    }
    Ok(stream)
}

/// Dials the upstream itself.
async fn connect(
    network: &Network,
    resolver: &Resolver,
    endpoint: &Endpoint,
) -> Result<Stream, DialError> {
    let dial = Dial {
        network,
        resolver,
        endpoint,
    };
    match &endpoint.target {
        Target::Socket(address) => dial.address(Address::Tcp(*address)).await,
        Target::Unix(path) => dial.address(Address::Unix(path.clone())).await,
        Target::Name { host, port, family } => dial.name((host, *port), *family).await,
    }
}

struct Dial<'a> {
    network: &'a Network,
    resolver: &'a Resolver,
    endpoint: &'a Endpoint,
}

impl Dial<'_> {
    async fn address(&self, address: Address) -> Result<Stream, DialError> {
        let options = &self.endpoint.settings.dial;
        let dialled = self.network.dial_with(&address, options).await;
        dialled.map_err(DialError::Refused)
    }

    /// Dials the addresses of a name. If remembered ones fail, they may be out of date: a
    /// container came back elsewhere. The name is then looked up again, and what is new is tried.
    async fn name(&self, (host, port): (&str, u16), family: Family) -> Result<Stream, DialError> {
        // Also if the time is over: the container may have come back with another address.
        let forget = ForgetUnlessDialled {
            dial: self,
            host: Some(host),
        };
        let may_be_old = self.resolver.remembers(self.servers(), host);
        let addresses = self.look_up(host, port).await?;
        let refused = match self.family(&addresses, family).await {
            Ok(stream) => return forget.not(stream),
            Err(refused) if may_be_old => refused,
            Err(refused) => return Err(DialError::Refused(refused)),
        };
        self.resolver.forget(self.servers(), host);
        let current = self.look_up(host, port).await?;
        if current == addresses {
            return Err(DialError::Refused(refused));
        }
        match self.family(&current, family).await {
            Ok(stream) => forget.not(stream),
            Err(refused) => Err(DialError::Refused(refused)),
        }
    }

    async fn look_up(&self, host: &str, port: u16) -> Result<Rc<[SocketAddr]>, DialError> {
        let named = (host, port);
        let found = self
            .resolver
            .resolve(self.network, self.servers(), named)
            .await;
        found.map_err(|source| DialError::Resolve {
            host: host.into(),
            source,
        })
    }

    const fn servers(&self) -> &NameServers {
        &self.endpoint.settings.name_servers
    }

    async fn family(&self, addresses: &[SocketAddr], family: Family) -> io::Result<Stream> {
        let options = &self.endpoint.settings.dial;
        if family == Family::Any {
            return dial_any(self.network, addresses, options).await;
        }
        let of_family: Vec<_> = addresses
            .iter()
            .copied()
            .filter(|address| family.includes(address.ip()))
            .collect();
        dial_any(self.network, &of_family, options).await
    }
}

/// Forgets a name when a dial to it fails or is given up.
struct ForgetUnlessDialled<'a> {
    dial: &'a Dial<'a>,
    host: Option<&'a str>,
}

impl ForgetUnlessDialled<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "reads as the end of a dial")]
    fn not(mut self, stream: Stream) -> Result<Stream, DialError> {
        self.host = None;
        Ok(stream)
    }
}

impl Drop for ForgetUnlessDialled<'_> {
    fn drop(&mut self) {
        if let Some(host) = self.host {
            self.dial.resolver.forget(self.dial.servers(), host);
        }
    }
}

async fn within<T>(
    limit: Duration,
    dial: impl Future<Output = Result<T, DialError>>,
) -> Result<T, DialError> {
    tokio::time::timeout(limit, dial)
        .await
        .unwrap_or(Err(DialError::Timeout(limit)))
}
