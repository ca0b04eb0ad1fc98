//! What becomes of lines, blocks and addresses. Trees are shown in a short form: `name(args){…}`.

use evenkeel_diagnostics::SourceMap;

use crate::ast::{Block, Directive, File, Word};
use crate::{MemoryHost, Parsed, parse};

fn read(text: &str) -> Parsed {
    parse(
        &mut SourceMap::new(),
        "Caddyfile",
        text.as_bytes(),
        &MemoryHost::new(),
    )
}

/// The tree of a text in which nothing is wrong.
pub(crate) fn tree(text: &str) -> String {
    let parsed = read(text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    show(&parsed.file)
}

/// The tree of a text, and the ids of what is wrong.
fn broken(text: &str) -> (String, Vec<&'static str>) {
    let parsed = read(text);
    let ids = parsed.diagnostics.iter().map(|found| found.id).collect();
    (show(&parsed.file), ids)
}

fn ids(text: &str) -> Vec<&'static str> {
    broken(text).1
}

pub(crate) fn show(file: &File) -> String {
    let options = file.options.iter();
    let mut parts: Vec<String> = options
        .map(|block| format!("options{}", show_block(block)))
        .collect();
    let routes = file.named_routes.iter().map(|it| (&it.name, &it.block));
    parts.extend(routes.map(|(name, block)| format!("route {}{}", name.text, show_block(block))));
    let site = |keys: &[Word], block| format!("[{}]{}", texts(keys), show_block(block));
    parts.extend(file.sites.iter().map(|it| site(&it.keys, &it.block)));
    parts.join(" ")
}

fn show_block(block: &Block) -> String {
    let lines: Vec<String> = block.lines.iter().map(show_line).collect();
    format!("{{{}}}", lines.join("; "))
}

fn show_line(line: &Directive) -> String {
    let block = line.block.as_ref().map(show_block).unwrap_or_default();
    format!("{}({}){block}", line.name.text, texts(&line.args))
}

