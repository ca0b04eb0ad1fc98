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

impl TracedRoute {
    /// One handler, always.
    pub(crate) fn of(action: Action, span: Span) -> Self {
        Self {
            handlers: vec![TracedHandler { action, span }],
            ..Self::default()
        }
    }

    /// Whether it stands for several that must stay together.
    pub(crate) fn is_together(&self) -> bool {
        self.matcher_sets.is_empty()
            && matches!(
                self.handlers.as_slice(),
                [TracedHandler {
                    action: Action::Together(_),
                    ..
                }]
            )
    }

    /// The routes it stands for: itself, if not several that stay together.
    pub(crate) fn spliced(mut self) -> Vec<Self> {
        if !self.is_together() {
            return vec![self];
        }
        match self.handlers.pop().map(|handler| handler.action) {
            Some(Action::Together(routes)) => routes,
            _ => Vec::new(),
        }
    }
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
    /// Something that handles responses: like a leaf, with the routes of each of its
    /// `handle_response`.
    Responses(Handler, Vec<(String, Span)>, Vec<Vec<TracedRoute>>),
    /// Routes that stay together. They take the place of their directive where that has no
    /// conditions, and are routes of its own otherwise.
    Together(Vec<TracedRoute>),
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
        emit_route(route, &format!("{path}[{index}]"), origins)
    };
    routes.into_iter().enumerate().map(route).collect()
}

/// [`emit`] for one route, at exactly `path`.
pub(crate) fn emit_route(route: TracedRoute, path: &str, origins: &mut Origins) -> Route {
    if let Some(first) = route.handlers.first() {
        origins.insert(path, first.span);
    }
    let handlers = route.handlers.into_iter().enumerate();
    let handlers = handlers
        .map(|(index, handler)| emit_handler(handler, &format!("{path}.handle[{index}]"), origins));
    Route {
        group: route.group,
        matcher_sets: route.matcher_sets,
        handlers: handlers.collect(),
        terminal: route.terminal,
    }
}

fn emit_handler(handler: TracedHandler, path: &str, origins: &mut Origins) -> Handler {
    origins.insert(path, handler.span);
    match handler.action {
        Action::Leaf(handler, parts) => {
            insert_parts(parts, path, origins);
            handler
        }
        Action::Responses(mut handler, parts, routes) => {
            insert_parts(parts, path, origins);
            let handlers = match &mut handler {
                Handler::ReverseProxy(proxy) => proxy.handle_response.as_mut_slice(),
                Handler::Intercept(intercept) => intercept.handle_response.as_mut_slice(),
                _ => &mut [],
            };
            for (index, (handler, routes)) in handlers.iter_mut().zip(routes).enumerate() {
                let path = format!("{path}.handle_response[{index}].routes");
                handler.routes = emit(routes, &path, origins);
            }
            handler
        }
        Action::Together(routes) | Action::Subroute(routes) => Handler::Subroute(Subroute {
            routes: emit(routes, &format!("{path}.routes"), origins),
            errors: None,
        }),
    }
}

fn insert_parts(parts: Vec<(String, Span)>, path: &str, origins: &mut Origins) {
    for (part, span) in parts {
        origins.insert(format!("{path}.{part}"), span);
    }
}
