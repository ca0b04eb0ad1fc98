//! Addresses that two parts of a plan want for themselves.

use evenkeel_plan::Plan;
use evenkeel_plan::value::{Network, NetworkAddress};

use super::Trouble;
use crate::admin;

const HELP: &str = "give one of the two another port";

/// An address with the place that asks for it.
pub(super) struct Wanted {
    pub(super) path: String,
    pub(super) address: NetworkAddress,
}

pub(super) fn look(plan: &Plan) -> Vec<Trouble> {
    let mut found = Vec::new();
    let Some(app) = &plan.apps.http else {
        return found;
    };
    found.extend(unusable("apps.http.http_port", app.http_port));
    found.extend(unusable("apps.http.https_port", app.https_port));
    let http = app.http_port();
    if http == app.https_port() {
        found.push(Trouble {
            id: "port-used-twice",
            is_error: true,
            path: match app.https_port {
                Some(_) => "apps.http.https_port".to_owned(),
                None => "apps.http.http_port".to_owned(),
            },
            message: format!("`http_port` and `https_port` are both {http}"),
            help: HELP,
        });
    }
    let mut wanted = listens(plan);
    if let Ok(Some(address)) = admin::address(plan) {
        let path = "admin.listen".to_owned();
        wanted.push(Wanted { path, address });
    }
    for (number, later) in wanted.iter().enumerate() {
        let is_admin = later.path == "admin.listen";
        let is_same = |earlier: &Wanted| host(&earlier.address) == host(&later.address);
        let same = |earlier: &&Wanted| {
            meet(&earlier.address, &later.address)
                && (is_same(earlier) || (is_admin && host(&earlier.address).is_empty()))
        };
        if let Some(first) = wanted[..number].iter().find(same) {
            found.push(Trouble {
                id: "port-used-twice",
                // Where all interfaces and one of them are wanted, the one goes first.
                is_error: is_same(first),
                // The default address of the admin API stands nowhere.
                path: match &plan.admin {
                    None if is_admin => first.path.clone(),
                    _ => later.path.clone(),
                },
                message: format!(
                    "{} listens on `{}`, and so does {}",
                    name(&later.path),
                    later.address,
                    name(&first.path)
                ),
                help: HELP,
            });
        }
    }
    found
}

/// A port that there is not.
fn unusable(path: &str, port: Option<i64>) -> Option<Trouble> {
    let port = port.filter(|port| !(0..=i64::from(u16::MAX)).contains(port))?;
    Some(Trouble {
        id: "port-out-of-range",
        is_error: true,
        path: path.to_owned(),
        message: format!("the port {port} is out of range"),
        help: "ports go from 1 to 65535",
    })
}

/// All addresses of the servers that can be read.
pub(super) fn listens(plan: &Plan) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for (name, server) in plan.apps.http.iter().flat_map(|app| &app.servers) {
        for (number, listen) in server.listen.iter().enumerate() {
            let path = format!("apps.http.servers.{name}.listen[{number}]");
            let parsed = NetworkAddress::parse(listen);
            wanted.extend(parsed.ok().map(|address| Wanted { path, address }));
        }
    }
    wanted
}

fn name(path: &str) -> String {
    if path == "admin.listen" {
        return "the admin API".to_owned();
    }
    let server = path.split('.').nth(3).unwrap_or(path);
    format!("the server `{server}`")
}

/// Whether two addresses have a port, or a file, in common.
fn meet(one: &NetworkAddress, other: &NetworkAddress) -> bool {
    match (one.network, &one.ports, &other.ports) {
        _ if one.network != other.network => false,
        (Network::Unix, ..) => one.host == other.host,
        // A port of 0 is chosen by the system.
        (_, Some(one), Some(other)) => {
            one.start() <= other.end() && other.start() <= one.end() && *one.end() != 0
        }
        _ => false,
    }
}

/// The host in one of its forms: all interfaces and this machine have several.
pub(super) fn host(address: &NetworkAddress) -> &str {
    match address.host.as_str() {
        "" | "0.0.0.0" | "::" => "",
        "localhost" | "127.0.0.1" | "::1" => "localhost",
        other => other,
    }
}
