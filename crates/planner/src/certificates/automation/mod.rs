//! The automation policies: which issuer serves which names. Caddy: `buildTLSApp`.

mod app_names;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{AutomationPolicy, Issuer};

pub(super) use self::app_names::AppNames;
use super::consolidate::consolidate;
use super::defaults::{fill_in, global_issuers, has_global_settings, makes_base_policy};
use super::policy::{IssuerList, Policy, internal};
use crate::errors::{self, Read};
use crate::names;
use crate::options::Options;
use crate::origins::Origins;
use crate::site::{Listener, Site};

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
