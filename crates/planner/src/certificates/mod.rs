//! The TLS app of a plan: certificates by hand, and how the others are obtained. Caddy:
//! `buildTLSApp` in `httpcaddyfile/tlsapp.go`.

mod automation;
mod connection;
mod consolidate;
mod cover;
mod defaults;
mod merge;
mod policy;
mod shield;

use std::collections::BTreeSet;

use evenkeel_plan::tls;
use evenkeel_plan::tls::{Automation, CertificateFiles, Certificates};

pub(crate) use connection::ConnectionPolicies;
pub(crate) use defaults::{default_issuers, fill_in_ports};

use automation::AppNames;

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
    let beside_hostless = hosts_beside_hostless(listeners, options);
    let forced = forced_names(listeners, options);
    let mut managed: BTreeSet<String> = beside_hostless.union(&forced).cloned().collect();
    let automated = options.tls.automate_names.iter();
    let automated = automated.filter(|name| managed.insert((*name).clone()));
    let names = AppNames {
        automated: automated.cloned().collect(),
        beside_hostless,
    };
    let (load_files, load_folders) = loaded(listeners, options, origins);
    let certificates = Certificates {
        load_files,
        load_folders,
        automate: managed.into_iter().collect(),
        ..Certificates::default()
    };
    let automation = Automation {
        policies: automation::policies(listeners, options, &names, origins)?,
        on_demand: options.tls.on_demand.clone(),
        ocsp_interval: options.tls.ocsp_interval,
        renew_interval: options.tls.renew_interval,
        storage_clean_interval: options.tls.storage_clean_interval,
    };
    let app = tls::App {
        certificates: (certificates != Certificates::default()).then_some(certificates),
        automation: (automation != Automation::default()).then_some(automation),
        disable_ocsp_stapling: options.tls.disable_ocsp_stapling,
        disable_storage_check: options.tls.disable_storage_check,
        disable_storage_clean: options.tls.disable_storage_clean,
        encrypted_client_hello: options.tls.ech.clone(),
        dns: options.tls.dns.clone(),
        resolvers: options.tls.resolvers.clone(),
        ..tls::App::default()
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
        .filter(move |listener| i64::from(listener.port) != http_port);
    listeners
        .flat_map(|listener| &listener.sites)
        .filter(|site| !site.is_all_http())
}

/// Certificates by hand: pairs of files, and folders.
fn loaded(
    listeners: &[Listener<'_>],
    options: &Options,
    origins: &mut Origins,
) -> (Vec<CertificateFiles>, Vec<String>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for tls in https_sites(listeners, options).flat_map(|site| &site.site.tls) {
        if let Some(traced) = &tls.files {
            let path = format!("apps.tls.certificates.load_files[{}]", files.len());
            origins.insert(path.clone(), traced.certificate.to(traced.key));
            origins.insert(format!("{path}.certificate"), traced.certificate);
            origins.insert(format!("{path}.key"), traced.key);
            files.push(traced.files.clone());
        }
        for (folder, span) in &tls.folders {
            let path = format!("apps.tls.certificates.load_folders[{}]", folders.len());
            origins.insert(path, *span);
            folders.push(folder.clone());
        }
    }
    (files, folders)
}

/// Hosts that are to have a certificate of their own.
fn forced_names(listeners: &[Listener<'_>], options: &Options) -> BTreeSet<String> {
    let is_forced = |site: &&ServedSite<'_>| {
        let mut settings = site.site.tls.iter();
        settings.any(|tls| tls.automation.force_automate)
    };
    let sites = https_sites(listeners, options).filter(is_forced);
    sites.flat_map(ServedSite::hosts).collect()
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
