//! Dialling: the name is resolved, all its addresses are tried, and one limit holds for all of it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use evenkeel_net::{Address, Network, Resolver, Stream, dial_any};

use super::endpoint::{Endpoint, Family, Target};

/// Why there is no connection: nothing was sent.
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
    /// The connection cannot be used.
    #[error("the connection cannot be used")]
    Unusable(#[source] hyper::Error),
}

/// Opens a connection to an upstream.
pub(crate) async fn connect(
    network: &Network,
    resolver: &Resolver,
    endpoint: &Endpoint,
) -> Result<Stream, DialError> {
    let limit = endpoint.settings.dial_timeout;
    match &endpoint.target {
        Target::Socket(address) => {
            let address = Address::Tcp(*address);
            within(limit, async {
                network.dial(&address).await.map_err(DialError::Refused)
            })
            .await
        }
        Target::Unix(path) => {
            let address = Address::Unix(path.clone());
            within(limit, async {
                network.dial(&address).await.map_err(DialError::Refused)
            })
            .await
        }
        Target::Name { host, port, family } => {
            let dialled = within(limit, async {
                let addresses = resolver
                    .resolve(network, host, *port)
                    .await
                    .map_err(|source| DialError::Resolve {
                        host: host.clone(),
                        source,
                    })?;
                dial_family(network, &addresses, *family)
                    .await
                    .map_err(DialError::Refused)
            })
            .await;
            if dialled.is_err() {
                // The container may have come back with another address.
                resolver.forget(host);
            }
            dialled
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

async fn dial_family(
    network: &Network,
    addresses: &[SocketAddr],
    family: Family,
) -> io::Result<Stream> {
    if family == Family::Any {
        return dial_any(network, addresses).await;
    }
    let of_family: Vec<_> = addresses
        .iter()
        .copied()
        .filter(|address| family.includes(address.ip()))
        .collect();
    dial_any(network, &of_family).await
}
