//! Named routes: `&(name) { directives }`, which sites `invoke`. Caddy: `extractNamedRoutes`.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_caddyfile::ast;
use evenkeel_diagnostics::Span;
use evenkeel_plan::http::Route;

use crate::directive::{Groups, Lowering, Place, lower_lines};
use crate::errors;
use crate::matchers::Scope;
use crate::origins::Origins;
use crate::routes::{self, Action, TracedRoute, emit_route};
use crate::shorthand;
use crate::site::words;

/// The named routes of a file.
#[derive(Debug, Default)]
pub(crate) struct NamedRoutes {
    routes: BTreeMap<String, NamedRoute>,
}

#[derive(Debug)]
struct NamedRoute {
    route: TracedRoute,
    /// The named routes it invokes itself.
    invoked: BTreeSet<String>,
    /// How many words it is made of.
    words: usize,
    span: Span,
}

impl NamedRoutes {
    /// Lowers the named routes of a file. They number their groups apart from those of sites.
    pub(crate) fn lower(routes: &[ast::NamedRoute], lowering: &mut Lowering<'_>) -> Self {
        let groups = std::mem::replace(&mut lowering.groups, Groups::new());
        let mut named = Self::default();
        for route in routes {
            if let Some(first) = named.routes.get(&route.name.text) {
                let found = errors::duplicate_route(&route.name, first.span);
                lowering.diagnostics.push(found.into());
                continue;
            }
            named
                .routes
                .insert(route.name.text.clone(), lower(route, lowering));
        }
        lowering.groups = groups;
        named
    }

    /// Those that are invoked, and those that they invoke, as parts of the plan under `path`.
    pub(crate) fn emit<'s>(
        &'s self,
        invoked: impl Iterator<Item = &'s String>,
        path: &str,
        origins: &mut Origins,
    ) -> BTreeMap<String, Route> {
        let emitted = self.wanted(invoked).into_iter().filter_map(|name| {
            let route = self.routes.get(name)?.route.clone();
            let path = format!("{path}.named_routes.{name}");
            Some((name.clone(), emit_route(route, &path, origins)))
        });
        emitted.collect()
    }

    /// How many words make up what [`emit`](Self::emit) gives.
    pub(crate) fn words<'s>(&'s self, invoked: impl Iterator<Item = &'s String>) -> usize {
        let wanted = self.wanted(invoked);
        let words = wanted.into_iter().filter_map(|name| self.routes.get(name));
        words.map(|named| named.words).sum()
    }

    fn wanted<'s>(&'s self, invoked: impl Iterator<Item = &'s String>) -> BTreeSet<&'s String> {
        let mut open: Vec<&String> = invoked.collect();
        let mut wanted: BTreeSet<&String> = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(named) = self.routes.get(name)
                && wanted.insert(name)
            {
                open.extend(&named.invoked);
            }
        }
        wanted
    }
}

fn lower(route: &ast::NamedRoute, lowering: &mut Lowering<'_>) -> NamedRoute {
    let body = shorthand::expand_block(&route.block);
    let scope = Scope::collect(&body, None, lowering.diagnostics);
    let upstreams = lowering.upstream_budget;
    let entries = lower_lines(&body, &scope, Place::Nested(&route.name), lowering);
    let mut routes = routes::assemble(entries, &mut lowering.groups);
    let span = route.name.span;
    // Caddy keeps only the first handler then, even if there are more.
    let only = match routes.as_mut_slice() {
        [only] if only.matcher_sets.is_empty() => only.handlers.drain(..).next(),
        _ => None,
    };
    let route = match only {
        Some(handler) => TracedRoute {
            handlers: vec![handler],
            ..TracedRoute::default()
        },
        None => TracedRoute::of(Action::Subroute(routes), span),
    };
    NamedRoute {
        route,
        invoked: std::mem::take(&mut lowering.invoked),
        words: words(&body) + upstreams.saturating_sub(lowering.upstream_budget),
        span,
    }
}
