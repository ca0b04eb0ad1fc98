//! Looks are snapshotted; hostile places must only not panic and not reach the terminal.

use super::*;
use crate::Span;

const TEXT: &str = "\
:80 {
    # balanced
    reverse_proxy app1:8080 app2:8080 {
        lb_polcy least_conn
    }
}
";

fn sources(text: &str) -> (SourceMap, SourceId) {
    let mut sources = SourceMap::new();
    let id = sources.add("Caddyfile", text);
    (sources, id)
}

fn span_of(text: &str, part: &str, id: SourceId) -> Span {
    let start = u32::try_from(text.find(part).unwrap()).unwrap();
    Span::new(id, start, start + u32::try_from(part.len()).unwrap())
}

#[test]
fn shows_headline_place_lines_and_what_to_do() {
    let (sources, id) = sources(TEXT);
    let found = Diagnostic::error(
        "unknown-subdirective",
        "`reverse_proxy` has no option `lb_polcy`",
    )
    .at(span_of(TEXT, "lb_polcy", id), "not known here")
    .also(span_of(TEXT, "reverse_proxy", id), "in this directive")
    .help("did you mean `lb_policy`?");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    error[unknown-subdirective]: `reverse_proxy` has no option `lb_polcy`
     --> Caddyfile:4:9
      |
    3 |     reverse_proxy app1:8080 app2:8080 {
      |     ------------- in this directive
    4 |         lb_polcy least_conn
      |         ^^^^^^^^ not known here
      |
    help: did you mean `lb_policy`?
    ");
}

#[test]
fn folds_the_lines_between_distant_marks() {
    let text = format!("handle {{\n{}last\n", "    respond hi\n".repeat(30));
    let (sources, id) = sources(&text);
    let found = Diagnostic::error("unclosed-block", "a block is not closed")
        .at(span_of(&text, "{", id), "opened here")
        .also(span_of(&text, "last", id), "the file ends here")
        .note("one note")
        .note("another note");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    error[unclosed-block]: a block is not closed
      --> Caddyfile:1:8
       |
     1 | handle {
       |        ^ opened here
    ...
    32 | last
       | ---- the file ends here
       |
    note: one note
    note: another note
    ");
}

#[test]
fn caddys_words_come_last_and_unchanged() {
    let text = "a \u{f8ff} b\n";
    let (sources, id) = sources(text);
    let at = span_of(text, "b", id);
    let found = Diagnostic::error("odd", "odd")
        .at(at, "here")
        .caddy(crate::CaddyText::new("one\n\ttwo").at(at));
    let shown = render(&found, &sources, false);
    assert!(
        shown.ends_with("  |\nnote: Caddy says: one\n\ttwo, at Caddyfile:1"),
        "{shown}"
    );
}

#[test]
fn marks_in_another_file_follow_the_finding() {
    let mut sources = SourceMap::new();
    let main = sources.add("Caddyfile", "import other\n");
    let other = sources.add("other", "\nrespnd hi\n");
    let found = Diagnostic::warning("odd", "something is odd")
        .also(Span::new(main, 0, 12), "imported here")
        .at(Span::new(other, 1, 7), "");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    warning[odd]: something is odd
     --> other:2:1
      |
    2 | respnd hi
      | ^^^^^^
      |
     ::: Caddyfile:1:1
      |
    1 | import other
      | ------------ imported here
    ");
}

#[test]
fn a_finding_without_place_is_a_headline() {
    let found = Diagnostic::error("not-found", "there is no file `Caddyfile`").help("name one");
    insta::assert_snapshot!(render(&found, &SourceMap::new(), false), @r"
    error[not-found]: there is no file `Caddyfile`
     |
    help: name one
    ");
}

#[test]
fn columns_count_tabs_and_wide_characters_as_one() {
    let text = "\t日本 lb_polcy x\n";
    let (sources, id) = sources(text);
    let found = Diagnostic::error("odd", "odd").at(span_of(text, "lb_polcy", id), "here");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    error[odd]: odd
     --> Caddyfile:1:5
      |
    1 |     日本 lb_polcy x
      |          ^^^^^^^^ here
    ");
}

#[test]
fn an_empty_span_at_the_end_is_shown_as_a_place() {
    let (sources, id) = sources("abc\r\n");
    let found = Diagnostic::error("odd", "odd").at(Span::new(id, 5, 5), "here");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    error[odd]: odd
     --> Caddyfile:2:1
      |
    2 |
      | ^ here
    ");
}

#[test]
fn long_lines_are_cut_around_the_mark() {
    let text = format!("{} lb_polcy {}", "a".repeat(1000), "b".repeat(1_000_000));
    let (sources, id) = sources(&text);
    let found = Diagnostic::error("odd", "odd").at(span_of(&text, "lb_polcy", id), "here");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    error[odd]: odd
     --> Caddyfile:1:1002
      |
    1 | ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa lb_polcy bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
      |                                                              ^^^^^^^^ here
    ");
}

#[test]
fn one_line_form_has_place_severity_and_id() {
    let (sources, id) = sources(TEXT);
    let found = Diagnostic::error("odd", "odd").at(span_of(TEXT, "lb_polcy", id), "here");
    assert_eq!(
        render_short(&found, &sources),
        "Caddyfile:4:9: error[odd]: odd"
    );
    let nowhere = Diagnostic::warning("odd", "odd");
    assert_eq!(render_short(&nowhere, &sources), "warning[odd]: odd");
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let mut sources = SourceMap::new();
    let evil = "\u{1b}[2J\u{9b}1m\u{202e}x";
    let id = sources.add(evil, evil);
    let found = Diagnostic::error("odd", evil)
        .at(Span::new(id, 0, 4), evil)
        .help(evil)
        .note(evil)
        .caddy(evil);
    for text in [
        render(&found, &sources, false),
        render_short(&found, &sources),
    ] {
        let bad = |char: char| char.is_control() && char != '\n' || char == '\u{202e}';
        assert!(!text.contains(bad), "{text:?}");
    }
}

#[test]
fn colour_is_only_used_when_asked_for() {
    let found = Diagnostic::error("odd", "odd");
    assert!(render(&found, &SourceMap::new(), true).contains('\u{1b}'));
    assert!(!render(&found, &SourceMap::new(), false).contains('\u{1b}'));
}

#[test]
fn what_is_hidden_is_shown_by_no_finding_and_moves_no_mark() {
    let (mut sources, id) = sources("a pässword b\nc\n");
    sources.hide(Span::new(id, 2, 11));
    let found = Diagnostic::error("odd", "odd")
        .at(Span::new(id, 12, 13), "here")
        .also(Span::new(id, 2, 11), "there")
        .note("pässword is odd");
    insta::assert_snapshot!(render(&found, &sources, false), @r"
    error[odd]: odd
     --> Caddyfile:1:12
      |
    1 | a ******** b
      |   -------- ^ here
      |   |
      |   there
      |
    note: *** is odd
    ");
}

#[test]
fn every_span_of_every_text_renders() {
    let texts = [
        "",
        "\n",
        "\r\n\r\n",
        "a",
        "ä\u{feff}\t\n日本\n\n",
        "\u{feff}a\u{301}\u{200d}b",
    ];
    for text in texts {
        let (sources, id) = sources(text);
        let end = u32::try_from(text.len()).unwrap() + 2;
        for start in 0..end {
            for stop in 0..end {
                let found = Diagnostic::error("odd", "odd")
                    .at(Span::new(id, start, stop), "here")
                    .also(Span::new(id, stop, start), "");
                assert!(!render(&found, &sources, true).is_empty());
            }
        }
    }
}

#[test]
fn a_mark_in_an_unknown_text_renders() {
    let (_, id) = sources("");
    let found = Diagnostic::error("odd", "odd").at(Span::new(id, 3, 9), "here");
    assert!(render(&found, &SourceMap::new(), false).contains("odd"));
}
