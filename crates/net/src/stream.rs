//! One connection, whatever carries it. An enum, so that vectored writes reach the socket.

use std::net::SocketAddr;

use tokio::net::{TcpStream, UnixStream};

/// A connected byte stream.
#[derive(Debug)]
pub enum Stream {
    /// TCP.
    Tcp(TcpStream),
    /// A Unix socket.
    Unix(UnixStream),
    /// A pipe of the memory network.
    #[cfg(feature = "memory")]
    Memory(crate::memory::Pipe),
}

impl Stream {
    /// The address of this machine that the connection goes to; `None` where it has no IP address.
    pub fn local_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.local_addr().ok(),
            Self::Unix(_) => None,
            #[cfg(feature = "memory")]
            Self::Memory(_) => None,
        }
    }
}

crate::stream_of_variants!(Stream {
    Tcp,
    Unix,
    #[cfg(feature = "memory")]
    Memory,
});
