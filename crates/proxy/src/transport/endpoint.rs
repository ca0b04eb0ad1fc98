//! Where an upstream is dialled: parsed once, when the graph is built.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use evenkeel_plan::value::{AddressError, Network, NetworkAddress};
use http::HeaderValue;
use rustls::pki_types::ServerName;

use super::Settings;
use super::forward::Forward;
use super::places::Places;
use super::tls::{Handshakes, Name};
use crate::observe::meter::Meter;
use crate::state::EndpointKey;

/// An address with the settings of the transport that dials it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// The address as written in the plan; names the upstream in logs.
    pub(crate) dial: Box<str>,
    /// Where that is.
    pub(crate) target: Target,
    /// How it is dialled.
    pub(crate) settings: Settings,
    /// Who carries connections there.
    pub(super) forward: Option<Forward>,
    /// How TLS is spoken there; in clear if absent.
    pub(super) handshakes: Option<Handshakes>,
    /// How many more connections it may have; any number if absent. Shared by all workers.
    pub(super) places: Option<Places>,
    /// Where what becomes of it is counted.
    pub(crate) meter: Arc<Meter>,
    host_field: HeaderValue,
}

/// What is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An IP address.
    Socket(SocketAddr),
    /// A name, resolved for each dial.
    Name {
        /// The name.
        host: Box<str>,
        /// The port.
        port: u16,
        /// Which of its addresses are dialled.
        family: Family,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

/// Which addresses of a name are dialled (`tcp4/…`, `tcp6/…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// All.
    Any,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// An address that no upstream can have.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndpointError {
    /// It cannot be read.
    #[error("`{dial}` is not an address: {source}")]
    Address {
        /// The text.
        dial: Box<str>,
        /// What is wrong with it.
        source: AddressError,
    },
    /// It names more than one socket, or none.
    #[error("`{0}` must name exactly one host and port")]
    NotOneSocket(Box<str>),
    /// Its host cannot be verified.
    #[error("`{0}` is not a name that can be asked for in TLS; `tls_server_name` can be another")]
    Name(Box<str>),
}

impl Endpoint {
    /// Parses a dial address in Caddy's notation. Caddy: `hosts.go`, `fillDialInfo`.
    pub(crate) fn parse(dial: &str, settings: Settings) -> Result<Self, EndpointError> {
        let address = NetworkAddress::parse(dial).map_err(|source| EndpointError::Address {
            dial: dial.into(),
            source,
        })?;
        let target = Target::of(address).ok_or_else(|| EndpointError::NotOneSocket(dial.into()))?;
        Self::at(target, dial, settings)
    }

    /// The same upstream at another port, for health checks; `None` for a Unix socket.
    pub(crate) fn with_port(&self, port: u16) -> Option<Self> {
        let target = match &self.target {
            Target::Socket(address) => Target::Socket(SocketAddr::new(address.ip(), port)),
            Target::Name { host, family, .. } => Target::Name {
                host: host.clone(),
                port,
                family: *family,
            },
            Target::Unix(_) => return None,
        };
        Self::at(target, &self.dial, self.settings.clone()).ok()
    }

    fn at(target: Target, dial: &str, settings: Settings) -> Result<Self, EndpointError> {
        let most = settings.most_connections;
        let tls = settings.tls.as_ref().filter(|tls| {
            let port = target.port();
            port.is_none_or(|port| tls.is_spoken_at(port))
        });
        let handshakes = match tls {
            None => None,
            Some(tls) => {
                let name = match &tls.server_name {
                    Some(Name::Fixed(name)) => Some(name.clone()),
                    Some(Name::PerRequest(_)) => None,
                    None => Some(target.name(dial)?),
                };
                Some(tls.at(name, settings.versions))
            }
        };
        Ok(Self {
            dial: dial.into(),
            host_field: target.host_field(),
            forward: forward(&target, &settings, handshakes.is_some()),
            handshakes,
            places: most.map(|most| Places::new(most.get())),
            meter: Arc::default(),
            target,
            settings,
        })
    }

