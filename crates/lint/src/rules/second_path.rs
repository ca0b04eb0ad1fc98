//! `reverse_proxy /a /b app:8080`: only the first word may be a path.

use evenkeel_diagnostics::{Severity, shorten};

use crate::proxy::upstream_words;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "second-path",
    severity: Severity::Error,
    why: "a directive takes one matcher; the words behind it are upstreams, and this one is dialed as if it were a host",
    instead: "define a matcher for several paths: `@name path /a /b`, and write `reverse_proxy @name …`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for word in upstream_words(proxy.placed.line) {
            if word.text.starts_with('/') {
                let message = format!(
                    "the path `{}` is taken for an upstream",
                    shorten(&word.text)
                );
                report(RULE.at(word.span, message, "only the first word can be a path"));
            }
        }
    }
}
