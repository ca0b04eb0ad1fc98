//! One upstream twice in one `reverse_proxy`.

use evenkeel_diagnostics::{Severity, shorten};

use crate::dial::Dial;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "duplicate-upstream",
    severity: Severity::Availability,
    why: "it gets twice the share, and when it fails both of its places fail: it is no spare",
    instead: "remove one of the two, or write the address that was meant",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in subject.balancers() {
        let mut seen: Vec<(String, &Dial<'_>)> = Vec::new();
        for dial in proxy.upstreams.iter().filter(|dial| !dial.is_open()) {
            let key = dial.key();
            match seen.iter().find(|(other, _)| *other == key) {
                Some((_, first)) => {
                    let message = format!(
                        "the upstream `{}` is listed twice",
                        shorten(&dial.word.text)
                    );
                    let found = RULE.at(dial.word.span, message, "again");
                    report(found.also(first.word.span, "the same"));
                }
                None => seen.push((key, dial)),
            }
        }
    }
}
