//! Lines with too few or too many words, and options given twice.

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, shorten};

use super::{Cause, Finding, head};
use crate::args::Line;

/// The line ends before `what` ("a policy").
pub(crate) fn missing_argument(line: Line<'_>, what: &str) -> Finding {
    let message = format!("`{}` needs {what}", shorten(&line.name.text));
    let found = Diagnostic::error("missing-argument", message);
    Finding::new(found.at(line.span(), format!("{what} must follow")))
        .ended_after(line.args.last().unwrap_or(line.name))
        .cause(Cause::TooFew)
}

/// The line goes on after the `most` words it may have.
pub(crate) fn too_many_arguments(line: Line<'_>, most: usize) -> Finding {
    let name = line.name;
    let (first, last) = (line.args.get(most), line.args.last());
    let (first, last) = (first.unwrap_or(name), last.unwrap_or(name));
    let taken = most.checked_sub(1).and_then(|at| line.args.get(at));
    let message = format!("`{}` takes {}", shorten(&name.text), at_most(most));
    let found = Diagnostic::error("too-many-arguments", message);
    Finding::new(found.at(first.span.to(last.span), "not expected here"))
        .ended_after(first)
        .cause(Cause::TooMany {
            taken: taken.unwrap_or(name).text.clone(),
            first: first.clone(),
            last: last.text.clone(),
        })
}

fn at_most(arguments: usize) -> String {
    match arguments {
        0 => "no argument".to_owned(),
        1 => "one argument".to_owned(),
        more => format!("at most {more} arguments"),
    }
}

/// The line has a matcher and more than the one word that may follow, `what` for short.
pub(crate) fn more_than_matcher_and(what: &str, line: Line<'_>) -> Finding {
    let text = format!("too many arguments; should only be a matcher and {what}");
    let last = line.args.last().unwrap_or(line.name);
    too_many_arguments(line, 1)
        .caddy_text(CaddyText::new(text).at(last.span))
        .sealed()
}

/// A line of a block that goes on with what Caddy takes for the next line.
pub(crate) fn two_in_one_line(name: &Word, most: usize, next: &Word) -> Finding {
    let message = format!("`{}` takes {}", shorten(&name.text), at_most(most));
    Finding::new(
        Diagnostic::warning("two-in-one-line", message)
            .at(next.span, "taken for the start of another line")
            .help("begin a new line here, or quote what belongs together"),
    )
}

/// `replace_status STATUS { … }`.
pub(crate) fn routes_of_status(line: Line<'_>, first: &Word) -> Finding {
    let name = &line.name.text;
    let message = format!("`{name}` takes no block");
    let says = format!("cannot define routes for '{name}', use 'handle_response' instead.");
    Finding::new(
        Diagnostic::error("unexpected-block", message)
            .at(first.span, "not expected here")
            .help("write `handle_response` to answer with routes of your own"),
    )
    .caddy(says)
}

/// A `{ … }` where there can be none.
pub(crate) fn unexpected_block(name: &Word, block: &Block) -> Finding {
    let message = format!("`{}` takes no block", shorten(&name.text));
    Finding::new(
        Diagnostic::error("unexpected-block", message).at(head(block.span), "not expected here"),
    )
    .cause(Cause::Block)
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
    .cause(Cause::Twice)
}

/// A line for what was said before, there or elsewhere.
pub(crate) fn given_before(line: Line<'_>) -> Finding {
    let message = format!("`{}` is given twice", shorten(&line.name.text));
    let found = Diagnostic::error("given-twice", message);
    Finding::new(
        found
            .at(line.span(), "given before")
            .help("remove one of the two"),
    )
    .cause(Cause::Twice)
}

/// Two settings that exclude each other.
pub(crate) fn conflict(message: impl Into<String>, span: Span, other: Option<Span>) -> Finding {
    let found = Diagnostic::error("conflict", message).at(span, "excludes the other");
    Finding::new(match other {
        Some(other) => found.also(other, "the other"),
        None => found,
    })
}
