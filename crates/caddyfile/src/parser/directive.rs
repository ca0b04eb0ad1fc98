//! Lines and blocks: what is inside of sites, snippets, options, and directives.

use evenkeel_diagnostics::Span;

use super::cursor::Peek;
use super::{DEEPEST, Parser};
use crate::ast::{Block, Directive, Quote};
use crate::errors;

/// Where a block stands; Caddy is stricter inside of directives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// A site or the global options: text may follow `{` on the same line.
    Top,
    /// A snippet or named route: in addition text may stand in front of `}`.
    Snippet,
    /// The block of a line.
    Inner,
}

impl Parser<'_> {
    /// A block, at its `{`.
    pub(super) fn block(&mut self, depth: usize, level: Level) -> Block {
        let brace = self.here();
        self.tokens.skip();
        self.block_behind(brace, depth, level)
    }

    /// The rest of a block whose `{` has been read.
    pub(super) fn block_behind(&mut self, brace: Span, depth: usize, level: Level) -> Block {
        let indent = self.tokens.indent();
        if depth >= DEEPEST {
            self.findings.push(errors::too_deep(brace, DEEPEST));
            return Block {
                lines: Vec::new(),
                span: self.skip_block(brace),
            };
        }
        if level == Level::Inner && !matches!(self.tokens.peek(), Peek::Newline | Peek::End) {
            self.findings
                .push(errors::text_after_open(brace, self.here()));
        }
        let lines = self.lines(depth, level);
        let close = self.here();
        if self.tokens.peek() == Peek::Close {
            if self.tokens.indent() < indent && self.uneven.is_none() {
                self.uneven = Some((brace, close));
            }
            self.tokens.skip();
        } else {
            self.unclosed.push(brace);
        }
        Block {
            lines,
            span: brace.to(close),
        }
    }

    /// The lines of a site without braces: everything up to the end of the file (Caddy: "single-
    /// server configs don't need curly braces").
    pub(super) fn block_without_braces(&mut self, start: Span) -> Block {
        let lines = self.lines(0, Level::Top);
        let span = match (lines.first(), lines.last()) {
            (Some(first), Some(last)) => first.line_span().to(last.span()),
            _ => self.here(),
        };
        if self.tokens.peek() == Peek::Close {
            let at = self.here();
            self.tokens.skip();
            let suspect = self.suspect.take();
            self.findings
                .push(errors::close_of_braceless_site(at, start, suspect));
        }
        Block { lines, span }
    }

    /// One line and its block, at its name.
    pub(super) fn directive(&mut self, depth: usize) -> Option<Directive> {
        let name = self.tokens.word()?;
        let mut directive = Directive {
            name,
            args: Vec::new(),
            block: None,
        };
        loop {
            match self.tokens.peek() {
                Peek::Newline | Peek::End | Peek::Close => return Some(directive),
                Peek::Open => {
                    directive.block = Some(self.block(depth + 1, Level::Inner));
                    return Some(directive);
                }
                Peek::Word(quote) => {
                    let last = matches!(self.tokens.peek_second(), Peek::Newline | Peek::End);
                    let Some(word) = self.tokens.word() else {
                        return Some(directive);
                    };
                    if last && quote == Quote::Bare && word.text == "{}" {
                        self.findings.push(errors::empty_braces(word.span));
                        directive.block = Some(Block {
                            lines: Vec::new(),
                            span: word.span,
                        });
                        return Some(directive);
                    }
                    if last && quote == Quote::Bare && word.text.ends_with('{') {
                        self.suspect = Some(word.span);
                    }
                    directive.args.push(word);
                }
            }
        }
    }

    /// Lines up to a `}` or the end.
    fn lines(&mut self, depth: usize, level: Level) -> Vec<Directive> {
        let mut lines: Vec<Directive> = Vec::new();
        loop {
            self.tokens.skip_newlines();
            match self.tokens.peek() {
                Peek::Newline => {}
                Peek::Close | Peek::End => return lines,
                Peek::Open => self.stray_block(depth, lines.last_mut()),
                Peek::Word(_) => {
                    let Some(line) = self.directive(depth) else {
                        continue;
                    };
                    self.line_end(&line, level);
                    lines.push(line);
                }
            }
        }
    }

    /// Behind a line there is a newline; anything else is reported, and read as the next line.
    fn line_end(&mut self, line: &Directive, level: Level) {
        let at = self.here();
        match (self.tokens.peek(), &line.block) {
            (Peek::Close, None) if level != Level::Snippet => {
                self.findings.push(errors::close_behind_text(at));
            }
            (Peek::Close | Peek::Word(_), Some(block)) => {
                let end = block.span.end;
                let brace = Span::new(block.span.source, end.saturating_sub(1), end);
                self.findings.push(errors::text_after_close(brace, at));
            }
            // An opening brace is reported as a block without name.
            _ => {}
        }
    }

    /// A `{` that starts a line: meant for the line above, if that has no block yet.
    fn stray_block(&mut self, depth: usize, above: Option<&mut Directive>) {
        let brace = self.here();
        match above {
            Some(line) if line.block.is_none() => {
                self.findings
                    .push(errors::brace_on_new_line(brace, line.line_span()));
                line.block = Some(self.block(depth + 1, Level::Inner));
            }
            _ => {
                let is_first = depth == 0 && above.is_none();
                self.findings.push(errors::nameless_block(brace, is_first));
                self.block(depth + 1, Level::Inner);
            }
        }
    }

    /// Steps over a block without looking into it.
    fn skip_block(&mut self, brace: Span) -> Span {
        let mut open = 1_usize;
        loop {
            match self.tokens.peek() {
                Peek::Open => open += 1,
                Peek::Close => open -= 1,
                Peek::End => {
                    self.unclosed.push(brace);
                    return brace.to(self.here());
                }
                Peek::Word(_) | Peek::Newline => {}
            }
            let at = self.here();
            self.tokens.skip();
            if open == 0 {
                return brace.to(at);
            }
        }
    }
}
