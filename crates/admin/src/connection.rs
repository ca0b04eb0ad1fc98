//! One connection to the API: HTTP/1.1 by hyper, with limits on what a client may send and on how
//! long it may take. Accepting connections, and how many, is the caller's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::SetOnce;

use crate::access::{Access, request_host};
use crate::control::Control;
use crate::hyper_io::{HyperIo, HyperTimer};
use crate::router::{self, Then};

/// How long a client may take from its connection, or its last response, to the end of its next
/// request head. Caddy's `ReadTimeout` of this server.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest request head, in bytes. Caddy's `MaxHeaderBytes` of this server.
const MAX_HEAD: usize = 64 * 1024;

/// How long an exit waits for its own response to be taken by a client that does not read.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves the API on one connection until either side ends it; failures end it too. After
/// `POST /stop` has been answered, [`Control::stop`] is called.
pub async fn serve_connection<I>(io: I, access: Arc<Access>, control: Arc<dyn Control>)
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    serve_connection_from(io, None, access, control).await;
}

/// As [`serve_connection`], for a client whose address is known and goes into the log.
pub async fn serve_connection_from<I>(
    io: I,
    remote: Option<SocketAddr>,
    access: Arc<Access>,
    control: Arc<dyn Control>,
) where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let stopping = SetOnce::new();
    let service = service_fn(|request: Request<Incoming>| {
        log(&request, remote);
        let answer = router::answer(request, &access, &*control);
        if answer.then == Then::Stop {
            // A second request of the kind changes nothing.
            drop(stopping.set(()));
        }
        std::future::ready(Ok::<_, Infallible>(answer.response))
    });
    let mut connection = pin!(builder().serve_connection(HyperIo(io), service));
    tokio::select! {
        served = connection.as_mut() => {
            if let Err(error) = served {
                tracing::debug!(target: "admin.api", %error, "connection ended");
            }
        }
        () = stop_waited_enough(&stopping) => {}
    }
    if stopping.initialized() {
        control.stop();
    }
}

fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(HyperTimer)
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD);
    builder
}

async fn stop_waited_enough(stopping: &SetOnce<()>) {
    stopping.wait().await;
    tokio::time::sleep(STOP_TIMEOUT).await;
}

/// Headers stay out of the log: they may hold credentials.
fn log(request: &Request<Incoming>, remote: Option<SocketAddr>) {
    tracing::info!(
        target: "admin.api",
        method = %request.method(),
        host = request_host(request.uri(), request.headers()),
        uri = %request.uri(),
        remote_ip = remote.map(|remote| tracing::field::display(remote.ip())),
        remote_port = remote.map(|remote| remote.port()),
        "received request"
    );
}
