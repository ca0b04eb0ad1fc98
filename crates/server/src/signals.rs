//! What the operating system asks of the process. Caddy: `sigtrap_posix.go`.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a server.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    quit: Signal,
    _ignored: [Signal; 3],
}

/// How the server is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Finish what is in flight.
    Drain,
    /// At once.
    Force,
}

impl Signals {
    /// Starts to listen. From then on none of them ends the process by itself.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            // Ignored, as by Caddy: neither a closed terminal nor a log rotator that signals
            // everybody must end a server. To listen is enough.
            _ignored: [
                signal(SignalKind::hangup())?,
                signal(SignalKind::user_defined1())?,
                signal(SignalKind::user_defined2())?,
            ],
        })
    }

    /// The first reason to stop.
    pub(crate) async fn first(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Drain,
            _ = self.terminate.recv() => Stop::Drain,
            _ = self.quit.recv() => Stop::Force,
        }
    }

    /// A reason not to wait for the drain any longer: a second interrupt, or quit. Further
    /// SIGTERMs change nothing, since supervisors repeat them.
    pub(crate) async fn second(&mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.quit.recv() => return,
                _ = self.terminate.recv() => {}
            }
        }
    }
}
