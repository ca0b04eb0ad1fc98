//! What can be wrong with a single token.

use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, shorten};

use crate::ast::Quote;

/// `long`: the quoted word over most lines, which may be the one that lacks its end.
pub(crate) fn unclosed_quote(open: Span, quote: Quote, long: Option<Span>) -> Diagnostic {
    let mark = if quote == Quote::Backtick {
        "`` ` ``"
    } else {
        "`\"`"
    };
    let found = Diagnostic::error(
        "unclosed-quote",
        format!("a quote is not closed: {mark} is missing"),
    )
    .at(open, "opened here");
    let Some(long) = long else { return found };
    let start = Span::new(long.source, long.start, long.start + 1);
    found
        .also(start, "this one runs over several lines")
        .help("if that is not meant, the missing quote belongs on its first line")
}

/// `end`: the end of the text.
pub(crate) fn unclosed_heredoc(open: Span, end: Span, marker: &str) -> Diagnostic {
    let caddy = CaddyText::new(format!("incomplete heredoc <<{marker} on line #"))
        .line(end)
        .then(format!(", expected ending marker {marker}"));
    let marker = shorten(marker);
    let message = format!("a heredoc is not closed: the end marker `{marker}` is missing");
    Diagnostic::error("unclosed-heredoc", message)
        .at(open, "opened here")
        .help(format!(
            "put `{marker}` on its own line where the text ends"
        ))
        .caddy(caddy)
}

pub(crate) fn heredoc_without_marker(at: Span) -> Diagnostic {
    Diagnostic::error(
        "heredoc-marker",
        "`<<` at the end of a line opens a heredoc without marker",
    )
    .at(at, "no marker follows")
    .help("name the marker, as in `<<END`; for the two characters themselves write `\\<<`")
    .caddy(
        CaddyText::new("missing opening heredoc marker on line #")
            .line(at)
            .then(
                "; must contain only alphanumeric characters, dashes and underscores; \
                 got empty string",
            ),
    )
}

pub(crate) fn heredoc_with_three_angles(at: Span) -> Diagnostic {
    Diagnostic::error("heredoc-marker", "a heredoc opens with two `<`")
        .at(at, "too many `<`")
        .help("write `<<END`; for the characters themselves write `\\<<`")
        .caddy(
            CaddyText::new("too many '<' for heredoc on line #")
                .line(at)
                .then("; only use two, for example <<END"),
        )
}

pub(crate) fn heredoc_marker_invalid(at: Span, marker: &str) -> Diagnostic {
    let message = format!("`{}` cannot be the marker of a heredoc", shorten(marker));
    Diagnostic::error("heredoc-marker", message)
        .at(at, "only letters, digits, `-` and `_` are allowed")
        .help("for a word that starts with `<<` write `\\<<`")
        .caddy(
            CaddyText::new("heredoc marker on line #")
                .line(at)
                .then(format!(
                    " must contain only alphanumeric characters, dashes and underscores; \
                     got '{marker}'"
                )),
        )
}

/// `line` does not start with `padding`, the white space in front of the end marker.
pub(crate) fn heredoc_padding(at: Span, marker: &str, line: &str, padding: &str) -> Diagnostic {
    let caddy = CaddyText::new(format!(
        "mismatched leading whitespace in heredoc <<{marker} on line #"
    ))
    .line(at)
    .then(format!(
        " [{line}], expected whitespace [{padding}] to match the closing marker"
    ));
    let marker = shorten(marker);
    let message =
        format!("a line of the heredoc `<<{marker}` is indented less than its end marker");
    Diagnostic::error("heredoc-indentation", message)
        .at(
            at,
            format!("must start with the same white space as the line of the end `{marker}`"),
        )
        .help(format!(
            "indent this line, or move the end `{marker}` to the left"
        ))
        .caddy(caddy)
}

pub(crate) fn unreadable(at: Span) -> Diagnostic {
    Diagnostic::error("unreadable", "this character cannot be read here").at(at, "")
}
