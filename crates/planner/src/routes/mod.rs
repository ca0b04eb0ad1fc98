//! From directives to routes: sort, group, consolidate. Caddy: `buildSubroute` in
//! `httpcaddyfile/httptype.go`.

mod consolidate;
mod group;
mod order;
mod stable;
mod traced;

pub(crate) use consolidate::consolidate;
pub(crate) use order::sort;
pub(crate) use stable::sort_stable;
pub(crate) use traced::{Action, TracedHandler, TracedRoute, emit, emit_route};

use crate::directive::Groups;

/// One route of one directive, not sorted yet.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The directive's place in the order.
    pub(crate) position: usize,
    /// The directive's name.
    pub(crate) name: &'static str,
    /// The route.
    pub(crate) route: TracedRoute,
}

/// Makes the routes of one block out of its directives.
pub(crate) fn assemble(mut entries: Vec<Entry>, groups: &mut Groups) -> Vec<TracedRoute> {
    sort(&mut entries);
    assemble_as_written(entries, groups)
}

/// [`assemble`] for blocks whose directives stay in their order.
pub(crate) fn assemble_as_written(
    mut entries: Vec<Entry>,
    groups: &mut Groups,
) -> Vec<TracedRoute> {
    group::assign(&mut entries, groups);
    let routes = entries.into_iter().map(|entry| entry.route);
    consolidate(routes.flat_map(TracedRoute::spliced).collect())
}
