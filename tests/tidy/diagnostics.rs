//! Every kind of finding is shown somewhere as the user sees it: in a snapshot, or in a fixture.

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
    let mut shown = String::new();
    for place in SHOWN {
        each_text(&root().join(place), &mut |text| shown.push_str(text));
    }
    let mut ids = BTreeSet::new();
    for place in MADE {
        each_text(&root().join(place), &mut |text| ids.extend(made(text)));
    }
    ids.extend(evenkeel_lint::RULES.iter().map(|rule| rule.id.to_owned()));
    assert!(ids.len() > 100, "the constructors are read");
    let is_missing = |id: &&String| {
        !TOO_LARGE_TO_SHOW.contains(&id.as_str()) && !shown.contains(&format!("[{id}]: "))
    };
    let missing: Vec<&String> = ids.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "shown nowhere: {missing:?}");
}

/// The ids of the findings that a file makes.
fn made(text: &str) -> Vec<String> {
    let production = text.split("#[cfg(test)]").next().unwrap_or_default();
    let makers = ["Diagnostic::error(", "Diagnostic::warning("];
    let calls = makers
        .iter()
        .flat_map(|maker| production.split(maker).skip(1));
    calls
        .filter_map(|call| {
            let id = call.trim_start().strip_prefix('"')?;
            Some(id.split('"').next()?.to_owned())
        })
        .collect()
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
