//! The policies of names that only the TLS app knows of.

use std::collections::BTreeSet;

use super::Policies;
use crate::certificates::defaults::has_global_settings;
use crate::certificates::policy::{IssuerList, Policy};
use crate::names;

/// Names that are managed although no route asks for them.
pub(in crate::certificates) struct AppNames {
    /// Hosts that share a site with an address for any host.
    pub(in crate::certificates) beside_hostless: BTreeSet<String>,
    /// Those of the option `tls_automate_names`, without any that are managed anyway.
    pub(in crate::certificates) automated: Vec<String>,
}

impl Policies<'_> {
    /// Policies for names that no site asks for.
    pub(super) fn add_names(&mut self, names: &AppNames) {
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
}
