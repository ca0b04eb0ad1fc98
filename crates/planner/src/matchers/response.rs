//! Conditions on responses: `@name status CODE…|header FIELD VALUE`, or a block of such lines, in
//! the directives that handle responses. Caddy: `responsematchers.go`.

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span, shorten};
use evenkeel_plan::http::handlers::ResponseMatcher;
use evenkeel_plan::value::StatusPattern;

use super::conditions::header_condition;
use crate::args::Line;
use crate::errors::{self, Read, Wording};

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
            let says = format!("matcher is defined more than once: {}", name.text);
            diagnostics.push(found.caddy(says).into());
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
                Err(found.caddy(undefined(word)).sealed())
            }
            _ => Ok(matcher),
        }
    }

    /// The matcher behind `@name`.
    pub(crate) fn find(&self, word: &Word) -> Read<ResponseMatcher> {
        if !word.text.starts_with('@') {
            let message = format!("`{}` is not a response matcher", shorten(&word.text));
            let why = "its name must begin with `@`";
            let says = "must use a named response matcher, starting with '@'";
            return Err(errors::bad_value(word, message, why).caddy(says).sealed());
        }
        if let Some((_, matcher)) = self.0.get(&word.text) {
            return Ok(matcher.clone());
        }
        let names = self.0.keys().map(String::as_str);
        Err(errors::undefined_matcher(word, names).caddy(undefined(word)))
    }
}

fn undefined(word: &Word) -> String {
    let name = word.text.trim_start_matches('@');
    format!("no named response matcher defined with name '{name}'")
}

/// Reads `status …|header …` behind the first word of the line, or the lines of its block.
pub(crate) fn read_response(
    line: Line<'_>,
    matcher: &mut ResponseMatcher,
    diagnostics: &mut Diagnostics,
) {
    let mut keep = |line| {
        if let Err(found) = condition(line, matcher) {
            diagnostics.push(found.into());
        }
    };
    if let [name, args @ ..] = line.args {
        keep(Line { name, args, ..line });
        return;
    }
    let lines = line.block.into_iter().flat_map(|block| &block.lines);
    lines.map(Line::from).for_each(keep);
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

fn condition(line: Line<'_>, matcher: &mut ResponseMatcher) -> Read<()> {
    match line.name.text.as_str() {
        "status" => {
            for word in line.some("a status")? {
                let status = status_pattern(word)
                    .map_err(|found| found.value_says("bad status value '$value': $why"))?;
                matcher.status_code.push(status);
            }
        }
        "header" => {
            let few = match line.args {
                [] => "malformed header matcher: expected field",
                _ => "malformed header matcher: expected both field and value",
            };
            let (field, value) =
                header_condition(line).map_err(|found| found.worded(&Wording::USUAL.few(few)))?;
            match value {
                None => {
                    matcher.headers.insert(field, None);
                }
                Some(value) => {
                    let values = matcher.headers.entry(field).or_default();
                    values.get_or_insert_default().push(value);
                }
            }
        }
        _ => {
            let names = CONDITIONS.into_iter();
            let found = errors::unknown_matcher(line.name, names);
            let name = &line.name.text;
            return Err(found.caddy(format!("unrecognized response matcher {name}")));
        }
    }
    Ok(())
}
