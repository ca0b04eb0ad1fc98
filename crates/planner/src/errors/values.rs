//! Words that are not the value they should be.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostic, Span, shorten};
use evenkeel_plan::value::{CountError, DurationError};

use super::{Cause, Finding, go};

/// A word that is no duration.
pub(crate) fn bad_duration(word: &Word, error: DurationError) -> Finding {
    let text = shorten(&word.text);
    let message = format!("`{text}` is not a duration");
    let found = Diagnostic::error("bad-duration", message).at(word.span, error.to_string());
    let why = go::duration(&word.text, error);
    let caddy = format!("bad duration value {}: {why}", word.text);
    let found = match error {
        DurationError::MissingUnit => found.help(format!(
            "write `{text}s` if you mean seconds, or `{text}ms`, `{text}m`, `{text}h`"
        )),
        DurationError::UnknownUnit => {
            found.help("units are ns, us, ms, s, m, h and d, as in `1m30s`")
        }
        DurationError::NotANumber => found.help("a duration looks like `10s`, `250ms` or `1m30s`"),
        DurationError::OutOfRange => found.help("the longest duration is about 292 years"),
    };
    Finding::new(found)
        .refused_by_go(&word.text, why, word.span)
        .caddy(caddy)
}

/// A duration below zero.
pub(crate) fn negative_duration(word: &Word, owner: &str) -> Finding {
    let message = format!("`{owner}` cannot be negative");
    Finding::new(Diagnostic::error("negative-duration", message).at(word.span, "lies before zero"))
}

/// A number that Caddy prints and that counts nothing.
pub(crate) fn unusable_count(word: &Word, error: CountError) -> Finding {
    let message = format!("`{}` counts nothing", shorten(&word.text));
    Finding::new(Diagnostic::warning("unusable-count", message).at(word.span, error.to_string()))
}

/// A word that is no whole number that fits.
pub(crate) fn bad_number(word: &Word, most: u64) -> Finding {
    bad_number_of("Atoi", word, most)
}

/// [`bad_number`] where Caddy reads it with another `function` of Go's `strconv`.
pub(crate) fn bad_number_of(function: &str, word: &Word, most: u64) -> Finding {
    let message = format!("`{}` is not a whole number", shorten(&word.text));
    Finding::new(
        Diagnostic::error("bad-number", message)
            .at(word.span, format!("a number from 0 to {most} is expected")),
    )
    .refused_by_go(&word.text, go::number(function, &word.text), word.span)
}

/// A port that is none.
pub(crate) fn bad_port(text: &str, span: Span) -> Finding {
    let text_shown = shorten(text);
    if text.parse::<i128>().is_ok() {
        let message = format!("the port {text_shown} is out of range");
        let found = Diagnostic::error("port-out-of-range", message);
        return Finding::new(found.at(span, "ports go from 1 to 65535"))
            .caddy_text(format!("port {text} is out of range"));
    }
    let why = go::number("Atoi", text);
    let message = format!("`{text_shown}` is not a port");
    let caddy = format!("invalid port '{text}': {why}");
    Finding::new(Diagnostic::error("bad-port", message).at(span, "a number is expected"))
        .refused_by_go(text, why, span)
        .caddy_text(caddy)
}

/// A port that there is not, which Caddy prints.
pub(crate) fn unusable_port(port: i64, span: Span) -> Finding {
    let message = format!("the port {port} is out of range");
    let found = Diagnostic::warning("port-out-of-range", message);
    Finding::new(found.at(span, "ports go from 1 to 65535"))
}

/// A proxy that has nobody to ask, which Caddy prints and loads.
pub(crate) fn no_upstreams(name: &Word, line: Span) -> Finding {
    let message = format!("`{}` has no upstream", shorten(&name.text));
    Finding::new(
        Diagnostic::warning("no-upstreams", message)
            .at(line, "every request gets a 503")
            .help("name an upstream, as `localhost:8080`"),
    )
}

/// A word that is no status code.
pub(crate) fn bad_status(word: &Word) -> Finding {
    let message = format!("`{}` is not a status code", shorten(&word.text));
    Finding::new(
        Diagnostic::error("bad-status", message)
            .at(word.span, "a number from 100 to 999 is expected"),
    )
    .refused_by_go(&word.text, go::number("Atoi", &word.text), word.span)
}

/// A value that is wrong in a way of its own: what it is not, why, and what to write.
pub(crate) fn bad_value(
    word: &Word,
    message: impl Into<String>,
    why: impl Into<String>,
) -> Finding {
    Finding::new(Diagnostic::error("bad-value", message).at(word.span, why))
        .cause(Cause::Unknown(word.text.clone()))
}

/// A word that is no mode of a file. Caddy puts noughts in front of it before it reads it.
pub(crate) fn bad_mode(word: &Word, message: String, expected: String) -> Finding {
    let why = format!(
        "strconv.ParseUint: parsing {}: invalid syntax",
        go::quoted(&format!("{:0>4}", word.text))
    );
    Finding::new(Diagnostic::error("bad-value", message).at(word.span, expected))
        .refused_by_go(&word.text, why, word.span)
}

/// `?FIELD` where only requests, or the proxy, have fields.
pub(crate) fn default_of_request(field: &Word) -> Finding {
    let message = "a field can only be set if absent with the directive `header`";
    let caddy = format!(
        "{}: the default header modifier ('?') can only be used on response headers; for \
         conditional manipulation of request headers, use matchers",
        field.text
    );
    let found = bad_value(field, message, "not possible here").at_first_character();
    found.caddy(caddy).sealed()
}

/// A word that is no number of bytes.
pub(crate) fn bad_size(word: &Word) -> Finding {
    let message = format!("`{}` is not a size", shorten(&word.text));
    Finding::new(
        Diagnostic::error("bad-size", message)
            .at(
                word.span,
                "a number of bytes is expected, with or without unit",
            )
            .help("a size looks like `4096`, `4KiB` or `10MB`"),
    )
    .refused_by_go(&word.text, go::size(&word.text), word.span)
}
