//! Conditions with a language of their own: regular expressions, CEL, URL patterns. Their texts are
//! not looked into here.

use evenkeel_caddyfile::ast::{Quote, Word};
use evenkeel_diagnostics::{Diagnostics, shorten};
use evenkeel_plan::http::matchers::{Expression, Regexp, UrlPattern};

use super::conditions::{Reading, last_of_pairs, without_lines};
use crate::args::Line;
use crate::errors::{self, Read, Wording};
use crate::subdirective::{Sub, read_block};

const URL_PATTERN: &[Sub<UrlPattern>] = &[
    Sub::new("base_url", base_url),
    Sub::new("ignore_case", ignore_case).counts(),
    Sub::others("unrecognized url_pattern option '$value'").reads_on(),
];

/// `path_regexp [NAME] PATTERN`, once in a set.
pub(super) fn path_regexp(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    at_most(line, 2)?;
    let first = line.first("a pattern")?;
    let line = without_lines(line, diagnostics)?;
    if reading.set.path_regexp.is_some() {
        let message = "a matcher can have one `path_regexp` only";
        let found = errors::conflict(message, line.span(), None);
        return Err(found.caddy("regular expression can only be used once per named matcher"));
    }
    let regexp = match line.args.get(1) {
        Some(pattern) => named(first, pattern, reading.name),
        None => unnamed(first, reading.name),
    };
    reading.set.path_regexp = Some(regexp);
    Ok(())
}

/// `header_regexp [NAME] FIELD PATTERN`, once for each field.
pub(super) fn header_regexp(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let (field, regexp) = keyed(line, "a field and a pattern", reading.name)?;
    without_lines(line, diagnostics)?;
    if reading.set.header_regexp.contains_key(&field.text) {
        let message = format!(
            "a matcher can have one `header_regexp` for the field `{}` only",
            shorten(&field.text)
        );
        let found = errors::conflict(message, line.span(), None);
        return Err(found.caddy(format!(
            "header_regexp matcher can only be used once per named matcher, per header field: {}",
            field.text
        )));
    }
    let regexps = &mut reading.set.header_regexp;
    regexps.insert(field.text.clone(), regexp);
    Ok(())
}

/// `vars_regexp [NAME] VARIABLE PATTERN`.
pub(super) fn vars_regexp(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let (variable, regexp) = keyed(line, "a variable and a pattern", reading.name)?;
    without_lines(line, diagnostics)?;
    let regexps = &mut reading.set.vars_regexp;
    regexps.insert(variable.text.clone(), regexp);
    Ok(())
}

/// `expression TEXT`. Of several words the quotes are part of the expression; of several
/// expressions the first counts.
pub(super) fn expression(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    _: &mut Diagnostics,
) -> Read<()> {
    let expression = match line.args {
        [] => return Err(errors::missing_argument(line, "an expression")),
        [only] => Expression::new(only.text.clone(), reading.name),
        words => {
            let raw: Vec<String> = words.iter().map(as_written).collect();
            Expression::Plain(raw.join(" "))
        }
    };
    reading.set.expression.get_or_insert(expression);
    Ok(())
}

/// `url_pattern PATTERN { base_url URL, ignore_case }`; the last counts.
pub(super) fn url_pattern(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let caddy = "expected exactly one URL pattern";
    let pattern = last_of_pairs(line, ("a pattern", caddy), diagnostics)?;
    let matcher = reading.set.url_pattern.get_or_insert_default();
    matcher.pattern.clone_from(&pattern.text);
    read_block(line.name, line.block, URL_PATTERN, matcher, diagnostics);
    Ok(())
}

fn base_url(line: Line<'_>, matcher: &mut UrlPattern, _: &mut Diagnostics) -> Read<()> {
    matcher.base_url = line.text("a URL")?;
    Ok(())
}

fn ignore_case(line: Line<'_>, matcher: &mut UrlPattern, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    matcher.ignore_case = true;
    Ok(())
}

/// `[NAME] KEY PATTERN`.
fn keyed<'w>(line: Line<'w>, what: &str, default: &str) -> Read<(&'w Word, Regexp)> {
    at_most(line, 3)?;
    match line.args {
        [name, key, pattern] => Ok((key, named(name, pattern, default))),
        [key, pattern] => Ok((key, unnamed(pattern, default))),
        _ => Err(errors::missing_argument(line, what)),
    }
}

/// Caddy takes all words and counts them.
fn at_most(line: Line<'_>, most: usize) -> Read<()> {
    let counted = line.at_most(most);
    counted.map_err(|found| found.worded(&Wording::USUAL.counts_all()))
}

/// An empty name is none.
fn named(name: &Word, pattern: &Word, default: &str) -> Regexp {
    match name.text.as_str() {
        "" => unnamed(pattern, default),
        name => unnamed(pattern, name),
    }
}

fn unnamed(pattern: &Word, name: &str) -> Regexp {
    Regexp {
        name: name.to_owned(),
        pattern: pattern.text.clone(),
    }
}

/// The word with its quotes. Caddy: `ValRaw` in `caddyfile/dispenser.go`, which takes `<` for the
/// quote of a heredoc.
fn as_written(word: &Word) -> String {
    let quote = match word.quote {
        Quote::Bare => "",
        Quote::Double => "\"",
        Quote::Backtick => "`",
        Quote::Heredoc => "<",
    };
    format!("{quote}{}{quote}", word.text)
}
