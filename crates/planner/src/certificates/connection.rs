//! The connection policies of one server. Caddy: `serversFromPairings` and
//! `consolidateConnPolicies`.

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{ConnectionMatcher, ConnectionPolicy};

use crate::errors::{self, Read};
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

struct Traced {
    policy: ConnectionPolicy,
    span: Option<Span>,
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
        if let Err(found) = consolidate(&mut self.policies) {
            build.diagnostics.push(found.into());
        }
        for (index, traced) in self.policies.iter().enumerate() {
            if let Some(span) = traced.span {
                build
                    .origins
                    .insert(format!("{path}.tls_connection_policies[{index}]"), span);
            }
        }
        let policies: Vec<_> = self
            .policies
            .into_iter()
            .map(|traced| traced.policy)
            .collect();
        (!policies.is_empty()).then_some(policies)
    }
}

/// Puts policies for everybody last, drops repeated ones and merges what can be merged.
fn consolidate(policies: &mut Vec<Traced>) -> Read<()> {
    policies.sort_by_key(|traced| traced.policy.matcher.is_none());
    let mut at = 0;
    while at < policies.len() {
        let (front, rest) = policies.split_at_mut(at + 1);
        let this = &mut front[at];
        let mut absorbed = None;
        for (offset, other) in rest.iter().enumerate() {
            if absorb(this, other, offset == 0)? {
                absorbed = Some(at + 1 + offset);
                break;
            }
        }
        match absorbed {
            Some(index) => drop(policies.remove(index)),
            None => at += 1,
        }
    }
    Ok(())
}

/// Takes `other` over if that changes nothing for any handshake.
fn absorb(this: &mut Traced, other: &Traced, is_next: bool) -> Read<bool> {
    if this.policy == other.policy {
        return Ok(true);
    }
    if this.policy.matcher == other.policy.matcher {
        merge(this, other)?;
        return Ok(true);
    }
    if !is_next || !have_equal_settings(&this.policy, &other.policy) {
        return Ok(false);
    }
    if let (Some(mine), Some(theirs)) = (&mut this.policy.matcher, &other.policy.matcher) {
        mine.sni.extend_from_slice(&theirs.sni);
        return Ok(true);
    }
    Ok(false)
}

fn have_equal_settings(left: &ConnectionPolicy, right: &ConnectionPolicy) -> bool {
    let bare = |policy: &ConnectionPolicy| ConnectionPolicy {
        matcher: None,
        ..policy.clone()
    };
    bare(left) == bare(right)
}

/// Merges two policies for the same names; they must not contradict each other.
fn merge(this: &mut Traced, other: &Traced) -> Read<()> {
    let (mine, theirs) = (&mut this.policy, &other.policy);
    let same = |left: &str, right: &str| left.is_empty() || right.is_empty() || left == right;
    let is_fine = (mine.alpn.is_empty() || theirs.alpn.is_empty() || mine.alpn == theirs.alpn)
        && same(&mine.protocol_min, &theirs.protocol_min)
        && same(&mine.protocol_max, &theirs.protocol_max);
    if let (false, Some(span)) = (is_fine, other.span.or(this.span)) {
        let message = "two `tls` directives for the same names contradict each other";
        return Err(errors::conflict(message, span, this.span));
    }
    if mine.alpn.is_empty() {
        mine.alpn.clone_from(&theirs.alpn);
    }
    if mine.protocol_min.is_empty() {
        mine.protocol_min.clone_from(&theirs.protocol_min);
    }
    if mine.protocol_max.is_empty() {
        mine.protocol_max.clone_from(&theirs.protocol_max);
    }
    if let Some(theirs) = &theirs.certificate_selection {
        let mine = mine.certificate_selection.get_or_insert_default();
        for tag in &theirs.any_tag {
            if !mine.any_tag.contains(tag) {
                mine.any_tag.push(tag.clone());
            }
        }
    }
    Ok(())
}
