//! What snippets and imports become; each tree is what the real Caddy makes of the same text.

mod bombs;

use evenkeel_diagnostics::{SourceMap, render, unique};

use crate::parser::tests::show;
use crate::{MemoryHost, Parsed, parse};

fn read(host: &MemoryHost, text: &str) -> (Parsed, SourceMap) {
    let mut sources = SourceMap::new();
    let parsed = parse(&mut sources, "Caddyfile", text.as_bytes(), host);
    (parsed, sources)
}

/// The tree of a text in which nothing is wrong.
fn tree_with(host: &MemoryHost, text: &str) -> String {
    let (parsed, _) = read(host, text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    show(&parsed.file)
}

fn tree(text: &str) -> String {
    tree_with(&MemoryHost::new(), text)
}

/// The tree of a text, and the ids of what is wrong.
fn broken(text: &str) -> (String, Vec<&'static str>) {
    let (parsed, _) = read(&MemoryHost::new(), text);
    let ids = parsed.diagnostics.iter().map(|found| found.id).collect();
    (show(&parsed.file), ids)
}

fn messages(host: &MemoryHost, text: &str) -> String {
    let (parsed, sources) = read(host, text);
    unique(parsed.diagnostics.into_sorted(), &sources)
        .iter()
        .map(|found| render(found, &sources, false) + "\n")
        .collect()
}

#[test]
fn a_snippet_stands_where_it_is_imported() {
    let text = "(s) {\n log\n header A b\n}\na {\n import s\n handle {\n  import s\n }\n}\n";
    assert_eq!(
        tree(text),
        "[a]{log(); header(A b); handle(){log(); header(A b)}}"
    );
    assert_eq!(tree("(s) {\n}\na {\n import s\n log\n}\n"), "[a]{log()}");
    assert_eq!(
        tree("(s) {\n log\n}\na\nimport s\nabort\n"),
        "[a]{log(); abort()}"
    );
    assert_eq!(
        tree("(s) {\n debug\n}\n{\n import s\n}\n"),
        "options{debug()}"
    );
}

#[test]
fn a_quoted_import_is_one_and_an_argument_is_none() {
    assert_eq!(
        tree("(s) {\n log\n}\na {\n \"import\" s\n}\n"),
        "[a]{log()}"
    );
    assert_eq!(
        tree("a {\n respond import s\n}\n"),
        "[a]{respond(import s)}"
    );
    assert_eq!(tree("(s) {\n log\n}\na { import s\n}\n"), "[a]{log()}");
}

#[test]
fn whole_sites_and_addresses_can_be_imported() {
    let text = "(s) {\n {args[0]} {\n  log\n }\n}\nimport s a\nimport s b\n";
    assert_eq!(tree(text), "[a]{log()} [b]{log()}");
    assert_eq!(
        tree("(s) {\n a, b\n}\nimport s\n{\n log\n}\n"),
        "[a b]{log()}"
    );
}

#[test]
fn arguments_take_the_place_of_their_placeholders() {
    let site = |line: &str| format!("(s) {{\n {line}\n}}\na {{\n import s \"x y\" z {{w}}\n}}\n");
    assert_eq!(tree(&site("respond {args[0]}")), "[a]{respond(x y)}");
    assert_eq!(
        tree(&site("respond <{args[1]}{args[0]}>")),
        "[a]{respond(<zx y>)}"
    );
    assert_eq!(tree(&site("respond {args[1:]} q")), "[a]{respond(z {w} q)}");
    assert_eq!(tree(&site("respond {args[:]}")), "[a]{respond(x y z {w})}");
    assert_eq!(tree(&site("respond {args[1:1]}")), "[a]{respond()}");
    assert_eq!(tree(&site("{args[1]} {args[:1]}")), "[a]{z(x y)}");
    assert_eq!(
        tree(&site("respond {args} \\{b\\}")),
        "[a]{respond({args} {b})}"
    );
}

#[test]
fn arguments_are_passed_on() {
    let text = "(i) {\n respond {args[:]}\n}\n(o) {\n import i {args[1]} {args[0]}\n}\na {\n import o 1 2\n}\n";
    assert_eq!(tree(text), "[a]{respond(2 1)}");
}

#[test]
fn an_argument_that_is_a_brace_is_structure_unless_its_placeholder_is_quoted() {
    let text = "(s) {\n handle {args[0]}\n  log\n {args[1]}\n}\na {\n import s \"{\" \"}\"\n}\n";
    assert_eq!(tree(text), "[a]{handle(){log()}}");
    let text = "(s) {\n respond \"{args[0]}\"\n}\na {\n import s \"{\"\n}\n";
    assert_eq!(tree(text), "[a]{respond({)}");
}

#[test]
fn blocks_are_put_where_the_snippet_says() {
    let text = "(s) {\n handle {\n  {block}\n  log\n }\n}\na {\n import s {\n  respond x\n  header A b\n }\n}\n";
    assert_eq!(tree(text), "[a]{handle(){respond(x); header(A b); log()}}");
    let text = "(s) {\n x {\n  {blocks.one}\n }\n y {\n  {blocks.a.b}\n  {blocks.none}\n }\n}\n\
                a {\n import s q {\n  one 1 2 {\n   three {\n    4\n   }\n  }\n  a.b {\n   log\n  }\n }\n}\n";
    assert_eq!(tree(text), "[a]{x(){1(2); three(){4()}}; y(){log()}}");
    assert_eq!(tree("(s) {\n {block}\n}\na {\n import s\n}\n"), "[a]{}");
}

#[test]
fn a_block_is_not_on_the_line_of_the_placeholder() {
    let text = "(s) {\n header {blocks.x} z\n}\na {\n import s {\n  x A b\n }\n}\n";
    assert_eq!(tree(text), "[a]{header(); A(b); z()}");
}

#[test]
fn blocks_in_another_order_than_they_were_written_are_one_line_as_in_caddy() {
    let text = "(s) {\n {blocks.b}\n {blocks.a}\n}\na {\n import s {\n  a 1\n  b 2\n }\n}\n";
    assert_eq!(tree(text), "[a]{2(1)}");
}

#[test]
fn a_block_may_import_and_belongs_to_its_writer() {
    let text = "(i) {\n log\n}\n(s) {\n {block}\n}\na {\n import s 1 {\n  import i\n  respond {args[0]}\n }\n}\n";
    assert_eq!(tree(text), "[a]{log(); respond({args[0]})}");
}

#[test]
fn snippets_in_snippets_keep_their_own_placeholders() {
    let text = "(mk) {\n (in) {\n  respond {args[0]}\n  {block}\n }\n {args[0]} {\n  import in {args[1]} {\n   log\n  }\n }\n}\nimport mk a yes\n";
    assert_eq!(tree(text), "[a]{respond(yes); log()}");
}

#[test]
fn snippets_are_known_only_behind_their_definition() {
    let (tree, ids) = broken("a {\n import s\n log\n}\n(s) {\n abort\n}\n");
    assert_eq!(
        (tree.as_str(), ids),
        ("[a]{log()}", vec!["import-not-found"])
    );
}

#[test]
fn files_are_found_from_the_file_that_imports_them() {
    let host = MemoryHost::new()
        .file("sites/all", "import one/*.caddy\n(s) {\n log\n}\n")
        .file("sites/one/b.caddy", "b {\n import ../more x\n}\n")
        .file("sites/one/a.caddy", "a {\n}")
        .file("sites/more", "respond {args[0]} # {args[1]}");
    let text = "import sites/all\nc {\n import s\n}\n";
    assert_eq!(tree_with(&host, text), "[a]{} [b]{respond(x)} [c]{log()}");
}

#[test]
fn a_star_in_front_skips_hidden_files() {
    let host = MemoryHost::new()
        .file("d/.h", "x {\n}\n")
        .file("d/a", "a {\n}\n");
    assert_eq!(tree_with(&host, "import d/*\n"), "[a]{}");
    assert_eq!(tree_with(&host, "import d/.*\n"), "[x]{}");
}

#[test]
fn the_end_of_a_file_ends_a_line() {
    let host = MemoryHost::new().file("f", "respond").file("g", "log");
    assert_eq!(
        tree_with(&host, "a {\n import f\n import g\n}\n"),
        "[a]{respond(); log()}"
    );
    assert_eq!(
        tree_with(&host, "a {\n import ?\n}\n"),
        "[a]{respond(); log()}"
    );
}

#[test]
fn a_variable_without_value_in_an_imported_file_is_named_once() {
    let host = MemoryHost::new().file("f", "respond {$X}\n");
    let (parsed, _) = read(&host, "a {\n import f\n import f\n}\n");
    assert_eq!(show(&parsed.file), "[a]{respond(); respond()}");
    let ids: Vec<_> = parsed.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(ids, ["unset-environment-variable"]);
}

#[test]
fn imports_in_circles_are_refused() {
    let cycle = vec!["import-cycle"];
    let text = "(a) {\n import b\n}\n(b) {\n import a\n}\nx {\n import a\n log\n}\n";
    assert_eq!(broken(text), ("[x]{log()}".to_owned(), cycle.clone()));
    assert_eq!(broken("(a) {\n import a\n}\nx {\n import a\n}\n").1, cycle);
    let host = MemoryHost::new()
        .file("Caddyfile", "x")
        .file("f", "import g")
        .file("g", "import f");
    for text in ["import Caddyfile\n", "import f\n"] {
        let (parsed, _) = read(&host, text);
        assert!(
            parsed
                .diagnostics
                .iter()
                .any(|found| found.id == "import-cycle")
        );
    }
}

#[test]
fn mistakes_in_import_lines() {
    assert_eq!(broken("a {\n import\n}\n").1, ["import-without-name"]);
    assert_eq!(broken("a {\n import \"\"\n}\n").1, ["import-without-name"]);
    assert_eq!(broken("import */*\n").1, ["import-pattern"]);
    assert_eq!(broken("import x*\n").1, ["import-matches-nothing"]);
    assert_eq!(
        broken("(s) {\n}\na { import s }\n").1,
        ["text-before-brace"]
    );
    assert_eq!(
        broken("(s) {\n}\na {\n import s {\n").1,
        ["unclosed-block", "unclosed-block"]
    );
    let nameless = "(s) {\n}\na {\n import s {\n  {\n  }\n }\n}\n";
    assert_eq!(broken(nameless).1, ["nameless-block"]);
    let inner = "(s) {\n log\n}\na {\n handle { import s\n }\n}\n";
    assert_eq!(
        broken(inner),
        ("[a]{handle(){log()}}".to_owned(), vec!["text-after-brace"])
    );
}

#[test]
fn mistakes_in_a_snippet_show_the_import_once() {
    let text = "(s) {\n handle {} # no\n}\na {\n import s\n}\nb {\n import s\n}\n";
    insta::assert_snapshot!(messages(&MemoryHost::new(), text), @r#"
    error[empty-braces]: `{}` is a word and no empty block
     --> Caddyfile:2:9
      |
    2 |  handle {} # no
      |         ^^
    ...
    5 |  import s
      |  -------- imported here
      |
    help: leave it out, or put `}` on the next line; for the two characters write `"{}"`
    note: Caddy says: Unexpected '{}' at end of line, at Caddyfile:2 import chain ['Caddyfile:5 (import s)']
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one picture")]
fn looks_of_imports() {
    let host = MemoryHost::new()
        .file("empty", " \n")
        .file("f", "import g 1 2\n")
        .file(
            "g",
            "respond {args[2]} {args.0} {args[a]} x{args[0:1]} {args[]}\n",
        );
    let text = "(later2) {\n}\na {\n import empty\n import f\n import latr2\n import late\n}\n(late) {\n}\n";
    insta::assert_snapshot!(messages(&host, text), @r"
    warning[import-empty-file]: the imported file `empty` is empty
     --> Caddyfile:4:9
      |
    4 |  import empty
      |         ^^^^^ imports nothing
      |
    note: Caddy says: Import file is empty
    error[import-not-found]: there is no snippet and no file `latr2`
     --> Caddyfile:6:9
      |
    6 |  import latr2
      |         ^^^^^ no such file: `latr2`
      |
    help: did you mean the snippet `later2`?
    note: Caddy says: File to import not found: latr2, at Caddyfile:6
    error[import-not-found]: there is no snippet and no file `late`
     --> Caddyfile:7:9
      |
    7 |  import late
      |         ^^^^ no such file: `late`
    8 | }
    9 | (late) {
      | ------ defined only here
      |
    help: move the snippet in front of its first import
    note: Caddy says: File to import not found: late, at Caddyfile:7
    warning[import-argument]: `{args[2]}` stands for no argument and stays as it is
     --> g:1:9
      |
    1 | respond {args[2]} {args.0} {args[a]} x{args[0:1]} {args[]}
      |         ^^^^^^^^^ the import has 2 arguments
      |
     ::: f:1:1
      |
    1 | import g 1 2
      | ------------ imported here
      |
     ::: Caddyfile:5:2
      |
    5 |  import f
      |  -------- imported here
      |
    note: Caddy says: Placeholder {args[2]} index is out of bounds, only 2 argument(s) exist
    warning[old-argument-form]: `{args.0}` is the old form
     --> g:1:19
      |
    1 | respond {args[2]} {args.0} {args[a]} x{args[0:1]} {args[]}
      |                   ^^^^^^^^
      |
     ::: f:1:1
      |
    1 | import g 1 2
      | ------------ imported here
      |
     ::: Caddyfile:5:2
      |
    5 |  import f
      |  -------- imported here
      |
    help: write `{args[0]}`
    note: Caddy says: Placeholder {args.0} deprecated, use {args[0]} instead
    warning[import-argument]: `{args[a]}` stands for no argument and stays as it is
     --> g:1:28
      |
    1 | respond {args[2]} {args.0} {args[a]} x{args[0:1]} {args[]}
      |                            ^^^^^^^^^ not a number
      |
     ::: f:1:1
      |
    1 | import g 1 2
      | ------------ imported here
      |
     ::: Caddyfile:5:2
      |
    5 |  import f
      |  -------- imported here
      |
    help: write `{args[0]}`
    note: Caddy says: Placeholder {args[a]} has an invalid index
    warning[import-argument]: `x{args[0:1]}` stands for no argument and stays as it is
     --> g:1:38
      |
    1 | respond {args[2]} {args.0} {args[a]} x{args[0:1]} {args[]}
      |                                      ^^^^^^^^^^^^ a range must be a word of its own
      |
     ::: f:1:1
      |
    1 | import g 1 2
      | ------------ imported here
      |
     ::: Caddyfile:5:2
      |
    5 |  import f
      |  -------- imported here
      |
    help: put spaces around it
    note: Caddy says: Variadic placeholder {args[0:1]} must be a token on its own
    warning[import-argument]: `{args[]}` stands for no argument and stays as it is
     --> g:1:51
      |
    1 | respond {args[2]} {args.0} {args[a]} x{args[0:1]} {args[]}
      |                                                   ^^^^^^^^ the brackets are empty
      |
     ::: f:1:1
      |
    1 | import g 1 2
      | ------------ imported here
      |
     ::: Caddyfile:5:2
      |
    5 |  import f
      |  -------- imported here
      |
    help: write `{args[:]}` for all arguments
    note: Caddy says: Placeholder {args[]} cannot have an empty index
    ");
    insta::assert_snapshot!(messages(&host, "(a) {\n import b\n}\n(b) {\n import a\n}\nx {\n import a\n}\n"), @r"
    error[import-cycle]: importing `a` would never end
     --> Caddyfile:5:9
      |
    2 |  import b
      |  -------- imported here
    ...
    5 |  import a
      |         ^ leads back to this line
    ...
    8 |  import a
      |  -------- imported here
      |
    note: Caddy says: a cycle of imports exists between Caddyfile:b and Caddyfile:a
    ");
}

/// Caddy names the way to a word by the lines that import it, so here the two ways look the same.
#[test]
fn what_comes_twice_through_one_line_runs_together_in_inner_blocks_only() {
    let snippets = "(i) {\n header A b\n}\n(o) {\n import i\n}\n";
    let site = format!("{snippets}a {{\n import o\n import o\n}}\n");
    assert_eq!(tree(&site), "[a]{header(A b); header(A b)}");
    let inner = format!("{snippets}a {{\n handle {{\n  import o\n  import o\n }}\n}}\n");
    assert_eq!(tree(&inner), "[a]{handle(){header(A b header A b)}}");
}
