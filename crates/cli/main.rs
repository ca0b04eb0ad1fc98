//! The `evenkeel` command: reads arguments, runs a command, ends with its exit code.

mod args;
mod commands;
mod error;
mod input;
mod inspect;
mod output;

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

/// Every request needs a buffer of 8 KiB and some small pieces; the C library's allocator takes
/// four times as long for them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error),
    };
    match commands::run(arguments.command) {
        Ok(code) => code,
        Err(error) => output::failure(&error),
    }
}
