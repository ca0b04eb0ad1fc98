//! `tls_insecure_skip_verify`.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "insecure-skip-verify",
    severity: Severity::Security,
    why: "without verification anybody between the two can answer in the upstream's name",
    instead: "name the authority that signs it: `tls_trust_pool file /path/ca.pem` (and `tls_server_name NAME`)",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for line in proxy.transport() {
            if line.name.text == "tls_insecure_skip_verify" {
                let message = "the certificate of the upstream is not verified";
                report(RULE.at(line.line_span(), message, "any certificate passes"));
            }
        }
    }
}
