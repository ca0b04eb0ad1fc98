//! One end of a connection in memory. Unlike tokio's duplex pipe it can be reset, which the other
//! end sees as an error and not as an orderly end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

/// About the size of a socket's buffers, so that back-pressure shows.
const CAPACITY: usize = 64 * 1024;

/// One end of a connection.
#[derive(Debug)]
pub struct Pipe {
    io: DuplexStream,
    reset: Arc<AtomicBool>,
}

impl Pipe {
    /// Two ends of one connection.
    pub fn pair() -> (Self, Self) {
        let (a, b) = duplex(CAPACITY);
        let reset = Arc::new(AtomicBool::new(false));
        (
            Self {
                io: a,
                reset: Arc::clone(&reset),
            },
            Self { io: b, reset },
        )
    }

    /// Closes the connection as a TCP reset does.
    pub fn reset(self) {
        self.reset.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        let ended = matches!(read, Poll::Ready(Ok(()))) && buf.filled().len() == before;
        if ended && buf.remaining() > 0 && self.reset.load(Ordering::Relaxed) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        read
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn a_reset_is_an_error_and_a_close_is_an_end() {
        let (mut a, b) = Pipe::pair();
        b.reset();
        let error = a.read_u8().await.expect_err("reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        let (mut a, b) = Pipe::pair();
        drop(b);
        let error = a.read_u8().await.expect_err("closed");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
