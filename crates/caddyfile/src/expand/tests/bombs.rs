//! What would expand without end ends by what is counted, never by time or memory.

use evenkeel_diagnostics::{Diagnostics, SourceMap};

use super::super::budget::Budget;
use super::super::expand_within;
use super::{broken, tree};
use crate::{MemoryHost, parse};

/// What is wrong with a text whose imports may bring only so much.
fn ids_within(budget: Budget, text: &str) -> Vec<&'static str> {
    let mut sources = SourceMap::new();
    let root = sources.add("Caddyfile", text);
    let mut findings = Diagnostics::new();
    let host = MemoryHost::new();
    let expansion = expand_within(budget, &mut sources, root, &host, &mut findings);
    assert!(expansion.pieces.len() < 20_000);
    findings.iter().map(|found| found.id).collect()
}

/// A tree of imports that would have more leaves than there are atoms.
fn bomb(leaf: &str) -> String {
    let level = |index: usize| {
        let body = match index.checked_sub(1) {
            Some(inner) => format!(" import s{inner}\n").repeat(10),
            None => format!(" {leaf}\n"),
        };
        format!("(s{index}) {{\n{body}}}\n")
    };
    levels(100, level) + "a {\n import s99\n}\n"
}

#[test]
fn import_bombs_end_in_an_error() {
    for leaf in ["log", "", "{block}", "{args[:]}"] {
        for (pieces, imports) in [(10_000, 1_000_000), (1_000_000, 1_000)] {
            let ids = ids_within(Budget::of(pieces, imports, 1 << 20), &bomb(leaf));
            assert_eq!(ids, ["import-too-large"], "{leaf} {pieces}");
        }
    }
}

#[test]
fn arguments_that_double_end_in_an_error() {
    let level = |index| {
        let next = index + 1;
        format!("(s{index}) {{\n import s{next} {{args[0]}}{{args[0]}}\n}}\n")
    };
    let text = levels(60, level) + "(s60) {\n}\na {\n import s0 xx\n}\n";
    let ids = ids_within(Budget::of(10_000, 10_000, 1 << 20), &text);
    assert_eq!(ids, ["import-too-large"]);
}

#[test]
fn blocks_and_ranges_that_double_end_in_an_error() {
    let block = |index| {
        let next = index + 1;
        format!("(s{index}) {{\n import s{next} {{\n  {{block}}\n  {{block}}\n }}\n}}\n")
    };
    let text = levels(60, block) + "(s60) {\n {block}\n}\na {\n import s0 {\n  log\n }\n}\n";
    let ids = ids_within(Budget::of(10_000, 10_000, 1 << 20), &text);
    assert!(ids.contains(&"import-too-large"), "{ids:?}");
    let range = |index| {
        let next = index + 1;
        format!("(s{index}) {{\n import s{next} {{args[:]}} {{args[:]}}\n}}\n")
    };
    let text = levels(60, range) + "(s60) {\n}\na {\n import s0 x y\n}\n";
    let ids = ids_within(Budget::of(10_000, 10_000, 1 << 20), &text);
    assert_eq!(ids, ["import-too-large"]);
}

#[test]
fn every_file_that_a_pattern_finds_is_counted() {
    let mut host = MemoryHost::new();
    for file in 0..50 {
        host = host.file(format!("d/{file}.conf"), "import ../e/*.conf\n");
        host = host.file(format!("e/{file}.conf"), "");
    }
    let imports = |most: usize| {
        let mut sources = SourceMap::new();
        let root = sources.add("Caddyfile", "a {\n import d/*.conf\n}\n");
        let mut findings = Diagnostics::new();
        let budget = Budget::of(1_000_000, most, 1 << 20);
        expand_within(budget, &mut sources, root, &host, &mut findings);
        findings.iter().any(|found| found.id == "import-too-large")
    };
    assert!(imports(2_000));
    assert!(!imports(3_000));
}

#[test]
fn a_large_variable_that_is_used_often_is_too_large() {
    let host = MemoryHost::new().variable("BIG", "x".repeat(1 << 20));
    let text = "respond {$BIG}\n".repeat(20);
    let parsed = parse(
        &mut SourceMap::new(),
        "Caddyfile",
        format!("a {{\n{text}}}\n").as_bytes(),
        &host,
    );
    let ids: Vec<_> = parsed.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(ids[0], "file-too-large");
    let read: usize = parsed
        .file
        .sites
        .iter()
        .flat_map(|site| &site.block.lines)
        .flat_map(|line| &line.args)
        .map(|word| word.text.len())
        .sum();
    assert!(read <= 16 << 20, "{read}");
}

#[test]
fn the_real_limits_hold_too() {
    assert_eq!(broken(&bomb("")).1, ["import-too-large"]);
}

#[test]
fn a_long_chain_of_imports_is_no_problem() {
    let text = levels(20_000, |index| {
        format!("(s{index}) {{\n import s{}\n}}\n", index + 1)
    });
    assert_eq!(
        tree(&format!(
            "{text}(s20000) {{\n log\n}}\na {{\n import s0\n}}\n"
        )),
        "[a]{log()}"
    );
}

fn levels(count: usize, level: impl Fn(usize) -> String) -> String {
    (0..count).map(level).collect()
}
