//! The policies of one site: what its `tls` lines say, over what the options say.

use evenkeel_plan::tls::Issuer;

use super::{Policies, trace_issuer};
use crate::certificates::policy::IssuerList;
use crate::directives::tls::TlsSettings;
use crate::errors::{self, Read};
use crate::names;
use crate::site::{ServedSite, Site};

impl Policies<'_> {
    pub(super) fn add_site(&mut self, site: &ServedSite<'_>) -> Read<()> {
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
}
