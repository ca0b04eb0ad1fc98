//! Each rule has a file in `fixtures/lints`: a Caddyfile in which the lines that it must find, and
//! no others, end with `# finds`. A snapshot shows the first finding as the user sees it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use evenkeel_caddyfile::{MemoryHost, parse};
use evenkeel_diagnostics::{Diagnostic, SourceMap, render};

use crate::{Allowed, RULES, Rule, lint};

/// Ends a line on which the rule of the file finds something.
const MARK: &str = "# finds";

fn fixture(rule: &Rule) -> String {
    let path = folder().join(format!("{}.caddyfile", rule.id));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lints")
}

/// What all rules find in a text.
fn findings(text: &str) -> (Vec<Diagnostic>, SourceMap) {
    let mut sources = SourceMap::new();
    let parsed = parse(
        &mut sources,
        "Caddyfile",
        text.as_bytes(),
        &MemoryHost::new(),
    );
    let (allowed, mut found) = Allowed::read(&sources, &[]);
    found.extend(lint(&parsed.file, &sources, &allowed));
    (found, sources)
}

fn ids(text: &str) -> Vec<&'static str> {
    findings(text).0.iter().map(|found| found.id).collect()
}

#[test]
fn each_rule_finds_what_its_fixture_marks_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let text = fixture(rule);
        let marked = text
            .lines()
            .zip(1..)
            .filter(|(line, _)| line.ends_with(MARK));
        let expected: BTreeSet<u32> = marked.map(|(_, number)| number).collect();
        let (found, sources) = findings(&text);
        let own = found.iter().filter(|found| found.id == rule.id);
        let lines = own.filter_map(|found| Some(sources.position(found.span()?).line));
        let lines: BTreeSet<u32> = lines.collect();
        if expected.is_empty() || lines != expected {
            wrong.push(format!("{}: {lines:?} and not {expected:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_looks_like_this() {
    for rule in RULES {
        let (found, sources) = findings(&fixture(rule));
        let first = found.iter().find(|found| found.id == rule.id);
        let shown = first.map(|found| render(found, &sources, false));
        insta::assert_snapshot!(rule.id, shown.unwrap_or_default());
    }
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    let names = fs::read_dir(folder()).unwrap();
    for name in names.map(|entry| entry.unwrap().path()) {
        let stem = name.file_stem().unwrap().to_str().unwrap();
        assert!(RULES.iter().any(|rule| rule.id == stem), "{stem}");
    }
}

#[test]
fn ids_are_unique_and_kebab_case_and_the_table_goes_from_grave_to_light() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for id in ids {
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{id}"
        );
    }
    assert!(RULES.is_sorted_by_key(|rule| rule.severity));
}

const BAD: &str = "header_up X-Forwarded-Proto {scheme}";

#[test]
fn a_comment_silences_a_rule_on_its_line_or_the_next() {
    let file = |before: &str, behind: &str| {
        format!("a.test {{\n\treverse_proxy a:1 {{\n{before}\n\t\t{BAD} {behind}\n\t}}\n}}\n")
    };
    let allow = "# evenkeel: allow forwarded-proto-is-default";
    assert_eq!(ids(&file("", "")), ["forwarded-proto-is-default"]);
    assert!(ids(&file("", allow)).is_empty());
    assert!(ids(&file(allow, "")).is_empty());
    assert!(ids(&file(&format!("{allow} -- the app wants it"), "")).is_empty());
    assert!(ids(&file(&format!("{allow}, no-retry-window\n# why"), "")).is_empty());
    assert_eq!(
        ids(&file("# evenkeel: allow no-retry-window", "")),
        ["forwarded-proto-is-default"]
    );
    let quoted = format!("header X \"{allow}\"\n");
    assert_eq!(ids(&file(&quoted, "")), ["forwarded-proto-is-default"]);
}

#[test]
fn a_comment_with_an_unknown_rule_is_a_finding_with_a_suggestion() {
    let (found, sources) = findings("# evenkeel: allow no-retry-windw, x\n# evenkeel: disable y\n");
    let shown: Vec<String> = found
        .iter()
        .map(|found| render(found, &sources, false))
        .collect();
    insta::assert_snapshot!(shown.join("\n\n"), @r"
    warning[unknown-rule]: there is no rule `no-retry-windw`
     --> Caddyfile:1:19
      |
    1 | # evenkeel: allow no-retry-windw, x
      |                   ^^^^^^^^^^^^^^ silences nothing
      |
    help: did you mean `no-retry-window`?

    warning[unknown-rule]: there is no rule `x`
     --> Caddyfile:1:35
      |
    1 | # evenkeel: allow no-retry-windw, x
      |                                   ^ silences nothing
      |
    help: the rules are listed in docs/lints.md

    warning[unknown-comment]: this comment for Evenkeel says nothing it knows
     --> Caddyfile:2:1
      |
    2 | # evenkeel: disable y
      | ^^^^^^^^^^^^^^^^^^^^^ not obeyed
      |
    help: write `# evenkeel: allow RULE`, with the name of a rule that a finding shows
    ");
}

#[test]
fn a_snippet_is_told_of_once() {
    let text = format!(
        "(p) {{\n\treverse_proxy a:1 {{\n\t\t{BAD}\n\t}}\n}}\na.test {{\n\timport p\n}}\nb.test {{\n\timport p\n}}\n"
    );
    assert_eq!(ids(&text), ["forwarded-proto-is-default"]);
}
