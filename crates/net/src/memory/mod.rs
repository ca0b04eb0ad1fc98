//! A network in memory: listeners by address, names by table, faults on demand. It obeys tokio's
//! paused time, so that tests state exact times.

mod listener;
mod names;
mod pipe;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::mpsc;

pub use listener::MemoryListener;
pub use names::Dns;
use names::Names;
pub use pipe::Pipe;

use crate::{Address, Bound, Families, NameServers, Peer, Service, Stream};

/// What happens to connections dialled to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused, although somebody listens.
    Refuse,
    /// Never answered: the SYN is dropped.
    BlackHole,
    /// Established after this time.
    Latency(Duration),
}

/// A network; clones are the same network.
#[derive(Clone, Debug, Default)]
pub struct MemoryNetwork {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    listeners: HashMap<Address, mpsc::UnboundedSender<(Stream, Peer)>>,
    names: Names,
    faults: HashMap<Address, Fault>,
    next_port: u16,
}

impl MemoryNetwork {
    /// Lets `name` resolve to `addresses`; an empty list removes it.
    pub fn set_name(&self, name: &str, addresses: &[IpAddr]) {
        self.set_name_at("", name, addresses);
    }

    /// The same for those who ask the name server at `server`.
    pub fn set_name_at(&self, server: &str, name: &str, addresses: &[IpAddr]) {
        let key = (server.to_owned(), name.to_owned());
        let mut inner = self.inner.lock();
        inner.names.addresses.insert(key, addresses.to_vec());
    }

    /// Lets `name` have these service records; an empty list removes it.
    pub fn set_services(&self, name: &str, services: &[Service]) {
        let key = (String::new(), name.to_owned());
        let mut inner = self.inner.lock();
        inner.names.services.insert(key, services.to_vec());
    }

    /// Lets name servers answer from now on, or not.
    pub fn set_dns(&self, state: Dns) {
        self.inner.lock().names.state = state;
    }

    /// How many questions name servers were asked so far.
    pub fn questions(&self) -> usize {
        self.inner.lock().names.questions
    }

    /// Makes dials to `address` fail or wait.
    pub fn set_fault(&self, address: &Address, fault: Fault) {
        self.inner.lock().faults.insert(address.clone(), fault);
    }

    /// Dials to `address` work again.
    pub fn clear_fault(&self, address: &Address) {
        self.inner.lock().faults.remove(address);
    }

    /// Binds `count` listeners that share one queue.
    pub fn bind(&self, address: &Address, count: usize) -> io::Result<Vec<Bound>> {
        let mut inner = self.inner.lock();
        if inner
            .listeners
            .get(address)
            .is_some_and(|queue| !queue.is_closed())
        {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        inner.listeners.insert(address.clone(), sender);
        let listener = MemoryListener::new(address.clone(), receiver);
        Ok((0..count)
            .map(|_| Bound::Memory(listener.clone()))
            .collect())
    }

    /// Connects to a listener, by way of the address's fault. A listener on the unspecified
    /// address of the same port answers for every address.
    pub async fn dial(&self, address: &Address) -> io::Result<Stream> {
        self.dial_from(address, None).await
    }

    /// The same from an address of one's own.
    pub async fn dial_from(
        &self,
        address: &Address,
        from: Option<SocketAddr>,
    ) -> io::Result<Stream> {
        let fault = self.inner.lock().faults.get(address).copied();
        match fault {
            None => {}
            Some(Fault::Refuse) => return Err(io::ErrorKind::ConnectionRefused.into()),
            Some(Fault::BlackHole) => std::future::pending().await,
            Some(Fault::Latency(time)) => tokio::time::sleep(time).await,
        }
        let mut inner = self.inner.lock();
        inner.next_port = inner.next_port.wrapping_add(1).max(1);
        let ip = from.map_or([192, 0, 2, 1].into(), |from| from.ip());
        let port = from.map_or(0, |from| from.port());
        let port = if port == 0 { inner.next_port } else { port };
        let peer = Peer::Tcp(SocketAddr::new(ip, port));
        let queue = inner
            .queue(address)
            .ok_or(io::ErrorKind::ConnectionRefused)?;
        let (ours, theirs) = Pipe::pair();
        queue
            .send((Stream::Memory(theirs), peer))
            .map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
        Ok(Stream::Memory(ours))
    }

    /// The addresses of a name.
    pub async fn look_up(
        &self,
        servers: &NameServers,
        host: &str,
        families: Families,
    ) -> io::Result<Vec<IpAddr>> {
        self.ask().await?;
        let inner = self.inner.lock();
        let found = Names::find(&inner.names.addresses, servers, host)?;
        Ok(found
            .into_iter()
            .filter(|ip| families.include(*ip))
            .collect())
    }

    /// The service records of a name.
    pub async fn look_up_services(
        &self,
        servers: &NameServers,
        name: &str,
    ) -> io::Result<Vec<Service>> {
        self.ask().await?;
        let inner = self.inner.lock();
        Names::find(&inner.names.services, servers, name)
    }

    async fn ask(&self) -> io::Result<()> {
        let state = self.inner.lock().names.ask();
        match state {
            Dns::Works => Ok(()),
            Dns::Fails => Err(io::Error::other("the name server fails")),
            Dns::IsSilent => std::future::pending().await,
        }
    }
}

impl Inner {
    fn queue(&self, address: &Address) -> Option<&mpsc::UnboundedSender<(Stream, Peer)>> {
        let Address::Tcp(socket) = address else {
            return self.listeners.get(address);
        };
        let any_v4 = Address::Tcp(([0, 0, 0, 0], socket.port()).into());
        let any_v6 = Address::Tcp((std::net::Ipv6Addr::UNSPECIFIED, socket.port()).into());
        [address, &any_v4, &any_v6]
            .into_iter()
            .find_map(|address| self.listeners.get(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dropped_listener_refuses() -> io::Result<()> {
        let network = MemoryNetwork::default();
        let address = Address::Tcp(([10, 0, 0, 1], 80).into());
        drop(network.bind(&address, 2)?);
        let error = network.dial(&address).await.expect_err("nobody listens");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        Ok(())
    }
}
