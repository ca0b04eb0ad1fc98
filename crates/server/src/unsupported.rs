//! Refuses what a plan asks of TLS and nobody does yet, before anything is opened.

use evenkeel_plan::Plan;
use evenkeel_proxy::BuildError;
use evenkeel_tls::Refusal;

/// Every such place.
pub(crate) fn find(plan: &Plan) -> Vec<BuildError> {
    let app = plan.apps.tls.iter();
    let mut found: Vec<Refusal> = app.flat_map(evenkeel_tls::refuse_app).collect();
    let servers = plan.apps.http.iter().flat_map(|http| &http.servers);
    for (name, server) in servers {
        let policies = server.tls_connection_policies.iter().flatten();
        for (number, policy) in policies.enumerate() {
            let path = format!("apps.http.servers.{name}.tls_connection_policies[{number}]");
            found.extend(evenkeel_tls::refuse_policy(policy, &path));
        }
    }
    let error = |refusal: Refusal| BuildError {
        path: refusal.path,
        message: format!("`{}` is not supported yet", refusal.name),
    };
    found.into_iter().map(error).collect()
}
