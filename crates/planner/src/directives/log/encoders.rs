//! `format ENCODER`: how the entries of a log look. Caddy: `modules/logging/encoders.go`,
//! `filterencoder.go`, `appendencoder.go` and `journaldencoder.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::logging::{AppendEncoder, Encoder, EntryForm, FilterEncoder, JournaldEncoder};

use super::filters::Filters;
use super::places::Draft;
use crate::args::Line;
use crate::errors::{self, ENDED, Read};
use crate::scalar::scalar;
use crate::subdirective::{Sub, read_block};

const ENCODERS: [&str; 5] = ["json", "console", "filter", "append", "journald"];

type Form = Draft<EntryForm>;

/// The options of `format json` and `format console`.
pub(super) const FORM: &[Sub<Form>] = &[
    Sub::new("message_key", key).counts_taken().adapts_only(),
    Sub::new("level_key", key).counts_taken().adapts_only(),
    Sub::new("time_key", key).counts_taken().adapts_only(),
    Sub::new("name_key", key).counts_taken().adapts_only(),
    Sub::new("caller_key", key).counts_taken().adapts_only(),
    Sub::new("stacktrace_key", key).counts_taken().adapts_only(),
    Sub::new("line_ending", key).counts_taken().adapts_only(),
    Sub::new("time_format", format).counts_taken().adapts_only(),
    Sub::new("time_local", time_local).adapts_only(),
    Sub::new("duration_format", format)
        .counts_taken()
        .adapts_only(),
    Sub::new("level_format", format)
        .counts_taken()
        .adapts_only(),
    Sub::others(ENDED),
];

/// The only option of `format journald`.
const JOURNALD: &[Sub<Draft<JournaldEncoder>>] = &[Sub::new("wrap", journald_wrap)];

/// The encoder that follows `format` or `wrap`.
pub(super) fn read(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Draft<Encoder>> {
    let encoder = line.first("a format")?;
    let rest = Line {
        name: encoder,
        ..line.skip_first()
    };
    Ok(match encoder.text.as_str() {
        "json" => form(rest, diagnostics)?.map(Encoder::Json),
        "console" => form(rest, diagnostics)?.map(Encoder::Console),
        "filter" => filter(rest, diagnostics).map(Encoder::Filter),
        "append" => append(rest, diagnostics).map(Encoder::Append),
        "journald" => {
            rest.at_most(0)?;
            let mut draft = Draft::default();
            read_block(encoder, rest.block, JOURNALD, &mut draft, diagnostics);
            draft.map(Encoder::Journald)
        }
        _ => {
            let (id, names) = ("unknown-format", ENCODERS.into_iter());
            return Err(errors::unknown_value(id, "log format", encoder, names));
        }
    })
}

fn form(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Form> {
    line.at_most(0)?;
    let mut draft = Form::default();
    read_block(line.name, line.block, FORM, &mut draft, diagnostics);
    Ok(draft)
}

/// `KEY NAME`, where an empty name counts.
fn key(line: Line<'_>, form: &mut Form, _: &mut Diagnostics) -> Read<()> {
    let name = Some(line.text("a name")?);
    let value = &mut form.value;
    match line.name.text.as_str() {
        "message_key" => value.message_key = name,
        "level_key" => value.level_key = name,
        "time_key" => value.time_key = name,
        "name_key" => value.name_key = name,
        "caller_key" => value.caller_key = name,
        "stacktrace_key" => value.stacktrace_key = name,
        _ => value.line_ending = name,
    }
    form.places.mark(&line.name.text, line.span());
    Ok(())
}

/// `…_format FORMAT`.
fn format(line: Line<'_>, form: &mut Form, _: &mut Diagnostics) -> Read<()> {
    let format = line.text("a format")?;
    match line.name.text.as_str() {
        "time_format" => form.value.time_format = format,
        "duration_format" => form.value.duration_format = format,
        _ => form.value.level_format = format,
    }
    form.places.mark(&line.name.text, line.span());
    Ok(())
}

/// `wrap ENCODER …` of `format journald`.
fn journald_wrap(
    line: Line<'_>,
    journald: &mut Draft<JournaldEncoder>,
    found: &mut Diagnostics,
) -> Read<()> {
    let inner = read(line, found)?;
    journald.value.wrap = Some(Box::new(inner.value));
    journald.places.mark("wrap", line.span());
    journald.places.adopt("wrap", inner.places);
    Ok(())
}

/// `time_local`.
fn time_local(line: Line<'_>, form: &mut Form, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    form.value.time_local = true;
    form.places.mark("time_local", line.span());
    Ok(())
}

/// `filter { wrap ENCODER; fields { FIELD FILTER… }; FIELD FILTER… }`.
fn filter(line: Line<'_>, diagnostics: &mut Diagnostics) -> Draft<FilterEncoder> {
    let mut draft = Draft::<FilterEncoder>::default();
    let mut filters = Filters::default();
    let wrap = read_fields(line, diagnostics, &mut |line, found| {
        filters.add(line, found)
    });
    draft.value.fields = filters.finish(&mut draft.places);
    draft.places.adopt("wrap", wrap.places);
    draft.value.wrap = wrap.value;
    draft
}

/// `append { wrap ENCODER; fields { FIELD VALUE }; FIELD VALUE }`.
fn append(line: Line<'_>, diagnostics: &mut Diagnostics) -> Draft<AppendEncoder> {
    let mut draft = Draft::<AppendEncoder>::default();
    let wrap = read_fields(line, diagnostics, &mut |line, _| {
        let field = &line.name.text;
        let value = scalar(line.one("a value")?)?;
        draft.value.fields.insert(field.clone(), value);
        draft.places.mark(format!("fields.{field}"), line.span());
        Ok(())
    });
    draft.places.adopt("wrap", wrap.places);
    draft.value.wrap = wrap.value;
    draft
}

type Reader<'r> = &'r mut dyn FnMut(Line<'_>, &mut Diagnostics) -> Read<()>;

/// The lines of a block that wraps an encoder and speaks of fields, in a block of their own or
/// beside it.
fn read_fields(
    line: Line<'_>,
    diagnostics: &mut Diagnostics,
    read_field: Reader<'_>,
) -> Draft<Option<Box<Encoder>>> {
    let mut wrap = Draft::default();
    if let Some(rest) = line.args.first() {
        // Caddy then passes over the block, too.
        diagnostics.push(errors::no_effect(line.name, rest.span).into());
        return wrap;
    }
    for line in line.block.into_iter().flat_map(|block| &block.lines) {
        let line = Line::from(line);
        let done = match line.name.text.as_str() {
            "wrap" => {
                read(line, diagnostics).map(|inner| wrap = inner.map(|it| Some(Box::new(it))))
            }
            "fields" => read_inner(line, diagnostics, read_field),
            _ => read_field(line, diagnostics),
        };
        if let Err(found) = done {
            diagnostics.push(found.into());
        }
    }
    wrap
}

fn read_inner(line: Line<'_>, diagnostics: &mut Diagnostics, read_field: Reader<'_>) -> Read<()> {
    line.at_most(0)?;
    for line in line.block.into_iter().flat_map(|block| &block.lines) {
        if let Err(found) = read_field(Line::from(line), diagnostics) {
            diagnostics.push(found.into());
        }
    }
    Ok(())
}
