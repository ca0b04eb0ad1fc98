//! Refuses what a plan may ask of TLS and this crate does not do yet. Every structure is taken
//! apart field by field, so that a field added to the plan must be decided on here.

use evenkeel_plan::tls as plan;

/// Something of a plan that cannot be done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where in the plan, as `apps.tls.automation.policies[0].key_type`.
    pub path: String,
    /// What it is called.
    pub name: String,
}

/// The place that is looked at, and what was found so far.
struct Search {
    path: String,
    found: Vec<Refusal>,
}

/// What the TLS app asks for and does not get.
pub fn refuse_app(app: &plan::App) -> Vec<Refusal> {
    let plan::App {
        certificates,
        automation: policies,
        session_tickets,
        cache,
        // There is none, so it cannot be switched off.
        disable_ocsp_stapling: _,
        disable_storage_check: _,
        disable_storage_clean: _,
        encrypted_client_hello,
        dns,
        resolvers,
    } = app;
    let mut search = Search::at("apps.tls".to_owned());
    if let Some(all) = certificates {
        search.within("certificates", |search| certificates_of(all, search));
    }
    if let Some(all) = policies {
        search.within("automation", |search| automation(all, search));
    }
    search.field("session_tickets", session_tickets.is_some());
    search.field("cache", cache.is_some());
    search.field("encrypted_client_hello", encrypted_client_hello.is_some());
    search.field("dns", dns.is_some());
    search.field("resolvers", !resolvers.is_empty());
    search.found
}

/// What the connection policy at `path` asks for and does not get.
pub fn refuse_policy(policy: &plan::ConnectionPolicy, path: &str) -> Vec<Refusal> {
    let plan::ConnectionPolicy {
        matcher,
        certificate_selection,
        cipher_suites,
        curves,
        alpn: _,
        protocol_min: _,
        protocol_max: _,
        drop,
        client_authentication,
        default_sni,
        fallback_sni,
        insecure_secrets_log,
        handshake_context,
    } = policy;
    let mut search = Search::at(path.to_owned());
    if let Some(plan::ConnectionMatcher {
        sni: _,
        sni_regexp,
        remote_ip,
        local_ip,
    }) = matcher
    {
        search.within("match", |search| {
            search.field("sni_regexp", sni_regexp.is_some());
            search.field("remote_ip", remote_ip.is_some());
            search.field("local_ip", local_ip.is_some());
        });
    }
    if let Some(selection) = certificate_selection {
        search.within("certificate_selection", |search| {
            certificate_selection_of(selection, search);
        });
    }
    search.field("cipher_suites", !cipher_suites.is_empty());
    search.field("curves", !curves.is_empty());
    search.field("drop", *drop);
    search.field("client_authentication", client_authentication.is_some());
    search.field("default_sni", !default_sni.is_empty());
    search.field("fallback_sni", !fallback_sni.is_empty());
    search.field("insecure_secrets_log", !insecure_secrets_log.is_empty());
    search.field("handshake_context", handshake_context.is_some());
    search.found
}

fn certificate_selection_of(selection: &plan::CertificateSelection, search: &mut Search) {
    let plan::CertificateSelection {
        serial_number,
        subject_organization,
        public_key_algorithm,
        any_tag: _,
        all_tags,
    } = selection;
    search.field("serial_number", !serial_number.is_empty());
    search.field("subject_organization", !subject_organization.is_empty());
    search.field("public_key_algorithm", !public_key_algorithm.is_empty());
    search.field("all_tags", !all_tags.is_empty());
}

fn certificates_of(certificates: &plan::Certificates, search: &mut Search) {
    let plan::Certificates {
        load_files: _,
        load_folders,
        load_pem,
        load_storage,
        automate: _,
    } = certificates;
    for number in 0..load_folders.len() {
        search.named(&format!("load_folders[{number}]"), "load_folders");
    }
    search.field("load_pem", !load_pem.is_empty());
    search.field("load_storage", load_storage.is_some());
}

fn automation(automation: &plan::Automation, search: &mut Search) {
    let plan::Automation {
        policies,
        on_demand,
        ocsp_interval,
        renew_interval,
        storage_clean_interval,
    } = automation;
    for (number, policy) in policies.iter().enumerate() {
        search.within(&format!("policies[{number}]"), |search| {
            automation_policy(policy, search);
        });
    }
    search.field("on_demand", on_demand.is_some());
    search.field("ocsp_interval", !ocsp_interval.is_zero());
    search.field("renew_interval", !renew_interval.is_zero());
    search.field("storage_clean_interval", !storage_clean_interval.is_zero());
}

