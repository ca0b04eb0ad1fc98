//! A file per command.

mod adapt;
mod check;
mod fmt;
mod run;
mod version;

use std::process::ExitCode;

use crate::args::Command;
use crate::error::CommandError;

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<ExitCode, CommandError> {
    match command {
        Command::Run(source) => run::run(&source),
        Command::Check(arguments) | Command::Validate(arguments) => check::run(&arguments),
        Command::Adapt(arguments) => adapt::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Version => version::run(),
    }
}
