//! `evenkeel check` (and `validate`): every mistake in one run, and what a correct file does that
//! nobody means. Reads the file and what it names; writes, binds and dials nothing.

use std::borrow::Cow;
use std::process::ExitCode;

use anyhow::anyhow;
use evenkeel_caddyfile::{Host as _, OsHost};
use evenkeel_diagnostics::{Diagnostic, JsonDiagnostic, Severity, Span, unique};
use evenkeel_forecast::{Forecast, forecast};
use evenkeel_lint::Allowed;
use serde::Serialize;

use crate::args::{Check, Format};
use crate::error::CommandError;
use crate::input::{self, Input};
use crate::output;

pub(super) fn run(arguments: &Check) -> Result<ExitCode, CommandError> {
    let mut input = input::read(&arguments.source)?;
    build(&mut input)?;
    lint(&mut input, arguments.lints.max(arguments.deny));
    let failures = match &input.plan {
        Some(plan) if arguments.failures => Some(forecast(plan)),
        _ => None,
    };
    match arguments.format {
        Format::Human => output::findings(&input.findings, &input.sources, &OsHost),
        Format::Short => output::findings_short(&input.findings, &input.sources),
        Format::Json => return json(&input, failures.as_ref(), arguments.deny),
    }
    input.require_plan()?;
    if let Some(failures) = failures {
        output::line(failures.table().trim_end());
    }
    refuse(&input, arguments.deny)?;
    output::line("Valid configuration");
    Ok(ExitCode::SUCCESS)
}

/// Adds what the rules find, down to a weight, behind what is there already.
fn lint(input: &mut Input, lightest: Severity) {
    let Some(file) = &input.file else { return };
    let (allowed, mut found) = Allowed::read(&input.sources, &[]);
    found.extend(evenkeel_lint::lint(file, &input.sources, &allowed));
    found.retain(|finding| finding.severity <= lightest);
    // What was taken for a wrong value is, where a rule knows better, something else.
    let better: Vec<Span> = graves(&found).filter_map(Diagnostic::span).collect();
    let is_explained = |finding: &Diagnostic| {
        let touches = |span: Span| better.iter().any(|one| input.sources.overlap(*one, span));
        finding.severity == Severity::Error && finding.span().is_some_and(touches)
    };
    let findings = std::mem::take(&mut input.findings).into_iter();
    input.findings = findings.filter(|finding| !is_explained(finding)).collect();
    input.findings.extend(unique(found, &input.sources));
}

fn graves(found: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
}

/// An error that counts the findings of this weight and of everything graver, if there are any.
fn refuse(input: &Input, deny: Severity) -> Result<(), CommandError> {
    let denied = input
        .findings
        .iter()
        .filter(|finding| finding.severity <= deny);
    let count = denied.count();
    if count == 0 {
        return Ok(());
    }
    let noun = if count == 1 { "finding" } else { "findings" };
    let weight = match deny {
        Severity::Error => "error".to_owned(),
        lighter => format!("{} or graver", lighter.name()),
    };
    Err(CommandError::startup(anyhow!(
        "{count} {noun} in `{}` of weight {weight}",
        input.name
    )))
}

/// Builds the plan without starting anything. What fails becomes a finding on its line.
pub(super) fn build(input: &mut Input) -> Result<(), CommandError> {
    let Some(plan) = &input.plan else {
        return Ok(());
    };
    let Err(error) = evenkeel_server::check(plan, &|name| OsHost.env(name)) else {
        return Ok(());
    };
    let finding = |(path, message): (Cow<'_, str>, String)| {
        let span = input.origins.nearest(&path)?;
        Some(Diagnostic::error("cannot-build", message).at(span, ""))
    };
    let found: Option<Vec<_>> = error.places().into_iter().map(finding).collect();
    match found {
        Some(found) if !found.is_empty() => {
            let findings = std::mem::take(&mut input.findings).into_iter().chain(found);
            input.findings = unique(findings.collect(), &input.sources);
        }
        Some(_) | None => return Err(CommandError::startup(error)),
    }
    input.plan = None;
    Ok(())
}

#[derive(Serialize)]
struct Report<'a> {
    /// There is a plan, and no finding has a weight that is denied.
    valid: bool,
    diagnostics: Vec<JsonDiagnostic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<&'a Forecast>,
}

fn json(
    input: &Input,
    failures: Option<&Forecast>,
    deny: Severity,
) -> Result<ExitCode, CommandError> {
    let valid = input.plan.is_some() && refuse(input, deny).is_ok();
    let resolve = |finding| JsonDiagnostic::new(finding, &input.sources);
    let diagnostics = input.findings.iter().map(resolve).collect();
    let report = Report {
        valid,
        diagnostics,
        failures,
    };
    output::line(&serde_json::to_string(&report).map_err(CommandError::startup)?);
    Ok(ExitCode::from(u8::from(!valid)))
}
