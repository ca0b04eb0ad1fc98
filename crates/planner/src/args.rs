//! Typed reading of one line.

use evenkeel_caddyfile::ast::{Block, Directive, Word};
use evenkeel_diagnostics::{CaddyText, Diagnostics, Span, shorten};
use evenkeel_plan::value::{Count, Duration, Share, ShareError};

use crate::errors::{self, Read, Says as _, go};

/// One line, with the words that are still to be read.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Its first word.
    pub(crate) name: &'a Word,
    /// The words behind it (without the matcher token, once that is read).
    pub(crate) args: &'a [Word],
    /// The block it opens.
    pub(crate) block: Option<&'a Block>,
}

impl<'a> From<&'a Directive> for Line<'a> {
    fn from(line: &'a Directive) -> Self {
        Self {
            name: &line.name,
            args: &line.args,
            block: line.block.as_ref(),
        }
    }
}

impl<'a> Line<'a> {
    /// From the name to the last word.
    pub(crate) fn span(self) -> Span {
        self.args
            .last()
            .map_or(self.name.span, |last| self.name.span.to(last.span))
    }

    /// Its end: the brace that closes its block, or the last word.
    pub(crate) fn end(self) -> Span {
        let Some(block) = self.block else {
            return self.args.last().unwrap_or(self.name).span;
        };
        let end = block.span.end;
        Span::new(block.span.source, end.saturating_sub(1), end)
    }

    /// The line of which the first word was read.
    pub(crate) fn skip_first(self) -> Self {
        Self {
            args: self.args.get(1..).unwrap_or_default(),
            ..self
        }
    }

    /// The first `most` words; what stands behind them and the block do nothing, in Caddy, too.
    pub(crate) fn keep_only(self, most: usize, diagnostics: &mut Diagnostics) -> Self {
        if let (Some(first), Some(last)) = (self.args.get(most), self.args.last()) {
            let span = first.span.to(last.span);
            diagnostics.push(errors::no_effect(self.name, span).into());
        }
        let line = self.without_block(diagnostics);
        Self {
            args: &line.args[..line.args.len().min(most)],
            ..line
        }
    }

    /// The line without its block, which does nothing.
    pub(crate) fn without_block(self, diagnostics: &mut Diagnostics) -> Self {
        if let Some(block) = self.block {
            let found = errors::no_effect(self.name, block.span).at_first_character();
            diagnostics.push(found.into());
        }
        Self {
            block: None,
            ..self
        }
    }

    /// Nothing behind the name.
    pub(crate) fn nothing(self) -> Read<()> {
        self.at_most(0)?;
        self.no_block()
    }

