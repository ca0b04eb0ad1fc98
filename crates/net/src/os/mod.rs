//! The operating system's sockets and name look-up.

mod bind;

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpStream, UnixStream};

pub(crate) use bind::bind;

use crate::{Address, Stream};

#[expect(
    clippy::disallowed_methods,
    reason = "this is where connections are dialled"
)]
pub(crate) async fn dial(address: &Address) -> io::Result<Stream> {
    match address {
        Address::Tcp(address) => {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Stream::Tcp(stream))
        }
        Address::Unix(path) => UnixStream::connect(path).await.map(Stream::Unix),
    }
}

pub(crate) async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}
