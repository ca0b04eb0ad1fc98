//! What both the directive and the global option `log` understand.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::logging::{Core, Level, LevelName, Log, Sampling};

use super::places::{Draft, Places};
use super::{encoders, writers};
use crate::args::{self, Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

/// The lines of one `log`.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) log: Log,
    pub(super) hostnames: Vec<String>,
    pub(super) no_hostname: bool,
    /// Where its parts were written.
    pub(super) places: Places,
}

/// The options of `sampling`.
pub(super) const SAMPLING: &[Sub<Draft<Sampling>>] = &[
    Sub::new("interval", interval)
        .on_value("failed to parse interval: $why")
        .adapts_only(),
    Sub::new("first", first)
        .on_value("failed to parse first: $why")
        .adapts_only(),
    Sub::new("thereafter", thereafter)
        .on_value("failed to parse thereafter: $why")
        .adapts_only(),
    Sub::others("unrecognized subdirective: $value").reads_on(),
];

/// `output WRITER …`.
pub(super) fn output(line: Line<'_>, log: &mut Settings, found: &mut Diagnostics) -> Read<()> {
    let writer = writers::read(line, found)?;
    log.log.writer = Some(writer.value);
    log.places.mark("writer", line.span());
    log.places.adopt("writer", writer.places);
    Ok(())
}

/// `format ENCODER …`.
pub(super) fn format(line: Line<'_>, log: &mut Settings, found: &mut Diagnostics) -> Read<()> {
    let encoder = encoders::read(line, found)?;
    log.log.encoder = Some(encoder.value);
    log.places.mark("encoder", line.span());
    log.places.adopt("encoder", encoder.places);
    Ok(())
}

/// `core mock`; Caddy has no other.
pub(super) fn core(line: Line<'_>, log: &mut Settings, found: &mut Diagnostics) -> Read<()> {
    let core = line.first("a core")?;
    if core.text != "mock" {
        let (id, names) = ("unknown-core", ["mock"].into_iter());
        return Err(errors::unknown_value(id, "log core", core, names));
    }
    if let Some(rest) = line.args.get(1) {
        found.push(errors::no_effect(core, rest.span).into());
    }
    log.log.core = Some(Core::Mock {});
    log.places.mark("core", line.span());
    Ok(())
}

/// `sampling { interval, first, thereafter }`; words in front of the block do nothing.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a row of the table reads any line this way"
)]
pub(super) fn sampling(line: Line<'_>, log: &mut Settings, found: &mut Diagnostics) -> Read<()> {
    if let Some(rest) = line.args.first() {
        found.push(errors::no_effect(line.name, rest.span).into());
    }
    let mut sampling = Draft::<Sampling>::default();
    read_block(line.name, line.block, SAMPLING, &mut sampling, found);
    log.log.sampling = Some(sampling.value);
    log.places.mark("sampling", line.span());
    log.places.adopt("sampling", sampling.places);
    Ok(())
}

/// `level LEVEL`, in any case. Caddy looks at the word when the log is opened, as it may hold
/// placeholders.
pub(super) fn level(line: Line<'_>, log: &mut Settings, found: &mut Diagnostics) -> Read<()> {
    let word = line.one("a level")?;
    if word.text.is_empty() {
        return Ok(());
    }
    let level = LevelName::from(word.text.as_str());
    if level.level().is_none() && !word.text.contains('{') {
        let (id, names) = ("unknown-level", Level::names());
        let unknown = errors::unknown_value(id, "log level", word, names);
        found.push(unknown.into_warning().into());
    }
    log.log.level = Some(level);
    log.places.mark("level", line.span());
    Ok(())
}

/// `include LOGGER…`.
pub(super) fn include(line: Line<'_>, log: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    log.log.include.extend(texts(line.args));
    log.places.mark("include", line.span());
    Ok(())
}

/// `exclude LOGGER…`.
pub(super) fn exclude(line: Line<'_>, log: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    log.log.exclude.extend(texts(line.args));
    log.places.mark("exclude", line.span());
    Ok(())
}

/// `hostnames HOST…`.
pub(super) fn hostnames(line: Line<'_>, log: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    log.hostnames.extend(texts(line.some("a host name")?));
    Ok(())
}

/// `no_hostname`.
pub(super) fn no_hostname(line: Line<'_>, log: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    log.no_hostname = true;
    Ok(())
}

/// `no_hostname` where there are no hosts.
pub(super) fn no_hosts_at_all(
    line: Line<'_>,
    _: &mut Settings,
    found: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    found.push(errors::no_effect(line.name, line.span()).into());
    Ok(())
}

/// `interval DURATION`.
fn interval(line: Line<'_>, sampling: &mut Draft<Sampling>, _: &mut Diagnostics) -> Read<()> {
    sampling.value.interval = line.signed_duration()?;
    sampling.places.mark("interval", line.span());
    Ok(())
}

/// `first NUMBER`.
fn first(line: Line<'_>, sampling: &mut Draft<Sampling>, _: &mut Diagnostics) -> Read<()> {
    sampling.value.first = args::integer(line.one("a number")?)?;
    sampling.places.mark("first", line.span());
    Ok(())
}

/// `thereafter NUMBER`.
fn thereafter(line: Line<'_>, sampling: &mut Draft<Sampling>, _: &mut Diagnostics) -> Read<()> {
    sampling.value.thereafter = args::integer(line.one("a number")?)?;
    sampling.places.mark("thereafter", line.span());
    Ok(())
}
