//! From a plan to a graph, all or nothing and without side effects: no socket, no task.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use evenkeel_plan::http::handlers::reverse_proxy::TransportTls;
use evenkeel_plan::http::{App, Route};

use super::{Graph, Server, destinations};
use crate::error::{BuildError, BuildErrors};
use crate::observe::AccessSink;
use crate::state::StateRegistry;
use crate::transport::ClientTls;
use crate::upstream::active::{Check, first_round};
use crate::upstream::dynamic::Dynamic;

/// What a graph is built from besides its plan.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// Health and counters that outlive a graph.
    pub state: &'a StateRegistry,
    /// Where the entries of an access logger go, by its name behind `http.log.access.`; the empty
    /// name is the logger without one. No sinks: entries of this logger are not even made.
    pub access_sinks: &'a dyn Fn(&str) -> Vec<AccessSink>,
    /// TLS towards an upstream, made of what the plan says; or why there is none.
    pub upstream_tls: &'a dyn Fn(&TransportTls) -> Result<ClientTls, String>,
    /// The process's environment, for `{env.NAME}`. It is asked while building only.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The machine's name, for `{system.hostname}`.
    pub hostname: &'a str,
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("hostname", &self.hostname)
            .finish_non_exhaustive()
    }
}

/// Compiles a plan.
pub fn build(app: &App, parts: &Parts<'_>) -> Result<Graph, BuildErrors> {
    let mut cx = BuildContext::new(parts);
    cx.destinations = destinations::build(app);
    let built = cx.all(app.servers.iter(), |cx, _, (name, plan)| {
        let segment = format_args!("apps.http.servers.{name}");
        cx.within(segment, |cx| Server::build(name, plan, cx))
    });
    let built = cx.within("apps.http", |cx| {
        cx.no_field_yet("metrics", app.metrics.is_some())?;
        cx.no_field_yet("shutdown_delay", !app.shutdown_delay.is_zero())?;
        built
    });
    match built {
        Ok(servers) if cx.errors.is_empty() => Ok(Graph {
            servers,
            first_round: first_round(&cx.checks),
            checks: cx.checks.into(),
            dynamic: cx.dynamic.into(),
        }),
        Ok(_) => Err(BuildErrors(cx.errors)),
        Err(last) => {
            cx.errors.push(last);
            Err(BuildErrors(cx.errors))
        }
    }
}

/// What a build has at hand, and where in the plan it is.
pub(crate) struct BuildContext<'a> {
    parts: &'a Parts<'a>,
    path: String,
    groups: Vec<String>,
    /// Names of placeholders that maps give values to.
    destinations: HashSet<Box<str>>,
    /// The named routes of the server, and those that are being built.
    named_routes: BTreeMap<String, Route>,
    invoked: Vec<String>,
    checks: Vec<Check>,
    dynamic: Vec<Arc<Dynamic>>,
    /// What was found so far, but for the error that is on its way up.
    errors: Vec<BuildError>,
}

impl<'a> BuildContext<'a> {
    pub(crate) fn new(parts: &'a Parts<'a>) -> Self {
        Self {
            parts,
            path: String::new(),
            groups: Vec::new(),
            destinations: HashSet::new(),
            named_routes: BTreeMap::new(),
            invoked: Vec::new(),
            checks: Vec::new(),
            dynamic: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// What the graph is built from.
    pub(crate) const fn parts(&self) -> &'a Parts<'a> {
        self.parts
    }

    /// Goes one segment deeper (`routes[2]`) for the duration of a call.
    pub(crate) fn within<T>(
        &mut self,
        segment: impl fmt::Display,
        call: impl FnOnce(&mut Self) -> Result<T, BuildError>,
    ) -> Result<T, BuildError> {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        write!(self.path, "{segment}").expect("writing to a String does not fail");
        let result = call(self);
        self.path.truncate(length);
        result
    }

    /// Builds each of several things that do not depend on each other, so that one build names
    /// what is wrong with every one of them.
    pub(crate) fn all<P, T>(
        &mut self,
        items: impl Iterator<Item = P>,
        build: impl Fn(&mut Self, usize, P) -> Result<T, BuildError>,
    ) -> Result<Box<[T]>, BuildError> {
        let (mut done, mut failed) = (Vec::new(), None);
        for (number, item) in items.enumerate() {
            match build(self, number, item) {
                Ok(one) => done.push(one),
                Err(error) => self.errors.extend(failed.replace(error)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(done.into()),
        }
    }

    /// Two things of which either may have failed; both errors are kept.
    pub(crate) fn both<A, B>(
        &mut self,
        first: Result<A, BuildError>,
        second: Result<B, BuildError>,
    ) -> Result<(A, B), BuildError> {
        match (first, second) {
            (Ok(first), Ok(second)) => Ok((first, second)),
            (Err(first), Err(second)) => {
                self.errors.push(first);
                Err(second)
            }
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        }
    }

    /// What is wrong at the current place.
    pub(crate) fn error(&self, message: impl Into<String>) -> BuildError {
        BuildError {
            path: self.path.clone(),
            message: message.into(),
        }
    }

    /// Refuses something of Caddy's that a plan may hold and a graph cannot do yet.
    pub(crate) fn not_yet(&self, name: &str) -> BuildError {
        self.error(format!("`{name}` is not supported yet"))
    }

    /// [`Self::not_yet`] for a field of the current place, if it is set. The build goes on, so that
    /// it names every such field; [`build`] fails at its end.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a refusal reads as any step of a build does"
    )]
    pub(crate) fn no_field_yet(&mut self, name: &str, is_set: bool) -> Result<(), BuildError> {
        if is_set {
            let refused = self.within(name, |cx| Err::<(), _>(cx.not_yet(name)));
            self.errors.extend(refused.err());
        }
        Ok(())
    }

    /// Whether a map gives values to a placeholder of this name.
    pub(crate) fn is_destination(&self, name: &str) -> bool {
        self.destinations.contains(name)
    }

    /// Takes the named routes of a server.
    pub(crate) fn take_named_routes(&mut self, routes: &BTreeMap<String, Route>) {
        self.named_routes.clone_from(routes);
    }

    /// Builds from a named route. One that runs itself would not end.
    pub(crate) fn invoke<T>(
        &mut self,
        name: &str,
        each: impl FnOnce(&Route, &mut Self) -> Result<T, BuildError>,
    ) -> Result<T, BuildError> {
        let Some(route) = self.named_routes.get(name).cloned() else {
            return Err(self.error(format!("there is no route named `{name}`")));
        };
        if self.invoked.iter().any(|known| known == name) {
            return Err(self.error(format!("the route `{name}` runs itself")));
        }
        self.invoked.push(name.to_owned());
        let built = each(&route, self);
        self.invoked.pop();
        built
    }

    /// Has an upstream probed as long as the graph is installed.
    pub(crate) fn add_check(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// Has upstreams looked up as long as the graph is installed.
    pub(crate) fn add_dynamic(&mut self, dynamic: Arc<Dynamic>) {
        self.dynamic.push(dynamic);
    }

    /// The number of a route group; the same name is the same group throughout.
    pub(crate) fn group(&mut self, name: &str) -> Result<u16, BuildError> {
        let number = self
            .groups
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| {
                self.groups.push(name.to_owned());
                self.groups.len() - 1
            });
        u16::try_from(number).map_err(|_| self.error("there are more than 65536 route groups"))
    }
}
