//! The texts that spans point into, and the way from a byte to a line and a column.
//!
//! A text that is imported counts as a source of its own each time, so that a span tells not only
//! where something was written but also through which imports it came.

use std::sync::OnceLock;

use crate::{SourceId, Span};

/// A byte order mark: part of the text, but of no column.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Named texts, as the user wrote them (before environment substitution and imports).
#[derive(Debug, Default)]
pub struct SourceMap {
    texts: Vec<Source>,
    entries: Vec<Entry>,
    /// What must not be shown, by its place in the texts.
    hidden: Vec<Span>,
}

/// What a source id stands for.
#[derive(Clone, Debug)]
struct Entry {
    text: usize,
    /// The first source with this text.
    base: SourceId,
    /// The line that imports it.
    imported_at: Option<Span>,
    /// The snippet it is, if that import brought one.
    snippet: Option<Box<str>>,
}

/// Imports of imports that are named; more would help nobody.
const MOST_NAMED_IMPORTS: usize = 8;

/// A place as an editor shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

#[derive(Debug)]
struct Source {
    name: String,
    text: String,
    /// Where each line starts; computed when the first position is asked for.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceMap {
    /// A map without texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. Spans count in `u32`, so nothing behind the first 4 GiB can be pointed at.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let text = Source {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        };
        self.texts.push(text);
        let base = self.next_id();
        self.entries.push(Entry {
            text: self.texts.len() - 1,
            base,
            imported_at: None,
            snippet: None,
        });
        base
    }

    /// A source with the text of another, for what an import at a place brings: a `snippet`, or a
    /// whole file.
    pub fn add_import(&mut self, of: SourceId, at: Span, snippet: Option<&str>) -> SourceId {
        let id = self.next_id();
        let Some(entry) = self.entries.get(of.0 as usize) else {
            return of;
        };
        self.entries.push(Entry {
            text: entry.text,
            base: entry.base,
            imported_at: Some(at),
            snippet: snippet.map(Box::from),
        });
        id
    }

    /// The same place without the way to it: spans of one text compare equal then, however often
    /// it was imported.
    #[must_use]
    pub fn base(&self, span: Span) -> Span {
        let entry = self.entries.get(span.source.0 as usize);
        let source = entry.map_or(span.source, |entry| entry.base);
        Span { source, ..span }
    }

    /// Keeps what stands at a place out of all that is said and shown: asterisks stand there instead.
    pub fn hide(&mut self, secret: Span) {
        let secret = self.base(secret);
        if !self.hidden.contains(&secret) {
            self.hidden.push(secret);
        }
    }

    /// What stands at the places that are not to be shown.
    pub(crate) fn hidden_texts(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(|span| self.slice(*span))
    }

    /// Whether a byte of a text is not to be shown.
    pub(crate) fn is_hidden(&self, source: SourceId, at: usize) -> bool {
        let is_inside = |span: &Span| {
            span.source == source && (span.start as usize..span.end as usize).contains(&at)
        };
        self.hidden.iter().any(is_inside)
    }

    /// Whether two places share a character of one text.
    pub fn overlap(&self, one: Span, other: Span) -> bool {
        let (one, other) = (self.base(one), self.base(other));
        one.source == other.source && one.start < other.end && other.start < one.end
    }

    /// The imports through which a place came, the innermost first.
    pub fn imports(&self, span: Span) -> impl Iterator<Item = Span> {
        let imported_at = |span: &Span| self.entries.get(span.source.0 as usize)?.imported_at;
        std::iter::successors(imported_at(&span), imported_at).take(MOST_NAMED_IMPORTS)
    }

    /// The name of the snippet a place was imported as, if it was.
    pub fn snippet(&self, span: Span) -> Option<&str> {
        self.entries.get(span.source.0 as usize)?.snippet.as_deref()
    }

    /// The names of all texts, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| text.name.as_str())
    }

    /// Every text once, however often it was imported, under the id that [`base`](Self::base)
    /// gives to its spans.
    pub fn texts(&self) -> impl Iterator<Item = (SourceId, &str)> {
        let ids = (0..).map(SourceId).zip(&self.entries);
        let bases = ids.filter(|(id, entry)| entry.base == *id);
        bases.map(|(id, _)| (id, self.text(id)))
    }

    /// The name a text was added under, usually a path.
    pub fn name(&self, id: SourceId) -> &str {
        self.source(id).map_or("", |source| &source.name)
    }

    /// The whole text.
    pub fn text(&self, id: SourceId) -> &str {
        self.source(id).map_or("", |source| &source.text)
    }

    /// The text a span covers; a span that does not fit its text is cut to what fits.
    pub fn slice(&self, span: Span) -> &str {
        let text = self.text(span.source);
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end).max(start);
        &text[start..end]
    }

    /// Where a span starts.
    pub fn position(&self, span: Span) -> Position {
        self.position_at(span.source, span.start)
    }

    /// Where a span ends: the place just behind its last character.
    pub fn end_position(&self, span: Span) -> Position {
        self.position_at(span.source, span.end.max(span.start))
    }

    /// The bytes of a line, counted from 1, without its line ending.
    pub(crate) fn line(&self, id: SourceId, line: u32) -> (usize, &str) {
        let Some(source) = self.source(id) else {
            return (0, "");
        };
        let starts = source.line_starts();
        let index = (line.max(1) - 1) as usize;
        let Some(&start) = starts.get(index) else {
            return (source.text.len(), "");
        };
        let end = starts
            .get(index + 1)
            .map_or(source.text.len(), |&next| next as usize);
        let line = &source.text[start as usize..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start as usize, line.trim_end_matches('\r'))
    }

    fn position_at(&self, id: SourceId, offset: u32) -> Position {
        let Some(source) = self.source(id) else {
            return Position { line: 1, column: 1 };
        };
        let offset = floor_boundary(&source.text, offset);
        let starts = source.line_starts();
        let index = starts
            .partition_point(|&start| start as usize <= offset)
            .max(1)
            - 1;
        let before = &source.text[starts[index] as usize..offset];
        let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
        Position {
            line: saturate(index + 1),
            column: saturate(before.chars().count() + 1),
        }
    }

    fn next_id(&self) -> SourceId {
        SourceId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX))
    }

    fn source(&self, id: SourceId) -> Option<&Source> {
        let entry = self.entries.get(id.0 as usize)?;
        self.texts.get(entry.text)
    }
}

