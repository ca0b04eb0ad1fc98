//! The placeholders that `map` handlers give values to, collected before anything is built: a text
//! may name one that a later route sets.

use std::collections::HashSet;

use evenkeel_plan::http::handlers::ResponseHandler;
use evenkeel_plan::http::{App, Handler, Route};

use crate::handlers::map::name_of;

/// All names in an app, without braces.
pub(super) fn build(app: &App) -> HashSet<Box<str>> {
    let mut names = HashSet::new();
    for server in app.servers.values() {
        of_routes(&server.routes, &mut names);
        if let Some(errors) = &server.errors {
            of_routes(&errors.routes, &mut names);
        }
        for route in server.named_routes.values() {
            of_route(route, &mut names);
        }
    }
    names
}

fn of_routes(routes: &[Route], names: &mut HashSet<Box<str>>) {
    for route in routes {
        of_route(route, names);
    }
}

fn of_route(route: &Route, names: &mut HashSet<Box<str>>) {
    for handler in &route.handlers {
        match handler {
            Handler::Map(map) => {
                let destinations = map.destinations.iter();
                names.extend(destinations.map(|name| name_of(name).into()));
            }
            Handler::Subroute(subroute) => {
                of_routes(&subroute.routes, names);
                if let Some(errors) = &subroute.errors {
                    of_routes(&errors.routes, names);
                }
            }
            Handler::ReverseProxy(proxy) => of_responses(&proxy.handle_response, names),
            Handler::Intercept(intercept) => of_responses(&intercept.handle_response, names),
            _ => {}
        }
    }
}

fn of_responses(handlers: &[ResponseHandler], names: &mut HashSet<Box<str>>) {
    for handler in handlers {
        of_routes(&handler.routes, names);
    }
}
