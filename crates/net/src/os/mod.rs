//! The operating system's sockets and name look-up.

mod bind;
pub(crate) mod dns;

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream, UnixStream};

pub(crate) use bind::bind;

use crate::{Address, DialOptions, Stream};

#[expect(
    clippy::disallowed_methods,
    reason = "this is where connections are dialled"
)]
pub(crate) async fn dial(address: &Address, options: &DialOptions) -> io::Result<Stream> {
    match address {
        Address::Tcp(address) => {
            let stream = match options.from {
                None => TcpStream::connect(address).await?,
                Some(from) => dial_from(from, *address).await?,
            };
            options.apply(&stream)?;
            Ok(Stream::Tcp(stream))
        }
        Address::Unix(path) => UnixStream::connect(path).await.map(Stream::Unix),
    }
}

async fn dial_from(from: SocketAddr, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.bind(from)?;
    socket.connect(address).await
}

pub(crate) async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}
