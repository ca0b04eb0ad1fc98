//! One accepted connection: the handshake if there is one, then HTTP until it ends.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::{Peer, Stream};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use tokio::time::Instant;

use super::activity::Activity;
use super::drain::{Lifecycle, Live};
use super::endpoint::Endpoint;
use super::service::{Served, answer};
use super::stream_tasks::StreamTasks;
use super::supervise::{Bounds, supervise};
use super::wire::{Carrier, Signs, Wire};
use super::{Connection, Local, TlsInfo};
use crate::listener::handshake::handshake;
use crate::transport::io::{TokioIo, TokioTimer};

/// Bytes of a request's head. Caddy 2.11 says 16 KiB, and its HTTP library adds 4 KiB; measured.
const HEAD_SIZE: usize = 20 * 1024;

/// Requests at one time on a connection of HTTP/2. Go, and thus Caddy: the same.
const STREAMS: u32 = 250;

/// Streams a client may reset before they were looked at, and streams it may make us reset
/// (rapid reset, CVE-2023-44487; the second is CVE-2025-8671), before the connection is closed.
const CLIENT_RESETS: usize = 20;
const OWN_RESETS: usize = 100;

/// An HTTP/2 client that is silent for so long is asked whether it is still there.
const PING_INTERVAL: Duration = Duration::from_mins(1);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves an accepted connection to its end.
pub(crate) async fn serve(stream: Stream, peer: Peer, endpoint: Rc<Endpoint>, local: Rc<Local>) {
    let live = Lifecycle::enter(&local.lifecycle);
    let (carrier, tls) = match &endpoint.tls {
        None => (Carrier::Plain(stream), None),
        Some(tls) => {
            let shaken = tokio::select! {
                biased;
                shaken = handshake(stream, &**tls) => shaken,
                () = live.closed() => return,
            };
            match shaken {
                Ok(Some(stream)) => {
                    let info = TlsInfo::of(stream.get_ref().1);
                    (Carrier::Tls(Box::new(stream)), Some(info))
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::debug!(target: "http.stdlib", ?peer, %error, "TLS handshake error");
                    return;
                }
            }
        }
    };
    let connection = Connection::new(peer, endpoint.address.clone(), tls);
    if let Err(error) = speak_http(carrier, connection, endpoint, local, &live).await {
        tracing::debug!(target: "http.stdlib", ?peer, %error, "connection ended early");
    }
}

async fn speak_http(
    carrier: Carrier,
    connection: Connection,
    endpoint: Rc<Endpoint>,
    local: Rc<Local>,
    live: &Live,
) -> hyper::Result<()> {
    let signs = Arc::new(Signs::default());
    let is_http2 = connection.is_http2() && endpoint.http2;
    let activity = if is_http2 {
        Activity::http2
    } else {
        Activity::http1
    };
    let activity = Rc::new(activity(Arc::clone(&signs), Instant::now()));
    let connection = Rc::new(connection);
    let served = Rc::new(Served {
        endpoint,
        connection,
        local,
        activity,
    });
    let bounds = Bounds {
        lifecycle: live.lifecycle(),
        endpoint: &Rc::clone(&served.endpoint),
        activity: &Rc::clone(&served.activity),
    };
    let io = TokioIo::new(Wire::new(carrier, signs));
    if is_http2 {
        // In a box: hyper and tokio move what belongs to a stream many times.
        let service = service_fn(move |request| Box::pin(answer(Rc::clone(&served), request)));
        let connection = http2_builder().serve_connection(io, service);
        supervise(connection, http2::Connection::graceful_shutdown, bounds).await
    } else {
        let service = service_fn(move |request| answer(Rc::clone(&served), request));
        let connection = http1_builder()
            .serve_connection(io, service)
            .with_upgrades();
        supervise(
            connection,
            http1::UpgradeableConnection::graceful_shutdown,
            bounds,
        )
        .await
    }
}

fn http1_builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    // Without a timer hyper has no time limits of its own: those of `Activity` hold.
    // Half-closed connections are closed, so that a client that leaves is noticed.
    // Names as Caddy (Go) writes them: some clients do not know them otherwise.
    builder
        .title_case_headers(true)
        .half_close(false)
        .max_header_size(HEAD_SIZE);
    builder
}

fn http2_builder() -> http2::Builder<StreamTasks> {
    let mut builder = http2::Builder::new(StreamTasks);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .enable_connect_protocol()
        .max_pending_accept_reset_streams(CLIENT_RESETS)
        .max_local_error_reset_streams(OWN_RESETS)
        .max_header_list_size(u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX))
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}
