//! Findings for machines: what `--format json` and the admin API give out.

use serde::Serialize;

use crate::render::CADDY;
use crate::secret::{censor, censored};
use crate::trace::labels;
use crate::{Diagnostic, Fix, SourceMap, Span};

/// A finding with its places resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonDiagnostic {
    /// The name of its [`Severity`](crate::Severity): `error`, `warning`, …
    pub severity: &'static str,
    /// The stable, kebab-case name of this kind of finding.
    pub id: &'static str,
    /// One sentence.
    pub message: String,
    /// The place of the finding, if it has one.
    #[serde(flatten)]
    pub range: Option<JsonRange>,
    /// Every marked place.
    pub labels: Vec<JsonLabel>,
    /// What to do.
    pub help: Vec<JsonFix>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonRange {
    /// The file's name as it was given.
    pub file: String,
    /// First line, from 1.
    pub line: u32,
    /// First column in characters, from 1.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column just behind the last character.
    pub end_column: u32,
    /// First byte, from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A marked place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonLabel {
    /// The place.
    #[serde(flatten)]
    pub range: JsonRange,
    /// What there is to say about it; may be empty.
    pub text: String,
    /// Whether the finding is here.
    pub primary: bool,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonFix {
    /// The action in words.
    pub text: String,
    /// The edit that carries it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<JsonEdit>,
}

/// Text to put in the place of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonEdit {
    /// What to replace.
    #[serde(flatten)]
    pub range: JsonRange,
    /// What to put there.
    pub replacement: String,
}

impl JsonDiagnostic {
    /// Resolves the places of a finding.
    pub fn new(diagnostic: &Diagnostic, sources: &SourceMap) -> Self {
        let diagnostic = &*censored(diagnostic, sources);
        let label = |label: &crate::Label| JsonLabel {
            range: range(label.span, sources),
            text: label.text.clone(),
            primary: label.primary,
        };
        Self {
            severity: diagnostic.severity.name(),
            id: diagnostic.id,
            message: diagnostic.message.clone(),
            range: diagnostic.span().map(|span| range(span, sources)),
            labels: labels(diagnostic, sources).iter().map(label).collect(),
            help: diagnostic
                .helps
                .iter()
                .map(|help| fix(help, sources))
                .collect(),
            notes: notes(diagnostic, sources),
        }
    }
}

fn notes(found: &Diagnostic, sources: &SourceMap) -> Vec<String> {
    let caddy = found.caddy.as_ref();
    let caddy = caddy.map(|text| format!("{CADDY}{}", censor(text.resolve(sources), sources)));
    found.notes.iter().cloned().chain(caddy).collect()
}

fn fix(fix: &Fix, sources: &SourceMap) -> JsonFix {
    let edit = fix.edit.as_ref().map(|edit| JsonEdit {
        range: range(edit.span, sources),
        replacement: edit.replacement.clone(),
    });
    JsonFix {
        text: fix.text.clone(),
        edit,
    }
}

fn range(span: Span, sources: &SourceMap) -> JsonRange {
    let start = sources.position(span);
    let end = sources.end_position(span);
    JsonRange {
        file: sources.name(span.source).to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start: span.start,
        end: span.end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_lines_columns_and_bytes_of_every_place() {
        let mut sources = SourceMap::new();
        let id = sources.add("Caddyfile", "ä\nlb_polcy x\n");
        let span = Span::new(id, 3, 11);
        let found = Diagnostic::error("unknown-subdirective", "no option `lb_polcy`")
            .at(span, "not known here")
            .fix("did you mean `lb_policy`?", span, "lb_policy")
            .note("see the documentation");

        let json = serde_json::to_string_pretty(&JsonDiagnostic::new(&found, &sources)).unwrap();

        insta::assert_snapshot!(json, @r#"
        {
          "severity": "error",
          "id": "unknown-subdirective",
          "message": "no option `lb_polcy`",
          "file": "Caddyfile",
          "line": 2,
          "column": 1,
          "end_line": 2,
          "end_column": 9,
          "start": 3,
          "end": 11,
          "labels": [
            {
              "file": "Caddyfile",
              "line": 2,
              "column": 1,
              "end_line": 2,
              "end_column": 9,
              "start": 3,
              "end": 11,
              "text": "not known here",
              "primary": true
            }
          ],
          "help": [
            {
              "text": "did you mean `lb_policy`?",
              "edit": {
                "file": "Caddyfile",
                "line": 2,
                "column": 1,
                "end_line": 2,
                "end_column": 9,
                "start": 3,
                "end": 11,
                "replacement": "lb_policy"
              }
            }
          ],
          "notes": [
            "see the documentation"
          ]
        }
        "#);
    }

    #[test]
    fn a_finding_without_place_has_no_file() {
        let found = Diagnostic::warning("a", "b");
        let json = serde_json::to_string(&JsonDiagnostic::new(&found, &SourceMap::new())).unwrap();
        insta::assert_snapshot!(json, @r#"{"severity":"warning","id":"a","message":"b","labels":[],"help":[],"notes":[]}"#);
    }
}
