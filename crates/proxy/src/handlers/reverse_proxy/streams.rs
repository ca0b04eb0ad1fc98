//! How long upgraded connections last. Caddy: `streaming.go`.

use std::future::pending;
use std::time::Duration;

use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use tokio::sync::watch;
use tokio::time::sleep;

/// The limits of a handler's streams.
pub(super) struct Streams {
    /// How long one may last at most.
    timeout: Option<Duration>,
    /// How long one may outlive the handler; as long as it likes if absent.
    close_delay: Option<Duration>,
    /// Closed with the handler.
    alive: watch::Sender<()>,
}

impl Streams {
    pub(super) fn build(plan: &Plan) -> Self {
        Self {
            timeout: plan.stream_timeout.positive(),
            close_delay: plan.stream_close_delay.positive(),
            alive: watch::Sender::new(()),
        }
    }

    /// Completes when a stream that begins now has to end.
    pub(super) fn end(&self) -> impl Future<Output = ()> + use<> {
        let (timeout, close_delay) = (self.timeout, self.close_delay);
        let mut alive = self.alive.subscribe();
        let over = async move {
            match timeout {
                Some(timeout) => sleep(timeout).await,
                None => pending().await,
            }
        };
        let unloaded = async move {
            let Some(delay) = close_delay else {
                return pending().await;
            };
            while alive.changed().await.is_ok() {}
            sleep(delay).await;
        };
        async move {
            tokio::select! {
                () = over => {}
                () = unloaded => {}
            }
        }
    }
}
