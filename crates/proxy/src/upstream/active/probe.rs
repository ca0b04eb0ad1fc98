//! One probe: dialled, asked and judged, on a connection of its own.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use evenkeel_net::{Resolver, World};
use http::header::{CONNECTION, HOST, USER_AGENT};
use http::{HeaderValue, Request, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;

use super::Check;
use crate::Body;
use crate::transport::DialError;
use crate::transport::connect::connect;
use crate::transport::io::TokioIo;

/// How much of a body is read, so that an upstream is not cut off while it writes a short one.
const BODY_LIMIT: usize = 64 * 1024;

/// Bound of a response's head.
const READ_AHEAD: usize = 64 * 1024;

/// Why an upstream does not pass.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    /// It cannot be reached.
    #[error("it cannot be reached")]
    Dial(#[from] DialError),
    /// It does not speak HTTP, or stops before the end.
    #[error("it gives no proper answer")]
    Answer(#[from] hyper::Error),
    /// It answers something else than it should.
    #[error("unexpected status {0}")]
    Status(StatusCode),
    /// It takes too long.
    #[error("it took longer than {0:?}")]
    Timeout(Duration),
}

impl Check {
    /// Asks once.
    pub(super) async fn ask(&self, world: &World, resolver: &Resolver) -> Result<(), Unfit> {
        tokio::time::timeout(self.timeout, self.converse(world, resolver))
            .await
            .unwrap_or(Err(Unfit::Timeout(self.timeout)))
    }

    async fn converse(&self, world: &World, resolver: &Resolver) -> Result<(), Unfit> {
        let stream = connect(&world.network, resolver, &self.endpoint).await?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(READ_AHEAD)
            .handshake(TokioIo::new(stream))
            .await?;
        // No task of its own: dropping the check must end all of it.
        driven(pin!(connection), async {
            let response = sender.send_request(self.request()).await?;
            let verdict = self.judge(response.status());
            read(response.into_body()).await?;
            verdict
        })
        .await
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static("Evenkeel-Health-Check"),
        );
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        request
    }

    /// Any 2xx unless a status is expected; numbers below ten are classes.
    fn judge(&self, status: StatusCode) -> Result<(), Unfit> {
        let fits = match self.expected {
            None => status.is_success(),
            Some(class) if class < 10 => status.as_u16() / 100 == class,
            Some(code) => status.as_u16() == code,
        };
        if fits {
            Ok(())
        } else {
            Err(Unfit::Status(status))
        }
    }
}

/// Runs a conversation over a connection, and the connection with it.
async fn driven<T>(
    mut connection: Pin<&mut impl Future>,
    conversation: impl Future<Output = T>,
) -> T {
    let mut conversation = pin!(conversation);
    let mut open = true;
    std::future::poll_fn(|cx| {
        loop {
            if let Poll::Ready(done) = conversation.as_mut().poll(cx) {
                return Poll::Ready(done);
            }
            // What the connection has to say at its end, the conversation must hear.
            if !open || connection.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            open = false;
        }
    })
    .await
}

async fn read(body: Incoming) -> Result<(), hyper::Error> {
    let mut body = pin!(body);
    let mut left = BODY_LIMIT;
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let length = frame?.data_ref().map_or(0, bytes::Bytes::len);
        if length >= left {
            break;
        }
        left -= length;
    }
    Ok(())
}
