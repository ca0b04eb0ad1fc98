//! `{env.X}` in a site address.

use evenkeel_diagnostics::{Severity, shorten};

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "runtime-variable-in-address",
    severity: Severity::Error,
    why: "a site address is read once, when the file is; `{env.X}` is replaced only while serving",
    instead: "write `{$X}`, which is replaced while the file is read",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for word in subject.sites.iter().flat_map(|site| site.keys) {
        for name in placeholder::names(&word.text) {
            let Some(variable) = name.strip_prefix("env.") else {
                continue;
            };
            let span = subject.part(word, &format!("{{{name}}}"));
            let message = format!("`{{{}}}` is not replaced in a site address", shorten(name));
            let fixed = format!("{{${variable}}}");
            let found = RULE.bare(span, message, "stays as it is");
            report(found.fix(format!("write `{fixed}`"), span, fixed));
        }
    }
}
