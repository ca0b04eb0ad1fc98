//! `output WRITER`: where a log goes. Caddy: `modules/logging/filewriter.go` and `netwriter.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::logging::{FileMode, FileWriter, NetWriter, Writer};

use super::places::{Draft, Places};
use crate::args::{self, Line};
use crate::errors::{self, Read, Wording, go};
use crate::sizes;
use crate::subdirective::{Sub, read_block};

const WRITERS: [&str; 5] = ["stdout", "stderr", "discard", "file", "net"];
const COMPRESSIONS: [&str; 3] = ["gzip", "zstd", "none"];
const MEBIBYTE: i64 = 1 << 20;
const DAY: i64 = 24 * 60 * 60 * 1_000_000_000;

type File = Draft<FileWriter>;

/// The options of `output file`.
pub(super) const FILE: &[Sub<File>] = &[
    Sub::new("mode", mode)
        .counts_taken()
        .on_value("parsing mode: $why"),
    Sub::new("dir_mode", dir_mode)
        .counts_taken()
        .on_value("parsing dir_mode: $why"),
    Sub::new("roll_disabled", roll_disabled),
    Sub::new("roll_size", roll_size)
        .on_value("parsing size: $why")
        .counts_taken()
        .adapts_only(),
    Sub::new("roll_uncompressed", roll_uncompressed).adapts_only(),
    Sub::new("roll_compression", roll_compression)
        .counts_taken()
        .on_value("parsing roll_compression: must be 'none', 'gzip' or 'zstd'")
        .adapts_only(),
    Sub::new("roll_local_time", roll_local_time).adapts_only(),
    Sub::new("roll_keep", roll_keep)
        .counts_taken()
        .on_value("parsing roll_keep number: $why")
        .adapts_only(),
    Sub::new("roll_keep_for", roll_keep_for)
        .counts_taken()
        .on_value("parsing roll_keep_for duration: $why")
        .adapts_only(),
    Sub::new("roll_interval", roll_interval)
        .counts_taken()
        .on_value("parsing roll_interval duration: $why")
        .adapts_only(),
    Sub::new("roll_minutes", roll_minutes).adapts_only(),
    Sub::new("roll_at", roll_at).adapts_only(),
    Sub::new("backup_time_format", backup_time_format)
        .counts_taken()
        .adapts_only(),
    Sub::others("unrecognized subdirective '$value'"),
];

/// The options of `output net`.
pub(super) const NET: &[Sub<Draft<NetWriter>>] = &[
    Sub::new("dial_timeout", dial_timeout)
        .on_value("invalid duration: $value")
        .adapts_only(),
    Sub::new("soft_start", soft_start).adapts_only(),
    Sub::others("unrecognized subdirective '$value'"),
];

/// `output stdout|stderr|discard|file PATH|net ADDRESS`.
pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Draft<Writer>> {
    let writer = line.first("a writer")?;
    let rest = Line {
        name: writer,
        ..line.skip_first()
    };
    let plain = |value| {
        let says = Wording::USUAL.value("unrecognized subdirective: $value");
        rest.nothing()
            .map_err(|found| found.worded_as_name(&says).sealed())?;
        let places = Places::default();
        Ok(Draft { value, places })
    };
    match writer.text.as_str() {
        "stdout" => plain(Writer::Stdout {}),
        "stderr" => plain(Writer::Stderr {}),
        "discard" => plain(Writer::Discard {}),
        "file" => file(rest, diagnostics),
        "net" => net(rest, diagnostics),
        _ => {
            let (id, what) = ("unknown-writer", "log output");
            Err(errors::unknown_value(id, what, writer, WRITERS.into_iter()))
        }
    }
}

