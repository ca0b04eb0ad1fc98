//! The command line as types; nothing but data. Names and short forms are Caddy's.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Report every mistake in a configuration; touch nothing but the file
    Check(Check),
    /// The same as `check`, under Caddy's name
    Validate(Check),
    /// Print the JSON that a Caddyfile stands for
    Adapt(Adapt),
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
