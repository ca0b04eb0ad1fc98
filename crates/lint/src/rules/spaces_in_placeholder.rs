//! `{ host }`: with spaces inside, it is text.

use evenkeel_caddyfile::ast::{Directive, Word};
use evenkeel_diagnostics::{Severity, shorten};

use crate::placeholder;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "spaces-in-placeholder",
    severity: Severity::Error,
    why: "with spaces inside the braces it is no placeholder, and the text stays the same for every request",
    instead: "write it without spaces",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for placed in &subject.directives {
        each_word(placed.line, &mut |word| {
            for (whole, name) in spaced(&word.text) {
                let message = format!("`{}` is no placeholder", shorten(whole));
                let span = subject.part(word, whole);
                let fixed = format!("{{{name}}}");
                let found = RULE.bare(span, message, "stays as it is");
                report(found.fix(format!("write `{fixed}`"), span, fixed));
            }
        });
    }
}

/// `{ name }` with the name; only names that would be placeholders.
fn spaced(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('{').filter_map(move |(at, _)| {
        let rest = &text[at..];
        let whole = &rest[..=rest.find('}')?];
        let inside = &whole[1..whole.len() - 1];
        let name = inside.trim();
        let is_one = name != inside && !name.is_empty() && !name.contains([' ', '"', ':']);
        (is_one && placeholder::is_known(name)).then_some((whole, name))
    })
}

fn each_word<'a>(line: &'a Directive, see: &mut dyn FnMut(&'a Word)) {
    line.args.iter().for_each(&mut *see);
    for line in line.block.iter().flat_map(|block| &block.lines) {
        each_word(line, see);
    }
}
