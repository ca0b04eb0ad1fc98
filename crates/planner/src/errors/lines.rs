//! Lines with too few or too many words, and options given twice.

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, shorten};

use super::{Finding, head};

/// The line ends before `what` ("a policy"). Caddy says behind which word: the name, unless
/// [`Finding::ended_after`] says otherwise.
pub(crate) fn missing_argument(name: &Word, line: Span, what: &str) -> Finding {
    let message = format!("`{}` needs {what}", shorten(&name.text));
    Finding::new(
        Diagnostic::error("missing-argument", message).at(line, format!("{what} must follow")),
    )
    .ended_after(name)
}

/// The line goes on after the `most` words it may have, with `rest`.
pub(crate) fn too_many_arguments(name: &Word, most: usize, rest: &[Word]) -> Finding {
    let (first, last) = (rest.first().unwrap_or(name), rest.last().unwrap_or(name));
    let span = first.span.to(last.span);
    let limit = match most {
        0 => "no argument".to_owned(),
        1 => "one argument".to_owned(),
        more => format!("at most {more} arguments"),
    };
    let message = format!("`{}` takes {limit}", shorten(&name.text));
    Finding::new(Diagnostic::error("too-many-arguments", message).at(span, "not expected here"))
        .ended_after(first)
}

/// The line has a matcher and more than the one word that may follow, `what` for short.
pub(crate) fn more_than_matcher_and(what: &str, name: &Word, rest: &[Word]) -> Finding {
    let text = format!("too many arguments; should only be a matcher and {what}");
    let found = too_many_arguments(name, 1, rest);
    let last = rest.last().unwrap_or(name);
    found.caddy_text(CaddyText::new(text).at(last.span))
}

/// A line of a block that goes on with what Caddy takes for the next line.
pub(crate) fn two_in_one_line(name: &Word, next: &Word) -> Finding {
    let message = format!("`{}` takes at most 2 arguments", shorten(&name.text));
    Finding::new(
        Diagnostic::warning("two-in-one-line", message)
            .at(next.span, "taken for the start of another line")
            .help("begin a new line here, or quote what belongs together"),
    )
}

/// A `{ … }` where there can be none.
pub(crate) fn unexpected_block(name: &Word, block: &Block) -> Finding {
    let message = format!("`{}` takes no block", shorten(&name.text));
    Finding::new(
        Diagnostic::error("unexpected-block", message).at(head(block.span), "not expected here"),
    )
}

impl Finding {
    /// Caddy's words for a wrong number of words, the last of which it took was `word`. Caddy:
    /// `Dispenser.ArgErr`.
    pub(crate) fn ended_after(self, word: &Word) -> Self {
        let text = format!(
            "wrong argument count or unexpected line ending after '{}'",
            word.text
        );
        self.caddy_text(CaddyText::new(text).at(word.span))
    }
}

/// A line that may stand once.
pub(crate) fn given_twice(name: &Word, first: Span) -> Finding {
    let message = format!("`{}` is given twice", shorten(&name.text));
    Finding::new(
        Diagnostic::error("given-twice", message)
            .at(name.span, "given again here")
            .also(first, "first given here")
            .help("remove one of the two"),
    )
}

/// Two settings that exclude each other.
pub(crate) fn conflict(message: impl Into<String>, span: Span, other: Option<Span>) -> Finding {
    let found = Diagnostic::error("conflict", message).at(span, "excludes the other");
    Finding::new(match other {
        Some(other) => found.also(other, "the other"),
        None => found,
    })
}