fn texts(words: &[Word]) -> String {
    words
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_site_has_addresses_and_lines() {
    assert_eq!(
        tree("a.test, b.test {\n respond hi 200\n handle /x {\n  log\n }\n}\nc.test {\n}\n"),
        "[a.test b.test]{respond(hi 200); handle(/x){log()}} [c.test]{}"
    );
}

#[test]
fn a_single_site_may_leave_its_braces_out() {
    assert_eq!(
        tree("a.test\n\nrespond hi\nhandle {\n}\n"),
        "[a.test]{respond(hi); handle(){}}"
    );
    assert_eq!(tree("a.test"), "[a.test]{}");
}

#[test]
fn options_routes_and_sites_have_their_own_places() {
    assert_eq!(
        tree("(s) {\n log\n}\n{\n debug\n}\n&(r) {\n abort\n}\n:80 {\n import s\n}\n"),
        "options{debug()} route r{abort()} [:80]{log()}"
    );
}

#[test]
fn addresses_go_on_behind_a_comma() {
    assert_eq!(tree("a,\n\n b c , d {\n}\n"), "[a b c d]{}");
    assert_eq!(tree("a, , b \"\" {\n}\n"), "[a b]{}");
}

#[test]
fn the_brace_of_a_site_may_stand_on_its_own_line_and_text_may_follow_it() {
    assert_eq!(tree("a\n\n{\n log\n}\n"), "[a]{log()}");
    assert_eq!(tree("a { log\n} b {\n}\n"), "[a]{log()} [b]{}");
    assert_eq!(tree("(s) { log }\na\nimport s\n"), "[a]{log()}");
}

#[test]
fn quoted_braces_are_words() {
    assert_eq!(
        tree("a {\n respond \"{\" `}`\n respond {} x\n}\n"),
        "[a]{respond({ }); respond({} x)}"
    );
}

#[test]
fn blank_and_comment_files_are_fine_but_empty_ones_are_not() {
    assert_eq!(tree("\n # nothing\n"), "");
    assert_eq!(ids(""), ["empty-file"]);
}

#[test]
fn an_empty_block_without_key_may_stand_anywhere() {
    assert_eq!(
        tree("{\n}\n{\n debug\n}\na {\n}\n{\n}\n"),
        "options{debug()} [a]{}"
    );
}

#[test]
fn a_missing_closing_brace_is_reported_once_at_the_opening() {
    assert_eq!(ids("a {\n log\n"), ["unclosed-block"]);
    assert_eq!(ids("a {\n handle {\n  log {\n"), ["unclosed-block"]);
    assert_eq!(ids("{"), ["unclosed-block"]);
}

#[test]
fn a_brace_too_many_is_reported_and_the_next_site_read() {
    let (tree, ids) = broken("a {\n}\n}\nb {\n}\n");
    assert_eq!(
        (tree.as_str(), &ids[..]),
        ("[a]{} [b]{}", &["unexpected-brace"][..])
    );
}

#[test]
fn a_brace_may_end_a_site_without_braces_but_is_warned_about() {
    let parsed = read("a\n log\n}\nb {\n}\n");
    assert_eq!(show(&parsed.file), "[a]{log()} [b]{}");
    assert!(!parsed.diagnostics.has_errors() && parsed.diagnostics.len() == 1);
}

#[test]
fn a_brace_on_a_new_line_belongs_to_the_line_above() {
    let (tree, ids) = broken("a {\n handle\n {\n  log\n }\n abort\n}\n");
    assert_eq!(tree, "[a]{handle(){log()}; abort()}");
    assert_eq!(ids, ["brace-on-new-line"]);
    assert_eq!(self::ids("a {\n {\n  log\n }\n}\n"), ["nameless-block"]);
    assert_eq!(
        self::ids("a {\n x {\n } {\n  log\n }\n}\n"),
        ["nameless-block"]
    );
}

#[test]
fn text_beside_the_braces_of_a_line_is_reported_and_read() {
    let (tree, ids) = broken("a {\n handle { log\n abort }\n b {\n } c d\n e {\n } }\n");
    assert_eq!(tree, "[a]{handle(){log(); abort()}; b(){}; c(d); e(){}}");
    let after = "text-after-brace";
    assert_eq!(ids, [after, "text-before-brace", after, after]);
}

#[test]
fn empty_braces_are_no_block() {
    assert_eq!(ids("a {\n handle {} # nothing\n}\n"), ["empty-braces"]);
    assert_eq!(
        broken("a {}\nb {\n}\n"),
        ("[a]{} [b]{}".to_owned(), vec!["empty-braces"])
    );
}

#[test]
fn faults_of_addresses() {
    assert_eq!(
        broken("a{\n log\n}\n"),
        ("[a]{log()}".to_owned(), vec!["address-with-brace"])
    );
    assert_eq!(
        broken("a,b {\n}\n"),
        ("[a b]{}".to_owned(), vec!["address-with-comma"])
    );
    assert_eq!(
        broken("a, {\n}\n"),
        ("[a]{}".to_owned(), vec!["expected-address"])
    );
    assert_eq!(ids("a,"), ["expected-address"]);
    assert_eq!(ids("a,, b {\n}\n"), ["address-with-comma"]);
    assert_eq!(ids("@m path /\n a {\n}\n"), ["matcher-outside-site"]);
    assert_eq!(
        ids("@m {\n path /\n}\n a @n {\n}\n"),
        ["matcher-outside-site"; 2]
    );
}

#[test]
fn options_come_first_and_once() {
    assert_eq!(ids("a {\n}\n{\n debug\n}\n"), ["options-not-first"]);
    assert_eq!(ids("{\n debug\n}\n{\n debug\n}\n"), ["options-not-first"]);
    assert_eq!(ids("&(r) {\n}\n{\n debug\n}\n"), ["options-not-first"]);
}

#[test]
fn snippets_need_a_block_and_a_name_of_their_own() {
    assert_eq!(ids("(s)\nlog\n"), ["expected-block"]);
    assert_eq!(ids("&(s)"), ["expected-block"]);
    assert_eq!(ids("(s) {\n}\n(s) {\n}\n"), ["duplicate-snippet"]);
}

#[test]
fn every_mistake_of_a_file_is_found_in_one_run() {
    let text = "a,b {\n handle {}\n respond \"x\n}\n{\n debug\n}\nc {\n x { y\n }\n";
    assert_eq!(
        ids(text),
        [
            "unclosed-quote",
            "address-with-comma",
            "empty-braces",
            "options-not-first",
            "text-after-brace",
            "unclosed-block"
        ]
    );
}

#[test]
fn what_a_heredoc_swallowed_is_not_reported_again() {
    assert_eq!(ids("a {\n respond <<END\n hi\n}\n"), ["unclosed-heredoc"]);
}

#[test]
fn a_site_whose_address_is_an_unset_variable_is_not_taken_for_options() {
    let (tree, ids) = broken("{$DOMAIN} {\n log\n}\n");
    assert_eq!(tree, "[address-0.invalid]{log()}");
    assert_eq!(ids, ["empty-site-address"]);
}

#[test]
fn unset_variables_are_warned_about_except_in_comments() {
    let parsed = read("# {$A}\na {\n respond {$B} # {$C} {$D}\n log {$E:}\n}\n");
    let messages: Vec<_> = parsed
        .diagnostics
        .iter()
        .map(|found| &found.message)
        .collect();
    assert_eq!(messages, ["the environment variable `B` is not set"]);
    assert!(!parsed.diagnostics.has_errors());
}

#[test]
fn spans_of_keys_leave_the_comma_out() {
    let parsed = read("a.test, b {\n}\n");
    let span = parsed.file.sites[0].keys[0].span;
    assert_eq!((span.start, span.end), (0, 6));
}
