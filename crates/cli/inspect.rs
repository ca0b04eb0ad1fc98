//! What `check` looks for in a configuration that can be read: lints, and what is around it.

use std::time::SystemTime;

use evenkeel_diagnostics::{Diagnostic, Severity, SourceMap, Span, unique};
use evenkeel_lint::Allowed;
use evenkeel_server::{Files, TROUBLES, surroundings};

use crate::input::Input;

/// Adds what is wrong with the files and addresses that the plan names.
pub(crate) fn look_around(input: &mut Input) {
    let Some(plan) = &input.plan else { return };
    let (allowed, _) = Allowed::read(&input.sources, TROUBLES);
    let now = now();
    let found = surroundings(plan, &OsFiles, now).into_iter().map(|one| {
        let severity = if one.is_error {
            Severity::Error
        } else {
            Severity::Warning
        };
        match input.origins.nearest(&one.path) {
            Some(span) => Diagnostic::new(severity, one.id, one.message).at(span, ""),
            None => Diagnostic::new(severity, one.id, format!("{}: {}", one.path, one.message)),
        }
        .help(one.help)
    });
    let found = found.filter(|finding| !allowed.covers(finding, &input.sources));
    let found: Vec<Diagnostic> = found.collect();
    let mut findings = std::mem::take(&mut input.findings);
    findings.retain(|finding| !is_said_by(&found, finding, &input.sources));
    findings.extend(found);
    input.findings = unique(findings, &input.sources);
    if graves(&input.findings).next().is_some() {
        input.plan = None;
    }
}

/// Whether another finding says the same of the same place: what Caddy only warns of keeps a server
/// from starting.
fn is_said_by(others: &[Diagnostic], finding: &Diagnostic, sources: &SourceMap) -> bool {
    let place = finding.span();
    others.iter().any(|other| {
        let both = place.zip(other.span());
        other.id == finding.id && both.is_some_and(|(one, other)| sources.overlap(one, other))
    })
}

/// The files of this machine.
struct OsFiles;

impl Files for OsFiles {
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        std::path::Path::new(path).is_dir()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the validity of a certificate is a question to the wall clock"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Adds what the rules find, down to a weight, behind what is there already.
pub(crate) fn lint(input: &mut Input, lightest: Severity) {
    let Some(file) = &input.file else { return };
    let (allowed, mut found) = Allowed::read(&input.sources, TROUBLES);
    found.extend(evenkeel_lint::lint(file, &input.sources, &allowed));
    found.retain(|finding| finding.severity <= lightest);
    // What was taken for a wrong value is, where a rule knows better, something else.
    let better: Vec<Span> = graves(&found).filter_map(Diagnostic::span).collect();
    let is_explained = |finding: &Diagnostic| {
        let touches = |span: Span| better.iter().any(|one| input.sources.overlap(*one, span));
        finding.severity == Severity::Error && finding.span().is_some_and(touches)
    };
    // What Caddy warns of as well is said by the rule, which can be silenced.
    let is_ruled = |finding: &Diagnostic| {
        let id = finding.id;
        evenkeel_lint::RULES.iter().any(|rule| rule.id == id)
    };
    let findings = std::mem::take(&mut input.findings).into_iter();
    input.findings = findings
        .filter(|finding| !is_explained(finding) && !is_ruled(finding))
        .collect();
    input.findings.extend(unique(found, &input.sources));
}

fn graves(found: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
}
