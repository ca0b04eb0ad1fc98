//! Redirects from HTTP to HTTPS: in the server that listens there, or in one of their own.

use std::collections::BTreeMap;

use evenkeel_plan::http::handlers::StaticResponse;
use evenkeel_plan::http::{App, Handler, MatcherSet, Route, Server, ServerLogs};
use evenkeel_plan::value::{Network, NetworkAddress, Status};

/// The name of the server that is made for redirects. Caddy's.
const SERVER: &str = "remaining_auto_https_redirects";

/// Adds the redirects of all hosts. In a server of the user's, those for single hosts come only
/// if certificates are managed at all.
pub(super) fn add(
    app: &mut App,
    redirects: &BTreeMap<String, Vec<NetworkAddress>>,
    is_managing: bool,
) {
    let ports = Ports {
        http: app.http_port(),
        https: app.https_port(),
    };
    let logs = logs_to_copy(app);
    let mut remaining: BTreeMap<String, Vec<Route>> = BTreeMap::new();
    for (address, routes) in routes_by_listener(redirects, &ports) {
        match app
            .servers
            .values_mut()
            .find(|server| listens_on(server, &address, ports.http))
        {
            Some(server) => add_to(server, routes, is_managing, &ports),
            None => remaining
                .entry(address.to_string())
                .or_default()
                .extend(routes),
        }
    }
    if remaining.is_empty() {
        return;
    }
    let listen = remaining.keys().cloned().collect();
    let mut routes: Vec<Route> = remaining.into_values().flatten().collect();
    routes.push(ports.redirect(ports.https, Vec::new()));
    let server = Server {
        listen,
        routes,
        logs,
        ..Server::default()
    };
    app.servers.insert(SERVER.to_owned(), server);
}

struct Ports {
    http: u16,
    https: u16,
}

/// The HTTP addresses that take redirects, each with its routes.
fn routes_by_listener(
    redirects: &BTreeMap<String, Vec<NetworkAddress>>,
    ports: &Ports,
) -> Vec<(NetworkAddress, Vec<Route>)> {
    let mut hosts_by_address: BTreeMap<String, (&NetworkAddress, Vec<String>)> = BTreeMap::new();
    for (host, addresses) in redirects {
        for address in addresses {
            let entry = hosts_by_address.entry(address.to_string());
            entry
                .or_insert_with(|| (address, Vec::new()))
                .1
                .push(host.clone());
        }
    }
    let mut listeners: BTreeMap<String, (NetworkAddress, Vec<Route>)> = BTreeMap::new();
    for (address, mut hosts) in hosts_by_address.into_values() {
        hosts.sort_by_key(|host| rank(host));
        // A server without hosts answers for any, so its redirect does not ask for one.
        hosts.retain(|host| !host.is_empty());
        let route = ports.redirect(address.port_or(ports.https), hosts);
        let listener = NetworkAddress {
            ports: Some(ports.http..=ports.http),
            ..address.clone()
        };
        let entry = listeners.entry(listener.to_string());
        entry
            .or_insert_with(|| (listener, Vec::new()))
            .1
            .push(route);
    }
    for (_, routes) in listeners.values_mut() {
        routes.sort_by_key(|route| rank(first_host(route)));
    }
    listeners.into_values().collect()
}

/// Exact hosts, then wildcards, then any; longer ones first.
fn rank(host: &str) -> (bool, bool, std::cmp::Reverse<usize>, String) {
    (
        host.is_empty(),
        host.contains('*'),
        std::cmp::Reverse(host.len()),
        host.to_owned(),
    )
}

fn first_host(route: &Route) -> &str {
    let set = route.matcher_sets.first();
    set.and_then(|set| set.host.first())
        .map_or("", String::as_str)
}

/// On Linux a port is taken for all interfaces once one listener is bound to any of them, so
/// the host does not count. Caddy: `hasListenerAddress`.
fn listens_on(server: &Server, wanted: &NetworkAddress, port: u16) -> bool {
    let addresses = server
        .listen
        .iter()
        .filter_map(|text| NetworkAddress::parse(text).ok());
    let mut others = addresses.filter(|address| address.network != Network::Unix);
    wanted.network != Network::Unix
        && others.any(|address| address.ports.is_some_and(|ports| ports.contains(&port)))
}

/// Behind the last route that asks for a host, so that the user's own routes come first; and one
/// for any host at the very end.
fn add_to(server: &mut Server, routes: Vec<Route>, is_managing: bool, ports: &Ports) {
    if is_managing {
        let has_host = |route: &Route| route.matcher_sets.iter().any(|set| !set.host.is_empty());
        let at = server
            .routes
            .iter()
            .rposition(has_host)
            .map_or(0, |last| last + 1);
        server.routes.splice(at..at, routes);
    }
    server.routes.push(ports.redirect(ports.https, Vec::new()));
}

impl Ports {
    /// 308 to the same URI with HTTPS at `port`. Ports that only our listeners have are not
    /// shown: what the world sees there is the standard one.
    fn redirect(&self, port: u16, hosts: Vec<String>) -> Route {
        let is_hidden = [self.http, self.https, 80, 443].contains(&port);
        let port = if is_hidden {
            String::new()
        } else {
            format!(":{port}")
        };
        let location = format!("https://{{http.request.host}}{port}{{http.request.uri}}");
        let response = StaticResponse {
            status_code: Some(Status::Code(308)),
            headers: [
                ("Connection".to_owned(), vec!["close".to_owned()]),
                ("Location".to_owned(), vec![location]),
            ]
            .into_iter()
            .collect(),
            close: true,
            ..StaticResponse::default()
        };
        let protocol = Some("http".to_owned());
        Route {
            matcher_sets: vec![MatcherSet {
                host: hosts,
                protocol,
                ..MatcherSet::default()
            }],
            handlers: vec![Handler::StaticResponse(response)],
            ..Route::default()
        }
    }
}

/// The access log of a server with TLS: redirects are logged like what they lead to.
fn logs_to_copy(app: &App) -> Option<ServerLogs> {
    let mut servers = app
        .servers
        .values()
        .filter(|s| s.tls_connection_policies.is_some());
    servers.find_map(|server| server.logs.clone())
}
