//! Findings for people. The only file that knows annotate-snippets.
//!
//! Whatever comes from the user's text is cleaned and cut here, so neither a hostile file nor a
//! minified one can harm the terminal.

mod excerpt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use self::excerpt::Excerpt;
use crate::secret::{censor, censored};
use crate::trace::labels;
use crate::{Diagnostic, Label, Severity, SourceId, SourceMap, clean};

/// Wide enough for any excerpt line plus its label; the excerpts cut lines themselves.
const WIDTH: usize = 140;

/// In front of Caddy's words.
pub(crate) const CADDY: &str = "Caddy says: ";
/// Stands for Caddy's words while the rest is rendered; nothing stands behind them.
const PLACE: char = '\u{f8ff}';

/// A finding in rustc's look: headline, place, the lines, what to do. Ends without newline.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let diagnostic = &*censored(diagnostic, sources);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Info => Level::INFO,
        Severity::Warning => Level::WARNING,
        other => Level::WARNING.with_name(other.name()),
    };
    let title = level
        .primary_title(clean(&diagnostic.message))
        .id(diagnostic.id);
    let mut groups = vec![place(Group::with_title(title), diagnostic, sources)];
    let helps = diagnostic
        .helps
        .iter()
        .map(|fix| Level::HELP.secondary_title(clean(&fix.text)));
    let notes = diagnostic
        .notes
        .iter()
        .map(|note| Level::NOTE.secondary_title(clean(note)));
    // The renderer would indent its lines and expand its tabs, and then nobody found the text.
    let caddy = diagnostic
        .caddy
        .as_ref()
        .map(|_| Level::NOTE.secondary_title(format!("{CADDY}{PLACE}")));
    groups.extend(helps.chain(notes).chain(caddy).map(Group::with_title));
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = renderer.term_width(WIDTH).render(&groups);
    if let (Some(caddy), Some(at)) = (&diagnostic.caddy, text.rfind(PLACE)) {
        let caddy = censor(caddy.resolve(sources), sources);
        text.replace_range(at..at + PLACE.len_utf8(), &caddy);
    }
    text
}

/// A finding on one line: `path:line:column: error[id]: message`.
pub fn render_short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let diagnostic = &*censored(diagnostic, sources);
    let severity = diagnostic.severity.name();
    let message = clean(&diagnostic.message);
    let finding = format!("{severity}[{}]: {message}", diagnostic.id);
    let Some(span) = diagnostic.span() else {
        return finding;
    };
    let position = sources.position(span);
    let name = clean(sources.name(span.source));
    format!("{name}:{}:{}: {finding}", position.line, position.column)
}

/// Adds the marked lines, one excerpt per text, the one with the finding first.
fn place<'a>(mut group: Group<'a>, found: &Diagnostic, sources: &'a SourceMap) -> Group<'a> {
    let Some(main) = found.span() else {
        return group;
    };
    let all = labels(found, sources);
    let mut ids: Vec<SourceId> = vec![sources.base(main).source];
    for label in &all {
        if !ids.contains(&label.span.source) {
            ids.push(label.span.source);
        }
    }
    for id in ids {
        let labels: Vec<&Label> = all.iter().filter(|label| label.span.source == id).collect();
        group = group.element(snippet(&labels, id, sources).path(clean(sources.name(id))));
    }
    group
}

fn snippet<'a>(
    labels: &[&Label],
    id: SourceId,
    sources: &SourceMap,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let excerpt = Excerpt::new(labels, id, sources);
    let annotations = labels.iter().zip(excerpt.ranges).map(|(label, range)| {
        let kind = if label.primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let annotation = kind.span(range);
        if label.text.is_empty() {
            annotation
        } else {
            annotation.label(clean(&label.text).into_owned())
        }
    });
    Snippet::source(excerpt.text)
        .line_start(excerpt.first_line)
        .annotations(annotations)
}

#[cfg(test)]
mod tests;
