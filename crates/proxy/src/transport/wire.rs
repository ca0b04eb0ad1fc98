//! The bytes of a connection to an upstream, in clear or through TLS, as hyper reads and writes
//! them; it counts what comes in before a response, and knows when a read or write takes too long.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use evenkeel_net::Stream;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::client::TlsStream;

use super::Settings;

/// Bound of all that comes before the head of a response: interim responses (1xx), one after the
/// other, may be endless.
const PRELUDE: u64 = 1024 * 1024;

/// Stands for "no response is awaited" where else the bytes read so far are.
const NOT_AWAITED: u64 = u64::MAX;

/// What carries the bytes.
#[derive(Debug)]
pub(crate) enum Carrier {
    /// In clear.
    Plain(Stream),
    /// Through TLS.
    Tls(Box<TlsStream<Stream>>),
    /// To an application behind a bridge.
    Bridge(DuplexStream),
}

evenkeel_net::stream_of_variants!(Carrier { Plain, Tls, Bridge });

/// A connection to an upstream.
#[derive(Debug)]
pub(super) struct Wire {
    carrier: Carrier,
    heard: Heard,
    limits: Option<Box<Limits>>,
    /// Told when the first bytes come in.
    first: Option<Arc<Notify>>,
}

/// How much was read since a request was sent. An upgrade makes hyper ask for `Send`, which is why
/// it is an atomic; nobody else than the worker's thread ever sees it.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    bytes: Arc<AtomicU64>,
    most: u64,
}

/// How long one read and one write may take.
#[derive(Debug)]
struct Limits {
    read: Limit,
    write: Limit,
}

#[derive(Debug)]
struct Limit {
    time: Option<Duration>,
    timer: Option<Pin<Box<Sleep>>>,
    runs: bool,
}

impl Heard {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            bytes: Arc::new(AtomicU64::new(NOT_AWAITED)),
            most: PRELUDE.max(4 * settings.head_limit as u64),
        }
    }

    /// A response is awaited from now on.
    pub(super) fn await_response(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// No response is awaited any more. Returns how much was read.
    pub(super) fn stop(&self) -> u64 {
        self.bytes.swap(NOT_AWAITED, Ordering::Relaxed)
    }

    fn count(&self, read: usize) -> io::Result<()> {
        let before = self.bytes.load(Ordering::Relaxed);
        if before == NOT_AWAITED {
            return Ok(());
        }
        let after = before + read as u64;
        self.bytes.store(after, Ordering::Relaxed);
        if after <= self.most {
            return Ok(());
        }
        let message = "no end of the response's head within 1 MiB";
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

impl Wire {
    pub(super) fn new(carrier: Carrier, heard: Heard, settings: &Settings) -> Self {
        let (read, write) = (settings.read_timeout, settings.write_timeout);
        let limits = (read.is_some() || write.is_some()).then(|| {
            Box::new(Limits {
                read: Limit::new(read),
                write: Limit::new(write),
            })
        });
        Self {
            carrier,
            heard,
            limits,
            first: None,
        }
    }

    /// Tells when the first bytes come in.
    pub(super) fn telling(self, first: &Arc<Notify>) -> Self {
        Self {
            first: Some(Arc::clone(first)),
            ..self
        }
    }

    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.limits {
            None => progress,
            Some(limits) => limits.write.hold(cx, progress),
        }
    }
}

impl Limit {
    const fn new(time: Option<Duration>) -> Self {
        Self {
            time,
            timer: None,
            runs: false,
        }
    }

    fn hold<T>(
        &mut self,
        cx: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let Some(time) = self.time else {
            return progress;
        };
        if progress.is_ready() {
            self.runs = false;
            return progress;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(time)));
        if !std::mem::replace(&mut self.runs, true) {
            timer.as_mut().reset(Instant::now() + time);
        }
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the upstream takes or gives no data",
        )))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let mut progress = Pin::new(&mut self.carrier).poll_read(cx, buf);
        if let Some(limits) = &mut self.limits {
            progress = limits.read.hold(cx, progress);
        }
        ready!(progress)?;
        if let Some(first) = self.first.take() {
            first.notify_one();
        }
        Poll::Ready(self.heard.count(buf.filled().len() - before))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.carrier).poll_write(cx, buf);
        self.written(cx, progress)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.carrier).poll_flush(cx);
        self.written(cx, progress)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.carrier).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.carrier).poll_write_vectored(cx, bufs);
        self.written(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.carrier.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use evenkeel_net::memory::Pipe;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn wire(settings: &Settings) -> (Wire, Pipe) {
        let (ours, theirs) = Pipe::pair();
        let carrier = Carrier::Plain(Stream::Memory(ours));
        (Wire::new(carrier, Heard::new(settings), settings), theirs)
    }

    #[tokio::test(start_paused = true)]
    async fn an_upstream_that_takes_nothing_is_given_up_at_the_limit() {
        let settings = Settings {
            write_timeout: Some(Duration::from_secs(2)),
            ..Settings::plain()
        };
        let (mut wire, _silent) = wire(&settings);
        let start = Instant::now();
        let error = wire.write_all(&vec![0; 1024 * 1024]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_begins_anew_with_each_read() {
        let settings = Settings {
            read_timeout: Some(Duration::from_secs(2)),
            ..Settings::plain()
        };
        let (mut wire, mut upstream) = wire(&settings);
        let drip = async {
            for _ in 0..3 {
                sleep(Duration::from_millis(1900)).await;
                upstream.write_all(b"x").await.unwrap();
            }
            std::future::pending::<()>().await;
        };
        let mut read = [0; 4];
        let error = tokio::select! {
            read = wire.read_exact(&mut read) => read.unwrap_err(),
            () = drip => unreachable!("it is pending"),
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(&read, b"xxx\0");
    }
}
