//! `reverse_proxy app:8080/path`: a path behind an upstream.

use evenkeel_diagnostics::{Severity, shorten};

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "upstream-with-path",
    severity: Severity::Error,
    why: "an upstream is a host and a port; with a path behind it no connection comes about",
    instead: "leave the path out, and add it to requests with `rewrite * /path{uri}` in front",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for proxy in &subject.proxies {
        for dial in &proxy.upstreams {
            let Some(path) = dial.path() else { continue };
            let message = format!("the upstream `{}` has a path", shorten(&dial.word.text));
            let span = subject.part(dial.word, path);
            let found = RULE.bare(span, message, "becomes part of the address to dial");
            report(match path {
                "/" => found.fix("leave the slash out", span, ""),
                _ => found.help(format!(
                    "leave it out, and add it to requests with `rewrite * {}{{uri}}` in front",
                    shorten(path)
                )),
            });
        }
    }
}
