//! `# evenkeel: allow RULE[, RULE]`: comments that silence rules on their line, or, where they
//! stand alone, on the next line that holds anything.

use std::collections::BTreeMap;

use evenkeel_caddyfile::{Comment, comments};
use evenkeel_diagnostics::{Diagnostic, SourceId, SourceMap, Span, nearest, shorten};

use crate::RULES;

/// What opens such a comment, behind the `#`.
const MARK: &str = "evenkeel:";
/// Behind this a comment may say why.
const REASON: &str = " -- ";

/// The rules that comments silence, by text and line.
#[derive(Debug, Default)]
pub struct Allowed {
    lines: BTreeMap<(SourceId, u32), Vec<String>>,
}

impl Allowed {
    /// Reads the comments of all texts, and says which cannot be obeyed. `others`: names besides
    /// those of the rules that may be allowed.
    pub fn read(sources: &SourceMap, others: &[&str]) -> (Self, Vec<Diagnostic>) {
        let mut allowed = Self::default();
        let mut findings = Vec::new();
        for (source, text) in sources.texts() {
            if !text.contains(MARK) {
                continue;
            }
            for comment in comments(text, source) {
                let Some(names) = names(&comment, &mut findings) else {
                    continue;
                };
                let line = line_of(&comment, text, sources);
                for (name, span) in names {
                    let known = || {
                        RULES
                            .iter()
                            .map(|rule| rule.id)
                            .chain(others.iter().copied())
                    };
                    if known().any(|id| id == name) {
                        let silenced = allowed.lines.entry((source, line)).or_default();
                        silenced.push(name.to_owned());
                    } else {
                        findings.push(unknown(name, span, nearest(name, known())));
                    }
                }
            }
        }
        (allowed, findings)
    }

    /// Whether a finding is silenced where it stands.
    pub fn covers(&self, found: &Diagnostic, sources: &SourceMap) -> bool {
        let Some(span) = found.span() else {
            return false;
        };
        let line = sources.position(span).line;
        let silenced = self.lines.get(&(sources.base(span).source, line));
        silenced.is_some_and(|names| names.iter().any(|name| name == found.id))
    }
}

/// The line a comment speaks of.
fn line_of(comment: &Comment, text: &str, sources: &SourceMap) -> u32 {
    let own = sources.position(comment.span).line;
    let start = comment.span.start as usize;
    let before = &text[text[..start].rfind('\n').map_or(0, |at| at + 1)..start];
    if !before.trim().is_empty() {
        return own;
    }
    let behind = text[start..].lines().skip(1);
    let skipped = behind.take_while(|line| line.trim().is_empty() || line.trim().starts_with('#'));
    own + 1 + u32::try_from(skipped.count()).unwrap_or(0)
}

/// The names in a comment with their places; `None` if the comment is not for us.
fn names<'c>(comment: &'c Comment, findings: &mut Vec<Diagnostic>) -> Option<Vec<(&'c str, Span)>> {
    let text = comment.text.as_str();
    let order = text
        .trim_start_matches('#')
        .trim_start()
        .strip_prefix(MARK)?;
    let order = order.split(REASON).next().unwrap_or_default();
    let mut words = order
        .split(|char: char| char.is_whitespace() || char == ',')
        .filter(|word| !word.is_empty());
    if words.next() != Some("allow") {
        findings.push(not_understood(comment.span));
        return None;
    }
    let place = |word: &'c str| {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let at = comment.span.start + u32::try_from(at).unwrap_or(0);
        let end = at + u32::try_from(word.len()).unwrap_or(0);
        (word, Span::new(comment.span.source, at, end))
    };
    let names: Vec<_> = words.map(place).collect();
    if names.is_empty() {
        findings.push(not_understood(comment.span));
    }
    Some(names)
}

fn not_understood(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "unknown-comment",
        "this comment for Evenkeel says nothing it knows",
    )
    .at(span, "not obeyed")
    .help("write `# evenkeel: allow RULE`, with the name of a rule that a finding shows")
}

fn unknown(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let message = format!("there is no rule `{}`", shorten(name));
    let found = Diagnostic::warning("unknown-rule", message).at(span, "silences nothing");
    match near {
        Some(near) => found.fix(format!("did you mean `{near}`?"), span, near),
        None => found.help("the rules are listed in docs/lints.md"),
    }
}
