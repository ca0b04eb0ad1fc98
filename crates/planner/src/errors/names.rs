//! Words that are not known, or not yet.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, nearest, shorten};

use super::foreign::foreign;
use super::{Cause, Finding, removed};
use crate::plugins::Kind;
use crate::vocabulary::Known;
use crate::{directives, options};

/// Something Caddy knows and Evenkeel does not, with its backticks if it is a word.
pub(crate) fn not_supported(what: &str, span: Span) -> Finding {
    let message = format!("{what} is not supported yet");
    Finding::new(
        Diagnostic::error("not-supported-yet", message)
            .at(span, "part of Caddy, but not of Evenkeel yet"),
    )
    .cause(Cause::Unknown(what.trim_matches('`').to_owned()))
}

/// [`not_supported`] for a word of the text.
pub(crate) fn word_not_supported(word: &Word) -> Finding {
    not_supported(&format!("`{}`", shorten(&word.text)), word.span)
}

/// The first word of a line in a site is no directive. What Caddy says depends on where it stands
/// ([`unknown_in_site`], [`unknown_in_block`]).
pub(crate) fn unknown_directive<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    if let Some(found) = foreign(Kind::Directive, word) {
        return Finding::new(found);
    }
    if word.text == "import" {
        let message = "in a named route, an `import` with a block is not carried out";
        return Finding::new(
            Diagnostic::error("import-block-in-route", message)
                .at(word.span, "has a block")
                .help("put the block into a snippet, and import that without one"),
        );
    }
    let message = format!("there is no directive `{}`", shorten(&word.text));
    let found = Diagnostic::error("unknown-directive", message).at(word.span, "not known");
    if is_among(&options::words(), word) {
        let help = "it is a global option: write it into the block without address at the top of \
                    the file";
        return Finding::new(found.help(help));
    }
    suggest(found, word, names)
}

fn is_among(words: &[Known], word: &Word) -> bool {
    words.iter().any(|known| known.name == word.text)
}

/// What Caddy says of an unknown directive directly in a site.
pub(crate) fn unknown_in_site(word: &Word, has_braces: bool) -> CaddyText {
    let caddy = CaddyText::led_by(word.span, &format!("unrecognized directive: {}", word.text));
    if has_braces {
        return caddy;
    }
    caddy.then(
        "\nDid you mean to define a second site? If so, you must use curly braces around each site \
         to separate their configurations.",
    )
}

/// What Caddy says of an unknown directive in the block of another.
pub(crate) fn unknown_in_block(word: &Word) -> CaddyText {
    CaddyText::new(format!(
        "unrecognized directive: {} - are you sure your Caddyfile structure (nesting and braces) is \
         correct?",
        word.text
    ))
}

/// A line in the options block is no option.
pub(crate) fn unknown_option<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("there is no global option `{}`", shorten(&word.text));
    let caddy = format!("unrecognized global option: {}", word.text);
    let found = Diagnostic::error("unknown-option", message).at(word.span, "not known");
    let found = match foreign(Kind::Option, word) {
        Some(found) => Finding::new(found),
        None if is_among(&directives::words(), word) => {
            Finding::new(found.help("it is a directive: write it into a site, behind an address"))
        }
        None => suggest(found, word, names),
    };
    found.caddy_text(CaddyText::led_by(word.span, &caddy))
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
    let found = match removed::instead(found.id, &word.text, Some(&owner.text)) {
        Some(help) => Finding::new(found.help(help)),
        None => suggest(found, word, names),
    };
    found
        .caddy(format!("unrecognized subdirective {}", word.text))
        .cause(Cause::Unknown(word.text.clone()))
}

/// `@name type …` with a type that does not exist.
pub(crate) fn unknown_matcher<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("there is no matcher `{}`", shorten(&word.text));
    let caddy = format!(
        "getting matcher module '{0}': module not registered: http.matchers.{0}",
        word.text
    );
    let found = match foreign(Kind::Module("http.matchers"), word) {
        Some(found) => Finding::new(found),
        None => suggest(
            Diagnostic::error("unknown-matcher", message).at(word.span, "not known"),
            word,
            names,
        ),
    };
    found.caddy_text(caddy)
}

