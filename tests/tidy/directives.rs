//! `docs/directives/`: a page for each directive, made of the doc comments beside its table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use evenkeel_planner::{Known, Support};

use crate::compatibility::compare;
use crate::root;

const FOLDER: &str = "docs/directives";
const SOURCES: &str = "crates/planner/src/directives";

#[test]
fn the_pages_of_the_directives_are_true() {
    let pages = pages();
    let mut index = String::from(INTRODUCTION);
    for (name, page) in &pages {
        compare(&format!("{FOLDER}/{name}.md"), &page.text);
        writeln!(index, "| [`{name}`]({name}.md) | {} |", page.summary).expect("strings grow");
    }
    compare(&format!("{FOLDER}/README.md"), &index);
}

#[test]
fn there_is_a_page_for_every_directive_and_no_other() {
    let known = words()
        .into_iter()
        .filter(|word| word.support != Support::NotYet);
    let words: Vec<String> = known.map(|word| format!("{}.md", word.name)).collect();
    let entries = fs::read_dir(root().join(FOLDER)).expect("the pages are there");
    let entries = entries.map(|entry| entry.expect("it can be read").file_name());
    let mut found: Vec<String> = entries.map(|name| name.to_string_lossy().into()).collect();
    found.retain(|name| name != "README.md");
    found.sort();
    assert_eq!(found, words);
}

/// The directives, by name.
fn words() -> Vec<Known> {
    let vocabularies = evenkeel_planner::vocabularies().into_iter();
    let mut directives = vocabularies.filter(|place| place.title == "Directives");
    directives.next().expect("a table of directives").words
}

const INTRODUCTION: &str = "# Directives

What may stand in a site, with what becomes of it: [what works today](../compatibility.md).

These pages are written by `UPDATE_DOCS=1 cargo test --test tidy` from the doc comments of
`crates/planner/src/directives`, and a test fails when the two differ.

| directive | |
| --- | --- |
";

struct Page {
    summary: String,
    text: String,
}

/// A file of the directive's, with the name of its module.
struct Source {
    name: String,
    text: String,
}

/// By the names of the directives.
fn pages() -> BTreeMap<String, Page> {
    let runs: BTreeSet<&str> = words()
        .into_iter()
        .filter(|word| word.support == Support::Works)
        .map(|word| word.name)
        .collect();
    let mut pages = BTreeMap::new();
    let entries = fs::read_dir(root().join(SOURCES)).expect("the sources are there");
    for entry in entries {
        let sources = sources(&entry.expect("it can be read").path());
        for (name, doc) in sources.iter().flat_map(|source| directives(&source.text)) {
            assert!(!doc.is_empty(), "the row of `{name}` has no doc comment");
            let summary = doc
                .split("\n\n")
                .next()
                .unwrap_or_default()
                .replace('\n', " ");
            let tables = tables(&sources, runs.contains(name.as_str()));
            let text = format!("# `{name}`\n\n{doc}\n{tables}");
            pages.insert(name, Page { summary, text });
        }
    }
    pages
}

/// A file, or the files of a folder in the order of their names; without tests.
fn sources(path: &Path) -> Vec<Source> {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("it can be read");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("it can be read").path())
            .collect();
        // The folder's own file first, then what it uses.
        paths.sort_by_key(|path| (!path.ends_with("mod.rs"), path.clone()));
        return paths.iter().flat_map(|path| sources(path)).collect();
    }
    let text = fs::read_to_string(path).expect("it can be read");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let named = match path.parent() {
        Some(folder) if path.ends_with("mod.rs") => folder,
        _ => path,
    };
    let name = named.file_stem().unwrap_or_default().to_string_lossy();
    let source = Source {
        name: name.into_owned(),
        text: text.to_owned(),
    };
    if source.name == "tests" {
        return Vec::new();
    }
    vec![source]
}

