//! The formatter's state, from character to character. What is open decides what a character is;
//! braces wait until it is known whether they open a block.

use super::lines::ImportLines;

/// Blocks inside blocks are indented up to this depth.
const DEEPEST_INDENT: usize = 10;
/// So many newlines in a row are kept: one empty line.
const MOST_NEWLINES: usize = 2;

/// Which quotes are open. A backtick inside of double quotes counts for Caddy's formatter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Double,
    Backtick,
    BacktickInDouble,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heredoc {
    None,
    /// Behind `<<`, which ends at this byte.
    Opening(usize),
    /// Inside: where the marker lies, where the current line starts, and how many bytes came
    /// since the last white space.
    Open {
        marker: (usize, usize),
        line: usize,
        word: usize,
    },
}

/// An opening brace that was read and perhaps not yet written: only what follows tells whether it
/// opens a block or belongs to a word.
#[derive(Clone, Copy)]
struct OpenBrace {
    /// The current word is, or began with, a brace.
    is_open: bool,
    is_written: bool,
    /// White space other than a newline stood in front of it.
    after_space: bool,
    /// It stands on a line of its own.
    own_line: bool,
}

pub(super) struct Formatter<'a> {
    text: &'a str,
    pub(super) out: String,
    /// The last character that was written.
    last: char,
    /// The last character that was read was white space (or counts as such).
    space: bool,
    at_line_start: bool,
    brace: OpenBrace,
    /// Newlines read and not written yet.
    newlines: usize,
    comment: bool,
    quotes: Quotes,
    escaped: bool,
    heredoc: Heredoc,
    /// The word began with a backslash and `<`.
    heredoc_escaped: bool,
    nesting: usize,
    lines: ImportLines,
}

