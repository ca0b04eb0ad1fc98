//! The top level: global options, named routes and sites, in any order but the
//! first (Caddy: `parseAll`, and `evaluateGlobalOptionsBlock` for the options).

use evenkeel_diagnostics::Span;

use super::Parser;
use super::cursor::Peek;
use super::directive::Level;
use crate::ast::{Block, Quote, SiteBlock, Word};
use crate::errors;

impl Parser<'_> {
    /// Reads everything there is.
    pub(super) fn file(&mut self) {
        loop {
            self.tokens.skip_newlines();
            match self.tokens.peek() {
                Peek::End => return,
                Peek::Newline => self.tokens.skip(),
                Peek::Open => self.block_without_key(),
                Peek::Close => {
                    let at = self.here();
                    self.tokens.skip();
                    let suspect = self.suspect.take();
                    self.findings.push(errors::unexpected_close(at, suspect));
                }
                Peek::Word(_) => self.keyed(),
            }
        }
    }

    /// The place of the next token, or of the end of the text.
    pub(super) fn here(&self) -> Span {
        let text = self.sources.text(self.root);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.tokens.span(Span::new(self.root, end, end))
    }

    /// Whatever starts with a word.
    fn keyed(&mut self) {
        if self.tokens.text().starts_with('@') {
            let (span, name) = (self.here(), self.tokens.text().to_owned());
            self.findings
                .push(errors::matcher_outside_site(span, &name));
            self.directive(0);
        } else {
            self.site();
        }
    }

    /// Global options; or a site whose address is a variable without value.
    fn block_without_key(&mut self) {
        let brace = self.here();
        if let Some(empty) = self.variables.take_empty_before(brace, self.sources) {
            let span = empty.span(brace.source);
            let name = empty.name(self.sources.text(brace.source));
            self.findings
                .push(errors::empty_site_address(span, name, empty.unset));
            let block = self.block(0, Level::Top);
            // So that what is wrong inside is found too. The name stands for no other site.
            let text = format!("address-{}.invalid", span.start);
            let keys = vec![Word {
                text,
                quote: Quote::Bare,
                span,
            }];
            self.add_site(keys, block);
            return;
        }
        let block = self.block(0, Level::Top);
        self.add_site(Vec::new(), block);
    }

    /// Adds a site; without keys it is the global options, which come once and first. A block
    /// without keys and lines says nothing and may stand anywhere.
    pub(super) fn add_site(&mut self, keys: Vec<Word>, block: Block) {
        if let Some(key) = keys.first() {
            self.first_block.get_or_insert(key.span);
            self.file.sites.push(SiteBlock { keys, block });
            return;
        }
        if block.lines.is_empty() {
            return;
        }
        let brace = opening(&block);
        if let Some(options) = &self.file.options {
            self.findings
                .push(errors::second_options(brace, opening(options)));
        } else if let Some(first) = self.first_block {
            self.findings.push(errors::options_not_first(brace, first));
        } else {
            self.first_block = Some(brace);
            self.file.options = Some(block);
        }
    }
}

fn opening(block: &Block) -> Span {
    Span::new(block.span.source, block.span.start, block.span.start + 1)
}
