//! A placeholder that no part of Caddy fills: a name of nginx, of Caddy 1, or a slip.

use std::collections::BTreeSet;

use evenkeel_caddyfile::ast::{Directive, Quote, Word};
use evenkeel_diagnostics::{Diagnostic, Severity, nearest, shorten};

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "unknown-placeholder",
    severity: Severity::Error,
    why: "Caddy leaves an unknown placeholder as it is, so the upstream or the client gets the braces and the name",
    instead: "write one of Caddy's placeholders, as `{remote_host}`, `{host}`, `{uri}` or `{header.NAME}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let defined = defined(subject);
    for placed in &subject.directives {
        if TEXTS.contains(&placed.line.name.text.as_str()) {
            continue;
        }
        each_word(placed.line, &mut |word, line| {
            for name in placeholder::names(&word.text) {
                let is_fine = placeholder::is_known(name) || defined.contains(name);
                if !is_fine {
                    report(found(subject, word, name, line));
                }
            }
        });
    }
}

/// Directives with a syntax of their own between braces, or whose text is shown as it is.
const TEXTS: [&str; 4] = ["map", "templates", "log", "log_append"];

fn found(subject: &Subject<'_>, word: &Word, name: &str, line: &Directive) -> Diagnostic {
    let whole = format!("{{{name}}}");
    let span = subject.part(word, &whole);
    let message = format!("there is no placeholder `{}`", shorten(&whole));
    let found = RULE.bare(span, message, "sent as it stands here");
    let field = line.args.first().map(|word| word.text.as_str());
    if let ("header_up", Some("Upgrade" | "Connection")) = (line.name.text.as_str(), field) {
        return found.help("remove the line: WebSocket works without it");
    }
    if let Some(meant) = placeholder::meant(name) {
        return found.fix(format!("write `{meant}`"), span, meant);
    }
    match nearest(name, placeholder::short_names()) {
        Some(near) => found.fix(
            format!("did you mean `{{{near}}}`?"),
            span,
            format!("{{{near}}}"),
        ),
        None => found.help(RULE.instead),
    }
}

/// The names that `map` fills.
fn defined<'a>(subject: &Subject<'a>) -> BTreeSet<&'a str> {
    let maps = subject.named(&["map"]);
    let words = maps.flat_map(|placed| &placed.line.args);
    words
        .flat_map(|word| placeholder::names(&word.text))
        .collect()
}

/// The words of a directive's lines, but for those of the directives in its block, which are
/// looked at by themselves. A quoted word with a line break is a text, and braces are at home there.
fn each_word<'a>(directive: &'a Directive, see: &mut dyn FnMut(&'a Word, &'a Directive)) {
    for word in &directive.args {
        if word.quote != Quote::Heredoc && !word.text.contains('\n') {
            see(word, directive);
        }
    }
    let holds_directives = [
        "handle",
        "handle_path",
        "handle_errors",
        "route",
        "handle_response",
    ];
    if holds_directives.contains(&directive.name.text.as_str()) {
        return;
    }
    for line in directive.block.iter().flat_map(|block| &block.lines) {
        each_word(line, see);
    }
}
