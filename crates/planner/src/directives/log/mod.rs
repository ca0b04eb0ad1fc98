//! `log [NAME] { hostnames, no_hostname, output, format, level }`: the access log of a site.

mod settings;

use evenkeel_diagnostics::Diagnostics;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::logs::{AccessLog, DEFAULT, TracedLog};
use crate::matchers::Scope;
use crate::options::Options;
use crate::site::Site;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

use settings::Settings;

/// The two places of a `log`, as messages name them.
const OPTION: &str = "the global option `log`";
const SITE: &str = "the `log` of a site";

pub(super) const LOG: Directive = Directive::site("log", lower);

/// In a site.
const SUBDIRECTIVES: &[Sub<Settings>] = &[
    Sub::once("output", settings::output),
    Sub::once("format", settings::format),
    Sub::once("level", settings::level),
    Sub::later("core"),
    Sub::later("sampling"),
    Sub::new("hostnames", hostnames),
    Sub::new("no_hostname", no_hostname),
    Sub::only_in("include", OPTION),
    Sub::only_in("exclude", OPTION),
];

/// In the global options.
const OPTION_SUBDIRECTIVES: &[Sub<Settings>] = &[
    Sub::once("output", settings::output),
    Sub::once("format", settings::format),
    Sub::once("level", settings::level),
    Sub::later("core"),
    Sub::later("sampling"),
    Sub::new("include", settings::include),
    Sub::new("exclude", settings::exclude),
    Sub::only_in("hostnames", SITE),
    Sub::only_in("no_hostname", SITE),
];

/// The subdirectives in a site, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// The subdirectives in the global options, and whether they work.
pub(crate) fn option_words() -> Vec<Known> {
    vocabulary::of_table(OPTION_SUBDIRECTIVES)
}

fn lower(line: Line<'_>, site: &mut Site, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<()> {
    line.at_most(1)?;
    let mut settings = Settings::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut settings,
        lowering.diagnostics,
    );
    let is_empty = settings.log == evenkeel_plan::logging::Log::default();
    let name = match line.args.first() {
        Some(name) => name.text.clone(),
        None if is_empty => String::new(),
        None => {
            lowering.numbered_logs += 1;
            format!("log{}", lowering.numbered_logs - 1)
        }
    };
    let mut log = settings.log;
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
            file: settings.file,
        }),
    });
    Ok(())
}

/// The global option: `log [NAME] { output, format, level, include, exclude }`.
pub(crate) fn option(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(1)?;
    let name = line.args.first().map_or(DEFAULT, |word| &word.text);
    if let Some(first) = options.logs.get(name) {
        let message = format!("the log `{name}` is defined twice");
        return Err(errors::conflict(message, line.span(), Some(first.span)));
    }
    let mut settings = Settings::default();
    read_block(
        line.name,
        line.block,
        OPTION_SUBDIRECTIVES,
        &mut settings,
        diagnostics,
    );
    if settings.log != evenkeel_plan::logging::Log::default() {
        let log = TracedLog {
            log: settings.log,
            span: line.span(),
            file: settings.file,
        };
        options.logs.insert(name.to_owned(), log);
    }
    Ok(())
}

/// `hostnames HOST…`.
fn hostnames(line: Line<'_>, settings: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    settings.hostnames.extend(texts(line.some("a host name")?));
    Ok(())
}

/// `no_hostname`.
fn no_hostname(line: Line<'_>, settings: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    settings.no_hostname = true;
    Ok(())
}
