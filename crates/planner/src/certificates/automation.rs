//! The automation policies: which issuer serves which names. Caddy: `buildTLSApp`.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{AutomationPolicy, Issuer};

use super::consolidate::consolidate;
use super::defaults::{fill_in, global_issuers, has_global_settings, makes_base_policy};
use super::policy::{IssuerList, Policy, internal};
use crate::directives::tls::TlsSettings;
use crate::errors::{self, Read};
use crate::names;
use crate::options::Options;
use crate::origins::Origins;
use crate::site::{Listener, ServedSite, Site};

/// The policies, one or two for each site, and one for everything that the options are about.
pub(super) struct Policies<'o> {
    options: &'o Options,
    base: Policy,
    /// Whether the options say something that makes a policy.
    has_base: bool,
    /// Issuers. Policies share them as Caddy's do: what is filled in for one is there for all.
    lists: Vec<Vec<Issuer>>,
    /// The list of each site that names issuers.
    list_of_site: BTreeMap<*const Site, usize>,
    /// Sites for any host share one policy, so `order` names policies by index.
    all: Vec<Policy>,
    order: Vec<usize>,
    catch_all: Option<usize>,
}

/// The policies for the sites, and for the names that only the TLS app knows of.
pub(super) fn policies(
    listeners: &[Listener<'_>],
    options: &Options,
    names: &AppNames,
    origins: &mut Origins,
) -> Read<Vec<AutomationPolicy>> {
    let mut policies = Policies::new(options)?;
    for site in super::https_sites(listeners, options) {
        policies.add_site(site)?;
    }
    policies.add_names(names);
    let list = consolidate(policies.finish()?);
    refuse_ambiguity(&list, listeners)?;
    for (index, policy) in list.iter().enumerate() {
        let path = format!("apps.tls.automation.policies[{index}]");
        policy.emit_origins(&path, origins);
        emit_global_origins(policy, &path, options, origins);
    }
    Ok(list.into_iter().map(|policy| policy.plan).collect())
}

/// Names that are managed although no route asks for them.
pub(super) struct AppNames {
    /// Hosts that share a site with an address for any host.
    pub(super) beside_hostless: BTreeSet<String>,
    /// Those of the option `tls_automate_names`, without any that are managed anyway.
    pub(super) automated: Vec<String>,
}

impl<'o> Policies<'o> {
    fn new(options: &'o Options) -> Read<Self> {
        let mut policies = Self {
            options,
            base: Policy::default(),
            has_base: false,
            lists: Vec::new(),
            list_of_site: BTreeMap::new(),
            all: Vec::new(),
            order: Vec::new(),
            catch_all: None,
        };
        policies.read_options()?;
        if policies.has_base {
            let base = policies.base.clone();
            policies.catch_all = Some(policies.push(base));
        }
        Ok(policies)
    }

    /// What the options say about every policy. Caddy: `newBaseAutomationPolicy`.
    fn read_options(&mut self) -> Read<()> {
        let options = self.options;
        let tls = &options.tls;
        let mut issuers: Vec<Issuer> = Vec::new();
        for (index, traced) in tls.cert_issuers.iter().enumerate() {
            if let (0, Some(local)) = (index, options.local_certs) {
                let message = "`local_certs` cannot be combined with `cert_issuer`";
                let says = "global options are ambiguous: local_certs is confusing when combined \
                            with cert_issuer, because local_certs is also a specific kind of issuer";
                return Err(errors::conflict(message, traced.span, Some(local)).caddy_text(says));
            }
            trace_issuer(&mut self.base, index, traced.span, &traced.fields);
            issuers.push(traced.issuer.clone());
        }
        if options.local_certs.is_some() {
            issuers.push(internal());
        }
        if makes_base_policy(options) {
            for issuer in &mut issuers {
                fill_in(issuer, options)?;
            }
        }
        self.has_base = !issuers.is_empty()
            || makes_base_policy(options)
            || tls.key_type.is_some()
            || tls.renewal_window_ratio.is_some()
            || tls.disable_ocsp_stapling;
        if !issuers.is_empty() {
            self.base.issuers = IssuerList::Listed(self.list(issuers));
        }
        self.base.plan.key_type = tls.key_type.clone().unwrap_or_default();
        self.base.plan.renewal_window_ratio = tls.renewal_window_ratio.unwrap_or_default();
        self.base.plan.disable_ocsp_stapling = tls.disable_ocsp_stapling;
        for (field, span) in &tls.fields {
            if matches!(*field, "key_type" | "renewal_window_ratio") {
                self.base.trace(*field, *span);
            }
        }
        Ok(())
    }

    fn list(&mut self, issuers: Vec<Issuer>) -> usize {
        self.lists.push(issuers);
        self.lists.len() - 1
    }

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
            None => self.push(self.base.clone()),
        };
        self.set_automation(index, &site.site.tls);
        self.set_issuers(index, site.site)?;
        self.set_bind_host(index, site.site);
        if is_catch_all {
            self.catch_all.get_or_insert(index);
        }
        let hosts = site.https_hosts(self.options.http_port());
        self.all[index].plan.subjects = hosts;
        if self.all[index].issuers == IssuerList::Open {
            self.split_off_internal(index, site)?;
        }
        Ok(())
    }

    fn set_automation(&mut self, index: usize, settings: &[TlsSettings]) {
        let policy = &mut self.all[index];
        let key_types = settings.iter().map(|tls| &tls.automation.key_type);
        if let Some(first) = key_types.clone().find(|key_type| !key_type.is_empty()) {
            policy.plan.key_type.clone_from(first);
        }
        let mut ratios = settings
            .iter()
            .map(|tls| tls.automation.renewal_window_ratio);
        let ratio = ratios.find_map(|ratio| ratio);
        if let Some(ratio) = ratio.or(self.options.tls.renewal_window_ratio) {
            policy.plan.renewal_window_ratio = ratio;
        }
        for tls in settings {
            policy.plan.on_demand |= tls.automation.on_demand;
            policy.plan.reuse_private_keys |= tls.automation.reuse_private_keys;
            for (manager, span) in &tls.automation.managers {
                let number = policy.plan.get_certificate.len();
                policy.trace(format!("get_certificate[{number}]"), *span);
                policy.plan.get_certificate.push(manager.clone());
            }
            policy.fields.entry(String::new()).or_insert(tls.span);
            for (field, span) in &tls.automation_fields {
                policy.trace(*field, *span);
            }
        }
    }

    fn set_issuers(&mut self, index: usize, site: &Site) -> Read<()> {
        let named = || site.tls.iter().flat_map(|tls| &tls.issuers);
        let Some(first) = named().next() else {
            return Ok(());
        };
        let known = self.list_of_site.get(&std::ptr::from_ref(site)).copied();
        let list = known.unwrap_or_else(|| {
            let issuers = named().map(|traced| traced.issuer.clone()).collect();
            let list = self.list(issuers);
            self.list_of_site.insert(site, list);
            list
        });
        if self.catch_all == Some(index) && !self.is_same(self.all[index].issuers, list) {
            let message = "two sites for any host want certificates from different issuers";
            return Err(errors::conflict(message, first.span, None).caddy_text(
                "automation policy from site block is also default/catch-all policy \
                 because of key without hostname, and the two are in conflict",
            ));
        }
        let policy = &mut self.all[index];
        policy.issuers = IssuerList::Listed(list);
        policy
            .fields
            .retain(|field, _| !field.starts_with("issuers["));
        for (number, traced) in named().enumerate() {
            trace_issuer(policy, number, traced.span, &traced.fields);
        }
        Ok(())
    }

    fn is_same(&self, issuers: IssuerList, list: usize) -> bool {
        match issuers {
            IssuerList::Listed(other) => self.lists[other] == self.lists[list],
            IssuerList::Open | IssuerList::ImpliedInternal => self.lists[list].is_empty(),
        }
    }

    /// The interface of a site is where a listener for its challenges is to be opened.
    fn set_bind_host(&mut self, index: usize, site: &Site) {
        let IssuerList::Listed(list) = self.all[index].issuers else {
            return;
        };
        for host in site.binds.iter().filter_map(|bind| bind.addresses.first()) {
            for issuer in &mut self.lists[list] {
                if let Issuer::Acme(acme) = issuer {
                    let challenges = acme.challenges.get_or_insert_default();
                    if challenges.bind_host.is_empty() {
                        challenges.bind_host.clone_from(host);
                    }
                }
            }
        }
    }

    /// Names that no public authority knows get a policy of their own.
    fn split_off_internal(&mut self, index: usize, site: &ServedSite<'_>) -> Read<()> {
        let plan = &self.all[index].plan;
        let subjects = plan.subjects.iter();
        let subjects = subjects.filter(|name| !names::is_tailscale(name));
        let (mut public, mut internal) = (Vec::new(), Vec::new());
        for name in subjects {
            if !names::qualifies(name) {
                let address = site.addresses.iter().find(|address| address.host == **name);
                let span = address.map_or(site.addresses[0].span, |address| address.span);
                return Err(errors::no_certificate_for(name, span));
            }
            let kind = if names::is_public_by_default(name, plan.on_demand) {
                &mut public
            } else {
                &mut internal
            };
            kind.push(name.clone());
        }
        if !public.is_empty() && !internal.is_empty() {
            self.all[index].plan.subjects = public;
            let mut split = self.all[index].clone();
            split.plan.subjects = internal;
            split.issuers = IssuerList::ImpliedInternal;
            self.push(split);
        }
        Ok(())
    }

    /// Policies for names that no site asks for.
    fn add_names(&mut self, names: &AppNames) {
        let ech = self.options.tls.ech.iter().flat_map(|ech| &ech.configs);
        let public_names = ech.map(|config| &config.public_name);
        let outer: Vec<String> = public_names
            .filter(|name| !name.is_empty())
            .cloned()
            .collect();
        if !outer.is_empty() {
            self.push_for(outer, self.base.clone());
        }
        let is_internal = |name: &&String| !names::is_public(name);
        let beside = names.beside_hostless.iter();
        let mut internal: Vec<String> = beside.filter(is_internal).cloned().collect();
        let automated = names.automated.iter();
        let automated = automated.filter(|name| !self.has_policy_for(name));
        let (mine, public): (Vec<String>, Vec<String>) =
            automated.cloned().partition(|name| is_internal(&name));
        internal.extend(mine);
        if !public.is_empty() && (self.has_base || has_global_settings(self.options)) {
            self.push_for(public, self.base.clone());
        }
        if !internal.is_empty() {
            let policy = Policy {
                issuers: IssuerList::ImpliedInternal,
                ..Policy::default()
            };
            self.push_for(internal, policy);
        }
    }

    fn push_for(&mut self, subjects: Vec<String>, mut policy: Policy) {
        policy.plan.subjects = subjects;
        self.push(policy);
    }

    fn has_policy_for(&self, name: &String) -> bool {
        let mut policies = self.order.iter().map(|&index| &self.all[index].plan);
        policies.any(|plan| plan.subjects.contains(name))
    }

    /// Writes the issuers out, where the global options say something about them, too.
    fn finish(mut self) -> Read<Vec<Policy>> {
        if has_global_settings(self.options) {
            for index in 0..self.all.len() {
                if !self.is_all_public(index) {
                    continue;
                }
                match self.all[index].issuers {
                    IssuerList::Open => {
                        let list = self.list(global_issuers(self.options));
                        self.all[index].issuers = IssuerList::Listed(list);
                    }
                    IssuerList::ImpliedInternal => {
                        let list = self.list(vec![internal()]);
                        self.all[index].issuers = IssuerList::Listed(list);
                    }
                    IssuerList::Listed(_) => {}
                }
            }
        }
        for issuer in self.lists.iter_mut().flatten() {
            fill_in(issuer, self.options)?;
        }
        for policy in &mut self.all {
            policy.plan.issuers = match policy.issuers {
                IssuerList::Open => Vec::new(),
                IssuerList::ImpliedInternal => vec![internal()],
                IssuerList::Listed(list) => self.lists[list].clone(),
            };
        }
        let order = self.order.iter();
        Ok(order.map(|&index| self.all[index].clone()).collect())
    }

    fn is_all_public(&self, index: usize) -> bool {
        let plan = &self.all[index].plan;
        plan.subjects.iter().all(|name| {
            names::is_public_by_default(name, plan.on_demand) && !names::is_tailscale(name)
        })
    }
}

fn trace_issuer(policy: &mut Policy, number: usize, span: Span, fields: &[(&'static str, Span)]) {
    policy.trace(format!("issuers[{number}]"), span);
    for (field, span) in fields {
        policy.trace(format!("issuers[{number}].{field}"), *span);
    }
}

/// Where fields of ACME issuers come from that only the global options set.
fn emit_global_origins(policy: &Policy, path: &str, options: &Options, origins: &mut Origins) {
    for (number, issuer) in policy.plan.issuers.iter().enumerate() {
        let Issuer::Acme(_) = issuer else { continue };
        for (field, span) in &options.tls.fields {
            let path = format!("{path}.issuers[{number}].{field}");
            if origins.get(&path).is_none() {
                origins.insert(path, *span);
            }
        }
    }
}

/// A name must not be in two policies.
fn refuse_ambiguity(policies: &[Policy], listeners: &[Listener<'_>]) -> Read<()> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for name in policies.iter().flat_map(|policy| &policy.plan.subjects) {
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
