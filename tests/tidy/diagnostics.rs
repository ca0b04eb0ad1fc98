//! Every finding is shown somewhere as the user sees it, in each of its wordings: in a snapshot, or
//! in a fixture.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Where findings are made.
const MADE: [&str; 5] = [
    "crates/caddyfile/src/errors",
    "crates/planner/src/errors",
    "crates/lint/src",
    "crates/cli",
    "crates/diagnostics/src/diagnostic.rs",
];

/// Where findings are shown.
const SHOWN: [&str; 6] = [
    "fixtures/adapt",
    "crates/caddyfile/src",
    "crates/diagnostics/src",
    "crates/lint/src",
    "crates/planner/src",
    "tests",
];

/// What takes megabytes of text to find, or cannot be brought about at all (`unreadable` stands for a
/// fault of the lexer itself); other tests bring about what can be.
const TOO_LARGE_TO_SHOW: [&str; 6] = [
    "file-too-large",
    "import-too-large",
    "nested-too-deep",
    "too-many-copies",
    "too-many-sockets",
    "unreadable",
];

#[test]
fn every_finding_is_shown_as_the_user_sees_it() {
    let shown = headlines();
    let mut ids: BTreeSet<String> = made().into_iter().filter_map(|found| found.id).collect();
    ids.extend(evenkeel_lint::RULES.iter().map(|rule| rule.id.to_owned()));
    ids.extend(evenkeel_server::TROUBLES.iter().map(|id| (*id).to_owned()));
    assert!(ids.len() > 100, "the constructors are read");
    let missing: Vec<&String> = ids.iter().filter(|id| !is_shown(&shown, id, &[])).collect();
    assert!(missing.is_empty(), "shown nowhere: {missing:?}");
}

#[test]
fn every_wording_of_a_finding_is_shown() {
    let shown = headlines();
    let made = made();
    let wordings = made.iter().flat_map(|found| &found.wordings).count();
    assert!(wordings > 100, "the wordings are read: {wordings}");
    let mut missing = Vec::new();
    for found in &made {
        let id = found.id.as_deref().unwrap_or_default();
        for wording in &found.wordings {
            if !is_shown(&shown, id, &fragments(wording)) {
                missing.push(format!("[{id}]: {wording}"));
            }
        }
    }
    assert!(missing.is_empty(), "shown nowhere:\n{}", missing.join("\n"));
}

/// A headline with this id (any, if it is empty) has the fragments in their order.
fn is_shown(shown: &[String], id: &str, fragments: &[String]) -> bool {
    TOO_LARGE_TO_SHOW.contains(&id)
        || shown.iter().any(|line| {
            let head = if id.is_empty() {
                "]: ".to_owned()
            } else {
                format!("[{id}]: ")
            };
            let message = line.split_once(&head).map(|(_, message)| message);
            message.is_some_and(|message| {
                let mut rest = Some(message);
                for fragment in fragments {
                    rest = rest.and_then(|rest| Some(rest.split_once(fragment.as_str())?.1));
                }
                rest.is_some()
            })
        })
}

/// The lines that begin a finding.
fn headlines() -> Vec<String> {
    let mut lines = Vec::new();
    for place in SHOWN {
        each_text(&root().join(place), &mut |text| {
            let heads = text.lines().filter(|line| line.contains("]: "));
            lines.extend(heads.map(str::to_owned));
        });
    }
    lines
}

/// One call that makes a finding.
struct Made {
    /// `None` if a caller gives it.
    id: Option<String>,
    /// The message in each of its forms, with what is filled in between braces.
    wordings: Vec<String>,
}

fn made() -> Vec<Made> {
    let mut all = Vec::new();
    for place in MADE {
        each_text(&root().join(place), &mut |text| {
            let production = text.split("#[cfg(test)]").next().unwrap_or_default();
            for maker in ["Diagnostic::error(", "Diagnostic::warning("] {
                for (at, _) in production.match_indices(maker) {
                    all.push(read(&production[..at], &production[at + maker.len()..]));
                }
            }
        });
    }
    all
}

/// A call whose arguments begin `arguments`; what stands in front of it names the message, or not.
fn read(before: &str, arguments: &str) -> Made {
    let arguments = until_closed(arguments);
    let mut literals = literals(arguments);
    let id = arguments
        .trim_start()
        .starts_with('"')
        .then(|| literals.remove(0));
    if literals.is_empty()
        && let Some((_, function)) = before.rsplit_once("fn ")
        && let Some((_, message)) = function.rsplit_once("let message =")
    {
        literals = self::literals(until_closed(message));
    }
    // What has no space is a part of a sentence, or a word that is compared with.
    literals.retain(|literal| literal.contains(' '));
    Made {
        id,
        wordings: literals,
    }
}

/// The text up to the bracket that closes it, or to the end of its statement.
fn until_closed(text: &str) -> &str {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (at, char) in text.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' | ';' if depth == 0 => return &text[..at],
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// The string literals of a piece of code, but for those that are patterns.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find('"') {
        let mut literal = String::new();
        let mut chars = rest[start + 1..].char_indices();
        let mut end = rest.len();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    end = start + 1 + at + 1;
                    break;
                }
                '\\' => match chars.next() {
                    Some((_, '\n')) => {
                        let behind = rest[start + 1 + at + 2..].chars();
                        let blanks = behind.take_while(|char| char.is_whitespace()).count();
                        for _ in 0..blanks {
                            chars.next();
                        }
                    }
                    Some((_, char)) => literal.push(char),
                    None => {}
                },
                char => literal.push(char),
            }
        }
        rest = &rest[end..];
        if !rest.trim_start().starts_with("=>") {
            found.push(literal);
        }
    }
    found
}

/// What stands between the places that are filled in.
fn fragments(wording: &str) -> Vec<String> {
    const OPEN: &str = "\u{1}";
    const CLOSE: &str = "\u{2}";
    let wording = wording.replace("{{", OPEN).replace("}}", CLOSE);
    let parts = wording.split('{').enumerate().map(|(number, part)| {
        let behind = part.split_once('}').map_or(part, |(_, behind)| behind);
        let text = if number == 0 { part } else { behind };
        text.replace(OPEN, "{").replace(CLOSE, "}")
    });
    parts.filter(|part| !part.is_empty()).collect()
}

fn each_text(path: &Path, see: &mut dyn FnMut(&str)) {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("a folder");
        let paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        for path in &paths {
            each_text(path, see);
        }
    } else if let Ok(text) = fs::read_to_string(path) {
        see(&text);
    }
}
