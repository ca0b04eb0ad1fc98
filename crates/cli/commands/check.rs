//! `evenkeel check` (and `validate`): every mistake in one run, and what a correct file does that
//! nobody means. Reads the file and what it names; writes, binds and dials nothing.

use std::borrow::Cow;
use std::process::ExitCode;

use anyhow::anyhow;
use evenkeel_caddyfile::{Host as _, OsHost};
use evenkeel_diagnostics::{Diagnostic, JsonDiagnostic, Severity, unique};
use evenkeel_forecast::{Forecast, Place, forecast};
use evenkeel_plan::Plan;
use serde::Serialize;

use crate::args::{Check, Format};
use crate::error::CommandError;
use crate::input::{self, Input};
use crate::{inspect, output};

pub(super) fn run(arguments: &Check) -> Result<ExitCode, CommandError> {
    let mut input = input::read(&arguments.source)?;
    inspect::look_around(&mut input);
    build(&mut input)?;
    inspect::lint(&mut input, arguments.lints.max(arguments.deny));
    let failures = match &input.plan {
        Some(plan) if arguments.failures => Some(costs(plan, &input)),
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

/// What failures cost, each `reverse_proxy` with its line.
fn costs(plan: &Plan, input: &Input) -> Forecast {
    let mut forecast = forecast(plan);
    for proxy in &mut forecast.proxies {
        let span = input.origins.nearest(&proxy.path);
        proxy.place = span.map(|span| Place {
            file: input.sources.name(span.source).to_owned(),
            line: input.sources.position(span).line,
        });
    }
    forecast
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
        let message = named_as_written(input, &path, message);
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

/// A refusal of exactly what a line says names the first word of that line, where the line does not
/// have the plan's name for it (`health_checks.active.method` is `health_method`).
fn named_as_written(input: &Input, path: &str, message: String) -> String {
    let refused = message.strip_prefix('`');
    let refused = refused.and_then(|rest| rest.strip_suffix("` is not supported yet"));
    let span = input.origins.get(path).filter(|span| {
        let before = &input.sources.text(span.source)[..span.start as usize];
        before.trim_end_matches([' ', '\t']).ends_with('\n')
    });
    let (Some(refused), Some(span)) = (refused, span) else {
        return message;
    };
    let mut words = input.sources.slice(span).split_whitespace();
    match words.next() {
        Some(first) if first != refused && !words.any(|word| word == refused) => {
            format!("`{first}` is not supported yet")
        }
        _ => message,
    }
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
