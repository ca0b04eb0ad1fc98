//! Substitution and the way back.

use evenkeel_diagnostics::SourceMap;

use super::*;
use crate::MemoryHost;

fn host() -> MemoryHost {
    MemoryHost::new()
        .variable("A", "one two")
        .variable("EMPTY", "")
        .variable("SELF", "{$A}")
}

fn expand(text: &str) -> String {
    Expanded::new(text, &host()).text().to_owned()
}

/// The part of `text` that the given part of the expansion comes from.
fn origin<'a>(text: &'a str, part: &str, is_word: bool) -> &'a str {
    let expanded = Expanded::new(text, &host());
    let start = expanded.text().find(part).unwrap();
    let source = SourceMap::new().add("", "");
    let span = expanded.origin(start..start + part.len(), is_word, source);
    &text[span.start as usize..span.end as usize]
}

#[test]
fn default_is_used_only_when_unset() {
    assert_eq!(expand("x{$A}y"), "xone twoy");
    assert_eq!(expand("{$UNSET:a:b}"), "a:b");
    assert_eq!(expand("{$EMPTY:default}"), "");
    assert_eq!(expand("{$UNSET}"), "");
    assert_eq!(expand("{$:x}"), "x");
}

#[test]
fn what_is_no_variable_stays() {
    assert_eq!(expand("{$} {$A} {$"), "{$} one two {$");
    assert_eq!(expand("{$A"), "{$A");
}

#[test]
fn values_are_not_looked_through_again() {
    assert_eq!(expand("{$SELF}"), "{$A}");
}

#[test]
fn the_name_ends_at_the_first_brace_even_on_another_line() {
    assert_eq!(expand("{$A\n}"), "");
    assert_eq!(expand("{$X:{b}}"), "{b}");
}

#[test]
fn tokens_lead_back_to_what_was_written() {
    assert_eq!(origin("ab {$A} cd", "one", true), "{$A}");
    assert_eq!(origin("ab {$A} cd", "two", true), "{$A}");
    assert_eq!(origin("ab {$A} cd", "ab", true), "ab");
    assert_eq!(origin("ab {$A} cd", "cd", true), "cd");
    assert_eq!(origin("ab x{$A}y {$A}cd", "twoy", true), "{$A}y");
    assert_eq!(origin("ab x{$A}y {$A}cd", "twocd", true), "{$A}cd");
}

#[test]
fn a_word_includes_the_variables_without_value_it_touches() {
    assert_eq!(origin("a {$U}:80{$U} b", ":80", true), "{$U}:80{$U}");
    assert_eq!(origin("a {$U} b", "a", true), "a");
    assert_eq!(origin("a {$U} b", "b", true), "b");
    assert_eq!(origin("a{$U} b", " ", false), " ");
}

#[test]
fn names_the_variables_without_value() {
    let text = "{$A} {$UNSET} {$UNSET:x} {$EMPTY}";
    let expanded = Expanded::new(text, &host());
    let found = expanded.into_substitutions();
    let unset: Vec<_> = found
        .iter()
        .filter(|found| found.unset)
        .map(|found| found.name(text))
        .collect();
    assert_eq!(unset, ["UNSET"]);
}

#[test]
fn values_cannot_make_a_text_of_any_size() {
    let host = MemoryHost::new().variable("BIG", "x".repeat(1 << 20));
    let text = "{$BIG}".repeat(1000);
    let expanded = Expanded::new(&text, &host);
    assert!(expanded.is_cut());
    assert!(expanded.text().len() <= LARGEST);
}
