//! From the addresses of a plan to bound sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use evenkeel_net::{Address, Bound, Network};
use evenkeel_plan::http::App;
use evenkeel_plan::value::{Network as Kind, NetworkAddress};

use crate::error::ServeError;

/// The sockets of one address, one for each worker.
pub(crate) struct Sockets {
    /// Where they are bound.
    pub(crate) address: Address,
    /// One for each worker.
    pub(crate) bound: Vec<Bound>,
}

/// Binds every address that `listen` stands for (a port range is several).
pub(crate) async fn bind(
    network: &Network,
    path: &str,
    listen: &str,
    workers: usize,
) -> Result<Vec<Sockets>, ServeError> {
    let parsed = parse(path, listen)?;
    let fail = |source| ServeError::Bind {
        path: path.to_owned(),
        listen: listen.to_owned(),
        source,
    };
    let mut sockets = Vec::new();
    for candidates in addresses(network, &parsed).await.map_err(fail)? {
        sockets.push(bind_first(network, &candidates, workers).map_err(fail)?);
    }
    Ok(sockets)
}

/// Reads every address without binding any.
pub(crate) fn check(app: &App) -> Result<(), ServeError> {
    for (name, server) in &app.servers {
        for (number, listen) in server.listen.iter().enumerate() {
            parse(
                &format!("apps.http.servers.{name}.listen[{number}]"),
                listen,
            )?;
        }
    }
    Ok(())
}

fn parse(path: &str, listen: &str) -> Result<NetworkAddress, ServeError> {
    NetworkAddress::parse(listen).map_err(|source| ServeError::Address {
        path: path.to_owned(),
        listen: listen.to_owned(),
        source,
    })
}

/// For each port the addresses to try, best first.
async fn addresses(network: &Network, parsed: &NetworkAddress) -> io::Result<Vec<Vec<Address>>> {
    if parsed.network == Kind::Unix {
        return Ok(vec![vec![Address::Unix(parsed.host.clone().into())]]);
    }
    let ports = parsed.ports.clone().unwrap_or(0..=0);
    let mut all = Vec::new();
    for port in ports {
        let hosts = hosts(network, parsed, port).await?;
        all.push(
            hosts
                .into_iter()
                .map(|ip| Address::Tcp(SocketAddr::new(ip, port)))
                .collect(),
        );
    }
    Ok(all)
}

async fn hosts(network: &Network, parsed: &NetworkAddress, port: u16) -> io::Result<Vec<IpAddr>> {
    let (v4, v6) = (parsed.network != Kind::Tcp6, parsed.network != Kind::Tcp4);
    if parsed.host.is_empty() {
        // `[::]` serves IPv4 as well. A machine without IPv6 has only the other.
        let any = [
            IpAddr::from(Ipv6Addr::UNSPECIFIED),
            IpAddr::from(Ipv4Addr::UNSPECIFIED),
        ];
        return Ok(any
            .into_iter()
            .filter(|ip| if ip.is_ipv6() { v6 } else { v4 })
            .collect());
    }
    if let Ok(ip) = parsed.host.parse() {
        return Ok(vec![ip]);
    }
    // Go binds the first address, IPv4 preferred.
    let mut found = network.look_up(&parsed.host, port).await?;
    found.retain(|address| if address.is_ipv6() { v6 } else { v4 });
    found.sort_by_key(SocketAddr::is_ipv6);
    found
        .first()
        .map(|address| vec![address.ip()])
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Only the lack of an address family is a reason to try the next address.
fn bind_first(network: &Network, candidates: &[Address], workers: usize) -> io::Result<Sockets> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in candidates {
        match network.bind(address, workers) {
            Ok(bound) => {
                let address = bound
                    .first()
                    .map_or_else(|| Ok(address.clone()), Bound::address)?;
                return Ok(Sockets { address, bound });
            }
            Err(error) if is_family_missing(&error) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn is_family_missing(error: &io::Error) -> bool {
    const EAFNOSUPPORT: i32 = 97;
    error.raw_os_error() == Some(EAFNOSUPPORT) || error.kind() == io::ErrorKind::AddrNotAvailable
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn port_of(listen: &str) -> Result<Address, ServeError> {
        let mut sockets = bind(&Network::Os, "x", listen, 1).await?;
        Ok(sockets.pop().expect("one address").address)
    }

    #[tokio::test]
    async fn a_range_binds_every_port() -> Result<(), ServeError> {
        let network = evenkeel_net::memory::MemoryNetwork::default();
        let network = Network::Memory(network);
        let sockets = bind(&network, "x", "10.0.0.1:81-83", 2).await?;
        assert_eq!(sockets.len(), 3);
        assert!(sockets.iter().all(|sockets| sockets.bound.len() == 2));
        Ok(())
    }

    #[tokio::test]
    async fn a_taken_port_is_named() -> Result<(), ServeError> {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let listen = taken.local_addr().expect("bound").to_string();
        let error = port_of(&listen).await.expect_err("the port is taken");
        assert_eq!(error.to_string(), format!("cannot listen on {listen}"));
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("another process")),
            "{error:?}"
        );
        Ok(())
    }
}
