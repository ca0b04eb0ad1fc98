//! From sockets to servers of the plan. Caddy: `serversFromPairings`.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::{ErrorRoutes, Metrics, Server};

use crate::certificates::ConnectionPolicies;
use crate::directive::Groups;
use crate::errors;
use crate::logs;
use crate::named_routes::NamedRoutes;
use crate::options::{self, Options};
use crate::origins::Origins;
use crate::routes::{self, Action, Entry, TracedHandler, TracedRoute, sort_stable};
use crate::site::listeners::Socket;
use crate::site::{Copies, Listener, Scheme, ServedSite, Site, SiteAddress};

/// What the servers of one file share while they are made.
pub(crate) struct Build<'b> {
    /// The counter behind the names of groups.
    pub(crate) groups: &'b mut Groups,
    /// Routes that can be invoked.
    pub(crate) named_routes: &'b NamedRoutes,
    /// The directives of each site, as the server before has left them.
    pub(crate) sorted_entries: BTreeMap<*const Site, Vec<Entry>>,
    /// The routes for errors of each site, as the server before has left them.
    pub(crate) sorted_errors: BTreeMap<*const Site, Vec<TracedRoute>>,
    /// What the `servers` lines say about metrics.
    pub(crate) metrics: Option<Metrics>,
    /// Where parts of the plan were written.
    pub(crate) origins: &'b mut Origins,
    /// How much of sites and named routes may still be written again.
    pub(crate) copies: &'b mut Copies,
    /// The bag.
    pub(crate) diagnostics: &'b mut Diagnostics,
}

