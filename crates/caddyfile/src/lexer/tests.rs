//! The rules of the lexer, one by one; most have been compared with Caddy 2.11.

use evenkeel_diagnostics::SourceMap;

use super::*;
use crate::MemoryHost;

/// Words as `kind:text`, braces and line ends as they look.
fn words(text: &str) -> Vec<String> {
    lex_with(text, &MemoryHost::new()).0
}

fn lex_with(text: &str, host: &MemoryHost) -> (Vec<String>, Vec<&'static str>) {
    let source = SourceMap::new().add("Caddyfile", text);
    let mut findings = Diagnostics::new();
    let lexed = lex(&Expanded::new(text, host), source, &mut findings);
    let show = |token: &Token| match token.kind {
        TokenKind::Word(Quote::Bare) => Some(token.text.clone()),
        TokenKind::Word(Quote::Double) => Some(format!("\"{}", token.text)),
        TokenKind::Word(Quote::Backtick) => Some(format!("`{}", token.text)),
        TokenKind::Word(Quote::Heredoc) => Some(format!("<<{}", token.text)),
        TokenKind::OpenBrace => Some("{".to_owned()),
        TokenKind::CloseBrace => Some("}".to_owned()),
        TokenKind::Newline => Some("\n".to_owned()),
        kind => {
            assert!(!matches!(kind, TokenKind::Word(_)));
            None
        }
    };
    let ids = findings.iter().map(|found| found.id).collect();
    (lexed.tokens.iter().filter_map(show).collect(), ids)
}

fn fault(text: &str) -> &'static str {
    let (_, ids) = lex_with(text, &MemoryHost::new());
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids[0]
}

#[test]
fn white_space_separates_words_and_newlines_end_lines() {
    assert_eq!(
        words("a\tb\u{a0}c\u{3000}d\ne"),
        ["a", "b", "c", "d", "\n", "e"]
    );
    assert!(words("").is_empty());
    assert!(words("\u{feff}").is_empty());
    assert_eq!(words("\u{feff}a"), ["a"]);
}

#[test]
fn carriage_returns_are_dropped() {
    assert_eq!(words("a\r\nb\r"), ["a", "\n", "b"]);
    assert_eq!(words("a\rb \r c"), ["ab", "c"]);
    assert_eq!(words("a \\\r\n b"), ["a", "b"]);
    assert_eq!(words("a\\\r\nb"), ["a", "b"]);
}

#[test]
fn only_braces_that_stand_alone_are_structure() {
    assert_eq!(
        words("{ } {} a{ }b {x}"),
        ["{", "}", "{}", "a{", "}b", "{x}"]
    );
    assert_eq!(words("\"{\" `}`"), ["\"{", "`}"]);
}

#[test]
fn comments_start_where_a_word_would() {
    assert_eq!(words("a#b # c \"d\ne"), ["a#b", "\n", "e"]);
    assert_eq!(words("\"a\"#b"), ["\"a"]);
    assert_eq!(words("# a\r\nb"), ["\n", "b"]);
}

#[test]
fn a_backslash_in_a_comment_does_not_continue_the_line() {
    assert_eq!(words("a # b \\\nc"), ["a", "\n", "c"]);
}

