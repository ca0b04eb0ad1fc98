//! The outside world behind enums that tests can replace: sockets, names, the wall clock.
//!
//! Monotonic time is tokio's and needs no seam; everything else that is not deterministic comes in
//! through a [`World`].

mod address;
mod clock;
mod dial;
mod dns;
#[cfg(feature = "memory")]
pub mod memory;
mod network;
mod os;
mod race;
mod resolve;
mod stream;
mod through;

pub use address::{Address, Peer};
pub use clock::Clock;
pub use dial::DialOptions;
pub use dns::{Families, NameServer, NameServers, Service};
pub use network::{Bound, Listener, Network};
pub use race::dial_any;
pub use resolve::Resolver;
pub use stream::Stream;

/// What a part of the server may see of the machine it runs on.
#[derive(Clone, Debug)]
pub struct World {
    /// Sockets and name look-ups.
    pub network: Network,
    /// Wall time.
    pub clock: Clock,
}

impl World {
    /// The real one.
    pub const fn os() -> Self {
        Self {
            network: Network::Os,
            clock: Clock::System,
        }
    }
}
