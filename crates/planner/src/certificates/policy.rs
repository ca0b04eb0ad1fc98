//! An automation policy while it is worked on.

use std::collections::BTreeMap;

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{AutomationPolicy, InternalIssuer, Issuer};

use crate::origins::Origins;

/// A policy and what its plan does not show.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    /// What it says. Its issuers are only filled in at the end.
    pub(super) plan: AutomationPolicy,
    /// Where its issuers are.
    pub(super) issuers: IssuerList,
    /// Where it and its fields were written, by paths in the policy (empty: the whole).
    pub(super) fields: BTreeMap<String, Span>,
}

/// Issuers, which several policies may share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IssuerList {
    /// Nobody named one.
    #[default]
    Open,
    /// The internal one, which follows from the names and was not asked for.
    ImpliedInternal,
    /// A list by number.
    Listed(usize),
}

impl Policy {
    /// Whether it says nothing but names, and perhaps who has certificates already.
    pub(super) fn is_empty_but_for_managers(&self) -> bool {
        let AutomationPolicy {
            subjects: _,
            get_certificate: _,
            issuers,
            must_staple,
            renewal_window_ratio,
            key_type,
            storage,
            on_demand,
            reuse_private_keys,
            disable_ocsp_stapling,
            ocsp_overrides,
        } = &self.plan;
        issuers.is_empty()
            && renewal_window_ratio.is_zero()
            && key_type.is_empty()
            && storage.is_none()
            && ocsp_overrides.is_empty()
            && !(*must_staple || *on_demand || *reuse_private_keys || *disable_ocsp_stapling)
    }

    /// Whether it says nothing but names.
    pub(super) fn is_empty(&self) -> bool {
        self.plan.get_certificate.is_empty() && self.is_empty_but_for_managers()
    }

    /// Remembers where a field was written; the last place counts.
    pub(super) fn trace(&mut self, field: impl Into<String>, span: Span) {
        self.fields.insert(field.into(), span);
    }

    /// Writes down where the policy at `path` came from.
    pub(super) fn emit_origins(&self, path: &str, origins: &mut Origins) {
        for (field, span) in &self.fields {
            let dot = if field.is_empty() { "" } else { "." };
            origins.insert(format!("{path}{dot}{field}"), *span);
        }
    }
}

/// The internal issuer as it is without settings.
pub(super) fn internal() -> Issuer {
    Issuer::Internal(InternalIssuer::default())
}
