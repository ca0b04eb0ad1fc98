//! A mark in the file that somebody or some script was to replace.

use std::collections::BTreeSet;

use evenkeel_caddyfile::ast::Directive;
use evenkeel_diagnostics::{Severity, Span, shorten};

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "unfilled-template",
    severity: Severity::Error,
    why: "the mark is used as it stands, as a name, an address or a secret",
    instead: "put the value in its place, or an environment variable: `{$NAME}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let mut seen = BTreeSet::new();
    let inside = subject.options.iter().flat_map(|line| line.block.iter());
    let options = subject.options.iter();
    let named = subject.directives.iter().map(|placed| placed.line);
    let named = named.filter(|line| READ.contains(&line.name.text.as_str()));
    let lines = options
        .chain(inside.flat_map(|block| &block.lines))
        .chain(named);
    let keys = subject.sites.iter().flat_map(|site| site.keys);
    let mut spans: Vec<Span> = lines.map(Directive::line_span).collect();
    spans.extend(keys.map(|word| word.span));
    spans.sort_unstable();
    for span in spans {
        look_at(span, subject.sources.slice(span), &mut seen, report);
    }
}

/// Directives whose words are names, addresses and secrets.
const READ: [&str; 5] = [
    "reverse_proxy",
    "tls",
    "php_fastcgi",
    "basic_auth",
    "basicauth",
];

/// What opens and what closes a mark, and whether the inside must be in capitals.
const MARKS: [(&str, &str, bool); 4] = [
    ("{{", "}}", false),
    ("${", "}", false),
    ("<", ">", false),
    ("__", "__", true),
];

/// No name of anything is longer.
const LONGEST: usize = 60;

fn look_at<'a>(span: Span, text: &'a str, seen: &mut BTreeSet<&'a str>, report: Report<'_>) {
    // Each mark is one hole to fill, however often it stands there.
    for mark in marks(text).filter(|mark| seen.insert(mark)) {
        let at = mark.as_ptr() as usize - text.as_ptr() as usize;
        let start = span.start + u32::try_from(at).unwrap_or(0);
        let end = start + u32::try_from(mark.len()).unwrap_or(0);
        let message = format!("`{}` was never filled in", shorten(mark));
        report(RULE.at(
            Span::new(span.source, start, end),
            message,
            "used as it stands",
        ));
    }
}

fn marks(text: &str) -> impl Iterator<Item = &str> {
    MARKS.iter().flat_map(move |&(open, close, capitals)| {
        text.match_indices(open).filter_map(move |(at, _)| {
            let inside = &text[at + open.len()..];
            let length = inside.find(close)?;
            let name = inside[..length].trim();
            let is_inner = |char: char| char.is_alphanumeric() || "_-. ".contains(char);
            let is_name = !name.is_empty()
                && name.len() <= LONGEST
                && name.starts_with(|char: char| char.is_alphabetic())
                && name.chars().all(is_inner)
                && !(capitals && name.chars().any(char::is_lowercase));
            is_name.then(|| &text[at..at + open.len() + length + close.len()])
        })
    })
}