    /// The same, counted there.
    pub(crate) fn metered(self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// The `Host` field of a request that has none of its own, or that goes through TLS.
    pub(crate) fn host_field(&self) -> HeaderValue {
        self.host_field.clone()
    }

    /// The name to ask for in TLS where each request has its own, and there is no request.
    pub(super) fn fallback_name(&self) -> Option<Box<str>> {
        let tls = self.settings.tls.as_ref()?;
        match (&tls.server_name, self.target.host_and_port()) {
            (Some(Name::PerRequest(_)), Some((host, _))) => Some(host.into()),
            _ => None,
        }
    }

    /// By what it is known to the registry.
    pub(crate) fn key(&self) -> EndpointKey {
        EndpointKey {
            dial: self.dial.clone(),
            settings: self.settings.clone(),
        }
    }
}

/// The proxy that the plan names, or else the environment.
fn forward(target: &Target, settings: &Settings, is_tls: bool) -> Option<Forward> {
    if settings.forward.is_some() {
        return settings.forward.clone();
    }
    let (host, port) = target.host_and_port()?;
    let found = settings.environment.proxy((&host, port), is_tls);
    found.cloned()
}

impl Target {
    /// The port, unless there is none.
    pub(super) const fn port(&self) -> Option<u16> {
        match self {
            Self::Socket(address) => Some(address.port()),
            Self::Name { port, .. } => Some(*port),
            Self::Unix(_) => None,
        }
    }

    /// Host and port as a forward proxy wants them.
    pub(super) fn host_and_port(&self) -> Option<(String, u16)> {
        match self {
            Self::Socket(address) => Some((address.ip().to_string(), address.port())),
            Self::Name { host, port, .. } => Some((host.to_string(), *port)),
            Self::Unix(_) => None,
        }
    }

    fn host_field(&self) -> HeaderValue {
        let text = match self {
            Self::Socket(address) => address.to_string(),
            Self::Name { host, port, .. } => format!("{host}:{port}"),
            Self::Unix(_) => return HeaderValue::from_static("localhost"),
        };
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("localhost"))
    }

    /// Whose certificate is expected.
    fn name(&self, dial: &str) -> Result<ServerName<'static>, EndpointError> {
        let name = match self {
            Self::Socket(address) => return Ok(ServerName::from(address.ip())),
            Self::Name { host, .. } => host.to_string(),
            Self::Unix(_) => "localhost".to_owned(),
        };
        ServerName::try_from(name).map_err(|_| EndpointError::Name(dial.into()))
    }

    fn of(address: NetworkAddress) -> Option<Self> {
        let family = match address.network {
            Network::Unix if address.host.is_empty() => return None,
            Network::Unix => return Some(Self::Unix(address.host.into())),
            Network::Tcp => Family::Any,
            Network::Tcp4 => Family::V4,
            Network::Tcp6 => Family::V6,
        };
        let ports = address.ports?;
        let port = *ports.start();
        if port == 0 || port != *ports.end() {
            return None;
        }
        match address.host.parse::<IpAddr>() {
            Ok(ip) => family
                .includes(ip)
                .then(|| Self::Socket(SocketAddr::new(ip, port))),
            // Go dials the local machine when the host is empty.
            Err(_) if address.host.is_empty() => Some(Self::Name {
                host: "localhost".into(),
                port,
                family,
            }),
            Err(_) => Some(Self::Name {
                host: address.host.into(),
                port,
                family,
            }),
        }
    }
}

impl Family {
    /// Whether such an address is dialled.
    pub(crate) const fn includes(self, ip: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => ip.is_ipv4(),
            Self::V6 => ip.is_ipv6(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Settings;

    fn target(dial: &str) -> Option<Target> {
        Endpoint::parse(dial, Settings::plain())
            .ok()
            .map(|found| found.target)
    }

    fn name(host: &str, port: u16, family: Family) -> Target {
        let host = host.into();
        Target::Name { host, port, family }
    }

    #[test]
    fn every_notation_of_one_socket_is_understood() {
        let address = "[::1]:80".parse().expect("a socket address");
        assert_eq!(target("[::1]:80"), Some(Target::Socket(address)));
        assert_eq!(target("tcp6/[::1]:80"), Some(Target::Socket(address)));
        assert_eq!(target("app1:8080"), Some(name("app1", 8080, Family::Any)));
        assert_eq!(
            target("tcp4/app1:8080"),
            Some(name("app1", 8080, Family::V4))
        );
        assert_eq!(target(":8080"), Some(name("localhost", 8080, Family::Any)));
        assert_eq!(
            target("unix//run/app.sock"),
            Some(Target::Unix("/run/app.sock".into()))
        );
    }

    #[test]
    fn what_is_not_exactly_one_socket_is_refused() {
        for dial in [
            "app1",
            "app1:80-90",
            "app1:0",
            "unix/",
            "tcp4/[::1]:80",
            "udp/app1:80",
            "",
        ] {
            assert_eq!(target(dial), None, "{dial}");
        }
    }

    #[test]
    fn a_host_field_has_the_port() {
        let settings = Settings::plain();
        for (dial, host) in [
            ("app1:80", "app1:80"),
            ("[::1]:80", "[::1]:80"),
            ("unix//run/app.sock", "localhost"),
        ] {
            let endpoint = Endpoint::parse(dial, settings.clone()).expect("an endpoint");
            assert_eq!(endpoint.host_field(), host);
        }
    }
}
