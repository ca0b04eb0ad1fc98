//! `evenkeel check` (and `validate`): every mistake in one run; reads nothing but the file.

use std::borrow::Cow;
use std::process::ExitCode;

use evenkeel_caddyfile::{Host as _, OsHost};
use evenkeel_diagnostics::{Diagnostic, JsonDiagnostic, unique};
use evenkeel_forecast::{Forecast, forecast};
use serde::Serialize;

use crate::args::{Check, Format};
use crate::error::CommandError;
use crate::input::{self, Input};
use crate::output;

pub(super) fn run(arguments: &Check) -> Result<ExitCode, CommandError> {
    let mut input = input::read(&arguments.source)?;
    build(&mut input)?;
    let failures = match &input.plan {
        Some(plan) if arguments.failures => Some(forecast(plan)),
        _ => None,
    };
    match arguments.format {
        Format::Human => output::findings(&input.findings, &input.sources, &OsHost),
        Format::Short => output::findings_short(&input.findings, &input.sources),
        Format::Json => return json(&input, failures.as_ref()),
    }
    input.require_plan()?;
    if let Some(failures) = failures {
        output::line(failures.table().trim_end());
    }
    output::line("Valid configuration");
    Ok(ExitCode::SUCCESS)
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
    valid: bool,
    diagnostics: Vec<JsonDiagnostic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<&'a Forecast>,
}

fn json(input: &Input, failures: Option<&Forecast>) -> Result<ExitCode, CommandError> {
    let valid = input.plan.is_some();
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
