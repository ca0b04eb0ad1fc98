//! What can be wrong with lines, blocks and addresses.

use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, shorten};

/// Outer blocks that are named beside the innermost; more would help nobody.
const NAMED: usize = 3;

/// `opens`: the braces of all blocks that are open at the end, the innermost first. `uneven`:
/// the first pair of braces whose lines are indented differently. `last`: the last word of all.
pub(crate) fn unclosed_blocks(
    opens: &[Span],
    uneven: Option<(Span, Span)>,
    last: Option<(&str, Span)>,
) -> Diagnostic {
    let message = match opens.len() {
        1 => "a block is not closed: `}` is missing".to_owned(),
        count => format!("{count} blocks are not closed: `}}` is missing {count} times"),
    };
    let mut found = Diagnostic::error("unclosed-block", message);
    for (index, open) in opens.iter().take(NAMED).enumerate() {
        found = match index {
            0 => found.at(*open, "opened here"),
            _ => found.also(*open, "this one is open too"),
        };
    }
    found.caddy = last.map(|(word, at)| match opens.len() {
        1 => CaddyText::new(format!(
            "syntax error: unexpected token '{word}', expecting '}}'"
        ))
        .at_syntax(at),
        _ => CaddyText::new("unexpected EOF").at(at),
    });
    let Some((open, close)) = uneven else {
        return found;
    };
    found
        .also(open, "this block may lack its end")
        .also(close, "this `}` closes it, but stands further left")
}

/// `suspect`: a word that ends with a brace, seen before.
pub(crate) fn unexpected_close(at: Span, suspect: Option<Span>) -> Diagnostic {
    let found = Diagnostic::error("unexpected-brace", "a `}` closes nothing")
        .at(at, "no block is open here")
        .caddy("subject does not qualify for certificate: '}'");
    with_suspect(found, suspect)
}

/// Caddy lets it end the site without a word.
pub(crate) fn close_of_braceless_site(at: Span, site: Span, suspect: Option<Span>) -> Diagnostic {
    let found = Diagnostic::warning("unexpected-brace", "a `}` ends a site that has no `{`")
        .at(at, "closes nothing")
        .also(site, "the site starts here");
    with_suspect(found, suspect)
}

fn with_suspect(found: Diagnostic, suspect: Option<Span>) -> Diagnostic {
    let Some(suspect) = suspect else { return found };
    found
        .also(suspect, "this `{` is part of the word and opens no block")
        .help("put a space in front of the `{`")
}

pub(crate) fn brace_on_new_line(brace: Span, line: Span) -> Diagnostic {
    Diagnostic::error("brace-on-new-line", "a `{` stands on a new line")
        .at(brace, "opens a block for nothing")
        .also(line, "the block of this line must open on this line")
        .help("move the `{` to the end of the line above")
        .caddy(unexpected_brace(brace))
}

/// `is_first`: nothing stands in front of it in the site.
pub(crate) fn nameless_block(brace: Span, is_first: bool) -> Diagnostic {
    Diagnostic::error("nameless-block", "a block has no name")
        .at(brace, "a directive must come before the `{`")
        .caddy(if is_first {
            CaddyText::led_by(brace, "unrecognized directive: {")
        } else {
            unexpected_brace(brace)
        })
}

fn unexpected_brace(brace: Span) -> CaddyText {
    let says = "Unexpected '{' on a new line; did you mean to place the '{' on the previous line?";
    CaddyText::new(says).at(brace)
}

pub(crate) fn empty_braces(at: Span) -> Diagnostic {
    Diagnostic::error("empty-braces", "`{}` is a word and no empty block")
        .at(at, "")
        .help("leave it out, or put `}` on the next line; for the two characters write `\"{}\"`")
        .caddy(CaddyText::new("Unexpected '{}' at end of line").at(at))
}

pub(crate) fn text_after_open(brace: Span, text: Span) -> Diagnostic {
    Diagnostic::error(
        "text-after-brace",
        "the rest of the line behind `{` must be empty",
    )
    .at(text, "belongs on the next line")
    .also(brace, "the block opens here")
    .caddy(CaddyText::new("Unexpected next token after '{' on same line").at(brace))
}

