//! The conditions a matcher can be made of. Caddy: `modules/caddyhttp/matchers.go`.

use evenkeel_caddyfile::ast::{Block, Quote, Word};
use evenkeel_diagnostics::{CaddyText, Diagnostics};
use evenkeel_plan::http::MatcherSet;
use evenkeel_plan::http::matchers::{Expression, TlsMatcher};

use super::{addresses, file, patterns, values};
use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::names::canonical_header;
use crate::vocabulary::{Known, Support};

/// A set while its lines are read.
pub(super) struct Reading<'n> {
    /// What was read.
    pub(super) set: MatcherSet,
    /// The name that captures get where none is given; empty in sets without a name.
    pub(super) name: &'n str,
    /// How many `not` are around.
    depth: usize,
    /// Whether a quoted word in place of a condition is an expression.
    takes_quoted: bool,
}

/// Adds the condition of one line. The same kind twice adds up.
type Reader = fn(Line<'_>, &mut Reading<'_>, &mut Diagnostics) -> Read<()>;

/// All conditions Caddy knows, and whether they can be judged.
static CONDITIONS: &[(&str, Reader, Support)] = &[
    ("path", path, Support::Works),
    ("host", host, Support::Works),
    ("method", method, Support::Works),
    ("header", header, Support::Works),
    ("protocol", protocol, Support::Works),
    ("client_ip", addresses::client_ip, Support::Works),
    ("expression", patterns::expression, Support::Works),
    ("file", file::file, Support::AdaptsOnly),
    ("header_regexp", patterns::header_regexp, Support::Works),
    ("not", not, Support::Works),
    ("path_regexp", patterns::path_regexp, Support::Works),
    ("query", values::query, Support::Works),
    ("remote_ip", addresses::remote_ip, Support::Works),
    ("tls", tls, Support::Works),
    ("url_pattern", patterns::url_pattern, Support::AdaptsOnly),
    ("vars", values::vars, Support::Works),
    ("vars_regexp", patterns::vars_regexp, Support::Works),
];

/// A `not` in more others than this is a mistake or an attack.
const MOST_NESTED: usize = 100;

impl<'n> Reading<'n> {
    /// Nothing read yet.
    pub(super) fn new(name: &'n str) -> Self {
        Self {
            set: MatcherSet::default(),
            name,
            depth: 0,
            takes_quoted: false,
        }
    }

    /// A set without a name, in `depth` others. Caddy: `ParseCaddyfileNestedMatcherSet`.
    pub(super) fn nested(depth: usize) -> Self {
        Self {
            depth,
            takes_quoted: true,
            ..Self::new("")
        }
    }

    /// Adds `type …` behind the name of a set, or the lines of its block.
    pub(super) fn read(
        &mut self,
        args: &[Word],
        block: Option<&Block>,
        diagnostics: &mut Diagnostics,
    ) {
        let lines = match args {
            [name, args @ ..] => {
                self.line(Line { name, args, block }, diagnostics);
                return;
            }
            [] => block.into_iter().flat_map(|block| &block.lines),
        };
        for line in lines {
            self.line(Line::from(line), diagnostics);
        }
    }

    fn line(&mut self, line: Line<'_>, diagnostics: &mut Diagnostics) {
        if self.takes_quoted && line.name.quote != Quote::Bare {
            let expression = Expression::Plain(line.name.text.clone());
            self.set.expression.get_or_insert(expression);
            // Caddy goes on with the next word as if a line began there.
            if let [name, args @ ..] = line.args {
                let line = Line { name, args, ..line };
                self.line(line, diagnostics);
            }
            return;
        }
        let row = CONDITIONS.iter().find(|row| row.0 == line.name.text);
        let read = match row {
            None => {
                let names = CONDITIONS.iter().map(|row| row.0);
                Err(errors::unknown_matcher(line.name, names))
            }
            Some((_, read, _)) => read(line, self, diagnostics),
        };
        if let Err(found) = read {
            diagnostics.push(found.into());
        }
    }
}

/// The conditions, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    let word = |&(name, _, support): &(&'static str, Reader, Support)| Known { name, support };
    CONDITIONS.iter().map(word).collect()
}

fn path(line: Line<'_>, reading: &mut Reading<'_>, _: &mut Diagnostics) -> Read<()> {
    reading.set.path.extend(texts(line.some("a path")?));
    Ok(())
}

fn host(line: Line<'_>, reading: &mut Reading<'_>, _: &mut Diagnostics) -> Read<()> {
    reading.set.host.extend(texts(line.some("a host")?));
    Ok(())
}

fn method(line: Line<'_>, reading: &mut Reading<'_>, _: &mut Diagnostics) -> Read<()> {
    reading.set.method.extend(texts(line.some("a method")?));
    Ok(())
}

/// `header FIELD VALUE`, or `header !FIELD` for a field that must be absent.
fn header(line: Line<'_>, reading: &mut Reading<'_>, _: &mut Diagnostics) -> Read<()> {
    let (field, value) = header_condition(line)?;
    let fields = &mut reading.set.header;
    match value {
        None => fields.insert(field, None),
        Some(value) => {
            let values = fields.entry(field).or_default();
            values.get_or_insert_default().push(value);
            None
        }
    };
    Ok(())
}

/// The field that a `header` of a request or response asks for, and its value if it must be
/// present.
pub(super) fn header_condition(line: Line<'_>) -> Read<(String, Option<String>)> {
    line.no_block()?;
    let field = line.first("a field and a value")?;
    if let Some(name) = field.text.strip_prefix('!') {
        line.at_most(1)?;
        if name.is_empty() {
            return Err(errors::bad_value(
                field,
                "a header field needs a name",
                "no name here",
            ));
        }
        return Ok((name.to_owned(), None));
    }
    line.at_most(2)?;
    let Some(value) = line.args.get(1) else {
        return Err(errors::missing_argument(line, "a value after the field"));
    };
    Ok((canonical_header(&field.text), Some(value.text.clone())))
}

/// `protocol http|https|grpc|http/VERSION[+]`. Caddy reads the words in pairs, as if a second
/// `protocol` stood in the line; so the last of an odd number counts.
fn protocol(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    let line = line.empty_block(diagnostics)?;
    let first = line.first("a protocol")?;
    let last = line.args.last().unwrap_or(first);
    if line.args.len().is_multiple_of(2) {
        let text = CaddyText::new("expected exactly one protocol").at(last.span);
        let read = line.at_most(1);
        return read.map_err(|found| found.caddy_text(text));
    }
    if last.span != first.span {
        diagnostics.push(errors::no_effect(line.name, first.span).into());
    }
    reading.set.protocol = Some(last.text.clone());
    Ok(())
}

/// `tls [early_data]`.
fn tls(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    let line = line.empty_block(diagnostics)?;
    line.at_most(1)?;
    let mut matcher = TlsMatcher::default();
    if let Some(word) = line.args.first() {
        if word.text != "early_data" {
            let names = ["early_data"].into_iter();
            let found = errors::unknown_value("unknown-tls-state", "state of TLS", word, names);
            return Err(found);
        }
        matcher.handshake_complete = Some(false);
    }
    reading.set.tls = Some(matcher);
    Ok(())
}

/// `not type …`, or a block of conditions. Several add up: none of them may hold.
fn not(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    if reading.depth == MOST_NESTED {
        let message = format!("more than {MOST_NESTED} `not` in each other");
        return Err(errors::bad_value(line.name, message, "one too many"));
    }
    let mut inner = Reading::nested(reading.depth + 1);
    inner.read(line.args, line.block, diagnostics);
    reading.set.not.push(inner.set);
    Ok(())
}
