//! The way to a finding: through which imports its text came, and whether it was made before.

use crate::{Diagnostic, Label, SourceMap};

/// The labels of a finding, those of one text under one source, with the imports that led to it.
pub(crate) fn labels(found: &Diagnostic, sources: &SourceMap) -> Vec<Label> {
    let own = found.labels.iter().cloned();
    let imports = found.span().into_iter().flat_map(|span| {
        sources.imports(span).map(|at| Label {
            span: at,
            text: "imported here".to_owned(),
            primary: false,
        })
    });
    own.chain(imports)
        .map(|label| Label {
            span: sources.base(label.span),
            ..label
        })
        .collect()
}

/// Sorts findings by their places in the texts and drops those that say the same of the same
/// place as an earlier one: a snippet may be imported many times. Those without a place keep
/// theirs in front, and the last one if it has none.
pub fn unique(mut findings: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    let last = findings.pop_if(|last| last.span().is_none());
    let place = |found: &Diagnostic| {
        let span = sources.base(found.span()?);
        Some((span.source, span.start))
    };
    findings.sort_by_key(place);
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for found in findings {
        let at = place(&found);
        let mut same = kept.iter().rev().take_while(|known| place(known) == at);
        if !same.any(|known| says_the_same(known, &found, sources)) {
            kept.push(found);
        }
    }
    kept.extend(last);
    kept
}

fn says_the_same(one: &Diagnostic, other: &Diagnostic, sources: &SourceMap) -> bool {
    let same_label = |(one, other): (&Label, &Label)| {
        one.text == other.text && sources.base(one.span) == sources.base(other.span)
    };
    one.id == other.id
        && one.message == other.message
        && one.labels.len() == other.labels.len()
        && one.labels.iter().zip(&other.labels).all(same_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Span, render};

    #[test]
    fn a_finding_shows_the_imports_that_led_to_it() {
        let mut sources = SourceMap::new();
        let root = sources.add("Caddyfile", "a {\n  import b\n}\n");
        let file = sources.add("b", "oops\n");
        let imported = sources.add_import(file, Span::new(root, 6, 14), None);
        let found = Diagnostic::error("x", "no").at(Span::new(imported, 0, 4), "here");
        let expected = "error[x]: no\n --> b:1:1\n  |\n1 | oops\n  | ^^^^ here\n  |\n \
                        ::: Caddyfile:2:3\n  |\n2 |   import b\n  |   -------- imported here";
        assert_eq!(render(&found, &sources, false), expected);
    }

    #[test]
    fn what_several_imports_bring_is_said_once() {
        let mut sources = SourceMap::new();
        let root = sources.add("Caddyfile", "a b c");
        let find = |source| Diagnostic::error("x", "no").at(Span::new(source, 2, 3), "");
        let one = sources.add_import(root, Span::new(root, 0, 1), None);
        let other = sources.add_import(root, Span::new(root, 4, 5), None);
        let different = Diagnostic::error("x", "other").at(Span::new(other, 2, 3), "");
        let findings = vec![find(one), find(other), different.clone()];
        assert_eq!(unique(findings, &sources), [find(one), different]);
    }
}