fn file(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Draft<Writer>> {
    let path = line.first("a path")?;
    line.at_most(1)?;
    let mut draft = File::default();
    draft.value.filename.clone_from(&path.text);
    draft.places.mark("filename", path.span);
    read_block(line.name, line.block, FILE, &mut draft, diagnostics);
    Ok(Draft {
        value: Writer::File(draft.value),
        places: draft.places,
    })
}

fn net(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Draft<Writer>> {
    let address = line.first("an address")?;
    line.at_most(1)?;
    let mut draft = Draft::<NetWriter>::default();
    draft.value.address.clone_from(&address.text);
    draft.places.mark("address", address.span);
    read_block(line.name, line.block, NET, &mut draft, diagnostics);
    Ok(Draft {
        value: Writer::Net(draft.value),
        places: draft.places,
    })
}

/// `mode OCTAL`.
fn mode(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    file.value.mode = octal(line.one("a mode")?, "")?;
    file.places.mark("mode", line.span());
    Ok(())
}

/// `dir_mode OCTAL|inherit|from_file`, kept as written.
fn dir_mode(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a mode")?;
    let names = ["inherit", "from_file"];
    if !names
        .iter()
        .any(|name| word.text.eq_ignore_ascii_case(name))
    {
        octal(word, ", `inherit` or `from_file`")?;
    }
    file.value.dir_mode.clone_from(&word.text);
    file.places.mark("dir_mode", line.span());
    Ok(())
}

fn octal(word: &Word, others: &str) -> Read<FileMode> {
    word.text.parse().map_err(|_| {
        let message = format!("`{}` is no mode of a file", word.text);
        let expected = format!("an octal number like `0640`{others} is expected");
        errors::bad_mode(word, message, expected)
    })
}

/// `roll_disabled`.
fn roll_disabled(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    file.value.roll = Some(false);
    file.places.mark("roll", line.span());
    Ok(())
}

/// `roll_size SIZE`, rounded up to mebibytes.
fn roll_size(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    let bytes = sizes::bytes(line.one("a size")?)?;
    file.value.roll_size_mb = rounded_up(bytes, MEBIBYTE);
    file.places.mark("roll_size_mb", line.span());
    Ok(())
}

/// How many of `unit` a number that is not negative takes.
const fn rounded_up(number: i64, unit: i64) -> i64 {
    number / unit + (number % unit > 0) as i64
}

/// `roll_uncompressed`.
fn roll_uncompressed(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    file.value.roll_gzip = Some(false);
    file.places.mark("roll_gzip", line.span());
    Ok(())
}

/// `roll_compression gzip|zstd|none`.
fn roll_compression(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a compression")?;
    if !COMPRESSIONS.contains(&word.text.as_str()) {
        let (id, names) = ("unknown-compression", COMPRESSIONS.into_iter());
        return Err(errors::unknown_value(id, "compression", word, names));
    }
    file.value.roll_compression.clone_from(&word.text);
    file.places.mark("roll_compression", line.span());
    Ok(())
}

/// `roll_local_time`.
fn roll_local_time(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    file.value.roll_local_time = true;
    file.places.mark("roll_local_time", line.span());
    Ok(())
}

/// `roll_keep NUMBER`.
fn roll_keep(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    file.value.roll_keep = args::integer(line.one("a number")?)?;
    file.places.mark("roll_keep", line.span());
    Ok(())
}

/// `roll_keep_for DURATION`, rounded up to days.
fn roll_keep_for(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    let time = line.signed_duration()?;
    if time.is_negative() {
        let word = line.one("a duration")?;
        let says = format!(
            "negative roll_keep_for duration: {}",
            go::nanoseconds(time.as_nanos())
        );
        return Err(errors::negative_duration(word, "roll_keep_for").caddy(says));
    }
    file.value.roll_keep_days = rounded_up(time.as_nanos(), DAY);
    file.places.mark("roll_keep_days", line.span());
    Ok(())
}

/// `roll_interval DURATION`.
fn roll_interval(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    file.value.roll_interval = line.signed_duration()?;
    file.places.mark("roll_interval", line.span());
    Ok(())
}

/// `roll_minutes MINUTE…`, with spaces or commas in between.
fn roll_minutes(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    let minutes = listed(line, "a minute", |word, part| {
        part.parse().map_err(|_| {
            let message = format!("`{part}` is not a minute");
            let says = format!("parsing roll_minutes number: {}", go::number("Atoi", part));
            errors::bad_value(word, message, "a whole number is expected").caddy(says)
        })
    });
    file.value.roll_minutes = minutes?;
    file.places.mark("roll_minutes", line.span());
    Ok(())
}

/// `roll_at HH:MM…`, with spaces or commas in between.
fn roll_at(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    file.value.roll_at = listed(line, "a time", |_, part| Ok(part.to_owned()))?;
    file.places.mark("roll_at", line.span());
    Ok(())
}

fn listed<T>(line: Line<'_>, what: &str, read: impl Fn(&Word, &str) -> Read<T>) -> Read<Vec<T>> {
    let mut values = Vec::new();
    for word in line.some(what)? {
        for part in word.text.split(',').map(str::trim) {
            if part.is_empty() {
                let message = format!("`{}` has an empty value", line.name.text);
                let found = errors::bad_value(word, message, "nothing beside a comma");
                let says = format!("parsing {}: empty value", line.name.text);
                return Err(found.caddy(says).sealed());
            }
            values.push(read(word, part)?);
        }
    }
    Ok(values)
}

/// `backup_time_format LAYOUT`.
fn backup_time_format(line: Line<'_>, file: &mut File, _: &mut Diagnostics) -> Read<()> {
    file.value.backup_time_format = line.text("a layout")?;
    file.places.mark("backup_time_format", line.span());
    Ok(())
}

/// `dial_timeout DURATION`.
fn dial_timeout(line: Line<'_>, net: &mut Draft<NetWriter>, _: &mut Diagnostics) -> Read<()> {
    net.value.dial_timeout = line.signed_duration()?;
    net.places.mark("dial_timeout", line.span());
    Ok(())
}

/// `soft_start`.
fn soft_start(line: Line<'_>, net: &mut Draft<NetWriter>, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    net.value.soft_start = true;
    net.places.mark("soft_start", line.span());
    Ok(())
}