pub(crate) fn text_after_close(brace: Span, text: Span) -> Diagnostic {
    Diagnostic::error(
        "text-after-brace",
        "the rest of the line behind `}` must be empty",
    )
    .at(text, "belongs on the next line")
    .also(brace, "the block ends here")
}

pub(crate) fn close_behind_text(brace: Span) -> Diagnostic {
    Diagnostic::error("text-before-brace", "a `}` must be the first on its line")
        .at(brace, "belongs on the next line")
        .help("for the character itself write `\"}\"`")
        .caddy(CaddyText::new("Unexpected '}' because no matching opening brace").at(brace))
}

pub(crate) fn too_deep(brace: Span, limit: usize) -> Diagnostic {
    let message = format!("blocks are nested more than {limit} deep");
    Diagnostic::error("nested-too-deep", message).at(brace, "this block is not read")
}

pub(crate) fn address_with_brace(at: Span, text: &str) -> Diagnostic {
    let message = format!("the site address `{}` ends with a brace", shorten(text));
    let brace = Span::new(at.source, at.end.saturating_sub(1).max(at.start), at.end);
    Diagnostic::error("address-with-brace", message)
        .at(brace, "is part of the address")
        .fix(
            "put a space in front of the `{`",
            Span::new(at.source, brace.start, brace.start),
            " ",
        )
        .caddy(
            CaddyText::new(format!(
                "Site addresses cannot end with a curly brace: '{text}' - put a space between the \
                 token and the brace"
            ))
            .at(at),
        )
}

pub(crate) fn address_with_comma(at: Span, text: &str) -> Diagnostic {
    let message = format!("the site address `{}` contains a comma", shorten(text));
    Diagnostic::error("address-with-comma", message)
        .at(at, "")
        .help("put a space behind each comma")
        .caddy(
            CaddyText::new(format!(
                "Site addresses cannot contain a comma ',': '{text}' - put a space after the comma \
                 to separate site addresses"
            ))
            .at(at),
        )
}

/// `at_end`: nothing at all follows; otherwise a brace.
pub(crate) fn expected_address(comma: Span, instead: Span, at_end: bool) -> Diagnostic {
    let caddy = if at_end {
        CaddyText::new("unexpected EOF").at(comma)
    } else {
        CaddyText::new("Expected another address but had '{' - check for extra comma").at(instead)
    };
    Diagnostic::error(
        "expected-address",
        "after a comma another site address must follow",
    )
    .at(comma, "nothing follows this comma")
    .also(instead, "")
    .help("remove the comma")
    .caddy(caddy)
}

pub(crate) fn matcher_outside_site(at: Span, name: &str) -> Diagnostic {
    let message = format!(
        "the matcher `{}` is defined outside of a site",
        shorten(name)
    );
    let caddy = format!(
        "request matchers may not be defined globally, they must be in a site block; found {name}"
    );
    Diagnostic::error("matcher-outside-site", message)
        .at(at, "belongs inside the braces of a site")
        .caddy(CaddyText::new(caddy).at(at))
}

const KEYLESS: &str =
    "server block without any key is global configuration, and if used, it must be first";

pub(crate) fn options_not_first(brace: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        "options-not-first",
        "a block without site address must be the first in the file",
    )
    .at(brace, "would hold the global options")
    .also(first, "the first block")
    .help("move the global options to the top, or give this site an address")
    .caddy(KEYLESS)
}

pub(crate) fn second_options(brace: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        "options-not-first",
        "there are two blocks without site address",
    )
    .at(brace, "would hold global options again")
    .also(first, "the global options")
    .help("merge the two blocks, or give this site an address")
    .caddy(KEYLESS)
}

pub(crate) fn snippet_without_block(name: Span) -> Diagnostic {
    Diagnostic::error("expected-block", "a snippet or named route needs a block")
        .at(name, "a `{` must follow")
}

pub(crate) fn duplicate_snippet(at: Span, first: Span, name: &str) -> Diagnostic {
    let message = format!("the snippet `{}` is defined twice", shorten(name));
    Diagnostic::error("duplicate-snippet", message)
        .at(at, "defined again")
        .also(first, "first defined here")
        .caddy(
            CaddyText::new(format!(
                "redeclaration of previously declared snippet {name}"
            ))
            .at(at),
        )
}