/// The names of the directives that a source has rows for, with their doc comments.
fn directives(source: &str) -> Vec<(String, String)> {
    let rows = source.match_indices(": Directive =");
    let named = rows.filter_map(|(place, _)| {
        let name = quoted(&source[place..])?;
        let start = source[..place].rfind('\n').map_or(0, |end| end + 1);
        Some((name.to_owned(), doc_above(&source[..start])))
    });
    named.collect()
}

/// The tables of options, each with its own heading. `runs`: whether the directive works at all.
fn tables(sources: &[Source], runs: bool) -> String {
    let mut page = String::new();
    for source in sources {
        let text = &source.text;
        for (place, _) in text.match_indices(": &[Sub<") {
            let start = text[..place].rfind('\n').map_or(0, |end| end + 1);
            if !text[start..place].contains("const ") {
                continue;
            }
            let doc = doc_above(&text[..start]);
            let heading = match doc.lines().next() {
                Some(line) => line.trim_end_matches('.').to_owned(),
                None => "Options in the block".to_owned(),
            };
            let end = text[place..].find("];").expect("a table ends");
            let rows = rows(&text[place..place + end], source, sources, runs);
            if !rows.is_empty() {
                page += "\n## ";
                page += &heading;
                page += "\n\n| option | | |\n| --- | --- | --- |\n";
                page += &rows;
            }
        }
    }
    page
}

fn rows(table: &str, source: &Source, sources: &[Source], runs: bool) -> String {
    let mut text = String::new();
    for row in table.split("Sub::").skip(1) {
        let (kind, rest) = row.split_once('(').expect("a row is a call");
        let Some(name) = quoted(rest) else { continue };
        let state = match kind {
            "only_in" | "others" => continue,
            "later" => "not yet",
            "plugins" => "only with plugins",
            _ if !runs || row.contains(".adapts_only()") => "adapts only",
            _ if row.contains(".ours()") => "works; not a word of Caddy's",
            _ => "works",
        };
        let doc = match kind {
            "later" => "known, and refused by name".to_owned(),
            _ => doc_of(rest, source, sources).replace('|', "\\|"),
        };
        assert!(
            !doc.is_empty(),
            "nothing is said of `{name}` in {}",
            source.name
        );
        writeln!(text, "| `{name}` | {state} | {doc} |").expect("strings grow");
    }
    text
}

/// What is said of the function that reads a row, in one line: `health::uri` is `uri` in the
/// file `health`.
fn doc_of(row: &str, source: &Source, sources: &[Source]) -> String {
    let path = row.split(',').nth(1).unwrap_or_default().trim();
    let path = &path[..path.find([')', ' ', '\n']).unwrap_or(path.len())];
    let (source, function) = match path.rsplit_once("::") {
        None => (Some(source), path),
        Some((module, function)) => {
            let module = module.rsplit("::").next();
            let found = sources
                .iter()
                .find(|other| Some(other.name.as_str()) == module);
            (found, function)
        }
    };
    let Some(source) = source else {
        return String::new();
    };
    let text = &source.text;
    let heads = [format!("fn {function}("), format!("fn {function}<")];
    let place = heads.iter().find_map(|head| text.find(head.as_str()));
    let doc = place.map(|place| {
        let start = text[..place].rfind('\n').map_or(0, |end| end + 1);
        doc_above(&text[..start])
    });
    doc.unwrap_or_default().replace('\n', " ")
}

/// The doc comment that ends a text, without its slashes.
fn doc_above(text: &str) -> String {
    let mut in_attribute = false;
    let above = text.lines().rev().skip_while(|line| {
        in_attribute |= line.ends_with(']') && !line.trim_start().starts_with("///");
        let skipped = in_attribute;
        in_attribute &= !line.trim_start().starts_with("#[");
        skipped
    });
    let doc = above.map_while(|line| line.trim_start().strip_prefix("///"));
    let mut doc: Vec<&str> = doc
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    doc.reverse();
    doc.join("\n")
}

fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}