    /// Exactly one word, `what` for short, and no block.
    pub(crate) fn one(self, what: &str) -> Read<&'a Word> {
        let first = self.first(what)?;
        self.at_most(1)?;
        self.no_block()?;
        Ok(first)
    }

    /// One word or more, and no block.
    pub(crate) fn some(self, what: &str) -> Read<&'a [Word]> {
        self.first(what)?;
        self.no_block()?;
        Ok(self.args)
    }

    /// The first word, whatever follows.
    pub(crate) fn first(self, what: &str) -> Read<&'a Word> {
        self.args
            .first()
            .ok_or_else(|| errors::missing_argument(self, what))
    }

    /// Not more than `most` words.
    pub(crate) fn at_most(self, most: usize) -> Read<()> {
        match self.args.get(most..) {
            None | Some([]) => Ok(()),
            Some(_) => Err(errors::too_many_arguments(self, most)),
        }
    }

    /// No block, and Caddy takes its brace for a word.
    pub(crate) fn no_block_as_word(self) -> Read<()> {
        let read = self.no_block();
        read.says("unexpected token '{', expecting argument")
    }

    /// No line in the block, or else what Caddy says at the first.
    pub(crate) fn no_lines(self, caddy: &str) -> Read<()> {
        let block = self.block.filter(|block| !block.lines.is_empty());
        let Some(block) = block else {
            return Ok(());
        };
        let text = CaddyText::new(caddy).at(block.lines[0].name.span);
        let found = errors::unexpected_block(self.name, block);
        Err(found.caddy_text(text).sealed())
    }

    /// No block, or one with nothing in it; else what Caddy says at its first line.
    pub(crate) fn empty_block(self, caddy: &str, diagnostics: &mut Diagnostics) -> Read<Self> {
        self.no_lines(caddy)?;
        Ok(self.without_block(diagnostics))
    }

    /// No block.
    pub(crate) fn no_block(self) -> Read<()> {
        self.block.map_or(Ok(()), |block| {
            Err(errors::unexpected_block(self.name, block))
        })
    }

    /// Exactly one duration, with a warning if it is negative: it cannot be used.
    pub(crate) fn duration(self, diagnostics: &mut Diagnostics) -> Read<Duration> {
        duration(self.one("a duration")?, &self.name.text, diagnostics)
    }

    /// Exactly one duration, which may be negative.
    pub(crate) fn signed_duration(self) -> Read<Duration> {
        let word = self.one("a duration")?;
        let duration = word.text.parse();
        duration.map_err(|error| errors::bad_duration(word, error))
    }

    /// Exactly one number of things, with a warning if it cannot be used.
    pub(crate) fn count(self, diagnostics: &mut Diagnostics) -> Read<Count> {
        count(self.one("a number")?, diagnostics)
    }

    /// Exactly one port, with a warning if there is none like it.
    pub(crate) fn port(self, diagnostics: &mut Diagnostics) -> Read<i64> {
        port(self.one("a port")?, diagnostics)
    }

    /// Exactly one word, as text.
    pub(crate) fn text(self, what: &str) -> Read<String> {
        self.one(what).map(|word| word.text.clone())
    }
}

/// Exactly one number between zero and one, both left out.
pub(crate) fn ratio(line: Line<'_>) -> Read<Share> {
    let word = line.first("a number between 0 and 1")?;
    let ratio = word.text.parse().map_err(|error: ShareError| {
        let (name, text) = (&line.name.text, &word.text);
        let message = format!("`{name}` cannot be `{}`", shorten(text));
        let found = errors::bad_value(word, message, error.to_string());
        found.caddy(match error {
            ShareError::OutOfRange => format!("{name} must be between 0 and 1 (exclusive)"),
            ShareError::NotANumber => format!("parsing {name}: {}", go::float(text)),
        })
    })?;
    line.at_most(1)?;
    line.no_block()?;
    Ok(ratio)
}

/// A duration of `owner`, with a warning if it is negative. Caddy prints it all the same.
pub(crate) fn duration(word: &Word, owner: &str, diagnostics: &mut Diagnostics) -> Read<Duration> {
    let duration: Duration = word
        .text
        .parse()
        .map_err(|error| errors::bad_duration(word, error))?;
    if duration.is_negative() {
        let found = errors::negative_duration(word, owner);
        diagnostics.push(found.into_warning().into());
    }
    Ok(duration)
}

/// A number of things, with a warning if it cannot be used. Caddy prints it all the same.
pub(crate) fn count(word: &Word, diagnostics: &mut Diagnostics) -> Read<Count> {
    let count = Count::new(integer(word)?);
    if let Err(error) = count.checked() {
        diagnostics.push(errors::unusable_count(word, error).into());
    }
    Ok(count)
}

/// A whole number of 64 bits with a sign.
pub(crate) fn integer(word: &Word) -> Read<i64> {
    word.text
        .parse()
        .map_err(|_| errors::bad_number(word, i64::MAX.unsigned_abs()))
}

/// A whole number of 32 bits.
pub(crate) fn number(word: &Word) -> Read<u32> {
    word.text
        .parse()
        .map_err(|_| errors::bad_number(word, u32::MAX.into()))
}

/// A port, with a warning if there is none like it. Caddy prints it all the same.
fn port(word: &Word, diagnostics: &mut Diagnostics) -> Read<i64> {
    let port: i64 = word
        .text
        .parse()
        .map_err(|_| errors::bad_port(&word.text, word.span))?;
    if !(1..=i64::from(u16::MAX)).contains(&port) {
        diagnostics.push(errors::unusable_port(port, word.span).into());
    }
    Ok(port)
}

/// The words as texts.
pub(crate) fn texts(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.text.clone()).collect()
}
