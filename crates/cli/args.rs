//! The command line as types; nothing but data. Names and short forms are Caddy's.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use evenkeel_diagnostics::Severity;

/// A load balancer that reads your Caddyfile.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve in the foreground until told to stop (SIGINT or SIGTERM)
    Run(Source),
    /// Report every mistake in a configuration and in the files it names; change nothing
    Check(Check),
    /// The same as `check`, under Caddy's name
    Validate(Check),
    /// Print the JSON that a Caddyfile stands for
    Adapt(Adapt),
    /// Print a Caddyfile in the usual form
    Fmt(Fmt),
    /// Print the version
    Version,
}

/// Where the configuration is.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// Configuration file, or `-` for standard input [default: ./Caddyfile]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Its language: `caddyfile` or `json` [default: by the file's name]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) adapter: Option<Adapter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Adapter {
    Caddyfile,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) source: Source,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Also print what the failure of an upstream costs a user
    #[arg(long)]
    pub(crate) failures: bool,
    /// Fail for findings of this weight and everything graver. From grave to light: error,
    /// security, availability, warning, no-effect, redundant, suspicious, deprecated, info
    #[arg(long, value_name = "WEIGHT", value_parser = weight, default_value = "error", hide_possible_values = true)]
    pub(crate) deny: Severity,
    /// Show lints of this weight and everything graver
    #[arg(long, value_name = "WEIGHT", value_parser = weight, default_value = "deprecated", hide_possible_values = true)]
    pub(crate) lints: Severity,
}

/// A weight by its name.
fn weight(name: &str) -> Result<Severity, String> {
    let known = || Severity::ALL.into_iter();
    known().find(|weight| weight.name() == name).ok_or_else(|| {
        let names: Vec<&str> = known().map(Severity::name).collect();
        format!("known are {}", names.join(", "))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the line and a pointer into it, on standard error
    Human,
    /// One line a finding, on standard error
    Short,
    /// One JSON object, on standard output
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Adapt {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Indent the output
    #[arg(short, long)]
    pub(crate) pretty: bool,
    /// Also check whether the result can be built
    #[arg(long)]
    pub(crate) validate: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// The Caddyfile, or `-` for standard input [default: ./Caddyfile]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The same, under the name it has elsewhere
    #[arg(short, long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) config: Option<PathBuf>,
    /// Write the result into the file instead of printing it
    #[arg(short = 'w', long)]
    pub(crate) overwrite: bool,
    /// Print what would change: `- ` in front of what is, `+ ` of what should be
    #[arg(short, long)]
    pub(crate) diff: bool,
}
