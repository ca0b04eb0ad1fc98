//! Conditions on responses: `@name status CODE…|header FIELD VALUE`, or a block of such lines, in
//! the directives that handle responses. Caddy: `responsematchers.go`.

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span, shorten};
use evenkeel_plan::http::handlers::ResponseMatcher;
use evenkeel_plan::value::StatusPattern;

use super::conditions::header_conditions;
use crate::args::Line;
use crate::errors::{self, Read, Wording};

/// What Caddy says of other conditions, and of braces where it expects one.
const OTHERS: Wording = Wording::USUAL.value("unrecognized response matcher $value");

const CONDITIONS: [&str; 2] = ["status", "header"];

/// The response matchers of one directive.
#[derive(Debug, Default)]
pub(crate) struct ResponseMatchers(BTreeMap<String, (Span, ResponseMatcher)>);

impl ResponseMatchers {
    /// Adds a definition. A name can be defined once.
    pub(crate) fn define(&mut self, line: Line<'_>, diagnostics: &mut Diagnostics) {
        let name = line.name;
        if let Some((first, _)) = self.0.get(&name.text) {
            let found = errors::duplicate_matcher(name, *first);
            let twice = format!("matcher is defined more than once: {}", name.text);
            diagnostics.push(found.caddy(twice).into());
            return;
        }
        let mut matcher = ResponseMatcher::default();
        read_response(line, &mut matcher, diagnostics);
        self.0.insert(name.text.clone(), (name.span, matcher));
    }

    /// The matcher behind `@name`, which must stand above.
    pub(crate) fn find_above(&self, word: &Word) -> Read<ResponseMatcher> {
        let matcher = self.find(word)?;
        match self.0.get(&word.text) {
            Some((span, _)) if span.source == word.span.source && span.start > word.span.start => {
                let message = format!("the matcher `{}` is defined below", shorten(&word.text));
                let found = errors::bad_value(word, message, "must be defined above");
                Err(found.caddy(undefined(word)))
            }
            _ => Ok(matcher),
        }
    }

    /// The matcher behind `@name`.
    pub(crate) fn find(&self, word: &Word) -> Read<ResponseMatcher> {
        if !word.text.starts_with('@') {
            let message = format!("`{}` is not a response matcher", shorten(&word.text));
            let why = "its name must begin with `@`";
            let found = errors::bad_value(word, message, why);
            return Err(found.caddy("must use a named response matcher, starting with '@'"));
        }
        if let Some((_, matcher)) = self.0.get(&word.text) {
            return Ok(matcher.clone());
        }
        let names = self.0.keys().map(String::as_str);
        Err(errors::undefined_matcher(word, names).caddy(undefined(word)))
    }
}

fn undefined(word: &Word) -> String {
    let name = word.text.strip_prefix('@').unwrap_or(&word.text);
    format!("no named response matcher defined with name '{name}'")
}

/// Reads `status …|header …` behind the first word of the line, or the lines of its block.
pub(crate) fn read_response(
    line: Line<'_>,
    matcher: &mut ResponseMatcher,
    diagnostics: &mut Diagnostics,
) {
    let mut lines = Vec::new();
    let mut block = line.block;
    if let [name, args @ ..] = line.args {
        lines.push(Line {
            name,
            args,
            block: None,
        });
        // Caddy reads a block behind a condition as more of them, if there is something in it.
        if block.is_some_and(|block| block.lines.is_empty()) {
            block = line.without_block(diagnostics).block;
        }
    }
    lines.extend(
        block
            .into_iter()
            .flat_map(|block| &block.lines)
            .map(Line::from),
    );
    for line in lines {
        if let Err(found) = condition(line, matcher, diagnostics) {
            diagnostics.push(found.brace_worded(&OTHERS).into());
        }
    }
}

/// `2xx` is the class 2, `404` the code.
pub(crate) fn status_pattern(word: &Word) -> Read<StatusPattern> {
    let class = word
        .text
        .strip_suffix("xx")
        .filter(|class| class.len() == 1);
    let number = class.unwrap_or(&word.text).parse();
    number
        .map(StatusPattern)
        .map_err(|_| errors::bad_status(word))
}

fn condition(
    line: Line<'_>,
    matcher: &mut ResponseMatcher,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    match line.name.text.as_str() {
        "status" => {
            for word in line.some("a status")? {
                let read = status_pattern(word);
                let read =
                    read.map_err(|found| found.value_says("bad status value '$value': $why"));
                matcher.status_code.push(read?);
            }
        }
        "header" => {
            header_conditions(line, &mut matcher.headers, diagnostics)?;
            line.no_block()?;
        }
        _ => {
            let found = errors::unknown_matcher(line.name, CONDITIONS.into_iter());
            let name = &line.name.text;
            return Err(found.caddy(format!("unrecognized response matcher {name}")));
        }
    }
    Ok(())
}
