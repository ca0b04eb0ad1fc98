//! The automation policies: which issuer serves which names. Caddy: `buildTLSApp`.

use std::collections::BTreeSet;

use evenkeel_plan::tls::{AutomationPolicy, InternalIssuer, Issuer};

use super::consolidate::consolidate;
use super::defaults::{fill_in, global_issuers, has_global_settings};
use crate::errors::{self, Read};
use crate::names;
use crate::options::Options;
use crate::site::{Listener, ServedSite};

/// A policy while it is worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) subjects: Vec<String>,
    pub(super) issuers: Vec<Issuer>,
    /// Whether the internal issuer follows from the names, and was not asked for.
    pub(super) is_implied: bool,
}

/// The policies, one or two for each site, and one for everything that the options are about.
struct Policies<'o> {
    options: &'o Options,
    /// Sites for any host share one policy, so the list names policies by index.
    all: Vec<Policy>,
    order: Vec<usize>,
    catch_all: Option<usize>,
}

/// The policies of a plan. `beside_hostless` are hosts that only the TLS app knows of.
pub(super) fn policies(
    listeners: &[Listener<'_>],
    options: &Options,
    beside_hostless: &BTreeSet<String>,
) -> Read<Vec<AutomationPolicy>> {
    let mut policies = Policies {
        options,
        all: Vec::new(),
        order: Vec::new(),
        catch_all: None,
    };
    if options.local_certs || options.acme_ca.is_some() || options.acme_ca_root.is_some() {
        policies.catch_all = Some(policies.push(base(options)));
    }
    for site in super::https_sites(listeners, options) {
        policies.add_site(site)?;
    }
    let internal = beside_hostless
        .iter()
        .filter(|name| !names::is_public(name));
    let internal: Vec<String> = internal.cloned().collect();
    if !internal.is_empty() {
        policies.push(implied_internal(internal));
    }
    let mut list: Vec<Policy> = policies
        .order
        .iter()
        .map(|&index| policies.all[index].clone())
        .collect();
    name_issuers(&mut list, options);
    let list = consolidate(list);
    refuse_ambiguity(&list, listeners)?;
    Ok(list
        .into_iter()
        .map(|policy| AutomationPolicy {
            subjects: policy.subjects,
            issuers: policy.issuers,
        })
        .collect())
}

/// What the options say about every policy.
fn base(options: &Options) -> Policy {
    let issuers = if options.local_certs {
        vec![Issuer::Internal(InternalIssuer::default())]
    } else {
        Vec::new()
    };
    Policy {
        issuers,
        ..Policy::default()
    }
}

fn implied_internal(subjects: Vec<String>) -> Policy {
    let issuers = vec![Issuer::Internal(InternalIssuer::default())];
    Policy {
        subjects,
        issuers,
        is_implied: true,
    }
}

impl Policies<'_> {
    fn push(&mut self, policy: Policy) -> usize {
        self.all.push(policy);
        let index = self.all.len() - 1;
        self.order.push(index);
        index
    }

    fn add_site(&mut self, site: &ServedSite<'_>) -> Read<()> {
        let is_catch_all = site.hosts().is_empty();
        let index = match self.catch_all.filter(|_| is_catch_all) {
            Some(index) => {
                self.order.push(index);
                index
            }
            None => self.push(base(self.options)),
        };
        self.set_issuers(index, site)?;
        if is_catch_all {
            self.catch_all.get_or_insert(index);
        }
        let hosts = site.https_hosts(self.options.http_port());
        self.all[index].subjects = hosts;
        if self.all[index].issuers.is_empty() {
            self.split_off_internal(index, site)?;
        }
        Ok(())
    }

    fn set_issuers(&mut self, index: usize, site: &ServedSite<'_>) -> Read<()> {
        let settings = site.site.tls.iter().filter(|tls| !tls.issuers.is_empty());
        let issuers: Vec<Issuer> = settings
            .clone()
            .flat_map(|tls| tls.issuers.clone())
            .collect();
        let Some(first) = settings.into_iter().next() else {
            return Ok(());
        };
        if self.catch_all == Some(index) && self.all[index].issuers != issuers {
            let message = "two sites for any host want certificates from different issuers";
            return Err(errors::conflict(message, first.span, None));
        }
        self.all[index].issuers = issuers;
        Ok(())
    }

    /// Names that no public authority knows get a policy of their own.
    fn split_off_internal(&mut self, index: usize, site: &ServedSite<'_>) -> Read<()> {
        let subjects = self.all[index].subjects.iter();
        let subjects = subjects.filter(|name| !names::is_tailscale(name));
        let (mut public, mut internal) = (Vec::new(), Vec::new());
        for name in subjects {
            if !names::qualifies(name) {
                let address = site.addresses.iter().find(|address| address.host == **name);
                let span = address.map_or(site.addresses[0].span, |address| address.span);
                return Err(errors::no_certificate_for(name, span));
            }
            let kind = if names::is_public_by_default(name) {
                &mut public
            } else {
                &mut internal
            };
            kind.push(name.clone());
        }
        if !public.is_empty() && !internal.is_empty() {
            self.all[index].subjects = public;
            self.push(implied_internal(internal));
        }
        Ok(())
    }
}

/// Writes the issuers out where the global options say something about them.
fn name_issuers(policies: &mut [Policy], options: &Options) {
    let is_public = |name: &String| names::is_public_by_default(name) && !names::is_tailscale(name);
    for policy in policies {
        if has_global_settings(options)
            && policy.issuers.is_empty()
            && policy.subjects.iter().all(is_public)
        {
            policy.issuers = global_issuers(options);
        }
        for issuer in &mut policy.issuers {
            fill_in(issuer, options);
        }
    }
}

/// A name must not be in two policies.
fn refuse_ambiguity(policies: &[Policy], listeners: &[Listener<'_>]) -> Read<()> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for name in policies.iter().flat_map(|policy| &policy.subjects) {
        if !seen.insert(name) {
            let sites = listeners.iter().flat_map(|listener| &listener.sites);
            let mut addresses = sites.flat_map(|site| &site.addresses);
            let address = addresses.rfind(|address| address.host == *name);
            return Err(errors::ambiguous_subject(
                name,
                address.map(|address| address.span),
            ));
        }
    }
    Ok(())
}
