//! Getting a connection for a request: one that is idle, a stream of one that is shared, or a new
//! one. Requests that can share a connection of HTTP/2 wait for the same dial.

use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared, WeakShared};
use tokio::time::Instant;

use super::connect::{self, Opened};
use super::http2::Http2;
use super::idle::Store;
use super::link::{Connection, Link};
use super::places::Place;
use super::{DialError, Endpoint, Http1, Route};
use crate::worker::Local;

/// A dial that several requests wait for. It gives the connection, or nothing if that turned out
/// to be one of HTTP/1.1, which the first to ask finds among the idle ones.
pub(super) type Joined = WeakShared<Dialling>;
type Dialling = LocalBoxFuture<'static, Result<Option<Rc<Http2>>, Rc<DialError>>>;

/// A connection for a request that may or may not be sent twice.
pub(crate) async fn acquire(
    local: &Rc<Local>,
    endpoint: &Arc<Endpoint>,
    route: &Route,
    may_repeat: bool,
) -> Result<Connection, DialError> {
    let store = local.idle.store(endpoint, route);
    if let Some(found) = look(&store, route, may_repeat) {
        return Ok(found);
    }
    find_or_dial(local, store, route, may_repeat).await
}

/// A connection that no request has been sent on.
pub(crate) async fn dial(
    local: &Rc<Local>,
    endpoint: &Arc<Endpoint>,
    route: &Route,
) -> Result<Connection, DialError> {
    let store = local.idle.store(endpoint, route);
    if store.speaks_http2.get() && !route.http1_only {
        return find_or_dial(local, store, route, false).await;
    }
    let place = match &endpoint.places {
        Some(places) => Some(places.take().await),
        None => None,
    };
    dial_alone(local, store, route, place).await
}

fn look(store: &Rc<Store>, route: &Route, may_repeat: bool) -> Option<Connection> {
    let (link, reused) = match store.take(may_repeat) {
        Some(http1) => (Link::Http1(http1), true),
        None if route.http1_only => return None,
        None => {
            let stream = store.stream()?;
            let reused = stream.reused;
            (Link::Http2(stream), reused)
        }
    };
    if let Some(tally) = store.tally().filter(|_| reused) {
        tally.reused();
    }
    let store = Rc::clone(store);
    Some(Connection {
        link,
        store,
        reused,
    })
}

async fn find_or_dial(
    local: &Rc<Local>,
    store: Rc<Store>,
    route: &Route,
    may_repeat: bool,
) -> Result<Connection, DialError> {
    let waiting = store.wait();
    let place = loop {
        let freed = store.freed.notified();
        if let Some(found) = look(&store, route, may_repeat) {
            return Ok(found);
        }
        let joins = store.speaks_http2.get() && !route.http1_only;
        if joins {
            tokio::select! {
                biased;
                joined = join(local, &store, route) => match joined {
                    Ok(Some(http2)) if http2.is_closed() => return Err(DialError::Closed),
                    Ok(_) => {}
                    Err(error) => return Err(DialError::Shared(error)),
                },
                () = freed => {}
            }
            continue;
        }
        match &store.endpoint().places {
            None => break None,
            Some(places) => tokio::select! {
                biased;
                place = places.take() => break Some(place),
                () = freed => {}
            },
        }
    };
    drop(waiting);
    dial_alone(local, store, route, place).await
}

async fn dial_alone(
    local: &Rc<Local>,
    store: Rc<Store>,
    route: &Route,
    place: Option<Place>,
) -> Result<Connection, DialError> {
    let opened = open(local, &store, route).await?;
    let link = if opened.is_http2 {
        let http2 = start_http2(opened, &store, place).await?;
        match http2.open() {
            Some(stream) => Link::Http2(stream),
            None => return Err(DialError::Closed),
        }
    } else {
        Link::Http1(start_http1(opened, &store, place).await?)
    };
    Ok(Connection {
        link,
        store,
        reused: false,
    })
}

/// Waits for a connection that all can share; whoever comes first dials it.
async fn join(
    local: &Rc<Local>,
    store: &Rc<Store>,
    route: &Route,
) -> Result<Option<Rc<Http2>>, Rc<DialError>> {
    let under_way = store
        .dialling
        .borrow()
        .as_ref()
        .and_then(WeakShared::upgrade);
    let dialling = under_way.unwrap_or_else(|| {
        let (local, store_of_it, route) = (Rc::clone(local), Rc::clone(store), route.clone());
        let dial: Dialling = Box::pin(async move {
            let dialled = dial_shared(&local, &store_of_it, &route).await;
            store_of_it.dialling.borrow_mut().take();
            dialled.map_err(Rc::new)
        });
        let dial: Shared<Dialling> = dial.shared();
        *store.dialling.borrow_mut() = dial.downgrade();
        dial
    });
    dialling.await
}

async fn dial_shared(
    local: &Rc<Local>,
    store: &Rc<Store>,
    route: &Route,
) -> Result<Option<Rc<Http2>>, DialError> {
    let place = match &store.endpoint().places {
        Some(places) => Some(places.take().await),
        None => None,
    };
    let opened = open(local, store, route).await?;
    if opened.is_http2 {
        return start_http2(opened, store, place).await.map(Some);
    }
    let http1 = start_http1(opened, store, place).await?;
    store.put(http1);
    Ok(None)
}

async fn open(local: &Local, store: &Store, route: &Route) -> Result<Opened, DialError> {
    let (network, endpoint) = (&local.world.network, store.endpoint());
    let began = Instant::now();
    let opened = connect::open(network, &local.resolver, endpoint, route).await?;
    if let Some(tally) = store.tally() {
        tally.dialled(began.elapsed());
    }
    Ok(opened)
}

async fn start_http1(
    opened: Opened,
    store: &Store,
    place: Option<Place>,
) -> Result<Box<Http1>, DialError> {
    store.speaks_http2.set(false);
    let started = Http1::start(opened.carrier, store.endpoint(), place).await;
    started.map_err(DialError::Unusable)
}

async fn start_http2(
    opened: Opened,
    store: &Store,
    place: Option<Place>,
) -> Result<Rc<Http2>, DialError> {
    let started = Http2::start(opened.carrier, store.endpoint(), place).await;
    let http2 = started.map_err(DialError::Unusable)?;
    store.speaks_http2.set(true);
    store.share(&http2);
    Ok(http2)
}
