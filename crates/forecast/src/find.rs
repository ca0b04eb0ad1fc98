//! Walks a plan for its `reverse_proxy` handlers.

use evenkeel_plan::Plan;
use evenkeel_plan::http::handlers::ReverseProxy;
use evenkeel_plan::http::{Handler, Route};

/// A handler and its place.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    /// As `apps.http.servers.srv0.routes[0].handle[0]`.
    pub(crate) path: String,
    pub(crate) proxy: &'a ReverseProxy,
}

/// All of a plan, through subroutes too, in document order.
pub(crate) fn reverse_proxies(plan: &Plan) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let servers = plan.apps.http.iter().flat_map(|app| &app.servers);
    for (name, server) in servers {
        walk(
            &server.routes,
            &format!("apps.http.servers.{name}"),
            &mut found,
        );
    }
    found
}

/// The depth is that of the plan, which its own parser has bounded.
fn walk<'a>(routes: &'a [Route], path: &str, found: &mut Vec<Found<'a>>) {
    for (number, route) in routes.iter().enumerate() {
        for (place, handler) in route.handlers.iter().enumerate() {
            let path = format!("{path}.routes[{number}].handle[{place}]");
            match handler {
                Handler::ReverseProxy(proxy) => found.push(Found { path, proxy }),
                Handler::Subroute(subroute) => walk(&subroute.routes, &path, found),
                _ => {}
            }
        }
    }
}
