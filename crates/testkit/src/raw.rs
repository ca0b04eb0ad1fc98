//! A client that sends bytes as they are: what no well-behaved library would send.

use std::time::Duration;

use evenkeel_net::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// After so long without a byte nothing more is expected. Under paused time it passes at once.
const QUIET: Duration = Duration::from_secs(1);

/// A connection to the server without any protocol on top.
#[derive(Debug)]
pub struct Raw {
    stream: Stream,
}

/// What came in, and whether the server closed the connection after it.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard {
    /// The bytes, as text.
    pub text: String,
    /// Whether the connection is closed.
    pub closed: bool,
}

impl Raw {
    pub(crate) const fn new(stream: Stream) -> Self {
        Self { stream }
    }

    /// Sends bytes; a server that has closed already does not mind.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // What the server answered before it closed is still to be read.
        drop(self.stream.write_all(bytes.as_ref()).await);
    }

    /// Reads until the server closes, or nothing has come for a second.
    pub async fn hear(&mut self) -> Heard {
        self.hear_within(QUIET).await
    }

    /// Reads until the server closes, or nothing has come for that long.
    pub async fn hear_within(&mut self, quiet: Duration) -> Heard {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        let closed = loop {
            match timeout(quiet, self.stream.read(&mut buffer)).await {
                Ok(Ok(0) | Err(_)) => break true,
                Ok(Ok(count)) => bytes.extend_from_slice(&buffer[..count]),
                Err(_) => break false,
            }
        };
        Heard {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            closed,
        }
    }

    /// Reads until `end` has come; the whole text so far is returned. Fails the test if the
    /// connection closes before.
    pub async fn hear_until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            let byte = self.stream.read_u8().await;
            bytes.push(byte.expect("the connection stays open until the end has come"));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Reads exactly so many bytes.
    pub async fn hear_bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = self.stream.read_exact(&mut bytes).await;
        read.expect("the connection stays open until all bytes have come");
        bytes
    }

    /// The stream itself.
    pub fn into_stream(self) -> Stream {
        self.stream
    }

    /// Closes the connection as a reset does.
    pub fn reset(self) {
        if let Stream::Memory(pipe) = self.stream {
            pipe.reset();
        }
    }
}

impl Heard {
    /// The status codes of all responses in it.
    pub fn statuses(&self) -> Vec<u16> {
        let status = |part: &str| part.get(2..5)?.parse().ok();
        self.text
            .split("HTTP/1.")
            .skip(1)
            .filter_map(status)
            .collect()
    }
}
