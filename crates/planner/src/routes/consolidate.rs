//! Merges neighbours that differ in nothing but their handlers.

use crate::routes::TracedRoute;

/// Adjacent routes with equal conditions become one with the handlers of both.
pub(crate) fn consolidate(routes: Vec<TracedRoute>) -> Vec<TracedRoute> {
    let mut merged: Vec<TracedRoute> = Vec::with_capacity(routes.len());
    for route in routes {
        match merged.last_mut() {
            Some(last) if are_alike(last, &route) => last.handlers.extend(route.handlers),
            _ => merged.push(route),
        }
    }
    merged
}

fn are_alike(left: &TracedRoute, right: &TracedRoute) -> bool {
    left.matcher_sets == right.matcher_sets
        && left.terminal == right.terminal
        && left.group == right.group
}
