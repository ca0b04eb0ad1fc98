//! What Caddy says of the same mistake, word for word, so that whoever searches for Caddy's message
//! (a person or a test) finds it in ours. Places stay spans until a [`SourceMap`] can name them.

use std::fmt::Write as _;

use crate::text::visible;
use crate::{SourceMap, Span};

/// Longer than any message of Caddy's that quotes no whole file.
const MOST: usize = 2000;

/// A message of Caddy's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaddyText {
    parts: Vec<Part>,
    /// What is around the mistake is not named.
    is_whole: bool,
    /// Where it is is not named.
    is_placeless: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `, at FILE:LINE`, and the import that brought it.
    At(Span),
    /// The same, as errors about the syntax have it: with or without an import.
    AtSyntax(Span),
    /// `FILE:LINE`.
    Place(Span),
    /// The number of a line.
    Line(Span),
}

impl CaddyText {
    /// A message without a place.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            parts: vec![Part::Text(text.into())],
            ..Self::default()
        }
    }

    /// `FILE:LINE: text`.
    #[must_use]
    pub fn led_by(span: Span, text: &str) -> Self {
        Self {
            parts: vec![Part::Place(span), Part::Text(format!(": {text}"))],
            ..Self::default()
        }
    }

    /// Adds `, at FILE:LINE` and what imported that line. Caddy: `Dispenser.WrapErr`.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.with(Part::At(span))
    }

    /// Names no other place than this.
    #[must_use]
    pub fn only_at(mut self, span: Span) -> Self {
        self.parts.retain(|part| !matches!(part, Part::At(_)));
        self.at(span)
    }

    /// Adds a place in the form of syntax errors. Caddy: `Dispenser.SyntaxErr`.
    #[must_use]
    pub fn at_syntax(self, span: Span) -> Self {
        self.with(Part::AtSyntax(span))
    }

    /// Adds the number of a line.
    #[must_use]
    pub fn line(self, span: Span) -> Self {
        self.with(Part::Line(span))
    }

    /// Without a word about what Caddy was doing, nor about where.
    #[must_use]
    pub fn whole(self) -> Self {
        Self {
            is_whole: true,
            is_placeless: true,
            ..self
        }
    }

    /// Without a word about where, even if there is something around it.
    #[must_use]
    pub fn placeless(self) -> Self {
        Self {
            is_placeless: true,
            ..self
        }
    }

    /// Adds words.
    #[must_use]
    pub fn then(self, text: impl Into<String>) -> Self {
        self.with(Part::Text(text.into()))
    }

    /// Whether it says where.
    pub fn is_placed(&self) -> bool {
        let places = |part: &Part| !matches!(part, Part::Text(_));
        self.parts.iter().any(places)
    }

    /// Puts in front what Caddy was doing when it found the mistake.
    pub fn while_parsing(&mut self, name: &str) {
        self.precede(format!("parsing caddyfile tokens for '{name}': "));
    }

    /// Puts words in front.
    pub fn precede(&mut self, text: impl Into<String>) {
        if !self.is_whole {
            self.parts.insert(0, Part::Text(text.into()));
        }
    }

    /// Adds another place behind those that are there: that of a block around the mistake.
    pub fn also_at(&mut self, span: Span) {
        if !self.is_placeless {
            self.parts.push(Part::At(span));
        }
    }

    /// The message as Caddy prints it; control characters but tabs and newlines are made visible.
    pub fn resolve(&self, sources: &SourceMap) -> String {
        let mut text = String::new();
        for part in &self.parts {
            part.write(&mut text, sources);
        }
        let keep = |char: char| {
            if matches!(char, '\n' | '\t') {
                char
            } else {
                visible(char)
            }
        };
        match text.char_indices().nth(MOST) {
            None => text.chars().map(keep).collect(),
            Some((end, _)) => text[..end].chars().map(keep).chain(['…']).collect(),
        }
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}

impl Part {
    fn write(&self, text: &mut String, sources: &SourceMap) {
        let place = |span: Span| {
            let line = sources.position(span).line;
            format!("{}:{line}", sources.name(span.source))
        };
        let chain = |span: Span| {
            let at = sources.imports(span).next();
            at.map(|at| match sources.snippet(span) {
                Some(snippet) => format!("{} (import {snippet})", place(at)),
                None => format!("{} (import)", place(at)),
            })
        };
        let written = match self {
            Self::Text(part) => write!(text, "{part}"),
            Self::Line(span) => write!(text, "{}", sources.position(*span).line),
            Self::Place(span) => write!(text, "{}", place(*span)),
            Self::At(span) => match chain(*span) {
                Some(chain) => write!(text, ", at {} import chain ['{chain}']", place(*span)),
                None => write!(text, ", at {}", place(*span)),
            },
            Self::AtSyntax(span) => {
                let chain = chain(*span).unwrap_or_default();
                write!(text, ", at {} import chain: ['{chain}']", place(*span))
            }
        };
        written.expect("a string takes everything");
    }
}

impl<T: Into<String>> From<T> for CaddyText {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_its_place_as_caddy_does() {
        let mut sources = SourceMap::new();
        let id = sources.add("Caddyfile", "a\n\tb\n");
        assert!(!CaddyText::new("wrong").is_placed());
        let mut text = CaddyText::new("wrong").at(Span::new(id, 3, 4));
        assert!(text.is_placed());
        text.while_parsing("b");
        text.also_at(Span::new(id, 0, 1));
        assert_eq!(
            text.resolve(&sources),
            "parsing caddyfile tokens for 'b': wrong, at Caddyfile:2, at Caddyfile:1"
        );
        let mut whole = CaddyText::new("wrong").whole();
        whole.while_parsing("b");
        whole.also_at(Span::new(id, 0, 1));
        assert_eq!(whole.resolve(&sources), "wrong");
        let led = CaddyText::led_by(Span::new(id, 3, 4), "wrong");
        assert_eq!(led.resolve(&sources), "Caddyfile:2: wrong");
    }

    #[test]
    fn names_the_import_that_brought_it() {
        let mut sources = SourceMap::new();
        let root = sources.add("Caddyfile", "import s\n\nimport f\n");
        let snippet = sources.add_import(root, Span::new(root, 0, 8), Some("s"));
        let file = sources.add("f", "x");
        let file = sources.add_import(file, Span::new(root, 10, 18), None);
        let at = |source| {
            CaddyText::new("no")
                .at(Span::new(source, 0, 1))
                .resolve(&sources)
        };
        assert_eq!(
            at(snippet),
            "no, at Caddyfile:1 import chain ['Caddyfile:1 (import s)']"
        );
        assert_eq!(at(file), "no, at f:1 import chain ['Caddyfile:3 (import)']");
        let syntax = CaddyText::new("no").at_syntax(Span::new(root, 0, 1));
        assert_eq!(
            syntax.resolve(&sources),
            "no, at Caddyfile:1 import chain: ['']"
        );
    }

    #[test]
    fn keeps_tabs_and_newlines_and_no_other_control_characters() {
        let text = CaddyText::new("a\tb\n\u{1b}[1m");
        assert_eq!(text.resolve(&SourceMap::new()), "a\tb\n␛[1m");
    }

    #[test]
    fn ends_where_nobody_reads_on() {
        let text = CaddyText::new("x".repeat(MOST + 5)).resolve(&SourceMap::new());
        assert_eq!(text.chars().count(), MOST + 1);
        assert!(text.ends_with('…'));
    }
}
