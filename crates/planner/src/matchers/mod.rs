//! Matchers: the inline token (`*`, `/path`, `@name`) and the definitions behind `@name`.

mod addresses;
mod conditions;
mod file;
mod patterns;
mod response;
mod values;

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::{Block, Quote, Word};
use evenkeel_diagnostics::{Diagnostics, Severity, Span};
use evenkeel_plan::http::MatcherSet;
use evenkeel_plan::http::matchers::Expression;

use crate::args::Line;
use crate::errors::{self, Read};

use conditions::Reading;

pub(crate) use conditions::words;
pub(crate) use response::{ResponseMatchers, read_response, status_pattern};

/// The named matchers that a block can use: its own and those of the blocks around it.
#[derive(Debug)]
pub(crate) struct Scope<'p> {
    around: Option<&'p Self>,
    own: BTreeMap<String, Definition>,
}

/// A definition. The set is absent when it was wrong, which was said already.
#[derive(Debug)]
struct Definition {
    span: Span,
    set: Option<MatcherSet>,
}

impl<'p> Scope<'p> {
    /// Reads the definitions of a block, wherever they stand in it.
    pub(crate) fn collect(
        block: &Block,
        around: Option<&'p Self>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut scope = Self {
            around,
            own: BTreeMap::new(),
        };
        for line in block
            .lines
            .iter()
            .filter(|line| line.name.text.starts_with('@'))
        {
            if diagnostics.is_full() {
                break;
            }
            if let Some(first) = scope.find(&line.name.text) {
                diagnostics.push(errors::duplicate_matcher(&line.name, first.span).into());
                continue;
            }
            let set = define(Line::from(line), diagnostics);
            let definition = Definition {
                span: line.name.span,
                set,
            };
            scope.own.insert(line.name.text.clone(), definition);
        }
        scope
    }

    fn find(&self, name: &str) -> Option<&Definition> {
        self.chain().find_map(|scope| scope.own.get(name))
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |scope| scope.around)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.chain()
            .flat_map(|scope| scope.own.keys())
            .map(String::as_str)
    }
}

/// More names than a suggestion is looked for in.
const MOST_COMPARED: usize = 1000;

/// Reads the matcher token of a line, if its first argument is one, and gives what is left.
pub(crate) fn token<'a>(line: Line<'a>, scope: &Scope<'_>) -> Read<(Vec<MatcherSet>, Line<'a>)> {
    let Some(word) = line.args.first() else {
        return Ok((Vec::new(), line));
    };
    match word.text.as_bytes().first() {
        Some(b'*') if word.text.len() == 1 => Ok((Vec::new(), line.skip_first())),
        Some(b'/') => {
            let set = MatcherSet {
                path: vec![word.text.clone()],
                ..MatcherSet::default()
            };
            Ok((vec![set], line.skip_first()))
        }
        Some(b'@') => Ok((named(word, scope)?, line.skip_first())),
        _ => Ok((Vec::new(), line)),
    }
}

fn named(word: &Word, scope: &Scope<'_>) -> Read<Vec<MatcherSet>> {
    match scope.find(&word.text) {
        Some(definition) => Ok(definition.set.iter().cloned().collect()),
        None => Err(errors::undefined_matcher(
            word,
            scope.names().take(MOST_COMPARED),
        )),
    }
}

/// A set without a name: `type …`, or a block of conditions.
pub(crate) fn unnamed(line: Line<'_>, diagnostics: &mut Diagnostics) -> MatcherSet {
    let mut reading = Reading::nested(0, line.end());
    reading.read(line.args, line.block, diagnostics);
    reading.set
}

/// `@name type …`, `@name { type … }`, or ``@name `expression` ``. Nothing if it is wrong.
fn define(line: Line<'_>, diagnostics: &mut Diagnostics) -> Option<MatcherSet> {
    let found_before = diagnostics.len();
    let mut reading = Reading::new(line.name.text.strip_prefix('@').unwrap_or_default());
    match line.args {
        // Caddy takes no notice of what follows.
        [first, ..] if first.quote != Quote::Bare => {
            reading.set.expression = Some(Expression::new(first.text.clone(), reading.name));
        }
        args => reading.read(args, line.block, diagnostics),
    }
    let mut found = diagnostics.iter().skip(found_before);
    if found.any(|found| found.severity == Severity::Error) {
        return None;
    }
    if reading.set == MatcherSet::default() {
        diagnostics.push(errors::empty_matcher(line.name).into());
    }
    Some(reading.set)
}
