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
    let mut pause = Pause::default();
    loop {
        let changed = lifecycle.changed();
        if endpoint.stage(lifecycle) > Stage::Serving {
            break;
        }
        let accepted = tokio::select! {
            biased;
            () = changed => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(accepted) => {
                pause = Pause::default();
                start(accepted, &endpoint, &local);
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                let (address, pause) = (&endpoint.address, pause.next());
                tracing::error!(target: "http.stdlib", %address, %error, ?pause, "cannot accept");
                // A drain waits that long at most.
                sleep(pause).await;
            }
        }
    }
    accept_queued(&listener, &endpoint, &local).await;
}

/// Grows from one error to the next, so that a process without descriptors does not spin.
#[derive(Default)]
struct Pause(Duration);

impl Pause {
    fn next(&mut self) -> Duration {
        self.0 = (self.0 * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        self.0
    }
}

fn start((stream, peer): (Stream, Peer), endpoint: &Rc<Endpoint>, local: &Rc<Local>) {
    let connection = serve(stream, peer, Rc::clone(endpoint), Rc::clone(local));
    // In a box: the runtime moves a task several times before it runs and after it has ended.
    tokio::task::spawn_local(Box::pin(connection));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_milliseconds_to_a_second() {
        let mut pause = Pause::default();
        let pauses: Vec<_> = (0..10).map(|_| pause.next().as_millis()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    }

    #[test]
    fn only_what_concerns_the_whole_socket_pauses_accepting() {
        const EMFILE: i32 = 24;
        const ECONNABORTED: i32 = 103;
        assert!(!concerns_one_connection(&io::Error::from_raw_os_error(
            EMFILE
        )));
        assert!(concerns_one_connection(&io::Error::from_raw_os_error(
            ECONNABORTED
        )));
    }
}
