//! A password or token in the file itself.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-file",
    severity: Severity::Security,
    why: "whoever reads the file, its backups or its repository has the credential",
    instead: "put it into the environment, and write `{$NAME}` or `{env.NAME}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_authorization = ["Authorization", "Proxy-Authorization"]
                .iter()
                .any(|field| up.field.eq_ignore_ascii_case(field));
            let written = subject.sources.slice(up.value.span);
            if is_authorization && is_credential(written) {
                let message = format!("the credential for `{}` stands in the file", up.field);
                report(RULE.at(up.line.args[0].span, message, "sent with every request"));
            }
        }
    }
}

/// `Basic …` or `Bearer …` with something literal behind it.
fn is_credential(written: &str) -> bool {
    let text = written.trim_matches(['"', '`']);
    let Some((scheme, secret)) = text.split_once(' ') else {
        return false;
    };
    let is_scheme = ["basic", "bearer"].contains(&scheme.to_ascii_lowercase().as_str());
    is_scheme && !secret.trim().is_empty() && !secret.contains('{')
}
