//! `reverse_proxy app`: an upstream without a port.

use evenkeel_diagnostics::{Severity, shorten};

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "upstream-without-port",
    severity: Severity::Suspicious,
    why: "without a port the upstream is dialed at port 80",
    instead: "write the port",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for dial in proxy.upstreams.iter().filter(|dial| dial.lacks_port()) {
            let message = format!("the upstream `{}` has no port", shorten(&dial.word.text));
            let found = RULE.bare(dial.word.span, message, "dialed at port 80");
            report(found.help(format!(
                "write the port, as `{}:80`",
                shorten(&dial.word.text)
            )));
        }
    }
}
