//! What Caddy says of a mistake differs from option to option, though the mistakes are few: a value
//! that is none, words too many or too few, a second time. A finding remembers which of them it is,
//! and the row of a table says how Caddy words them there.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Span};

use super::{Finding, Read};
use crate::args::Line;

/// What Caddy says of the mistake that reading found, whatever table it is read by.
pub(crate) trait Says {
    /// [`Finding::caddy`], and nothing else.
    fn says(self, caddy: impl Into<String>) -> Self;
}

impl<T> Says for Read<T> {
    fn says(self, caddy: impl Into<String>) -> Self {
        self.map_err(|found| found.caddy(caddy).sealed())
    }
}

/// Which of the common mistakes a finding is.
#[derive(Debug, Default)]
pub(super) enum Cause {
    /// One that has only one wording.
    #[default]
    Own,
    /// A value, and why Go's library refuses it.
    Value { value: String, why: String },
    /// A value that is none of those an option knows, which Go's library has no part in.
    Unknown(String),
    /// Too few words.
    TooFew,
    /// Too many words: the last that may stand there, the first that may not, and the last.
    TooMany {
        taken: String,
        first: Word,
        last: String,
    },
    /// A block where there can be none.
    Block,
    /// The second of its kind.
    Twice,
}

/// How Caddy words the mistakes of one kind of line. What it does not say is worded as usual.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording {
    value: Option<&'static str>,
    few: Option<&'static str>,
    many: Many,
    twice: Option<&'static str>,
    block: Option<&'static str>,
    is_placed: bool,
}

/// What Caddy says of words too many. Most often it is behind which word it met the end too late,
/// that is which it had read when it counted.
#[derive(Clone, Copy, Debug)]
enum Many {
    /// As the table has it, the first that is too many if that does not read on.
    Usual,
    /// The first that is too many. Caddy: `Dispenser.NextArg`.
    First,
    /// The last that is not. Caddy: `Dispenser.AllArgs`.
    Taken,
    /// The last of the line. Caddy: `Dispenser.RemainingArgs`.
    Last,
    /// Words of its own.
    Says(&'static str),
}

impl Wording {
    /// Everything as usual.
    pub(crate) const USUAL: Self = Self {
        value: None,
        few: None,
        many: Many::Usual,
        twice: None,
        block: None,
        is_placed: true,
    };

    /// Of a value that is none; `$value` stands for it and `$why` for Go's reason.
    pub(crate) const fn value(self, says: &'static str) -> Self {
        let value = Some(says);
        Self { value, ..self }
    }

    /// Of words that are missing.
    pub(crate) const fn few(self, says: &'static str) -> Self {
        let few = Some(says);
        Self { few, ..self }
    }

    /// Of words too many.
    pub(crate) const fn many(self, says: &'static str) -> Self {
        let many = Many::Says(says);
        Self { many, ..self }
    }

    /// Of a second line of its kind.
    pub(crate) const fn twice(self, says: &'static str) -> Self {
        let twice = Some(says);
        Self { twice, ..self }
    }

    /// Of a block where there can be none.
    pub(crate) const fn block(self, says: &'static str) -> Self {
        let block = Some(says);
        Self { block, ..self }
    }

    /// Caddy looks whether a word is left.
    pub(crate) const fn counts(self) -> Self {
        let many = Many::First;
        Self { many, ..self }
    }

    /// Caddy does not count, and takes what is left for another line, if it does so in the block.
    pub(crate) const fn may_read_on(&self) -> bool {
        matches!(self.many, Many::Usual)
    }

    /// Caddy takes all words it may and looks whether one is left.
    pub(crate) const fn counts_taken(self) -> Self {
        let many = Many::Taken;
        Self { many, ..self }
    }

    /// Caddy takes the whole line and counts.
    pub(crate) const fn counts_all(self) -> Self {
        let many = Many::Last;
        Self { many, ..self }
    }

