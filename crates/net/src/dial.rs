//! How a connection is dialled, besides where to.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Settings of a dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DialOptions {
    /// The address to dial from; the system's choice if absent. Of no meaning for Unix sockets.
    pub from: Option<SocketAddr>,
    /// After so much silence the system asks the peer whether it is still there; never if absent.
    pub keep_alive: Option<Duration>,
    /// Head start of one address of a name over the next. Without, the next is tried only after
    /// a failure.
    pub head_start: Option<Duration>,
}

/// How often a silent peer is asked again before the connection is given up, and how fast. With
/// the 30 s before the first question a dead peer is noticed within a minute.
const PROBES: u32 = 3;
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

impl Default for DialOptions {
    /// Caddy: `httptransport.go`, `NewTransport`: 30 s, and 300 ms (RFC 8305 has 250).
    fn default() -> Self {
        Self {
            from: None,
            keep_alive: Some(Duration::from_secs(30)),
            head_start: Some(Duration::from_millis(300)),
        }
    }
}

impl DialOptions {
    /// Applies what concerns the socket once it is connected.
    pub(crate) fn apply(&self, socket: &tokio::net::TcpStream) -> io::Result<()> {
        socket.set_nodelay(true)?;
        let Some(silence) = self.keep_alive else {
            return Ok(());
        };
        let keep_alive = socket2::TcpKeepalive::new()
            .with_time(silence)
            .with_interval(silence.min(LONGEST_PAUSE))
            .with_retries(PROBES);
        socket2::SockRef::from(socket).set_tcp_keepalive(&keep_alive)
    }
}
