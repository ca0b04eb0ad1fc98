//! What can be wrong with snippets and imports.

use std::io;

use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, shorten};

use crate::expand::ArgumentFault;

pub(crate) fn import_without_name(at: Span) -> Diagnostic {
    Diagnostic::error("import-without-name", "`import` needs a name")
        .at(at, "the name of a snippet or a file must follow")
        .caddy(
            CaddyText::new("wrong argument count or unexpected line ending after 'import'").at(at),
        )
}

/// `import ""`.
pub(crate) fn import_with_empty_name(import: Span, at: Span) -> Diagnostic {
    import_without_name(import).caddy(CaddyText::new("Import requires a non-empty filepath").at(at))
}

/// `behind`: the word that follows the brace `at`.
pub(crate) fn import_nameless_block(at: Span, behind: Span) -> Diagnostic {
    Diagnostic::error("nameless-block", "a block has no name")
        .at(at, "every block that is given to an import needs a name")
        .help("put a name in front of the `{`; in the snippet `{blocks.NAME}` stands for it")
        .caddy(CaddyText::new("anonymous blocks are not supported").at(behind))
}

/// Neither a snippet nor a file. `later`: the place where a snippet of that name is defined.
/// `nearest`: a snippet with almost that name.
pub(crate) fn import_not_found(
    at: Span,
    name: &str,
    path: &str,
    later: Option<Span>,
    nearest: Option<&str>,
) -> Diagnostic {
    let message = format!("there is no snippet and no file `{}`", shorten(name));
    let found = Diagnostic::error("import-not-found", message)
        .at(at, format!("no such file: `{}`", shorten(path)))
        .caddy(CaddyText::new(format!("File to import not found: {name}")).at(at));
    if let Some(later) = later {
        return found
            .also(later, "defined only here")
            .help("move the snippet in front of its first import");
    }
    match nearest {
        Some(nearest) => found.fix(
            format!("did you mean the snippet `{nearest}`?"),
            at,
            nearest,
        ),
        None => found,
    }
}

pub(crate) fn import_too_wild(at: Span, pattern: &str) -> Diagnostic {
    let message = format!("the pattern `{}` has too many wildcards", shorten(pattern));
    Diagnostic::error("import-pattern", message)
        .at(at, "at most one `*` and one `?`, and no `[…]`")
        .caddy(
            CaddyText::new(format!(
                "Glob pattern may only contain one wildcard (*), but has others: {pattern}"
            ))
            .at(at),
        )
}

pub(crate) fn import_unreadable(at: Span, path: &str, error: &io::Error) -> Diagnostic {
    let message = format!("cannot import the file `{}`", shorten(path));
    if error.kind() == io::ErrorKind::IsADirectory {
        let caddy = format!("Could not import {path}: is a directory");
        return Diagnostic::error("import-unreadable", message)
            .at(at, "is a folder")
            .caddy(CaddyText::new(caddy).at(at))
            .help(format!(
                "to import every file in it, write `{}/*`",
                shorten(path)
            ));
    }
    Diagnostic::error("import-unreadable", message).at(at, error.to_string())
}

pub(crate) fn import_matches_nothing(at: Span, pattern: &str) -> Diagnostic {
    let message = format!("no file matches `{}`", shorten(pattern));
    Diagnostic::warning("import-matches-nothing", message)
        .at(at, "imports nothing")
        .note("Caddy says: No files matching import glob pattern")
}

pub(crate) fn import_empty_file(at: Span, path: &str) -> Diagnostic {
    let message = format!("the imported file `{}` is empty", shorten(path));
    Diagnostic::warning("import-empty-file", message)
        .at(at, "imports nothing")
        .note("Caddy says: Import file is empty")
}

/// `from` imports `to`, which leads back to `from`.
pub(crate) fn import_cycle(at: Span, name: &str, from: &str, to: &str) -> Diagnostic {
    let message = format!("importing `{}` would never end", shorten(name));
    Diagnostic::error("import-cycle", message)
        .at(at, "leads back to this line")
        .caddy(format!("a cycle of imports exists between {from} and {to}"))
}

pub(crate) fn import_too_much(at: Span) -> Diagnostic {
    Diagnostic::error("import-too-large", "the imports grow too large")
        .at(at, "this import is not carried out, nor any behind it")
        .note("imports may bring 8 million words and 64 MiB in all")
}

/// What Caddy says of a placeholder: of a range that is a word of its own, twice.
pub(crate) fn caddy_on_argument(key: &str, fault: ArgumentFault, count: usize) -> String {
    let key = shorten(key);
    let alone = format!("Variadic placeholder {{{key}}} must be a token on its own");
    let range = |what: &str| format!("Variadic placeholder {{{key}}} {what}; {alone}");
    match fault {
        ArgumentFault::OldForm => {
            let number = key.trim_start_matches("args.");
            format!("Placeholder {{{key}}} deprecated, use {{args[{number}]}} instead")
        }
        ArgumentFault::OutOfRange => {
            format!("Placeholder {{{key}}} index is out of bounds, only {count} argument(s) exist")
        }
        ArgumentFault::NoNumber => format!("Placeholder {{{key}}} has an invalid index"),
        ArgumentFault::Empty => format!("Placeholder {{{key}}} cannot have an empty index"),
        ArgumentFault::RangeOutOfRange => range(&format!(
            "indices are out of bounds, only {count} argument(s) exist"
        )),
        ArgumentFault::NoStart => range("has an invalid start index"),
        ArgumentFault::NoEnd => range("has an invalid end index"),
        ArgumentFault::RangeInWord => alone,
    }
}

pub(crate) fn import_argument(
    at: Span,
    word: &str,
    fault: ArgumentFault,
    count: usize,
) -> Diagnostic {
    if fault == ArgumentFault::OldForm {
        return Diagnostic::warning("old-argument-form", "`{args.0}` is the old form")
            .at(at, "")
            .help("write `{args[0]}`");
    }
    let (why, help) = match fault {
        ArgumentFault::OutOfRange | ArgumentFault::RangeOutOfRange => (
            match count {
                0 => "the import has no arguments".to_owned(),
                1 => "the import has one argument".to_owned(),
                count => format!("the import has {count} arguments"),
            },
            None,
        ),
        ArgumentFault::RangeInWord => (
            "a range must be a word of its own".to_owned(),
            Some("put spaces around it"),
        ),
        ArgumentFault::Empty => (
            "the brackets are empty".to_owned(),
            Some("write `{args[:]}` for all arguments"),
        ),
        ArgumentFault::NoNumber
        | ArgumentFault::NoStart
        | ArgumentFault::NoEnd
        | ArgumentFault::OldForm => ("not a number".to_owned(), Some("write `{args[0]}`")),
    };
    let message = format!(
        "`{}` stands for no argument and stays as it is",
        shorten(word)
    );
    let found = Diagnostic::warning("import-argument", message).at(at, why);
    match help {
        Some(help) => found.help(help),
        None => found,
    }
}