impl<'a> Formatter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            out: String::with_capacity(text.len() + text.len() / 8),
            last: '\0',
            space: true,
            at_line_start: true,
            brace: OpenBrace {
                is_open: false,
                is_written: false,
                after_space: false,
                own_line: false,
            },
            newlines: 0,
            comment: false,
            quotes: Quotes::None,
            escaped: false,
            heredoc: Heredoc::None,
            heredoc_escaped: false,
            nesting: 0,
            lines: ImportLines::default(),
        }
    }

    pub(super) fn next(&mut self, at: usize, char: char) {
        if self.heredoc(at, char) {
            return;
        }
        if self.last == '<' && self.space {
            self.space = false;
        }
        if self.comment {
            self.comment_char(char);
            return;
        }
        if self.escape(char) || self.quoted(char) {
            return;
        }
        if char.is_whitespace() {
            self.white_space(char);
            return;
        }
        self.regular(char);
    }

    /// `<<MARKER`, and everything up to the marker's second coming.
    fn heredoc(&mut self, at: usize, char: char) -> bool {
        match self.heredoc {
            Heredoc::None => self.heredoc_start(at, char),
            Heredoc::Opening(start) => self.heredoc_marker(start, at, char),
            Heredoc::Open { marker, line, word } => {
                self.heredoc_text(marker, (line, word), at, char)
            }
        }
    }

    fn heredoc_start(&mut self, at: usize, char: char) -> bool {
        let starts = self.quotes == Quotes::None
            && !self.heredoc_escaped
            && self.space
            && self.last == '<'
            && char == '<';
        if starts {
            self.write(char);
            self.heredoc = Heredoc::Opening(at + 1);
            self.space = false;
        }
        starts
    }

    fn heredoc_marker(&mut self, start: usize, at: usize, char: char) -> bool {
        if char == '\n' {
            if is_marker(&self.text[start..at]) {
                let marker = (start, at);
                let line = at + 1;
                self.heredoc = Heredoc::Open {
                    marker,
                    line,
                    word: 0,
                };
                self.write(char);
            } else {
                self.heredoc = Heredoc::None;
                self.next_line();
            }
            return true;
        }
        if char.is_whitespace() {
            // A word that only starts like a heredoc.
            self.heredoc = Heredoc::None;
            return false;
        }
        self.write(char);
        true
    }

    /// Inside; `false` for the white space behind the end marker.
    fn heredoc_text(
        &mut self,
        marker: (usize, usize),
        (line, word): (usize, usize),
        at: usize,
        char: char,
    ) -> bool {
        let length = marker.1 - marker.0;
        // The marker has no white space, so a shorter word need not be compared.
        let ends = char.is_whitespace()
            && word >= length
            && at - line >= length
            && self.text.as_bytes()[at - length..at] == self.text.as_bytes()[marker.0..marker.1];
        if ends {
            self.heredoc = Heredoc::None;
            return false;
        }
        let word = if char.is_whitespace() {
            0
        } else {
            word + char.len_utf8()
        };
        let line = if char == '\n' { at + 1 } else { line };
        self.heredoc = Heredoc::Open { marker, line, word };
        self.write(char);
        true
    }

    fn comment_char(&mut self, char: char) {
        if char == '\n' {
            self.comment = false;
            self.space = true;
            self.next_line();
        } else {
            self.write(char);
        }
    }

    /// A backslash, or the character behind it.
    fn escape(&mut self, char: char) -> bool {
        if self.escaped {
            self.heredoc_escaped |= char == '<';
            self.write(char);
            self.escaped = false;
            return true;
        }
        if char != '\\' {
            return false;
        }
        if self.space {
            self.write(' ');
            self.space = false;
        }
        self.write(char);
        self.escaped = true;
        true
    }

    /// What stands in quotes, mostly with the quotes. The opening double quote and the closing
    /// backtick go on as regular characters.
    fn quoted(&mut self, char: char) -> bool {
        if char == '`' {
            self.quotes = match self.quotes {
                Quotes::BacktickInDouble => Quotes::Double,
                Quotes::Backtick => Quotes::None,
                Quotes::Double => Quotes::BacktickInDouble,
                Quotes::None => Quotes::Backtick,
            };
        }
        if self.quotes == Quotes::Double {
            if char == '"' {
                self.quotes = Quotes::None;
            }
            self.write(char);
            return true;
        }
        if char == '"' {
            self.quotes = match self.quotes {
                Quotes::None if self.space => Quotes::Double,
                Quotes::BacktickInDouble => Quotes::None,
                other => other,
            };
        }
        if !matches!(self.quotes, Quotes::Backtick | Quotes::BacktickInDouble) {
            return false;
        }
        if char == '`' && self.space && !self.at_line_start {
            self.write(' ');
        }
        self.write(char);
        self.space = false;
        true
    }

    fn white_space(&mut self, char: char) {
        self.lines.end_word();
        self.space = true;
        self.heredoc_escaped = false;
        if char == '\n' {
            let waits = self.brace.is_open && self.brace.own_line && !self.brace.is_written;
            self.lines.end_line(self.nesting, waits);
            self.newlines += 1;
        }
    }

    /// A character of a word, a brace, or the `#` of a comment.
    fn regular(&mut self, char: char) {
        let space_before = std::mem::take(&mut self.space);
        self.comment = char == '#';
        if space_before || char == '{' {
            self.open_waiting_block();
        }
        match char {
            '{' => self.open_brace(space_before),
            '}' if space_before || !self.brace.is_open => self.close_block(),
            _ => self.word(char, space_before),
        }
    }

    /// The brace that was read, if it has not been written, opens a block.
    pub(super) fn open_waiting_block(&mut self) {
        if !self.brace.is_open || self.brace.is_written {
            return;
        }
        if self.nesting == 0 && self.last == '}' {
            self.next_line();
            self.next_line();
        }
        self.brace.is_open = false;
        if self.brace.own_line && self.lines.previous {
            if self.last != '\n' {
                self.next_line();
            }
            self.indent();
        } else if self.at_line_start {
            self.indent();
        } else if !self.brace.after_space || !self.last.is_whitespace() {
            self.write(' ');
        }
        self.write('{');
        self.brace.is_written = true;
        self.brace.own_line = false;
        self.next_line();
        self.newlines = 0;
        self.nesting = (self.nesting + 1).min(DEEPEST_INDENT);
    }

    fn open_brace(&mut self, space_before: bool) {
        self.lines.end_word();
        self.brace = OpenBrace {
            is_open: true,
            is_written: false,
            after_space: space_before && !self.at_line_start,
            own_line: self.newlines > 0,
        };
        if self.brace.after_space && self.newlines == 0 {
            self.write(' ');
        }
    }

    fn close_block(&mut self) {
        self.lines.end_word();
        if self.last != '\n' {
            self.next_line();
        }
        self.nesting = self.nesting.saturating_sub(1);
        self.indent();
        self.write('}');
        self.newlines = 0;
    }

    fn word(&mut self, char: char, space_before: bool) {
        for _ in 0..self.newlines.min(MOST_NEWLINES) {
            self.next_line();
        }
        self.newlines = 0;
        if self.at_line_start {
            self.indent();
        }
        if self.nesting == 0 && self.last == '}' && self.at_line_start {
            self.next_line();
            self.next_line();
        }
        if !self.at_line_start && space_before {
            self.write(' ');
        }
        if self.brace.is_open && !self.brace.is_written {
            self.write('{');
            self.brace.is_written = true;
        }
        if space_before && char == '<' {
            self.space = true;
        }
        self.lines.push(char);
        self.write(char);
        self.at_line_start = false;
    }

    fn write(&mut self, char: char) {
        self.out.push(char);
        self.last = char;
    }

    fn indent(&mut self) {
        for _ in 0..self.nesting {
            self.write('\t');
        }
    }

    fn next_line(&mut self) {
        self.write('\n');
        self.at_line_start = true;
    }
}

fn is_marker(marker: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !marker.is_empty() && marker.bytes().all(allowed)
}
