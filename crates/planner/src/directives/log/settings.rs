//! What both the directive and the global option `log` understand.

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::logging::{Encoder, Level, LevelName, Log, Writer};

use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

/// The lines of one `log`.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) log: Log,
    pub(super) hostnames: Vec<String>,
    pub(super) no_hostname: bool,
    /// Where the name of its file was written.
    pub(super) file: Option<Span>,
}

const WRITERS: [&str; 5] = ["stdout", "stderr", "discard", "file", "net"];
const ENCODERS: [&str; 5] = ["json", "console", "filter", "append", "journald"];

/// The options of `output file`; none is supported yet.
const FILE_OPTIONS: &[Sub<()>] = &[
    Sub::later("mode"),
    Sub::later("dir_mode"),
    Sub::later("roll_disabled"),
    Sub::later("roll_size"),
    Sub::later("roll_uncompressed"),
    Sub::later("roll_compression"),
    Sub::later("roll_local_time"),
    Sub::later("roll_keep"),
    Sub::later("roll_keep_for"),
    Sub::later("roll_interval"),
    Sub::later("roll_minutes"),
    Sub::later("roll_at"),
    Sub::later("backup_time_format"),
];

/// The options of `format json` and `format console`; none is supported yet.
const ENCODER_OPTIONS: &[Sub<()>] = &[
    Sub::later("message_key"),
    Sub::later("level_key"),
    Sub::later("time_key"),
    Sub::later("name_key"),
    Sub::later("caller_key"),
    Sub::later("stacktrace_key"),
    Sub::later("line_ending"),
    Sub::later("time_format"),
    Sub::later("time_local"),
    Sub::later("duration_format"),
    Sub::later("level_format"),
];

/// `output stdout|stderr|discard|file PATH`.
pub(super) fn output(
    line: Line<'_>,
    settings: &mut Settings,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let writer = line.first("a writer")?;
    let rest = Line {
        name: writer,
        args: &line.args[1..],
        block: line.block,
    };
    settings.log.writer = Some(match writer.text.as_str() {
        "stdout" => {
            rest.nothing()?;
            Writer::Stdout {}
        }
        "stderr" => {
            rest.nothing()?;
            Writer::Stderr {}
        }
        "discard" => {
            rest.nothing()?;
            Writer::Discard {}
        }
        "file" => {
            let path = rest.first("a path")?;
            rest.at_most(1)?;
            settings.file = Some(path.span);
            read_block(writer, line.block, FILE_OPTIONS, &mut (), diagnostics);
            Writer::File {
                filename: path.text.clone(),
            }
        }
        "net" => return Err(errors::value_not_supported("output", writer)),
        _ => {
            let names = WRITERS.into_iter();
            return Err(errors::unknown_value(
                "unknown-writer",
                "log output",
                writer,
                names,
            ));
        }
    });
    Ok(())
}

/// `format json|console`.
pub(super) fn format(
    line: Line<'_>,
    settings: &mut Settings,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let encoder = line.first("a format")?;
    settings.log.encoder = Some(match encoder.text.as_str() {
        "json" => Encoder::Json {},
        "console" => Encoder::Console {},
        "filter" | "append" | "journald" => {
            return Err(errors::value_not_supported("format", encoder));
        }
        _ => {
            let names = ENCODERS.into_iter();
            return Err(errors::unknown_value(
                "unknown-format",
                "log format",
                encoder,
                names,
            ));
        }
    });
    line.at_most(1)?;
    read_block(encoder, line.block, ENCODER_OPTIONS, &mut (), diagnostics);
    Ok(())
}

/// `level LEVEL`, in any case.
pub(super) fn level(line: Line<'_>, settings: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a level")?;
    let level = LevelName::try_from(word.text.clone());
    settings.log.level =
        Some(level.map_err(|_| {
            errors::unknown_value("unknown-level", "log level", word, Level::names())
        })?);
    Ok(())
}

/// `include LOGGER…`.
pub(super) fn include(line: Line<'_>, settings: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    settings.log.include.extend(texts(line.some("a logger")?));
    Ok(())
}

/// `exclude LOGGER…`.
pub(super) fn exclude(line: Line<'_>, settings: &mut Settings, _: &mut Diagnostics) -> Read<()> {
    settings.log.exclude.extend(texts(line.some("a logger")?));
    Ok(())
}
