//! What goes on about upstreams while nobody asks for them: they are checked and looked up.

use std::sync::Arc;

use evenkeel_net::World;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::active::check_forever;
use crate::graph::Graph;

/// Checks and looks up the upstreams of a graph until it is dropped. Has to run in a
/// `LocalRuntime` or a `LocalSet`.
pub async fn watch_upstreams(graph: Arc<Graph>, world: World) {
    let dynamic = graph.dynamic().iter();
    let mut found: FuturesUnordered<_> = dynamic.map(|source| source.run(&world)).collect();
    let found = async { while found.next().await.is_some() {} };
    futures_util::future::join(check_forever(&graph, &world), found).await;
    std::future::pending::<()>().await;
}
