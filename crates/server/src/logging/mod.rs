//! Process logs and the way of access logs: which entry goes where, in which form.
//!
//! Entries are tracing events whose target is the logger's name, as Caddy names it. Writing
//! happens on threads of its own behind bounded queues, so that a slow disk never holds a request.

mod entry;
mod router;
mod support;
mod writer;

use std::io::IsTerminal as _;
use std::sync::Arc;

use evenkeel_net::Clock;
use evenkeel_plan::Logging;
use evenkeel_proxy::AccessSink;
use parking_lot::RwLock;
use tracing::{Event, Metadata, Subscriber, subscriber::Interest};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

pub use router::LogError;
use router::Router;
pub(crate) use support::check;

/// The process's logs. Clones share one configuration.
#[derive(Clone)]
pub struct Logs {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    router: RwLock<Router>,
}

impl Logs {
    /// Starts logging to standard error, for people on a terminal and in JSON otherwise, and makes
    /// it the process's tracing subscriber. Does nothing of the latter if there is one already.
    pub fn start(clock: Clock) -> Self {
        let shared = Arc::new(Shared {
            clock,
            router: RwLock::new(Router::standard()),
        });
        let layer = LogLayer {
            shared: Arc::clone(&shared),
        };
        let subscriber = tracing_subscriber::registry().with(layer);
        // A second server in one process (tests) keeps the first one's subscriber.
        drop(tracing::subscriber::set_global_default(subscriber));
        Self { shared }
    }

    /// Opens what a plan asks for. Nothing changes until [`install`](Self::install).
    pub(crate) fn open(plan: Option<&Logging>) -> Result<PreparedLogs, LogError> {
        Router::open(plan).map(PreparedLogs)
    }

    /// Puts a plan's logs in place of the present ones.
    pub(crate) fn install(&self, prepared: PreparedLogs) {
        *self.shared.router.write() = prepared.0;
        tracing::callsite::rebuild_interest_cache();
    }

    /// Writes what is queued and stops.
    pub fn close(&self) {
        let router = std::mem::take(&mut *self.shared.router.write());
        router.close();
    }
}

/// Opened logs of a plan that is not installed yet.
pub(crate) struct PreparedLogs(Router);

impl PreparedLogs {
    /// Where entries of the access logger `name` go (`""` is the unnamed one).
    pub(crate) fn access_sinks(&self, name: &str) -> Vec<AccessSink> {
        self.0.access_sinks(name)
    }
}

/// Whether standard error is read by a person.
fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

struct LogLayer {
    shared: Arc<Shared>,
}

/// Our own crates log; what libraries say on tracing is for their developers.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata
        .module_path()
        .is_some_and(|path| path.starts_with("evenkeel"))
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let wanted = is_ours(metadata) && self.shared.router.read().admits(*metadata.level());
        if wanted {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        is_ours(metadata) && self.shared.router.read().admits(*metadata.level())
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let entry = entry::Entry::new(event, self.shared.clock.now());
        self.shared.router.read().write(&entry);
    }
}
