//! Listeners that share one queue of connections, as sockets with `SO_REUSEPORT` share an address.

use std::io;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};

use crate::{Address, Peer, Stream};

type Queue = mpsc::UnboundedReceiver<(Stream, Peer)>;

/// A listener; the address is free again when its last clone is dropped.
#[derive(Clone, Debug)]
pub struct MemoryListener {
    address: Address,
    queue: Arc<Mutex<Queue>>,
}

impl MemoryListener {
    pub(super) fn new(address: Address, queue: Queue) -> Self {
        Self {
            address,
            queue: Arc::new(Mutex::new(queue)),
        }
    }

    /// Where it listens.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection. Cancel safe.
    pub async fn accept(&self) -> io::Result<(Stream, Peer)> {
        self.queue
            .lock()
            .await
            .recv()
            .await
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}
