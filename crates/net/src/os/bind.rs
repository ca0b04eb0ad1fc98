//! Sockets that share an address: one queue a worker, so that no core waits for another's.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use socket2::{Domain, Protocol, Socket, Type};

use crate::{Address, Bound};

/// Long enough for a burst of new connections while a worker is busy.
const BACKLOG: i32 = 4096;

pub(crate) fn bind(address: &Address, count: usize) -> io::Result<Vec<Bound>> {
    match address {
        Address::Tcp(address) => bind_tcp(*address, count),
        Address::Unix(path) => bind_unix(path, count),
    }
}

fn bind_tcp(address: SocketAddr, count: usize) -> io::Result<Vec<Bound>> {
    // `SO_REUSEPORT` would let two servers of one user share the port without a word. A socket
    // without it tells whether the address is free.
    drop(tcp_socket(address, false)?);
    let mut address = address;
    let mut bound = Vec::with_capacity(count);
    for _ in 0..count {
        let socket = tcp_socket(address, true)?;
        socket.listen(BACKLOG)?;
        let listener: std::net::TcpListener = socket.into();
        // With port zero the first socket draws the port for all.
        address = listener.local_addr()?;
        bound.push(Bound::Tcp(listener));
    }
    Ok(bound)
}

fn tcp_socket(address: SocketAddr, share: bool) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        // `[::]` serves IPv4 too, as Go's listeners do for an empty host.
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(share)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Unix sockets cannot share a path, so the workers share one socket.
fn bind_unix(path: &Path, count: usize) -> io::Result<Vec<Bound>> {
    remove_stale(path)?;
    let socket = std::os::unix::net::UnixListener::bind(path)?;
    socket.set_nonblocking(true)?;
    (0..count)
        .map(|_| socket.try_clone().map(Bound::Unix))
        .collect()
}

/// A socket file that nobody listens on was left by a process that died.
fn remove_stale(path: &Path) -> io::Result<()> {
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path)
        }
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_share_a_port_and_a_second_server_is_refused() -> io::Result<()> {
        let any = Address::Tcp(([127, 0, 0, 1], 0).into());
        let first = bind(&any, 2)?;
        let address = first[0].address()?;
        assert_eq!(address, first[1].address()?);
        let error = bind(&address, 2).expect_err("the port is taken");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        Ok(())
    }

    #[test]
    fn a_stale_unix_socket_is_replaced_and_a_live_one_is_not() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let address = Address::Unix(folder.path().join("x.sock"));
        drop(bind(&address, 1)?);
        let live = bind(&address, 1)?;
        let error = bind(&address, 1).expect_err("somebody listens");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop(live);
        Ok(())
    }
}
