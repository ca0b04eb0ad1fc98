//! The TLS app of a plan: certificates by hand, and how the others are obtained. Caddy:
//! `buildTLSApp` in `httpcaddyfile/tlsapp.go`.

mod automation;
mod connection;
mod consolidate;
mod cover;
mod defaults;
mod merge;

use std::collections::BTreeSet;

use evenkeel_plan::tls;
use evenkeel_plan::tls::{Automation, CertificateFiles, Certificates};

pub(crate) use connection::ConnectionPolicies;
pub(crate) use defaults::{default_issuers, fill_in_ports};

use crate::directives::tls::TracedFiles;
use crate::errors::Read;
use crate::options::Options;
use crate::origins::Origins;
use crate::site::{Listener, ServedSite};

/// The TLS app; nothing if the plan says nothing about certificates.
pub(crate) fn app(
    listeners: &[Listener<'_>],
    options: &Options,
    origins: &mut Origins,
) -> Read<Option<tls::App>> {
    let names = hosts_beside_hostless(listeners, options);
    let certificates = Certificates {
        load_files: load_files(listeners, options, origins),
        automate: names.iter().cloned().collect(),
    };
    let policies = automation::policies(listeners, options, &names)?;
    let app = tls::App {
        certificates: (certificates != Certificates::default()).then_some(certificates),
        automation: (!policies.is_empty()).then_some(Automation { policies }),
    };
    Ok((app != tls::App::default()).then_some(app))
}

/// The sites whose certificates are of interest: not those that are plain HTTP.
fn https_sites<'l, 's>(
    listeners: &'l [Listener<'s>],
    options: &Options,
) -> impl Iterator<Item = &'l ServedSite<'s>> {
    let http_port = options.http_port();
    let listeners = listeners
        .iter()
        .filter(move |listener| listener.port != http_port);
    listeners
        .flat_map(|listener| &listener.sites)
        .filter(|site| !site.is_all_http())
}

fn load_files(
    listeners: &[Listener<'_>],
    options: &Options,
    origins: &mut Origins,
) -> Vec<CertificateFiles> {
    let settings = https_sites(listeners, options).flat_map(|site| &site.site.tls);
    let files: Vec<&TracedFiles> = settings.filter_map(|tls| tls.files.as_ref()).collect();
    for (index, traced) in files.iter().enumerate() {
        let path = format!("apps.tls.certificates.load_files[{index}]");
        origins.insert(path.clone(), traced.certificate.to(traced.key));
        origins.insert(format!("{path}.certificate"), traced.certificate);
        origins.insert(format!("{path}.key"), traced.key);
    }
    files
        .into_iter()
        .map(|traced| traced.files.clone())
        .collect()
}

/// Hosts that share a site with an address for any host. No route asks for them, so automatic
/// HTTPS would not find them.
fn hosts_beside_hostless(listeners: &[Listener<'_>], options: &Options) -> BTreeSet<String> {
    if options.auto_https.off || options.auto_https.disable_certificates {
        return BTreeSet::new();
    }
    let sites = listeners.iter().flat_map(|listener| &listener.sites);
    let sites = sites.filter(|site| site.has_hostless_address());
    sites
        .flat_map(|site| site.https_hosts(options.http_port()))
        .collect()
}
