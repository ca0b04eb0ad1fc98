//! The conditions a matcher can be made of. Caddy: `modules/caddyhttp/matchers.go`.

use evenkeel_caddyfile::ast::{Block, Quote, Word};
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::MatcherSet;
use evenkeel_plan::http::matchers::{Expression, FieldConditions, TlsMatcher};

use super::{addresses, file, patterns, values};
use crate::args::{Line, texts};
use crate::errors::{self, Finding, Read, Says as _};
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
    /// Where a set without a name ends. A quoted word in place of one of its conditions is an
    /// expression.
    end: Option<Span>,
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
    ("file", file::file, Support::Works),
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
            end: None,
        }
    }

    /// A set without a name, in `depth` others, which ends at `end`. Caddy:
    /// `ParseCaddyfileNestedMatcherSet`.
    pub(super) fn nested(depth: usize, end: Span) -> Self {
        Self {
            depth,
            end: Some(end),
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
                let line = Line { name, args, block };
                self.line(line, diagnostics);
                return;
            }
            [] => block.into_iter().flat_map(|block| &block.lines),
        };
        for line in lines {
            self.line(Line::from(line), diagnostics);
        }
    }

    fn line(&mut self, line: Line<'_>, diagnostics: &mut Diagnostics) {
        if self.end.is_some() && line.name.quote != Quote::Bare {
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
                let found = errors::unknown_matcher(line.name, names);
                Err(match self.end {
                    Some(end) => found.until(end),
                    None => found,
                })
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

fn path(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    line.first("a path").map_err(Finding::unknown_to_caddy)?;
    let line = without_lines(line, diagnostics)?;
    reading.set.path.extend(texts(line.args));
    Ok(())
}

fn host(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    line.first("a host").map_err(Finding::unknown_to_caddy)?;
    let line = without_lines(line, diagnostics)?;
    reading.set.host.extend(texts(line.args));
    Ok(())
}

fn method(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    line.first("a method").map_err(Finding::unknown_to_caddy)?;
    let line = without_lines(line, diagnostics)?;
    reading.set.method.extend(texts(line.args));
    Ok(())
}

/// Conditions take no block; Caddy takes one with nothing in it.
pub(super) fn without_lines<'a>(line: Line<'a>, diagnostics: &mut Diagnostics) -> Read<Line<'a>> {
    let name = &line.name.text;
    let caddy = format!("malformed {name} matcher: blocks are not supported");
    line.empty_block(&caddy, diagnostics)
}

/// `header FIELD VALUE`, or `header !FIELD` for a field that must be absent.
fn header(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    header_conditions(line, &mut reading.set.header, diagnostics)?;
    without_lines(line, diagnostics)?;
    Ok(())
}

/// The fields that a `header` of a request or response asks for, with values if they must be
/// present. Caddy takes a third word for the `header` of the next line.
pub(super) fn header_conditions(
    line: Line<'_>,
    fields: &mut FieldConditions,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let malformed = |why: &str| format!("malformed header matcher: {why}");
    let expected = malformed("expected field");
    let incomplete = malformed("expected both field and value");
    let field = line.first("a field and a value").says(expected.as_str())?;
    let Some(name) = field.text.strip_prefix('!') else {
        let Some(value) = line.args.get(1) else {
            let found = errors::missing_argument(line, "a value after the field");
            return Err(found.caddy(incomplete));
        };
        let values = fields.entry(canonical_header(&field.text)).or_default();
        values.get_or_insert_default().push(value.text.clone());
        let [_, _, next, args @ ..] = line.args else {
            return Ok(());
        };
        match args {
            [] => line.at_most(2).says(expected)?,
            [field] if !field.text.starts_with('!') => line.at_most(2).says(incomplete)?,
            _ => {}
        }
        diagnostics.push(errors::two_in_one_line(line.name, 2, next).into());
        let rest = Line {
            name: next,
            args,
            ..line
        };
        return header_conditions(rest, fields, diagnostics);
    };
    if name.is_empty() {
        let found = errors::bad_value(field, "a header field needs a name", "no name here");
        return Err(found.caddy(malformed("must have field name following ! character")));
    }
    line.at_most(1)
        .says(malformed("null matching headers cannot have a field value"))?;
    fields.insert(name.to_owned(), None);
    Ok(())
}

/// `protocol http|https|grpc|http/VERSION[+]`. Caddy reads the words in pairs, as if a second
/// `protocol` stood in the line; so the last of an odd number counts.
fn protocol(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    let caddy = "expected exactly one protocol";
    let last = last_of_pairs(line, ("a protocol", caddy), diagnostics)?;
    line.empty_block(caddy, diagnostics).says(caddy)?;
    reading.set.protocol = Some(last.text.clone());
    Ok(())
}

/// The word that counts where Caddy reads words in pairs: `what` is expected, and else what it says.
pub(super) fn last_of_pairs<'a>(
    line: Line<'a>,
    (what, caddy): (&str, &str),
    diagnostics: &mut Diagnostics,
) -> Read<&'a Word> {
    let first = line.first(what).says(caddy)?;
    if line.args.len().is_multiple_of(2) {
        line.at_most(1).says(caddy)?;
    }
    let last = line.args.last().unwrap_or(first);
    if last.span != first.span {
        diagnostics.push(errors::no_effect(line.name, first.span).into());
    }
    Ok(last)
}

/// `tls [early_data]`.
fn tls(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    let mut matcher = TlsMatcher::default();
    if let Some(word) = line.args.first() {
        if word.text != "early_data" {
            let names = ["early_data"].into_iter();
            let found = errors::unknown_value("unknown-tls-state", "state of TLS", word, names);
            return Err(found.caddy(format!("unrecognized option '{}'", word.text)));
        }
        matcher.handshake_complete = Some(false);
    }
    line.at_most(1)?;
    let caddy = "malformed tls matcher: blocks are not supported yet";
    line.empty_block(caddy, diagnostics)?;
    reading.set.tls = Some(matcher);
    Ok(())
}

/// `not type …`, or a block of conditions. Several add up: none of them may hold.
fn not(line: Line<'_>, reading: &mut Reading<'_>, diagnostics: &mut Diagnostics) -> Read<()> {
    if reading.depth == MOST_NESTED {
        let message = format!("more than {MOST_NESTED} `not` in each other");
        return Err(errors::bad_value(line.name, message, "one too many"));
    }
    let mut inner = Reading::nested(reading.depth + 1, line.end());
    inner.read(line.args, line.block, diagnostics);
    reading.set.not.push(inner.set);
    Ok(())
}
