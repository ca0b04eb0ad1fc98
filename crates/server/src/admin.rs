//! The admin API's socket, and the task that serves it.

use std::sync::Arc;

use evenkeel_admin::{Access, Control, DEFAULT_LISTEN, listen_address, serve_connection_from};
use evenkeel_net::{Listener, Peer, Stream, World};
use evenkeel_plan::value::NetworkAddress;
use evenkeel_plan::{Admin, Plan};
use tokio::sync::Semaphore;

use crate::error::ServeError;
use crate::listeners;

/// Where the address stands in a plan.
const PATH: &str = "admin.listen";

/// Enough for people and scripts; a flood waits in the kernel's queue, not in our memory.
const CONNECTIONS: usize = 128;

/// A bound socket for the API, and who may use it.
pub(crate) struct AdminListener {
    bound: evenkeel_net::Bound,
    access: Access,
    /// As the plan names it, for the log.
    pub(crate) address: NetworkAddress,
}

/// The API's address; `None` if it is switched off.
pub(crate) fn address(plan: &Plan) -> Result<Option<NetworkAddress>, ServeError> {
    let default = Admin::default();
    let admin = plan.admin.as_ref().unwrap_or(&default);
    if admin.disabled {
        return Ok(None);
    }
    listen_address(admin, DEFAULT_LISTEN)
        .map(Some)
        .map_err(|source| ServeError::Admin {
            path: PATH.to_owned(),
            source,
        })
}

/// Binds the API's socket.
pub(crate) async fn bind(plan: &Plan, world: &World) -> Result<Option<AdminListener>, ServeError> {
    let Some(address) = address(plan)? else {
        return Ok(None);
    };
    let default = Admin::default();
    let access = Access::new(&address, plan.admin.as_ref().unwrap_or(&default));
    let mut sockets = listeners::bind(&world.network, PATH, &address.to_string(), 1).await?;
    let bound = sockets.pop().and_then(|mut sockets| sockets.bound.pop());
    Ok(bound.map(|bound| AdminListener {
        bound,
        access,
        address,
    }))
}

/// Serves the API until dropped.
pub(crate) async fn serve(admin: AdminListener, control: Arc<dyn Control>) {
    let listener = match admin.bound.into_listener() {
        Ok(listener) => listener,
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(target: "admin", error, "the admin endpoint cannot be served");
            return;
        }
    };
    if admin.access.is_open() {
        let address = admin.address.to_string();
        tracing::warn!(
            target: "admin", address,
            "admin endpoint on open interface; anyone who reaches it controls this server"
        );
    }
    let access = Arc::new(admin.access);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (stream, peer) = accept(&listener).await;
        let (access, control) = (Arc::clone(&access), Arc::clone(&control));
        tokio::spawn(async move {
            let remote = match peer {
                Peer::Tcp(address) => Some(address),
                Peer::Unix => None,
            };
            serve_connection_from(stream, remote, access, control).await;
            drop(place);
        });
    }
}

/// Failures to accept (no descriptors left) pass; until then there is no hurry.
async fn accept(listener: &Listener) -> (Stream, Peer) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(target: "admin", %error, "cannot accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}
