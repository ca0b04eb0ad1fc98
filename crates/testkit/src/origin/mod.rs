//! Scripted upstreams. They speak bytes and no HTTP library, so that they can misbehave exactly.

mod answer;
mod conversation;
mod http2;
mod request;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use evenkeel_net::memory::MemoryNetwork;
use evenkeel_net::{Address, Listener};
use rustls::ServerConfig;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

pub use answer::Answer;
pub use http2::{Answer2, Http2Origin};
pub use request::Seen;

use conversation::converse;

/// An upstream that answers by script and remembers what it saw; clones are the same one.
#[derive(Clone, Debug)]
pub struct Origin {
    script: Rc<Script>,
}

#[derive(Debug)]
pub(crate) struct Script {
    always: RefCell<Answer>,
    next: RefCell<VecDeque<Answer>>,
    closes_on_reuse: Cell<bool>,
    seen: RefCell<Vec<Seen>>,
    arrived: Notify,
    accepted: Cell<usize>,
    open: Cell<usize>,
    left: Notify,
    written: Cell<usize>,
    hang_up: Notify,
}

impl Origin {
    /// Answers 200 with this body.
    pub fn ok(body: &str) -> Self {
        Self::new(Answer::ok(body))
    }

    /// Answers every request alike.
    pub fn new(answer: Answer) -> Self {
        let script = Script {
            always: RefCell::new(answer),
            next: RefCell::default(),
            closes_on_reuse: Cell::new(false),
            seen: RefCell::default(),
            arrived: Notify::new(),
            accepted: Cell::new(0),
            open: Cell::new(0),
            left: Notify::new(),
            written: Cell::new(0),
            hang_up: Notify::new(),
        };
        Self {
            script: Rc::new(script),
        }
    }

    /// Answers differently from now on.
    pub fn set(&self, answer: Answer) {
        *self.script.always.borrow_mut() = answer;
    }

    /// Answers one request differently, after those set so before.
    #[must_use]
    pub fn then(self, answer: Answer) -> Self {
        self.script.next.borrow_mut().push_back(answer);
        self
    }

    /// Closes each connection when a second request arrives on it: the race that no keep-alive
    /// client can exclude.
    #[must_use]
    pub fn closing_on_reuse(self) -> Self {
        self.script.closes_on_reuse.set(true);
        self
    }

    /// Requests so far, in the order of their arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.script.seen.borrow().clone()
    }

    /// The last request. Fails the test if there was none.
    pub fn last(&self) -> Seen {
        self.script
            .seen
            .borrow()
            .last()
            .expect("a request has arrived")
            .clone()
    }

    /// All requests that have arrived.
    pub fn all(&self) -> Vec<Seen> {
        self.script.seen.borrow().clone()
    }

    /// How many requests have arrived.
    pub fn requests(&self) -> usize {
        self.script.seen.borrow().len()
    }

    /// Waits until so many requests have arrived.
    pub async fn arrived(&self, count: usize) {
        while self.requests() < count {
            self.script.arrived.notified().await;
        }
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.script.accepted.get()
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.script.open.get()
    }

    /// Waits until no more than so many connections are open.
    pub async fn left(&self, count: usize) {
        while self.open() > count {
            self.script.left.notified().await;
        }
    }

    /// Bytes of endless bodies that were taken from it.
    pub fn written(&self) -> usize {
        self.script.written.get()
    }

    /// Closes all connections.
    pub fn hang_up(&self) {
        self.script.hang_up.notify_waiters();
    }

    /// Listens from now on, as a container that came up.
    pub(crate) fn listen(&self, network: &MemoryNetwork, address: &Address) {
        let listener = listener(network, address);
        let script = Rc::clone(&self.script);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                script.accepted.set(script.accepted.get() + 1);
                tokio::task::spawn_local(converse(stream, Rc::clone(&script)));
            }
        });
    }
}

impl Origin {
    /// The same behind TLS. What is inside is handed on, so that the script stays what it is.
    pub(crate) fn listen_behind(
        &self,
        network: &MemoryNetwork,
        address: &Address,
        config: Arc<ServerConfig>,
    ) {
        let inside = MemoryNetwork::default();
        self.listen(&inside, address);
        let listener = listener(network, address);
        let address = address.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = TlsAcceptor::from(Arc::clone(&config));
                let (inside, address) = (inside.clone(), address.clone());
                tokio::task::spawn_local(async move {
                    let Ok(mut outer) = acceptor.accept(stream).await else {
                        return;
                    };
                    let inner = inside.dial(&address).await;
                    let mut inner = inner.expect("the origin listens inside");
                    // However it ends, both ends are closed by it.
                    drop(tokio::io::copy_bidirectional(&mut outer, &mut inner).await);
                });
            }
        });
    }
}

/// A listener at an address of the network.
fn listener(network: &MemoryNetwork, address: &Address) -> Listener {
    let bound = network.bind(address, 1).expect("nobody else listens there");
    let bound = bound.into_iter().next().expect("one socket was asked for");
    let listener = bound.into_listener();
    listener.expect("the memory network takes any runtime")
}

impl Script {
    fn answer(&self) -> Answer {
        let next = self.next.borrow_mut().pop_front();
        next.unwrap_or_else(|| self.always.borrow().clone())
    }

    fn see(&self, seen: Seen) {
        self.seen.borrow_mut().push(seen);
        self.arrived.notify_waiters();
    }
}
