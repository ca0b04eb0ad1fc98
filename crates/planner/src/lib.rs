//! Lowers a Caddyfile's AST into a plan, and completes a plan with what automatic HTTPS implies.
//!
//! Everything here is pure: no socket or clock is touched, and no file but through the `Host` that
//! [`plan()`] is given. It reads the tree and says everything that is wrong with it at once;
//! [`complete()`] works on any plan, whether it came from a Caddyfile or from JSON.

mod args;
mod certificates;
mod complete;
mod directive;
mod directives;
mod errors;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzz;
mod logs;
mod matchers;
mod named_routes;
mod names;
mod options;
mod order;
mod origins;
mod pem;
mod plugins;
mod routes;
mod scalar;
mod shorthand;
mod site;
mod sizes;
mod subdirective;
mod vocabulary;

use std::collections::BTreeMap;

use evenkeel_caddyfile::{Host, ast};
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::{Apps, Plan, http};

pub use complete::{CompleteError, Completed, complete};
pub use origins::Origins;
pub use vocabulary::{Known, Support, Vocabulary, compatibility, vocabularies};

use directive::Lowering;
use errors::Read;
use named_routes::NamedRoutes;
use options::Options;
use site::Listener;

/// What a Caddyfile means, and what is wrong with it.
#[derive(Debug)]
pub struct Planned {
    /// The plan. It is only worth something while `diagnostics` has no errors.
    pub plan: Plan,
    /// Where the parts of the plan were written.
    pub origins: Origins,
    /// Everything found in the file.
    pub diagnostics: Diagnostics,
}

/// Lowers a file. `host` has the files that some lines mean the contents of. Caddy: `Setup` in
/// `httpcaddyfile/httptype.go`.
pub fn plan(file: &ast::File, host: &dyn Host) -> Planned {
    let mut diagnostics = Diagnostics::new();
    let options = options::lower(file.options.as_ref(), &mut diagnostics);
    let mut lowering = Lowering::new(file, &options, host, &mut diagnostics);
    let named_routes = NamedRoutes::lower(&file.named_routes, &mut lowering);
    let sites = site::lower_all(&file.sites, &mut lowering);
    let mut groups = lowering.groups;
    let mut copies = site::Copies::new();
    let listeners = site::listeners(&sites, &options, &mut copies, &mut diagnostics);
    let mut origins = Origins::default();
    let mut plan = Plan {
        admin: options::admin(&options),
        logging: None,
        storage: options.storage.clone(),
        apps: Apps::default(),
    };
    plan.apps.http = http_app(
        &listeners,
        &options,
        &mut site::Build {
            groups: &mut groups,
            named_routes: &named_routes,
            sorted_entries: BTreeMap::new(),
            sorted_errors: BTreeMap::new(),
            metrics: None,
            origins: &mut origins,
            copies: &mut copies,
            diagnostics: &mut diagnostics,
        },
    );
    plan.apps.events.clone_from(&options.events);
    let sites = listeners.iter().flat_map(|listener| &listener.sites);
    let entries = sites.flat_map(|served| &served.site.entries);
    let authorities = entries.filter_map(directives::acme_server::named_authority);
    plan.apps.pki = options::pki_app(&options, authorities);
    plan.apps.tls = keep(
        certificates::app(&listeners, &options, &mut origins),
        &mut diagnostics,
    );
    plan.logging = logs::logging(&listeners, &options, &mut origins, &mut diagnostics);
    origins.extend(options.origins);
    Planned {
        plan,
        origins,
        diagnostics,
    }
}

fn http_app(
    listeners: &[Listener<'_>],
    options: &Options,
    build: &mut site::Build<'_>,
) -> Option<http::App> {
    if listeners.is_empty() {
        options::servers::check_names(options, build.diagnostics);
        return None;
    }
    // Caddy prints no zero.
    let is_given = |port: &i64| *port != 0;
    Some(http::App {
        http_port: options.http_port.filter(is_given),
        https_port: options.https_port.filter(is_given),
        grace_period: options.grace_period,
        shutdown_delay: options.shutdown_delay,
        servers: site::servers(listeners, options, build),
        metrics: build.metrics.or(options.metrics),
    })
}

/// Unwraps what was read, or pushes the reason why it was not.
fn keep<T: Default>(read: Read<T>, diagnostics: &mut Diagnostics) -> T {
    read.unwrap_or_else(|found| {
        diagnostics.push(found.into());
        T::default()
    })
}

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod tests;
