//! The connection policies of one server. Caddy: `serversFromPairings`.

use std::collections::BTreeSet;

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{ConnectionMatcher, ConnectionPolicy};

use super::merge::{Traced, consolidate};
use super::shield::shield;
use crate::directives::tls::TlsSettings;
use crate::options::Options;
use crate::site::{Build, Listener, Scheme, ServedSite, SiteAddress};

/// The policies of one server while its sites are gone through.
pub(crate) struct ConnectionPolicies<'o> {
    options: &'o Options,
    policies: Vec<Traced>,
    /// Hosts that are to have a certificate of their own.
    forced: BTreeSet<String>,
    /// Hosts that no policy was added for.
    plain: BTreeSet<String>,
    has_catch_all: bool,
    /// Whether some address means TLS.
    needs_tls: bool,
    /// Whether automatic HTTPS would switch TLS on by itself.
    comes_by_itself: bool,
}

impl<'o> ConnectionPolicies<'o> {
    /// No policy yet of the server behind `listener`.
    pub(crate) fn new(listener: &Listener<'_>, options: &'o Options) -> Self {
        let sites = listener.sites.iter();
        let forced = sites.filter(|site| is_forced(site));
        Self {
            options,
            policies: Vec::new(),
            forced: forced.flat_map(ServedSite::hosts).collect(),
            plain: BTreeSet::new(),
            has_catch_all: false,
            needs_tls: false,
            comes_by_itself: !options.auto_https.off,
        }
    }

    /// Adds the `tls` directives of a site, for its hosts. One that says nothing about the
    /// connection adds nothing, unless the hosts are to have certificates of their own: then its
    /// policy keeps those of a wildcard away.
    pub(crate) fn add_site(&mut self, site: &ServedSite<'_>) {
        let mut hosts = site.hosts();
        if site.site.tls.is_empty() {
            let hosts = hosts.into_iter().filter(|host| !host.contains('*'));
            self.plain.extend(hosts);
            return;
        }
        for tls in &site.site.tls {
            let policy = self.policy(tls, &mut hosts);
            let is_forced = hosts.iter().any(|host| self.forced.contains(host));
            if !is_forced && policy.has_no_settings() {
                self.plain.extend(hosts.iter().cloned());
                continue;
            }
            self.policies.push(policy);
            self.has_catch_all = hosts.is_empty();
        }
    }

    /// The policy of a directive. Once the hosts stand for handshakes without a name, they go on
    /// to do so in the directives that follow.
    fn policy(&self, tls: &TlsSettings, hosts: &mut Vec<String>) -> Traced {
        let options = &self.options.tls;
        let mut policy = tls.policy.clone();
        let is_special =
            |host: &&String| **host == options.default_sni || **host == options.fallback_sni;
        if let Some(host) = hosts.iter().find(is_special) {
            if *host == options.default_sni {
                policy.default_sni.clone_from(host);
            } else {
                policy.fallback_sni.clone_from(host);
            }
            hosts.push(String::new());
        }
        hosts.sort();
        if hosts.is_empty() {
            policy.default_sni.clone_from(&options.default_sni);
            policy.fallback_sni.clone_from(&options.fallback_sni);
        } else {
            policy.matcher = Some(ConnectionMatcher {
                sni: hosts.clone(),
                ..ConnectionMatcher::default()
            });
        }
        Traced {
            policy,
            span: Some(tls.span),
            fields: tls.policy_fields.clone(),
        }
    }

    /// Notes what an address says about TLS. `is_skipped` if automatic HTTPS leaves its host out.
    pub(crate) fn add_address(
        &mut self,
        site: &ServedSite<'_>,
        address: &SiteAddress,
        is_skipped: bool,
    ) {
        let is_http_port = address.port.map(i64::from) == Some(self.options.http_port());
        let has_host = !address.host.is_empty();
        let has_tls = !site.site.tls.is_empty() || (has_host && !is_skipped);
        self.needs_tls |= match address.scheme {
            Scheme::Https => true,
            Scheme::Http => false,
            Scheme::Any => !is_http_port && has_tls,
        };
        self.comes_by_itself &= address.port.map(i64::from) == Some(self.options.https_port())
            || (!is_http_port && has_host);
    }

    /// Where the first policy was written.
    pub(crate) fn first_span(&self) -> Option<Span> {
        self.policies.first().and_then(|traced| traced.span)
    }

    /// The policies of the server at `path`; a last one for everybody is added where the others
    /// would leave handshakes out.
    pub(crate) fn finish(
        mut self,
        path: &str,
        build: &mut Build<'_>,
    ) -> Option<Vec<ConnectionPolicy>> {
        let options = &self.options.tls;
        self.policies = shield(self.policies, &self.plain);
        let is_needed = !self.policies.is_empty()
            || !self.comes_by_itself
            || !options.default_sni.is_empty()
            || !options.fallback_sni.is_empty();
        if self.needs_tls && !self.has_catch_all && is_needed {
            self.policies.push(Traced {
                policy: ConnectionPolicy {
                    default_sni: options.default_sni.clone(),
                    fallback_sni: options.fallback_sni.clone(),
                    ..ConnectionPolicy::default()
                },
                span: None,
                fields: Vec::new(),
            });
        }
        let policies = consolidate(self.policies).unwrap_or_else(|found| {
            build.diagnostics.push(found.into());
            Vec::new()
        });
        for (index, traced) in policies.iter().enumerate() {
            let path = format!("{path}.tls_connection_policies[{index}]");
            if let Some(span) = traced.span {
                build.origins.insert(path.clone(), span);
            }
            let names = options.fields.iter();
            let names = names.filter(|(field, _)| field.ends_with("_sni"));
            for (field, span) in names.chain(&traced.fields) {
                build.origins.insert(format!("{path}.{field}"), *span);
            }
        }
        let policies: Vec<_> = policies.into_iter().map(|traced| traced.policy).collect();
        (!policies.is_empty()).then_some(policies)
    }
}

fn is_forced(site: &ServedSite<'_>) -> bool {
    let mut settings = site.site.tls.iter();
    settings.any(|tls| tls.automation.force_automate)
}