fn automation_policy(policy: &plan::AutomationPolicy, search: &mut Search) {
    let plan::AutomationPolicy {
        subjects: _,
        issuers,
        get_certificate,
        must_staple,
        renewal_window_ratio,
        key_type,
        storage,
        on_demand,
        reuse_private_keys,
        disable_ocsp_stapling: _,
        ocsp_overrides,
    } = policy;
    for (number, one) in issuers.iter().enumerate() {
        search.within(&format!("issuers[{number}]"), |search| issuer(one, search));
    }
    for number in 0..get_certificate.len() {
        let place = format!("get_certificate[{number}]");
        search.named(&place, "get_certificate");
    }
    search.field("must_staple", *must_staple);
    search.field("renewal_window_ratio", !renewal_window_ratio.is_zero());
    // The default is what there is.
    search.field("key_type", !matches!(key_type.as_str(), "" | "p256"));
    search.field("storage", storage.is_some());
    search.field("on_demand", *on_demand);
    search.field("reuse_private_keys", *reuse_private_keys);
    search.field("ocsp_overrides", !ocsp_overrides.is_empty());
}

fn issuer(issuer: &plan::Issuer, search: &mut Search) {
    match issuer {
        plan::Issuer::Acme(settings) => acme(settings, search),
        plan::Issuer::ZeroSsl(_) => search.named("", "zerossl"),
        plan::Issuer::Internal(plan::InternalIssuer {
            ca: _,
            lifetime: _,
            sign_with_root: _,
        }) => {}
    }
}

fn acme(settings: &plan::AcmeIssuer, search: &mut Search) {
    let plan::AcmeIssuer {
        ca: _,
        test_ca: _,
        email: _,
        profile,
        account_key,
        external_account,
        acme_timeout,
        challenges,
        trusted_roots_pem_files: _,
        preferred_chains,
        certificate_lifetime,
        network_proxy,
    } = settings;
    search.field("profile", !profile.is_empty());
    search.field("account_key", !account_key.is_empty());
    search.field("external_account", external_account.is_some());
    search.field("acme_timeout", !acme_timeout.is_zero());
    if let Some(plan::Challenges {
        http: _,
        tls_alpn: _,
        dns,
        // Challenges are answered on the listeners that are open; no other is opened for them.
        bind_host: _,
        distributed,
    }) = challenges
    {
        search.within("challenges", |search| {
            search.field("dns", dns.is_some());
            search.field("distributed", distributed == &Some(false));
        });
    }
    search.field("preferred_chains", preferred_chains.is_some());
    search.field("certificate_lifetime", !certificate_lifetime.is_zero());
    search.field("network_proxy", network_proxy.is_some());
}

impl Search {
    const fn at(path: String) -> Self {
        let found = Vec::new();
        Self { path, found }
    }

    fn within(&mut self, place: &str, look: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(place);
        look(self);
        self.path.truncate(length);
    }

    /// Refuses a field of the current place, if it is set.
    fn field(&mut self, name: &str, is_set: bool) {
        if is_set {
            self.named(name, name);
        }
    }

    /// Refuses what lies at `place` (empty: the current one).
    fn named(&mut self, place: &str, name: &str) {
        let dot = if place.is_empty() { "" } else { "." };
        self.found.push(Refusal {
            path: format!("{}{dot}{place}", self.path),
            name: name.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(found: Vec<Refusal>) -> Vec<String> {
        found.into_iter().map(|refusal| refusal.path).collect()
    }

    #[test]
    fn everything_of_the_app_that_is_not_done_is_refused_at_its_place() {
        let app = serde_json::from_str(
            r#"{"certificates":{"load_folders":["x"]},"disable_storage_check":true,
                "resolvers":["1.1.1.1"],"automation":{"on_demand":{},"policies":[
                {"key_type":"p256","issuers":[{"module":"internal"}]},
                {"key_type":"p384","on_demand":true,"get_certificate":[{"via":"tailscale"}],
                 "issuers":[{"module":"zerossl"},{"module":"acme","profile":"x",
                 "challenges":{"bind_host":"::1","dns":{}}}]}]}}"#,
        );
        let policy = "apps.tls.automation.policies[1]";
        assert_eq!(
            paths(refuse_app(&app.unwrap())),
            [
                "apps.tls.certificates.load_folders[0]",
                &format!("{policy}.issuers[0]"),
                &format!("{policy}.issuers[1].profile"),
                &format!("{policy}.issuers[1].challenges.dns"),
                &format!("{policy}.get_certificate[0]"),
                &format!("{policy}.key_type"),
                &format!("{policy}.on_demand"),
                "apps.tls.automation.on_demand",
                "apps.tls.resolvers",
            ]
        );
        assert_eq!(refuse_app(&plan::App::default()), []);
    }

    #[test]
    fn everything_of_a_connection_policy_that_is_not_done_is_refused_at_its_place() {
        let policy = serde_json::from_str(
            r#"{"match":{"sni":["a"],"remote_ip":{}},"alpn":["h2"],"curves":["x25519"],
                "certificate_selection":{"any_tag":["a"],"all_tags":["b"]},"drop":true,
                "client_authentication":{},"fallback_sni":"x"}"#,
        );
        assert_eq!(
            paths(refuse_policy(&policy.unwrap(), "p")),
            [
                "p.match.remote_ip",
                "p.certificate_selection.all_tags",
                "p.curves",
                "p.drop",
                "p.client_authentication",
                "p.fallback_sni",
            ]
        );
        assert_eq!(refuse_policy(&plan::ConnectionPolicy::default(), "p"), []);
    }
}