/// The findings about names of modules, and the names these have with Caddy.
const MODULES: &[(&str, &str)] = &[
    ("unknown-encoding", "http.encoders"),
    ("unknown-policy", "http.reverse_proxy.selection_policies"),
    ("unknown-transport", "http.reverse_proxy.transport"),
    ("unknown-source", "http.reverse_proxy.upstreams"),
    ("unknown-issuer", "tls.issuance"),
    ("unknown-storage", "caddy.storage"),
    ("unknown-writer", "caddy.logging.writers"),
    ("unknown-encoder", "caddy.logging.encoders"),
    ("unknown-output", "caddy.logging.writers"),
    ("unknown-format", "caddy.logging.encoders"),
    ("unknown-trust-pool", "tls.ca_pool.source"),
    ("unknown-network-proxy", "caddy.network_proxy"),
    ("unknown-permission", "tls.permission"),
    ("unknown-manager", "tls.get_certificate"),
    ("unknown-verifier", "tls.client_auth.verifier"),
    ("unknown-core", "caddy.logging.cores"),
    ("unknown-leaf-loader", "tls.leaf_cert_loader"),
    ("unknown-filter", "caddy.logging.encoders.filter"),
];

/// How Caddy refuses a module that is not built in.
fn unregistered(space: &str, name: &str) -> String {
    let module = format!("{space}.{name}");
    if space == "http.encoders" {
        return format!("finding encoder module '': module not registered: {module}");
    }
    format!("getting module named '{module}': module not registered: {module}")
}

/// A word that is none of the values an option takes.
pub(crate) fn unknown_value<'a>(
    id: &'static str,
    what: &str,
    word: &Word,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Finding {
    let message = format!("there is no {what} `{}`", shorten(&word.text));
    let mut found = Diagnostic::error(id, message).at(word.span, "not known");
    if let Some((_, space)) = MODULES.iter().find(|(kind, _)| *kind == id) {
        let caddy = CaddyText::new(unregistered(space, &word.text)).at(word.span);
        if let Some(found) = foreign(Kind::Module(space), word) {
            return Finding::new(found.caddy(caddy));
        }
        found = found.caddy(caddy);
    }
    let found = if let Some(help) = removed::instead(id, &word.text, None) {
        Finding::new(found.help(help))
    } else if nearest(&word.text, names.clone()).is_some() {
        suggest(found, word, names)
    } else {
        let known: Vec<&str> = names.collect();
        Finding::new(found.help(match known.as_slice() {
            [only] => format!("only `{only}` is known"),
            many => format!("known are {}", many.join(", ")),
        }))
    };
    found.cause(Cause::Unknown(word.text.clone()))
}

/// A directive that has no place where it stands, in the block of `owner`.
pub(crate) fn misplaced_directive(word: &Word, owner: &Word) -> Finding {
    let (name, outer) = (shorten(&word.text), shorten(&owner.text));
    let caddy = if owner.text == "route" {
        // In place of the dots Caddy prints how the value lies in its memory.
        CaddyText::new(format!(
            "{} directive returned something other than an HTTP route or subroute: … (only handler \
             directives can be used in routes)",
            word.text
        ))
    } else {
        CaddyText::new(format!(
            "directive '{}' is not an ordered HTTP handler, so it cannot be used here - try \
             placing within a route block or using the order global option",
            word.text
        ))
        .placeless()
    };
    let message = format!("`{name}` cannot be used inside `{outer}`");
    Finding::new(
        Diagnostic::error("misplaced-directive", message)
            .at(word.span, "belongs directly into the site block")
            .also(owner.span, "in this block")
            .caddy(caddy),
    )
}

/// `invoke` of a route that is nowhere.
pub(crate) fn undefined_route<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("the named route `{}` is not defined", shorten(&word.text));
    let caddy = format!(
        "cannot invoke named route '{}', which was not defined",
        word.text
    );
    let found = Diagnostic::error("undefined-route", message)
        .at(word.span, "no such route")
        .caddy(CaddyText::new(caddy).whole());
    suggest(found, word, names)
}

/// `&(name)` twice.
pub(crate) fn duplicate_route(name: &Word, first: Span) -> Finding {
    let message = format!("the named route `{}` is defined twice", shorten(&name.text));
    Finding::new(
        Diagnostic::error("duplicate-route", message)
            .at(name.span, "defined again here")
            .also(first, "first defined here")
            .caddy(format!("cannot have duplicate named_routes: {}", name.text)),
    )
}

/// A directive that has no place beside which another could be put.
pub(crate) fn not_in_order(word: &Word) -> Finding {
    let message = format!("`{}` has no place in the order", shorten(&word.text));
    Finding::new(
        Diagnostic::error("not-in-order", message).at(word.span, "no other directive with routes"),
    )
    .caddy(format!("directive '{}' not found", word.text))
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
    .cause(Cause::Unknown(word.text.clone()))
}

fn suggest<'a>(found: Diagnostic, word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    if let Some(help) = removed::instead(found.id, &word.text, None) {
        return Finding::new(found.help(help));
    }
    Finding::new(match nearest(&word.text, names) {
        Some(name) => found.fix(format!("did you mean `{name}`?"), word.span, name),
        None => found,
    })
}
