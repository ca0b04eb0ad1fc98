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
            let dialled = within(limit, dial_name(network, resolver, (host, *port), *family)).await;
            if dialled.is_err() {
                // The container may have come back with another address.
                resolver.forget(host);
            }
            dialled
        }
    }
}

/// Dials the addresses of a name. If remembered ones fail, they may be out of date: a container
/// came back elsewhere. The name is then looked up again, and what is new is tried.
async fn dial_name(
    network: &Network,
    resolver: &Resolver,
    (host, port): (&str, u16),
    family: Family,
) -> Result<Stream, DialError> {
    let look_up = || async {
        let found = resolver.resolve(network, host, port).await;
        found.map_err(|source| DialError::Resolve {
            host: host.into(),
            source,
        })
    };
    let may_be_old = resolver.remembers(host);
    let addresses = look_up().await?;
    let refused = match dial_family(network, &addresses, family).await {
        Err(refused) if may_be_old => refused,
        dialled => return dialled.map_err(DialError::Refused),
    };
    resolver.forget(host);
    let current = look_up().await?;
    if current == addresses {
        return Err(DialError::Refused(refused));
    }
    let dialled = dial_family(network, &current, family).await;
    dialled.map_err(DialError::Refused)
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
