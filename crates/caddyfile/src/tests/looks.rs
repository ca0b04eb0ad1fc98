//! How messages look. They are the part of this crate that people meet.

use evenkeel_diagnostics::{SourceMap, render};

use crate::{MemoryHost, parse};

/// Everything found in a text, rendered.
fn messages(text: impl AsRef<[u8]>) -> String {
    let mut sources = SourceMap::new();
    let host = MemoryHost::new()
        .variable("NOTHING", "")
        .variable("TWO", "{ x");
    let parsed = parse(&mut sources, "Caddyfile", text.as_ref(), &host);
    let found = parsed.diagnostics.into_sorted();
    found
        .iter()
        .map(|found| render(found, &sources, false) + "\n")
        .collect()
}

#[test]
fn looks_of_unclosed_things() {
    insta::assert_snapshot!(messages("a {\n    handle {\n        log\n\n    abort\n    }\n"), @r"
    error[unclosed-block]: a block is not closed: `}` is missing
     --> Caddyfile:1:3
      |
    1 | a {
      |   ^ opened here
      |
    note: Caddy says: syntax error: unexpected token '}', expecting '}', at Caddyfile:6 import chain: ['']
    ");
    insta::assert_snapshot!(messages("a {\n    respond \"hi\n    header X \"\"\n}\n"), @r#"
    error[unclosed-quote]: a quote is not closed: `"` is missing
     --> Caddyfile:3:15
      |
    2 |     respond "hi
      |             - this one runs over several lines
    3 |     header X ""
      |               ^ opened here
      |
    help: if that is not meant, the missing quote belongs on its first line
    "#);
    insta::assert_snapshot!(messages("a {\n    respond <<END\n    hi\n}\n"), @r"
    error[unclosed-heredoc]: a heredoc is not closed: the end marker `END` is missing
     --> Caddyfile:2:13
      |
    2 |     respond <<END
      |             ^^^^^ opened here
      |
    help: put `END` on its own line where the text ends
    note: Caddy says: incomplete heredoc <<END on line #5, expected ending marker END
    ");
}

#[test]
fn looks_of_heredocs() {
    insta::assert_snapshot!(messages("a\nrespond <<END\n  x\n y\n  END\nrespond <<\n"), @r"
    error[heredoc-indentation]: a line of the heredoc `<<END` is indented less than its end marker
     --> Caddyfile:4:1
      |
    4 |  y
      | ^ must start with the same white space as the line of the end `END`
      |
    help: indent this line, or move the end `END` to the left
    note: Caddy says: mismatched leading whitespace in heredoc <<END on line #4 [ y], expected whitespace [  ] to match the closing marker
    error[heredoc-marker]: `<<` at the end of a line opens a heredoc without marker
     --> Caddyfile:6:9
      |
    6 | respond <<
      |         ^^ no marker follows
      |
    help: name the marker, as in `<<END`; for the two characters themselves write `\<<`
    note: Caddy says: missing opening heredoc marker on line #6; must contain only alphanumeric characters, dashes and underscores; got empty string
    ");
}

#[test]
fn looks_of_misplaced_braces() {
    insta::assert_snapshot!(messages("a {\n    handle\n    {\n    }\n    x { y\n    } z\n    b {}\n}\n}\n"), @r#"
    error[brace-on-new-line]: a `{` stands on a new line
     --> Caddyfile:3:5
      |
    2 |     handle
      |     ------ the block of this line must open on this line
    3 |     {
      |     ^ opens a block for nothing
      |
    help: move the `{` to the end of the line above
    note: Caddy says: Unexpected '{' on a new line; did you mean to place the '{' on the previous line?, at Caddyfile:3
    error[text-after-brace]: the rest of the line behind `{` must be empty
     --> Caddyfile:5:9
      |
    5 |     x { y
      |       - ^ belongs on the next line
      |       |
      |       the block opens here
      |
    note: Caddy says: Unexpected next token after '{' on same line, at Caddyfile:5
    error[text-after-brace]: the rest of the line behind `}` must be empty
     --> Caddyfile:6:7
      |
    6 |     } z
      |     - ^ belongs on the next line
      |     |
      |     the block ends here
    error[empty-braces]: `{}` is a word and no empty block
     --> Caddyfile:7:7
      |
    7 |     b {}
      |       ^^
      |
    help: leave it out, or put `}` on the next line; for the two characters write `"{}"`
    note: Caddy says: Unexpected '{}' at end of line, at Caddyfile:7
    error[unexpected-brace]: a `}` closes nothing
     --> Caddyfile:9:1
      |
    9 | }
      | ^ no block is open here
      |
    note: Caddy says: subject does not qualify for certificate: '}'
    "#);
    insta::assert_snapshot!(messages("a {\n    handle /x{\n        log\n    }\n}\n"), @r"
    error[unexpected-brace]: a `}` closes nothing
     --> Caddyfile:5:1
      |
    2 |     handle /x{
      |            --- this `{` is part of the word and opens no block
    ...
    5 | }
      | ^ no block is open here
      |
    help: put a space in front of the `{`
    note: Caddy says: subject does not qualify for certificate: '}'
    ");
}

#[test]
fn looks_of_addresses() {
    insta::assert_snapshot!(messages("a.test,b.test{\n}\nc, {\n}\n@x path /\n"), @r"
    error[address-with-comma]: the site address `a.test,b.test` contains a comma
     --> Caddyfile:1:1
      |
    1 | a.test,b.test{
      | ^^^^^^^^^^^^^^
      |
    help: put a space behind each comma
    note: Caddy says: Site addresses cannot contain a comma ',': 'a.test,b.test' - put a space after the comma to separate site addresses, at Caddyfile:1
    error[address-with-brace]: the site address `a.test,b.test{` ends with a brace
     --> Caddyfile:1:14
      |
    1 | a.test,b.test{
      |              ^ is part of the address
      |
    help: put a space in front of the `{`
    note: Caddy says: Site addresses cannot end with a curly brace: 'a.test,b.test{' - put a space between the token and the brace, at Caddyfile:1
    error[expected-address]: after a comma another site address must follow
     --> Caddyfile:3:2
      |
    3 | c, {
      |  ^ -
      |  |
      |  nothing follows this comma
      |
    help: remove the comma
    note: Caddy says: Expected another address but had '{' - check for extra comma, at Caddyfile:3
    error[matcher-outside-site]: the matcher `@x` is defined outside of a site
     --> Caddyfile:5:1
      |
    5 | @x path /
      | ^^ belongs inside the braces of a site
      |
    note: Caddy says: request matchers may not be defined globally, they must be in a site block; found @x, at Caddyfile:5
    ");
}

#[test]
fn looks_of_variables() {
    insta::assert_snapshot!(messages("{$DOMAIN} {\n}\n{$NOTHING} {\n    email {$MAIL}\n    x {$TWO}\n}\n"), @r"
    error[empty-site-address]: the environment variable `DOMAIN` is not set, so a site has no address
     --> Caddyfile:1:1
      |
    1 | {$DOMAIN} {
      | ^^^^^^^^^ no address stands here then
      |
    help: set `DOMAIN`, or give a default: `{$DOMAIN:localhost}`
    error[empty-site-address]: the environment variable `NOTHING` is set to nothing, so a site has no address
     --> Caddyfile:3:1
      |
    3 | {$NOTHING} {
      | ^^^^^^^^^^ no address stands here then
      |
    help: set `NOTHING`, or give a default: `{$NOTHING:localhost}`
    error[unclosed-block]: a block is not closed: `}` is missing
     --> Caddyfile:3:12
      |
    3 | {$NOTHING} {
      |            ^ opened here
    4 |     email {$MAIL}
    5 |     x {$TWO}
      |       ------ this block may lack its end
    6 | }
      | - this `}` closes it, but stands further left
      |
    note: Caddy says: syntax error: unexpected token '}', expecting '}', at Caddyfile:6 import chain: ['']
    warning[unset-environment-variable]: the environment variable `MAIL` is not set
     --> Caddyfile:4:11
      |
    4 |     email {$MAIL}
      |           ^^^^^^^ nothing stands here then
      |
    help: set it, or give a default: `{$MAIL:default}`
    error[text-after-brace]: the rest of the line behind `{` must be empty
     --> Caddyfile:5:7
      |
    5 |     x {$TWO}
      |       ^^^^^^
      |       |
      |       belongs on the next line
      |       the block opens here
      |
    note: Caddy says: Unexpected next token after '{' on same line, at Caddyfile:5
    ");
}

#[test]
fn looks_of_bytes() {
    insta::assert_snapshot!(messages(b"a\n# caf\xe9\nrespond {\n"), @r"
    error[not-utf8]: the file is not UTF-8
     --> Caddyfile:2:6
      |
    2 | # caf�
      |      ^ the first byte that belongs to no character
      |
    help: save the file as UTF-8
    error[unclosed-block]: a block is not closed: `}` is missing
     --> Caddyfile:3:9
      |
    3 | respond {
      |         ^ opened here
      |
    note: Caddy says: syntax error: unexpected token '{', expecting '}', at Caddyfile:3 import chain: ['']
    ");
    insta::assert_snapshot!(messages(b"\xff\xfea\x00"), @r"
    error[not-utf8]: the file is UTF-16
     --> Caddyfile:1:1
      |
    1 |
      | ^
      |
    help: save it as UTF-8; in PowerShell, write it with `Out-File -Encoding utf8`
    ");
    insta::assert_snapshot!(messages(""), @r"
    error[empty-file]: the file is empty
     --> Caddyfile:1:1
      |
    1 |
      | ^
      |
    help: write a site, such as `localhost` with `respond hello` on the next line
    note: Caddy says: EOF
    ");
}
