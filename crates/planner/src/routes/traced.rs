//! Routes that still know where they were written, and their way into the plan.

use evenkeel_diagnostics::Span;
use evenkeel_plan::http::handlers::Subroute;
use evenkeel_plan::http::{Handler, MatcherSet, Route};

use crate::origins::Origins;

/// A route and the spans of its parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct TracedRoute {
    /// See [`Route::group`].
    pub(crate) group: String,
    /// See [`Route::matcher_sets`].
    pub(crate) matcher_sets: Vec<MatcherSet>,
    /// What is done.
    pub(crate) handlers: Vec<TracedHandler>,
    /// See [`Route::terminal`].
    pub(crate) terminal: bool,
}

/// A handler and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct TracedHandler {
    /// What it does.
    pub(crate) action: Action,
    /// The line of the directive.
    pub(crate) span: Span,
}

/// What a handler does.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Something without routes inside; with the spans of its parts by path (`upstreams[0].dial`).
    Leaf(Handler, Vec<(String, Span)>),
    /// Routes of its own.
    Subroute(Vec<TracedRoute>),
}

impl Action {
    /// A handler of which no part needs a span of its own.
    pub(crate) const fn leaf(handler: Handler) -> Self {
        Self::Leaf(handler, Vec::new())
    }
}

/// Turns routes into those of the plan, and notes their origins under `path` (which ends in
/// `.routes`).
pub(crate) fn emit(routes: Vec<TracedRoute>, path: &str, origins: &mut Origins) -> Vec<Route> {
    let route = |(index, route): (usize, TracedRoute)| {
        let path = format!("{path}[{index}]");
        if let Some(first) = route.handlers.first() {
            origins.insert(path.clone(), first.span);
        }
        let handlers = route.handlers.into_iter().enumerate();
        let handlers = handlers.map(|(index, handler)| {
            emit_handler(handler, &format!("{path}.handle[{index}]"), origins)
        });
        Route {
            group: route.group,
            matcher_sets: route.matcher_sets,
            handlers: handlers.collect(),
            terminal: route.terminal,
        }
    };
    routes.into_iter().enumerate().map(route).collect()
}

fn emit_handler(handler: TracedHandler, path: &str, origins: &mut Origins) -> Handler {
    origins.insert(path, handler.span);
    match handler.action {
        Action::Leaf(handler, parts) => {
            for (part, span) in parts {
                origins.insert(format!("{path}.{part}"), span);
            }
            handler
        }
        Action::Subroute(routes) => Handler::Subroute(Subroute {
            routes: emit(routes, &format!("{path}.routes"), origins),
        }),
    }
}
