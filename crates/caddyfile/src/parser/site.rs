//! One block of the top level with its keys: a site, a snippet or a named route (Caddy:
//! `addresses`, `blockContents`).

use evenkeel_diagnostics::Span;

use super::Parser;
use super::cursor::Peek;
use super::directive::Level;
use crate::ast::{Block, NamedRoute, Quote, Word};
use crate::errors;

/// How a list of addresses ended.
enum End {
    /// At `{` or the end of the line.
    Plain,
    /// At an address with a `{` glued to it.
    Glued(Span),
    /// At `{}`.
    Empty(Span),
}

impl Parser<'_> {
    pub(super) fn site(&mut self) {
        let start = self.here();
        let (keys, end) = self.addresses();
        let only = if let [only] = keys.as_slice() {
            only.text.as_str()
        } else {
            ""
        };
        let snippet = enclosed(only, "(").is_some();
        let named_route = enclosed(only, "&(").map(str::to_owned);
        let level = if snippet || named_route.is_some() {
            Level::Snippet
        } else {
            Level::Top
        };
        let block = match end {
            End::Empty(span) => Some(Block {
                lines: Vec::new(),
                span,
            }),
            End::Glued(brace) => Some(self.block_behind(brace, 0, level)),
            End::Plain => {
                // At the top level, and only there, the brace may stand on a line of its own.
                self.tokens.skip_newlines();
                (self.tokens.peek() == Peek::Open).then(|| self.block(0, level))
            }
        };
        if snippet {
            // Whole snippets have been taken out; this one lacks its block, or the end of it.
            if block.is_none() {
                self.findings.push(errors::snippet_without_block(start));
            }
        } else if let Some(name) = named_route {
            self.add_named_route(start, name, block);
        } else {
            let block = block.unwrap_or_else(|| self.block_without_braces(start));
            self.add_site(keys, block);
        }
    }

    /// Addresses up to `{` or the end of the line. Behind a comma they may go on on the next.
    fn addresses(&mut self) -> (Vec<Word>, End) {
        let mut keys = Vec::new();
        let mut comma = None;
        loop {
            match self.tokens.peek() {
                Peek::Newline if comma.is_some() => self.tokens.skip_newlines(),
                Peek::Newline | Peek::End | Peek::Open => {
                    if let Some(comma) = comma {
                        self.findings.push(errors::expected_address(
                            comma,
                            self.here(),
                            self.tokens.peek() == Peek::End,
                        ));
                    }
                    return (keys, End::Plain);
                }
                Peek::Close => {
                    let at = self.here();
                    self.tokens.skip();
                    self.findings.push(errors::unexpected_close(at, None));
                }
                Peek::Word(_) => {
                    let Some(word) = self.tokens.word() else {
                        continue;
                    };
                    let span = word.span;
                    if word.text == "{}" && word.quote == Quote::Bare {
                        self.findings.push(errors::empty_braces(span));
                        return (keys, End::Empty(span));
                    }
                    if let (Some(address), Quote::Bare) = (word.text.strip_suffix('{'), word.quote)
                    {
                        self.findings
                            .push(errors::address_with_brace(span, &word.text));
                        let brace = Span::new(span.source, span.end.saturating_sub(1), span.end);
                        let text = address.to_owned();
                        self.address(Word { text, ..word }, &mut keys);
                        return (keys, End::Glued(brace));
                    }
                    comma = self.address(word, &mut keys);
                }
            }
        }
    }

    /// Adds one address; the place of its comma if it ends with one.
    fn address(&mut self, mut word: Word, keys: &mut Vec<Word>) -> Option<Span> {
        let span = word.span;
        let comma = word.text.ends_with(',').then(|| {
            word.text.pop();
            Span::new(
                span.source,
                span.end.saturating_sub(1).max(span.start),
                span.end,
            )
        });
        if comma.is_some() && self.sources.slice(span).ends_with(',') {
            word.span.end -= 1;
        }
        if word.text.starts_with('@') {
            self.findings
                .push(errors::matcher_outside_site(span, &word.text));
        } else if word.text.contains(',') {
            self.findings
                .push(errors::address_with_comma(span, &word.text));
            // Each part is checked as if the space were there.
            let parts = word.text.split(',').filter(|part| !part.is_empty());
            keys.extend(parts.map(|part| Word {
                text: part.to_owned(),
                ..word
            }));
        } else if !word.text.is_empty() {
            keys.push(word);
        }
        comma
    }

    fn add_named_route(&mut self, key: Span, name: String, block: Option<Block>) {
        let Some(block) = block else {
            self.findings.push(errors::snippet_without_block(key));
            return;
        };
        self.first_block.get_or_insert(key);
        let name = Word {
            text: name,
            quote: Quote::Bare,
            span: key,
        };
        self.file.named_routes.push(NamedRoute { name, block });
    }
}

/// The text between `open` and `)`.
fn enclosed<'a>(key: &'a str, open: &str) -> Option<&'a str> {
    key.strip_prefix(open)?.strip_suffix(')')
}