impl Source {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = self
                .text
                .bytes()
                .enumerate()
                .filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| saturate(at + 1)))
                .collect()
        })
    }
}

/// The nearest character boundary at or before `offset`, inside the text.
pub(crate) fn floor_boundary(text: &str, offset: u32) -> usize {
    text.floor_char_boundary(offset as usize)
}

fn saturate(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: u32) -> (u32, u32) {
        let mut sources = SourceMap::new();
        let id = sources.add("Caddyfile", text);
        let position = sources.position(Span::new(id, offset, offset));
        (position.line, position.column)
    }

    #[test]
    fn counts_lines_and_columns_from_one() {
        assert_eq!(place("ab\ncd", 0), (1, 1));
        assert_eq!(place("ab\ncd", 2), (1, 3));
        assert_eq!(place("ab\ncd", 3), (2, 1));
        assert_eq!(place("ab\n", 3), (2, 1));
        assert_eq!(place("", 0), (1, 1));
    }

    #[test]
    fn columns_are_characters_and_not_bytes() {
        assert_eq!(place("äö x", 5), (1, 4));
    }

    #[test]
    fn an_offset_inside_a_character_is_the_place_of_the_character() {
        assert_eq!(place("ä", 1), (1, 1));
    }

    #[test]
    fn the_byte_order_mark_has_no_column() {
        assert_eq!(place("\u{feff}ab", 4), (1, 2));
    }

    #[test]
    fn a_place_behind_the_text_is_its_end() {
        assert_eq!(place("ab\ncd", 99), (2, 3));
    }

    #[test]
    fn a_line_comes_without_its_ending() {
        let mut sources = SourceMap::new();
        let id = sources.add("Caddyfile", "a\r\nbc\n");
        assert_eq!(sources.line(id, 1), (0, "a"));
        assert_eq!(sources.line(id, 2), (3, "bc"));
        assert_eq!(sources.line(id, 3), (6, ""));
        assert_eq!(sources.line(id, 4), (6, ""));
    }

    #[test]
    fn a_span_out_of_the_text_slices_to_what_there_is() {
        let mut sources = SourceMap::new();
        let id = sources.add("Caddyfile", "aä");
        assert_eq!(sources.slice(Span::new(id, 1, 3)), "ä");
        assert_eq!(sources.slice(Span::new(id, 2, 9)), "ä");
        assert_eq!(sources.slice(Span::new(id, 9, 1)), "");
    }
}