/// The servers by name.
pub(crate) fn servers(
    listeners: &[Listener<'_>],
    options: &Options,
    build: &mut Build<'_>,
) -> BTreeMap<String, Server> {
    let mut room = listeners.iter();
    if let Err(found) =
        room.try_for_each(|listener| build.copies.take_server(listener, build.named_routes))
    {
        build.diagnostics.push(found.into());
        return BTreeMap::new();
    }
    options::servers::check_names(options, build.diagnostics);
    let mut servers = BTreeMap::new();
    let mut renamed: Vec<(String, Server)> = Vec::new();
    for (index, listener) in listeners.iter().enumerate() {
        let sockets = listener.sockets.iter();
        let addresses: Vec<String> = sockets.map(|socket| socket.address.clone()).collect();
        let given = options::servers::renamed(options, &addresses).map(str::to_owned);
        let name = given.clone().unwrap_or_else(|| format!("srv{index}"));
        let server = server(listener, &name, options, build);
        if given.is_some() {
            renamed.push((name, server));
        } else {
            servers.insert(name, server);
        }
    }
    for (name, server) in renamed {
        let span = build.origins.get(&format!("apps.http.servers.{name}"));
        // As in Caddy: whoever is called like this already is gone.
        if servers.insert(name.clone(), server).is_some() {
            build
                .diagnostics
                .push(errors::server_replaced(&name, span).into());
        }
    }
    servers
}

fn server(listener: &Listener<'_>, name: &str, options: &Options, build: &mut Build<'_>) -> Server {
    let path = format!("apps.http.servers.{name}");
    let mut automatic_https = options.auto_https.to_plan();
    let mut skipped: BTreeSet<&str> = BTreeSet::new();
    let mut policies = ConnectionPolicies::new(listener, options);
    let (mut routes, mut error_routes) = (Vec::new(), Vec::new());
    for site in &listener.sites {
        policies.add_site(site);
        for address in &site.addresses {
            let is_kept_out = is_kept_out(address, listener.port, options);
            if is_kept_out && skipped.insert(&address.host) {
                automatic_https
                    .get_or_insert_default()
                    .skip
                    .push(address.host.clone());
            }
            policies.add_address(site, address, skipped.contains(address.host.as_str()));
        }
        let is_alone = listener.sites.len() == 1;
        let inner = routes_of(site.site, build);
        routes.extend(site_routes(site, inner, is_alone));
        if !site.site.errors.is_empty() {
            error_routes.extend(site_routes(site, errors_of(site.site, build), is_alone));
        }
    }
    check_schemes(listener, options, &policies, build.diagnostics);
    trace(listener, &path, build.origins);
    let addresses = listener.sockets.iter();
    let sites = listener.sites.iter();
    let invoked = sites.flat_map(|site| &site.site.invoked);
    let server = Server {
        listen: addresses.map(|socket| socket.address.clone()).collect(),
        listen_protocols: listen_protocols(&listener.sockets),
        routes: routes::emit(
            routes::consolidate(routes),
            &format!("{path}.routes"),
            build.origins,
        ),
        errors: (!error_routes.is_empty()).then(|| ErrorRoutes {
            routes: routes::emit(
                error_routes,
                &format!("{path}.errors.routes"),
                build.origins,
            ),
        }),
        named_routes: build.named_routes.emit(invoked, &path, build.origins),
        tls_connection_policies: policies.finish(&path, build),
        automatic_https,
        logs: logs::server_logs(&listener.sites),
        ..Server::default()
    };
    let (server, metrics) = options::servers::apply(options, server, &path, build.origins);
    // The last one counts.
    build.metrics = metrics.or(build.metrics);
    server
}

/// The first address of a server's first site is where the server was written.
fn trace(listener: &Listener<'_>, path: &str, origins: &mut Origins) {
    let site = listener.sites.first();
    if let Some(first) = site.and_then(|site| site.addresses.first()) {
        origins.insert(path, first.span);
        origins.insert(format!("{path}.listen[0]"), first.span);
    }
}

/// Only written if a socket differs from its server.
fn listen_protocols(sockets: &[Socket]) -> Vec<Option<Vec<String>>> {
    if sockets.iter().all(|socket| socket.protocols.is_empty()) {
        return Vec::new();
    }
    let own = |socket: &Socket| (!socket.protocols.is_empty()).then(|| socket.protocols.clone());
    sockets.iter().map(own).collect()
}

/// The routes of a site. Of variables the comparison turns equals around, and again for each
/// further server of the site.
fn routes_of(site: &Site, build: &mut Build<'_>) -> Vec<TracedRoute> {
    let variables = site.entries.iter().filter(|entry| entry.name == "vars");
    if variables.count() < 2 {
        return routes::assemble(site.entries.clone(), build.groups);
    }
    let sorted = build.sorted_entries.entry(std::ptr::from_ref(site));
    let entries = sorted.or_insert_with(|| site.entries.clone());
    routes::sort(entries);
    routes::assemble_as_written(entries.clone(), build.groups)
}

/// The routes for errors of a site, those for certain statuses first. The comparison is Caddy's:
/// it turns equals around, and again for each further server of the site.
fn errors_of(site: &Site, build: &mut Build<'_>) -> Vec<TracedRoute> {
    let sorted = build.sorted_errors.entry(std::ptr::from_ref(site));
    let routes = sorted.or_insert_with(|| site.errors.clone());
    sort_stable(routes, &|left, right| {
        !left.matcher_sets.is_empty() || right.matcher_sets.is_empty()
    });
    routes.clone()
}

/// The routes of one site, in a route that asks for its hosts where that is needed. Caddy:
/// `appendSubrouteToRouteList`.
fn site_routes(site: &ServedSite<'_>, inner: Vec<TracedRoute>, is_alone: bool) -> Vec<TracedRoute> {
    let matcher_sets = site.matcher_sets();
    let has_host_matcher =
        |route: &TracedRoute| route.matcher_sets.iter().any(|set| !set.host.is_empty());
    if matcher_sets.is_empty() && is_alone && !inner.iter().any(has_host_matcher) {
        return inner;
    }
    if matcher_sets.is_empty() && inner.is_empty() {
        return Vec::new();
    }
    let span = site.addresses[0].span;
    let handlers = if inner.is_empty() {
        Vec::new()
    } else {
        vec![TracedHandler {
            action: Action::Subroute(inner),
            span,
        }]
    };
    vec![TracedRoute {
        group: String::new(),
        matcher_sets,
        handlers,
        terminal: true,
    }]
}

/// Hosts that were written with `http://` stay out of automatic HTTPS. On the port of HTTP
/// everything does anyway.
fn is_kept_out(address: &SiteAddress, port: u16, options: &Options) -> bool {
    i64::from(port) != options.http_port()
        && address.scheme == Scheme::Http
        && !address.host.is_empty()
}

/// One socket serves either HTTP or HTTPS. Caddy: `detectConflictingSchemes`.
fn check_schemes(
    listener: &Listener<'_>,
    options: &Options,
    policies: &ConnectionPolicies<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut first: Option<(bool, Span)> = None;
    for address in listener.sites.iter().flat_map(|site| &site.addresses) {
        let Some(is_https) = speaks_https(address, options, policies) else {
            continue;
        };
        if let (false, Some(tls)) = (is_https, policies.first_span()) {
            let listen = listener.addresses();
            diagnostics.push(errors::tls_on_http(&listen, address.span, tls).into());
            return;
        }
        match first {
            Some((other, span)) if other != is_https => {
                let listen = listener.addresses();
                let found = errors::mixed_schemes(&listen, address, span, is_https);
                diagnostics.push(found.into());
                return;
            }
            Some(_) => {}
            None => first = Some((is_https, address.span)),
        }
    }
}

/// Whether an address says HTTPS or HTTP; `None` if it leaves it open.
fn speaks_https(
    address: &SiteAddress,
    options: &Options,
    policies: &ConnectionPolicies<'_>,
) -> Option<bool> {
    let port = address.port.map(i64::from);
    if address.scheme == Scheme::Http || port == Some(options.http_port()) {
        return Some(false);
    }
    let is_https = address.scheme == Scheme::Https
        || port == Some(options.https_port())
        || policies.first_span().is_some();
    match is_https {
        true => Some(true),
        false if address.host.is_empty() => Some(false),
        false => None,
    }
}
