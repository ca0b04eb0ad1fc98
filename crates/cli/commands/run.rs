//! `evenkeel run`: serves in the foreground.

use std::process::ExitCode;

use evenkeel_caddyfile::{Host as _, OsHost};
use evenkeel_server::{Configuration, Ended, ServeError};

use crate::args::Source;
use crate::error::CommandError;
use crate::input::{self, Input};
use crate::output;

pub(super) fn run(source: &Source) -> Result<ExitCode, CommandError> {
    let input = input::read(source)?;
    output::findings(&input.findings, &input.sources, &OsHost);
    let plan = input.require_plan()?.clone();
    let document = match &input.document {
        Some(document) => document.clone(),
        None => serde_json::to_value(&plan).map_err(CommandError::startup)?,
    };
    let configuration = Configuration {
        name: input.name.clone(),
        plan,
        document,
    };
    match evenkeel_server::serve(&configuration, &|name| OsHost.env(name)) {
        Ok(Ended::Drained) => Ok(ExitCode::SUCCESS),
        Ok(Ended::Forced) => Ok(ExitCode::from(2)),
        Err(error) => Err(explain(error, &input)),
    }
}

/// Names the line that asked for what failed.
fn explain(error: ServeError, input: &Input) -> CommandError {
    let origin = error
        .places()
        .first()
        .and_then(|(path, _)| input.origins.nearest(path));
    let hint = error.hint();
    let mut failure = match error {
        ServeError::Stop(_) => CommandError::stop(error),
        error => CommandError::startup(error),
    };
    if let Some(span) = origin {
        let position = input.sources.position(span);
        let file = input.sources.name(span.source);
        failure = failure.hint(format!(
            "asked for at {file}:{}:{}",
            position.line, position.column
        ));
    }
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
