//! The connection policies of one server. Caddy: `serversFromPairings`.

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{ConnectionMatcher, ConnectionPolicy};

use super::merge::{Traced, consolidate};
use crate::options::Options;
use crate::site::{Build, Scheme, ServedSite, SiteAddress};

/// The policies of one server while its sites are gone through.
pub(crate) struct ConnectionPolicies<'o> {
    options: &'o Options,
    policies: Vec<Traced>,
    has_catch_all: bool,
    /// Whether some address means TLS.
    needs_tls: bool,
    /// Whether automatic HTTPS would switch TLS on by itself.
    comes_by_itself: bool,
}

impl<'o> ConnectionPolicies<'o> {
    /// No policy.
    pub(crate) const fn new(options: &'o Options) -> Self {
        Self {
            options,
            policies: Vec::new(),
            has_catch_all: false,
            needs_tls: false,
            comes_by_itself: !options.auto_https.off,
        }
    }

    /// Adds the `tls` directives of a site, for its hosts. One that says nothing about the
    /// connection adds nothing.
    pub(crate) fn add_site(&mut self, site: &ServedSite<'_>) {
        let hosts = site.hosts();
        for tls in &site.site.tls {
            if tls.policy == ConnectionPolicy::default() {
                continue;
            }
            let mut policy = tls.policy.clone();
            if !hosts.is_empty() {
                policy.matcher = Some(ConnectionMatcher { sni: hosts.clone() });
            }
            self.policies.push(Traced {
                policy,
                span: Some(tls.span),
            });
            self.has_catch_all = hosts.is_empty();
        }
    }

    /// Notes what an address says about TLS. `is_skipped` if automatic HTTPS leaves its host out.
    pub(crate) fn add_address(
        &mut self,
        site: &ServedSite<'_>,
        address: &SiteAddress,
        is_skipped: bool,
    ) {
        let is_http_port = address.port == Some(self.options.http_port());
        let has_host = !address.host.is_empty();
        let has_tls = !site.site.tls.is_empty() || (has_host && !is_skipped);
        self.needs_tls |= match address.scheme {
            Scheme::Https => true,
            Scheme::Http => false,
            Scheme::Any => !is_http_port && has_tls,
        };
        self.comes_by_itself &=
            address.port == Some(self.options.https_port()) || (!is_http_port && has_host);
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
        let some_are_left_out = !self.policies.is_empty() || !self.comes_by_itself;
        if self.needs_tls && !self.has_catch_all && some_are_left_out {
            self.policies.push(Traced {
                policy: ConnectionPolicy::default(),
                span: None,
            });
        }
        let policies = consolidate(self.policies).unwrap_or_else(|found| {
            build.diagnostics.push(found.into());
            Vec::new()
        });
        for (index, traced) in policies.iter().enumerate() {
            if let Some(span) = traced.span {
                build
                    .origins
                    .insert(format!("{path}.tls_connection_policies[{index}]"), span);
            }
        }
        let policies: Vec<_> = policies.into_iter().map(|traced| traced.policy).collect();
        (!policies.is_empty()).then_some(policies)
    }
}