#[test]
fn double_quotes_have_one_escape() {
    assert_eq!(words(r#""a \" b" c"#), ["\"a \" b", "c"]);
    assert_eq!(words(r#""\n \\" c"#), [r#""\n \\"#, "c"]);
    assert_eq!(words("\"a\nb\" c"), ["\"a\nb", "c"]);
    assert_eq!(words("\"\"\"a\""), ["\"", "\"a"]);
}

#[test]
fn backticks_have_no_escape() {
    assert_eq!(words("`a \\` b"), ["`a \\", "b"]);
    assert_eq!(words("`a\n\"b`c"), ["`a\n\"b", "c"]);
}

#[test]
fn quotes_inside_a_word_are_literal() {
    assert_eq!(words("a\"b c`d"), ["a\"b", "c`d"]);
}

#[test]
fn a_backslash_continues_the_line() {
    assert_eq!(words("a \\\n b\\\n c\nd"), ["a", "b", "c", "\n", "d"]);
    assert_eq!(words("a \\  # comment\n b"), ["a", "b"]);
}

#[test]
fn other_backslashes_stay_unless_white_space_follows() {
    assert_eq!(words("a\\b \\c d\\\\e"), ["a\\b", "\\c", "d\\\\e"]);
    assert_eq!(words("a\\ b"), ["a", "b"]);
    assert_eq!(words("a \\ b"), ["a", "\\b"]);
    assert_eq!(words("\\\"a\" b\\"), ["\"\\a", "b"]);
    assert_eq!(words("\\\"\"\" \\\\\"\"c"), ["\"\"", "\\\\\"\"c"]);
}

#[test]
fn a_heredoc_ends_at_its_marker() {
    assert_eq!(
        words("a <<EOF\n  x\n\n   y\n  EOF b\nc"),
        ["a", "<<x\n\n y", "b", "\n", "c"]
    );
    // Without lines it takes the next line with it, if words stand there.
    assert_eq!(words("<<EOF\nEOF\na\nb"), ["<<", "a", "\n", "b"]);
    assert_eq!(words("<<EOF\nEOF\n\na"), ["<<", "\n", "a"]);
    assert_eq!(words("<<EOF\n\nEOF\na"), ["<<", "\n", "a"]);
    assert_eq!(words("<<EOF\nEOF b\na"), ["<<", "b", "\n", "a"]);
    assert_eq!(words("<<EOF\r\nx\r\nEOF"), ["<<x"]);
    assert_eq!(words("<<EOF\nx EOFb"), ["<<", "b"]);
    assert_eq!(words("<<a_B-1\n{\"\na_B-1"), ["<<{\""]);
}

#[test]
fn words_that_only_start_like_a_heredoc() {
    assert_eq!(
        words("<<EOF a\n<< b\n<<<x c"),
        ["<<EOF", "a", "\n", "<<", "b", "\n", "<<<x", "c"]
    );
    assert_eq!(words("<<EOF\tx y"), ["<<EOF\tx", "y"]);
    assert_eq!(
        words("\\<<EOF\na<<\nb\\<c"),
        ["<<EOF", "\n", "a<<", "\n", "b<c"]
    );
    assert_eq!(words("<<EOF"), ["<<EOF"]);
}

#[test]
fn faults_of_heredocs() {
    assert_eq!(fault("<<\na"), "heredoc-marker");
    assert_eq!(fault("<<<EOF\nEOF"), "heredoc-marker");
    assert_eq!(fault("<<E!F\nE!F"), "heredoc-marker");
    assert_eq!(fault("<<EOF\n"), "unclosed-heredoc");
    assert_eq!(fault("<<EOF\n  a\n b\n  EOF"), "heredoc-indentation");
}

#[test]
fn an_unclosed_quote_takes_only_its_line() {
    let (words, ids) = lex_with("a \"b c\nd `e\nf", &MemoryHost::new());
    assert_eq!(words, ["a", "\"\"b c", "\n", "d", "``e", "\n", "f"]);
    assert_eq!(ids, ["unclosed-quote", "unclosed-quote"]);
}

#[test]
fn values_of_variables_are_cut_into_tokens() {
    let host = MemoryHost::new().variable("X", "a \"b c\"\n{ d");
    let (words, _) = lex_with("x{$X}y {$NONE}", &host);
    assert_eq!(words, ["xa", "\"b c", "\n", "{", "dy"]);
}

#[test]
fn tokens_cover_the_text() {
    let texts = [
        "a { \\\n b \"c\\\"\" }\r\n# d\n",
        "\u{feff}\\ \\\"x\" a\\ b\\\r\n<<E\n E\n <<\n<<x `\"",
        "ä\u{a0}日本{\n}\r\r\n\\",
        "<<a b\n<<A\n  x\ny A\n",
    ];
    for text in texts {
        crate::fuzz::lex(text.as_bytes());
    }
}
