//! Regular expressions as Caddy (Go's RE2) reads them, of bounded size, and what they captured.

mod go;

pub(crate) use go::translate;

use regex::bytes::{CaptureLocations, Regex, RegexBuilder};

use evenkeel_plan::http::matchers::Regexp as Plan;

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;

/// A compiled expression may take this many bytes; Caddy sets no limit.
const SIZE: usize = 1 << 20;

/// Compiles an expression in Go's syntax.
pub(crate) fn compile(pattern: &str, cx: &BuildContext<'_>) -> Result<Regex, BuildError> {
    RegexBuilder::new(&translate(pattern))
        .size_limit(SIZE)
        .build()
        .map_err(|error| cx.error(format!("bad regular expression: {error}")))
}

/// An expression whose captures `{http.regexp.NAME.N}` and `{http.regexp.N}` read.
pub(crate) struct Regexp {
    /// Empty if there is none.
    name: Box<str>,
    regex: Regex,
}

impl Regexp {
    pub(crate) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !plan.name.chars().all(is_word) {
            let name = &plan.name;
            return Err(cx.error(format!("invalid name of a regular expression: {name}")));
        }
        Ok(Self {
            name: plan.name.as_str().into(),
            regex: compile(&plan.pattern, cx)?,
        })
    }

    /// Looks for the expression in a text.
    pub(crate) fn find(&self, text: &[u8]) -> Option<Found> {
        let mut places = self.regex.capture_locations();
        self.regex.captures_read(&mut places, text)?;
        Some(Found {
            text: text.into(),
            places,
        })
    }

    /// Notes what was found for the placeholders of an exchange.
    pub(crate) fn note<'g>(&'g self, found: Found, exchange: &mut Exchange<'g>) {
        exchange.notes_mut().captures.note(self, found);
    }
}

/// Where an expression was found, and in what.
pub(crate) struct Found {
    text: Box<[u8]>,
    places: CaptureLocations,
}

/// What the expressions that held have captured, one entry for each: the last that held is the
/// last entry.
#[derive(Default)]
pub(crate) struct Captures<'g>(Vec<(&'g Regexp, Found)>);

/// Which capture a placeholder names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    /// Of an expression with this name; of any if `None`.
    regexp: Option<Box<str>>,
    group: Group,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Group {
    Number(usize),
    Name(Box<str>),
}

impl Capture {
    /// Reads `NAME.GROUP` or `GROUP`, where a group is a number or a name.
    pub(crate) fn parse(text: &str) -> Self {
        let (regexp, group) = match text.split_once('.') {
            Some((name, group)) => (Some(name.into()), group),
            None => (None, text),
        };
        let group = group
            .parse()
            .map_or_else(|_| Group::Name(group.into()), Group::Number);
        Self { regexp, group }
    }
}

impl<'g> Captures<'g> {
    /// An expression that holds again replaces what it captured before.
    fn note(&mut self, regexp: &'g Regexp, found: Found) {
        self.0.retain(|(known, _)| !std::ptr::eq(*known, regexp));
        self.0.push((regexp, found));
    }

    /// The text of a capture; empty for a group that took no part. The last expression that has
    /// such a group counts. Caddy: `MatchRegexp.Match`.
    pub(crate) fn text(&self, capture: &Capture) -> Option<&[u8]> {
        self.0.iter().rev().find_map(|(regexp, found)| {
            let wanted = capture.regexp.as_deref();
            if wanted.is_some_and(|name| name.is_empty() || name != &*regexp.name) {
                return None;
            }
            let group = match &capture.group {
                Group::Number(number) => Some(*number),
                Group::Name(name) => regexp
                    .regex
                    .capture_names()
                    .position(|known| known == Some(&**name)),
            };
            let group = group.filter(|group| *group < found.places.len())?;
            let place = found.places.get(group);
            Some(place.map_or(&b""[..], |(start, end)| &found.text[start..end]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    fn regexp(name: &str, pattern: &str) -> Result<Regexp, BuildError> {
        let plan = Plan {
            name: name.to_owned(),
            pattern: pattern.to_owned(),
        };
        trial::build(|cx| Regexp::build(&plan, cx))
    }

    #[test]
    fn captures_are_read_by_number_and_name_of_the_last_that_has_them() {
        let one = regexp("one", "(a)(?P<rest>b.)?(c)?").unwrap();
        let two = regexp("", "(z)").unwrap();
        let mut captures = Captures::default();
        captures.note(&one, one.find(b"xab1").unwrap());
        captures.note(&two, two.find(b"z").unwrap());

        let text = |name: &str| captures.text(&Capture::parse(name));
        assert_eq!(text("one.0"), Some(&b"ab1"[..]));
        assert_eq!(text("one.rest"), Some(&b"b1"[..]));
        assert_eq!(text("one.3"), Some(&b""[..]));
        assert_eq!(text("one.4"), None);
        assert_eq!(text("1"), Some(&b"z"[..]));
        assert_eq!(text("rest"), Some(&b"b1"[..]));
        assert_eq!(text("two.0"), None);
        assert_eq!(text(".0"), None);
    }

    #[test]
    fn an_expression_that_holds_again_takes_no_more_room() {
        let regexp = regexp("n", "(.)").unwrap();
        let mut captures = Captures::default();
        for text in [b"a", b"b"] {
            captures.note(&regexp, regexp.find(text).unwrap());
        }
        assert_eq!(captures.0.len(), 1);
        assert_eq!(captures.text(&Capture::parse("n.1")), Some(&b"b"[..]));
    }

    #[test]
    fn expressions_that_cannot_be_or_are_too_large_are_refused() {
        for (name, pattern) in [
            ("", "("),
            ("", "(?=a)"),
            ("a-b", "a"),
            ("", r"(\pL{900}){900}"),
        ] {
            assert!(regexp(name, pattern).is_err(), "{pattern}");
        }
    }
}