    /// What is said of values has no place.
    pub(crate) const fn placeless(self) -> Self {
        Self {
            is_placed: false,
            ..self
        }
    }
}

/// What Caddy says when it misses a word, or has one too many.
pub(crate) const ENDED: &str = "wrong argument count or unexpected line ending after '$value'";

impl Finding {
    /// What Caddy says of it, in the words that it has there; only the innermost words count.
    pub(crate) fn worded(mut self, wording: &Wording) -> Self {
        let says = match &self.0.cause {
            Cause::Own => None,
            Cause::Block => wording.block.map(str::to_owned),
            Cause::Value { value, why } => fill(wording.value, value, why),
            Cause::Unknown(value) => fill(wording.value, value, ""),
            Cause::TooFew => wording.few.map(str::to_owned),
            Cause::Twice => wording.twice.map(str::to_owned),
            Cause::TooMany { taken, last, .. } => match wording.many {
                Many::Usual | Many::First => None,
                Many::Taken => Some(ended_after(taken)),
                Many::Last => Some(ended_after(last)),
                Many::Says(says) => Some(says.to_owned()),
            },
        };
        let is_value = matches!(self.0.cause, Cause::Value { .. } | Cause::Unknown(_));
        let Some(says) = says else {
            return self;
        };
        self.0.cause = Cause::Own;
        if is_value && !wording.is_placed {
            return self.caddy_text(says);
        }
        self.caddy(says)
    }

    /// The line without what there is too much of in it, and that as a line of its own; `None` if
    /// it is something else that is wrong, or words while `reads_on` is not set.
    pub(crate) fn cut<'l>(
        &self,
        line: Line<'l>,
        reads_on: bool,
    ) -> Option<(Line<'l>, Option<Line<'l>>)> {
        let cut = Line {
            block: None,
            ..line
        };
        match &self.0.cause {
            Cause::Block => Some((cut, None)),
            Cause::TooMany { first, .. } if reads_on => {
                let at = line.args.iter().position(|word| word.span == first.span)?;
                let (args, rest) = line.args.split_at(at);
                let rest = rest.split_first().map(|(name, args)| Line {
                    name,
                    args,
                    block: line.block,
                });
                Some((Line { args, ..cut }, rest))
            }
            _ => None,
        }
    }

    /// Caddy takes what there is too much of in the line for the name of the next one. `others`
    /// says what it says of names it does not know.
    pub(crate) fn worded_as_name(self, others: &Wording) -> Self {
        let name = match &self.0.cause {
            Cause::TooMany { first, .. } => first.text.clone(),
            _ => "{".to_owned(),
        };
        let says = others.value.unwrap_or("unrecognized subdirective $value");
        self.caddy(match says {
            ENDED => ended_after(&name),
            says => says.replace("$value", &name),
        })
    }

    /// [`worded_as_name`](Self::worded_as_name), if it is a block where there can be none.
    pub(crate) fn brace_worded(self, others: &Wording) -> Self {
        match self.0.cause {
            Cause::Block => self.worded_as_name(others).sealed(),
            _ => self,
        }
    }

    /// Caddy sees it when it has read on until `end`, and names only that place.
    pub(crate) fn until(self, end: Span) -> Self {
        self.map(|mut found| {
            found.caddy = found.caddy.map(|text| text.only_at(end));
            found
        })
        .sealed()
    }

    /// Words of lines around it do not count any more.
    pub(crate) fn sealed(mut self) -> Self {
        self.0.cause = Cause::Own;
        self
    }

    /// [`worded`](Self::worded) for a value alone.
    pub(crate) fn value_says(self, says: &'static str) -> Self {
        self.worded(&Wording::USUAL.value(says))
    }

    /// Caddy's words for a wrong number of words, the last of which it took was `word`. Caddy:
    /// `Dispenser.ArgErr`.
    pub(crate) fn ended_after(self, word: &Word) -> Self {
        self.caddy_text(CaddyText::new(ended_after(&word.text)).at(word.span))
    }

    /// Remembers which of the common mistakes it is.
    pub(super) fn cause(mut self, cause: Cause) -> Self {
        self.0.cause = cause;
        self
    }

    /// Remembers the value that Go's library refuses, and says so at `span`.
    pub(super) fn refused_by_go(self, value: &str, why: String, span: Span) -> Self {
        self.caddy_text(CaddyText::new(why.as_str()).at(span))
            .cause(Cause::Value {
                value: value.to_owned(),
                why,
            })
    }
}

/// Caddy: `Dispenser.ArgErr`.
fn ended_after(word: &str) -> String {
    match word {
        "{" => "unexpected token '{', expecting argument".to_owned(),
        word => ENDED.replace("$value", word),
    }
}

/// The words with a value and a reason put in; a value that looks like a mark stays what it is.
fn fill(says: Option<&str>, value: &str, why: &str) -> Option<String> {
    let parts = says?.split("$why");
    let parts: Vec<String> = parts.map(|part| part.replace("$value", value)).collect();
    Some(parts.join(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_filled_in_once() {
        let says = Some("bad value '$value': $why");
        let filled = fill(says, "$why", "$value");
        assert_eq!(filled.as_deref(), Some("bad value '$why': $value"));
    }
}
