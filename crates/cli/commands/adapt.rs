//! `evenkeel adapt`: the plan as Caddy's JSON, on standard output.

use std::process::ExitCode;

use serde::Serialize as _;

use evenkeel_caddyfile::OsHost;

use crate::args::Adapt;
use crate::commands::check;
use crate::error::CommandError;
use crate::{input, output};

pub(super) fn run(arguments: &Adapt) -> Result<ExitCode, CommandError> {
    let mut input = input::read(&arguments.source)?;
    if arguments.validate {
        check::build(&mut input)?;
    }
    output::findings(&input.findings, &input.sources, &OsHost);
    let plan = input.require_plan()?;
    let json = if arguments.pretty {
        pretty(plan)
    } else {
        serde_json::to_string(plan)
    };
    output::line(&escaped(&json.map_err(CommandError::startup)?));
    Ok(ExitCode::SUCCESS)
}

/// Indented by tabs, as Caddy prints it.
fn pretty(plan: &evenkeel_plan::Plan) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    let tabs = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    plan.serialize(&mut serde_json::Serializer::with_formatter(
        &mut bytes, tabs,
    ))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// With the characters written as escapes that Go's `encoding/json` writes so, lest a browser takes
/// them for markup. They stand nowhere but in texts.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
}
