//! Upstreams that lead back: a server dials another of this process, and that one the first.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_plan::Plan;
use evenkeel_plan::http::{Handler, Route};
use evenkeel_plan::value::{Network, NetworkAddress};

use super::Trouble;
use super::ports::{Wanted, host, listens};

/// An upstream that is a server of this process.
struct Step {
    from: String,
    to: String,
    path: String,
    dial: String,
}

pub(super) fn look(plan: &Plan) -> Vec<Trouble> {
    let wanted = listens(plan);
    let mut steps = Vec::new();
    for (name, server) in plan.apps.http.iter().flat_map(|app| &app.servers) {
        let path = format!("apps.http.servers.{name}");
        walk(&server.routes, &path, &mut |path, dial| {
            steps.extend(target(&wanted, dial).map(|to| Step {
                from: name.clone(),
                to,
                path,
                dial: dial.to_owned(),
            }));
        });
    }
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for step in &steps {
        next.entry(&step.from).or_default().insert(&step.to);
    }
    let returns = |step: &&Step| reaches(&next, &step.to, &step.from);
    let trouble = |step: &Step| Trouble {
        id: "upstream-leads-back",
        is_error: false,
        path: step.path.clone(),
        message: format!("the upstream `{}` is this server itself", step.dial),
        help: "name the address of the application; a request that comes back here goes in circles",
    };
    steps.iter().filter(returns).map(trouble).collect()
}

/// The server that listens where an upstream is dialed.
fn target(wanted: &[Wanted], dial: &str) -> Option<String> {
    let dialed = NetworkAddress::parse(dial).ok()?;
    let is_same = |listening: &&Wanted| {
        let address = &listening.address;
        if address.network != dialed.network {
            return false;
        }
        if address.network == Network::Unix {
            return address.host == dialed.host;
        }
        let here = host(&dialed);
        let meets_host = here == host(address) || (here == "localhost" && host(address).is_empty());
        let port = dialed.ports.as_ref().map(|ports| *ports.start());
        let meets_port = port
            .zip(address.ports.as_ref())
            .is_some_and(|(port, ports)| ports.contains(&port));
        meets_host && meets_port
    };
    let listening = wanted.iter().find(is_same)?;
    listening.path.split('.').nth(3).map(str::to_owned)
}

fn reaches(next: &BTreeMap<&str, BTreeSet<&str>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(next.get(at).into_iter().flatten());
        }
    }
    false
}

/// The depth is that of the plan, which its own parser has bounded.
fn walk(routes: &[Route], path: &str, see: &mut dyn FnMut(String, &str)) {
    for (number, route) in routes.iter().enumerate() {
        for (place, handler) in route.handlers.iter().enumerate() {
            let path = format!("{path}.routes[{number}].handle[{place}]");
            match handler {
                Handler::ReverseProxy(proxy) => {
                    for (number, upstream) in proxy.upstreams.iter().enumerate() {
                        see(format!("{path}.upstreams[{number}].dial"), &upstream.dial);
                    }
                }
                Handler::Subroute(subroute) => walk(&subroute.routes, &path, see),
                _ => {}
            }
        }
    }
}
