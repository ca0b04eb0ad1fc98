//! The terminal: the only place that prints.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "this is where printing belongs"
)]

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use evenkeel_caddyfile::Host;
use evenkeel_diagnostics::{Diagnostic, SourceMap, render, render_short};

use crate::error::CommandError;

/// Prints a line of a command's result.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Prints a text as it is. A closed pipe is no reason to fail.
pub(crate) fn text(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints findings with their lines and pointers.
pub(crate) fn findings(diagnostics: &[Diagnostic], sources: &SourceMap, host: &dyn Host) {
    let color = color(host);
    for diagnostic in diagnostics {
        eprintln!("{}", render(diagnostic, sources, color).trim_end());
        eprintln!();
    }
}

/// Prints findings, a line each.
pub(crate) fn findings_short(diagnostics: &[Diagnostic], sources: &SourceMap) {
    for diagnostic in diagnostics {
        eprintln!("{}", render_short(diagnostic, sources).trim_end());
    }
}

/// Prints why a command failed and gives its exit code.
pub(crate) fn failure(error: &CommandError) -> ExitCode {
    eprintln!("error: {error}");
    for hint in &error.hints {
        eprintln!("help: {hint}");
    }
    error.code()
}

/// Prints what clap has to say: help on standard output, a mistake on standard error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe is no reason to fail.
    drop(error.print());
    if error.use_stderr() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// Colour for a terminal only, and not where `NO_COLOR` is set (no-color.org).
fn color(host: &dyn Host) -> bool {
    std::io::stderr().is_terminal() && host.env("NO_COLOR").is_none_or(|value| value.is_empty())
}
