//! Words that are not known, or not yet.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostic, Span, nearest, shorten};

use super::Finding;

/// Something Caddy knows and Evenkeel does not, with its backticks if it is a word.
pub(crate) fn not_supported(what: &str, span: Span) -> Finding {
    let message = format!("{what} is not supported yet");
    Finding::new(
        Diagnostic::error("not-supported-yet", message)
            .at(span, "part of Caddy, but not of Evenkeel yet"),
    )
}

/// [`not_supported`] for a word of the text.
pub(crate) fn word_not_supported(word: &Word) -> Finding {
    not_supported(&format!("`{}`", shorten(&word.text)), word.span)
}

/// A value of an option that Caddy knows and Evenkeel does not.
pub(crate) fn value_not_supported(owner: &str, word: &Word) -> Finding {
    not_supported(&format!("`{owner} {}`", shorten(&word.text)), word.span)
}

/// The first word of a line in a site is no directive.
pub(crate) fn unknown_directive<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("there is no directive `{}`", shorten(&word.text));
    suggest(
        Diagnostic::error("unknown-directive", message).at(word.span, "not known"),
        word,
        names,
    )
}

/// A line in the options block is no option.
pub(crate) fn unknown_option<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("there is no global option `{}`", shorten(&word.text));
    suggest(
        Diagnostic::error("unknown-option", message).at(word.span, "not known"),
        word,
        names,
    )
}

/// A line in the block of a directive is no option of it.
pub(crate) fn unknown_subdirective<'a>(
    owner: &Word,
    word: &Word,
    names: impl Iterator<Item = &'a str>,
) -> Finding {
    let message = format!(
        "`{}` has no option `{}`",
        shorten(&owner.text),
        shorten(&word.text)
    );
    let found = Diagnostic::error("unknown-subdirective", message)
        .at(word.span, "not known here")
        .also(owner.span, "in this block");
    suggest(found, word, names)
}

/// `@name type …` with a type that does not exist.
pub(crate) fn unknown_matcher<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("there is no matcher `{}`", shorten(&word.text));
    suggest(
        Diagnostic::error("unknown-matcher", message).at(word.span, "not known"),
        word,
        names,
    )
}

/// A word that is none of the values an option takes.
pub(crate) fn unknown_value<'a>(
    id: &'static str,
    what: &str,
    word: &Word,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Finding {
    let message = format!("there is no {what} `{}`", shorten(&word.text));
    let found = Diagnostic::error(id, message).at(word.span, "not known");
    if nearest(&word.text, names.clone()).is_some() {
        return suggest(found, word, names);
    }
    let known: Vec<&str> = names.collect();
    Finding::new(found.help(match known.as_slice() {
        [only] => format!("only `{only}` is known"),
        many => format!("known are {}", many.join(", ")),
    }))
}

/// A directive that has no place where it stands.
pub(crate) fn misplaced_directive(word: &Word, owner: &Word) -> Finding {
    let (name, outer) = (shorten(&word.text), shorten(&owner.text));
    Finding::new(
        Diagnostic::error(
            "misplaced-directive",
            format!("`{name}` cannot be used inside `{outer}`"),
        )
        .at(word.span, "belongs directly into the site block")
        .also(owner.span, "in this block"),
    )
}

/// `invoke` of a route that is nowhere.
pub(crate) fn undefined_route<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("the named route `{}` is not defined", shorten(&word.text));
    let found = Diagnostic::error("undefined-route", message)
        .at(word.span, "no such route")
        .note(format!(
            "Caddy says: cannot invoke named route '{}', which was not defined",
            word.text
        ));
    suggest(found, word, names)
}

/// `&(name)` twice.
pub(crate) fn duplicate_route(name: &Word, first: Span) -> Finding {
    let message = format!("the named route `{}` is defined twice", shorten(&name.text));
    Finding::new(
        Diagnostic::error("duplicate-route", message)
            .at(name.span, "defined again here")
            .also(first, "first defined here")
            .note(format!(
                "Caddy says: cannot have duplicate named_routes: {}",
                name.text
            )),
    )
}

/// A directive that has no place beside which another could be put.
pub(crate) fn not_in_order(word: &Word) -> Finding {
    let message = format!("`{}` has no place in the order", shorten(&word.text));
    Finding::new(
        Diagnostic::error("not-in-order", message).at(word.span, "no other directive with routes"),
    )
}

/// Words that Caddy takes and does nothing with.
pub(crate) fn no_effect(owner: &Word, span: Span) -> Finding {
    let message = format!("`{}` does nothing with this", shorten(&owner.text));
    Finding::new(
        Diagnostic::warning("no-effect", message)
            .at(span, "has no effect")
            .help("remove it"),
    )
}

/// An option that `owner` has, but not where this one stands.
pub(crate) fn misplaced_subdirective(word: &Word, only_in: &str) -> Finding {
    let name = shorten(&word.text);
    let message = format!("`{name}` is only possible in {only_in}");
    Finding::new(
        Diagnostic::error("misplaced-subdirective", message).at(word.span, "not possible here"),
    )
}

fn suggest<'a>(found: Diagnostic, word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    Finding::new(match nearest(&word.text, names) {
        Some(name) => found.fix(format!("did you mean `{name}`?"), word.span, name),
        None => found,
    })
}
