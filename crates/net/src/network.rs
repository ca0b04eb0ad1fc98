//! Binding, accepting and dialling: the machine's network, or one in memory.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, UnixListener};

use crate::{Address, DialOptions, Families, NameServers, Peer, Service, Stream, os};

/// A network to bind on and dial into.
#[derive(Clone, Debug)]
pub enum Network {
    /// The operating system's.
    Os,
    /// One in memory, for tests.
    #[cfg(feature = "memory")]
    Memory(crate::memory::MemoryNetwork),
}

impl Network {
    /// Binds `count` sockets that share one address, a socket for each worker. Nothing is accepted
    /// until they are made into listeners. Fails if another process listens there.
    pub fn bind(&self, address: &Address, count: usize) -> io::Result<Vec<Bound>> {
        match self {
            Self::Os => os::bind(address, count),
            #[cfg(feature = "memory")]
            Self::Memory(network) => network.bind(address, count),
        }
    }

    /// Opens a connection. It has no time limit of its own.
    pub async fn dial(&self, address: &Address) -> io::Result<Stream> {
        self.dial_with(address, &DialOptions::default()).await
    }

    /// The same with other settings.
    pub async fn dial_with(&self, address: &Address, options: &DialOptions) -> io::Result<Stream> {
        match self {
            Self::Os => os::dial(address, options).await,
            #[cfg(feature = "memory")]
            Self::Memory(network) => network.dial_from(address, options.from).await,
        }
    }

    /// All addresses of a name, as the system resolves it: hosts file, then `resolv.conf`.
    pub async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match self {
            Self::Os => os::look_up(host, port).await,
            #[cfg(feature = "memory")]
            Self::Memory(network) => {
                let (system, all) = (NameServers::default(), Families::Both);
                let found = network.look_up(&system, host, all).await?;
                Ok(found.iter().map(|ip| SocketAddr::new(*ip, port)).collect())
            }
        }
    }

    /// The addresses of a name as these name servers know them. The error
    /// [`NotFound`](io::ErrorKind::NotFound) is their answer that there are none; any other means
    /// that they gave no answer. There is no time limit but those of the single questions.
    pub async fn ask_addresses(
        &self,
        servers: &NameServers,
        host: &str,
        families: Families,
    ) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::Os => os::dns::addresses(servers, host, families).await,
            #[cfg(feature = "memory")]
            Self::Memory(network) => network.look_up(servers, host, families).await,
        }
    }

    /// The service records of a name as these name servers know them, in no certain order. Errors
    /// as of [`Self::ask_addresses`].
    pub async fn ask_services(
        &self,
        servers: &NameServers,
        name: &str,
    ) -> io::Result<Vec<Service>> {
        match self {
            Self::Os => os::dns::services(servers, name).await,
            #[cfg(feature = "memory")]
            Self::Memory(network) => network.look_up_services(servers, name).await,
        }
    }
}

/// A bound socket that no runtime knows yet, so that it can be handed to a worker's thread.
#[derive(Debug)]
pub enum Bound {
    /// TCP.
    Tcp(std::net::TcpListener),
    /// A Unix socket.
    Unix(std::os::unix::net::UnixListener),
    /// On the memory network.
    #[cfg(feature = "memory")]
    Memory(crate::memory::MemoryListener),
}

impl Bound {
    /// Where it is bound; tells the port when zero was asked for.
    pub fn address(&self) -> io::Result<Address> {
        match self {
            Self::Tcp(socket) => socket.local_addr().map(Address::Tcp),
            Self::Unix(socket) => {
                let address = socket.local_addr()?;
                Ok(Address::Unix(
                    address.as_pathname().map(Into::into).unwrap_or_default(),
                ))
            }
            #[cfg(feature = "memory")]
            Self::Memory(listener) => Ok(listener.address().clone()),
        }
    }

    /// Registers the socket with the current runtime.
    pub fn into_listener(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(socket) => TcpListener::from_std(socket).map(Listener::Tcp),
            Self::Unix(socket) => UnixListener::from_std(socket).map(Listener::Unix),
            #[cfg(feature = "memory")]
            Self::Memory(listener) => Ok(Listener::Memory(listener)),
        }
    }
}

/// A socket that accepts connections.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix(UnixListener),
    /// On the memory network.
    #[cfg(feature = "memory")]
    Memory(crate::memory::MemoryListener),
}

impl Listener {
    /// The next connection. Cancel safe.
    pub async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Small responses must not wait for the peer's delayed acknowledgement.
                stream.set_nodelay(true)?;
                Ok((Stream::Tcp(stream), Peer::Tcp(peer)))
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), Peer::Unix))
            }
            #[cfg(feature = "memory")]
            Self::Memory(listener) => listener.accept().await,
        }
    }
}
