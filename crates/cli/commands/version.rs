//! `evenkeel version`.

use std::process::ExitCode;

use crate::error::CommandError;
use crate::output;

#[expect(clippy::unnecessary_wraps, reason = "commands have one shape")]
pub(super) fn run() -> Result<ExitCode, CommandError> {
    output::line(concat!("evenkeel ", env!("CARGO_PKG_VERSION")));
    Ok(ExitCode::SUCCESS)
}
