//! `log [NAME] { hostnames, no_hostname, output, format, core, level, sampling }`: the access log
//! of a site.

mod encoders;
mod filters;
mod places;
mod settings;
mod writers;

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::logging::Log;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::logs::{AccessLog, DEFAULT, TracedLog};
use crate::matchers::Scope;
use crate::options::Options;
use crate::site::Site;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

pub(crate) use places::Places;
use settings::Settings;

/// The two places of a `log`, as messages name them.
const OPTION: &str = "the global option `log`";
const SITE: &str = "the `log` of a site";

/// Writes an access log of the site.
///
/// ```caddyfile
/// log [NAME] {
///     hostnames HOST…
///     output stdout|stderr|discard|file …|net …
///     format console|json|filter|append|journald …
///     level LEVEL
///     sampling { … }
/// }
/// ```
///
/// The global option of the same name sets up the logs of the process.
pub(super) const LOG: Directive = Directive::site("log", lower);

/// In a site.
const SUBDIRECTIVES: &[Sub<Settings>] = &[
    Sub::once("output", settings::output)
        .on_twice("'output' subdirective specified more than once in the same log block"),
    Sub::once("format", settings::format)
        .on_twice("'format' subdirective specified more than once in the same log block"),
    Sub::once("level", settings::level)
        .on_twice("'level' subdirective specified more than once in the same log block"),
    Sub::once("core", settings::core)
        .on_twice("'core' subdirective specified more than once in the same log block")
        .adapts_only(),
    Sub::once("sampling", settings::sampling)
        .on_twice("'sampling' subdirective specified more than once in the same log block")
        .adapts_only(),
    Sub::new("hostnames", settings::hostnames),
    Sub::once("no_hostname", settings::no_hostname)
        .on_twice("'no_hostname' subdirective specified more than once in the same log block"),
    Sub::only_in("include", OPTION).on_value("$value is not allowed in the log directive"),
    Sub::only_in("exclude", OPTION).on_value("$value is not allowed in the log directive"),
    Sub::others("unrecognized subdirective: $value"),
];

/// In the global options.
const OPTION_SUBDIRECTIVES: &[Sub<Settings>] = &[
    Sub::once("output", settings::output)
        .on_twice("'output' subdirective specified more than once in the same log block"),
    Sub::once("format", settings::format)
        .on_twice("'format' subdirective specified more than once in the same log block"),
    Sub::once("level", settings::level)
        .on_twice("'level' subdirective specified more than once in the same log block"),
    Sub::once("core", settings::core)
        .on_twice("'core' subdirective specified more than once in the same log block")
        .adapts_only(),
    Sub::once("sampling", settings::sampling)
        .on_twice("'sampling' subdirective specified more than once in the same log block")
        .adapts_only(),
    Sub::new("include", settings::include),
    Sub::new("exclude", settings::exclude),
    Sub::only_in("hostnames", SITE).on_value("$value is not allowed in the log global options"),
    Sub::once("no_hostname", settings::no_hosts_at_all)
        .on_twice("'no_hostname' subdirective specified more than once in the same log block"),
    Sub::others("unrecognized subdirective: $value"),
];

/// The subdirectives in a site, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// The subdirectives in the global options, and whether they work.
pub(crate) fn option_words() -> Vec<Known> {
    vocabulary::of_table(OPTION_SUBDIRECTIVES)
}

/// The options of `output file`, and whether they work.
pub(crate) fn file_words() -> Vec<Known> {
    vocabulary::of_table(writers::FILE)
}

/// The options of `output net`, and whether they work.
pub(crate) fn net_words() -> Vec<Known> {
    vocabulary::of_table(writers::NET)
}

/// The options of `format json` and `format console`, and whether they work.
pub(crate) fn format_words() -> Vec<Known> {
    vocabulary::of_table(encoders::FORM)
}

/// The options of `sampling`, and whether they work.
pub(crate) fn sampling_words() -> Vec<Known> {
    vocabulary::of_table(settings::SAMPLING)
}

fn lower(line: Line<'_>, site: &mut Site, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<()> {
    line.at_most(1)?;
    let settings = read(line, SUBDIRECTIVES, lowering.diagnostics);
    let mut log = settings.log;
    let is_empty = log == Log::default();
    let name = match line.args.first() {
        Some(name) if !name.text.is_empty() => name.text.clone(),
        _ if is_empty => String::new(),
        _ => {
            lowering.numbered_logs += 1;
            format!("log{}", lowering.numbered_logs - 1)
        }
    };
    if !name.is_empty() {
        log.include = vec![format!("http.log.access.{name}")];
    }
    site.logs.push(AccessLog {
        name,
        hostnames: settings.hostnames,
        no_hostname: settings.no_hostname,
        log: (!is_empty).then_some(TracedLog {
            log,
            span: line.span(),
            places: settings.places,
        }),
    });
    Ok(())
}

/// The global option: `log [NAME] { output, format, core, level, sampling, include, exclude }`.
pub(crate) fn option(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(1)?;
    let name = line.args.first().map_or(DEFAULT, |word| &word.text);
    if let Some(first) = options.logs.get(name) {
        let message = format!("the log `{name}` is defined twice");
        let says = format!("duplicate global log option for: {name}");
        return Err(errors::conflict(message, line.span(), Some(first.span)).caddy(says));
    }
    let settings = read(line, OPTION_SUBDIRECTIVES, diagnostics);
    let log = TracedLog {
        log: settings.log,
        span: line.span(),
        places: settings.places,
    };
    options.logs.insert(name.to_owned(), log);
    Ok(())
}

fn read(line: Line<'_>, table: &[Sub<Settings>], diagnostics: &mut Diagnostics) -> Settings {
    let mut settings = Settings::default();
    read_block(line.name, line.block, table, &mut settings, diagnostics);
    settings
}
