//! Accepting connections, from the first to the last that waits when the socket is closed.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use evenkeel_net::{Listener, Peer, Stream};
use tokio::time::sleep;

use crate::worker::{Endpoint, Lifecycle, Local, Stage, serve};

/// The first and the longest pause after an error that is likely to come back at once, such as
/// that there are no descriptors left. Go, and thus Caddy: the same.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts connections and serves each in a task of its own, until the endpoint or the worker
/// takes nothing new. What the system has queued by then is still served.
pub(crate) async fn accept_all(listener: Listener, endpoint: Rc<Endpoint>, local: Rc<Local>) {
    let live = Lifecycle::enter(&local.lifecycle);
    let lifecycle = live.lifecycle();
    let mut pause = FIRST_PAUSE;
    loop {
        let changed = lifecycle.changed();
        if endpoint.stage(lifecycle) > Stage::Serving {
            break;
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = changed => continue,
        };
        match accepted {
            Ok(accepted) => {
                pause = FIRST_PAUSE;
                start(accepted, &endpoint, &local);
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                let address = &endpoint.address;
                tracing::error!(target: "http.stdlib", %address, %error, ?pause, "cannot accept");
                // A drain waits that long at most.
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    accept_queued(&listener, &endpoint, &local).await;
}

fn start((stream, peer): (Stream, Peer), endpoint: &Rc<Endpoint>, local: &Rc<Local>) {
    let connection = serve(stream, peer, Rc::clone(endpoint), Rc::clone(local));
    tokio::task::spawn_local(connection);
}

/// The client was gone before it was accepted; setting an option on its socket fails then, too.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput
    )
}

/// Closing a socket resets the connections in its queue, although their clients believe to be
/// connected. The pause lets the runtime learn of those that came in since it looked last.
async fn accept_queued(listener: &Listener, endpoint: &Rc<Endpoint>, local: &Rc<Local>) {
    sleep(Duration::from_millis(1)).await;
    while let Some(accepted) = accept_now(listener).await {
        if let Ok(accepted) = accepted {
            start(accepted, endpoint, local);
        }
    }
}

async fn accept_now(listener: &Listener) -> Option<io::Result<(Stream, Peer)>> {
    let mut accept = pin!(listener.accept());
    poll_fn(|cx| {
        Poll::Ready(match accept.as_mut().poll(cx) {
            Poll::Ready(accepted) => Some(accepted),
            Poll::Pending => None,
        })
    })
    .await
}
