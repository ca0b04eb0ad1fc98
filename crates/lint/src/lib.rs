//! Lints: what a configuration that Caddy accepts does that nobody means, or does not do.
//!
//! A rule is a row of [`RULES`] and a file in `rules/`. It looks at the syntax tree, in which
//! imports and snippets are in place already, so that every finding has the exact place that the
//! user wrote. A comment silences a rule on its line ([`Allowed`]).

mod allow;
mod cause;
mod dial;
mod page;
mod placeholder;
mod proxy;
mod rule;
mod rules;
mod secret;
mod subject;
mod walk;

use std::collections::BTreeSet;

use evenkeel_caddyfile::ast::File;
use evenkeel_diagnostics::{Diagnostic, SourceMap, Span};

pub use allow::Allowed;
pub use cause::name_causes;
pub use page::page;
pub use rule::Rule;
pub use rules::RULES;
pub use secret::secrets;

use subject::Subject;

/// More findings of one rule than this are not shown: they say nothing new.
const MOST_PER_RULE: usize = 50;

/// Everything the rules find in a file, each place once, the allowed left out.
pub fn lint(file: &File, sources: &SourceMap, allowed: &Allowed) -> Vec<Diagnostic> {
    let subject = Subject::new(file, sources);
    let mut all = Vec::new();
    for rule in RULES {
        let mut seen: BTreeSet<Option<Span>> = BTreeSet::new();
        let mut kept = 0;
        let mut keep = |found: Diagnostic| {
            // What a snippet says in many sites is one line to its author.
            let place = found.span().map(|span| sources.base(span));
            if kept < MOST_PER_RULE && !allowed.covers(&found, sources) && seen.insert(place) {
                kept += 1;
                all.push(found);
            }
        };
        (rule.look)(&subject, &mut keep);
    }
    all
}

#[cfg(test)]
mod tests;
