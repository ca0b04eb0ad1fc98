//! No text can harm the reader: it never panics, spans stay inside, and the work is linear.

use evenkeel_diagnostics::{SourceMap, Span, render, render_short};

use crate::ast::{Block, Directive, File};
use crate::lexer::tests::assert_tiles;
use crate::{MemoryHost, Parsed, format, parse};

/// Reads a text and checks what must hold for any.
fn check(text: &[u8]) -> Parsed {
    let mut sources = SourceMap::new();
    let host = MemoryHost::new()
        .variable("A", "x {\n\"")
        .variable("B", "")
        .file(
            "f",
            "import s {args[:]}\n{block}\n(g) {\n{args[0]} {blocks.a}\n}\n",
        )
        .file("g", "import f } {\n}\n");
    let parsed = parse(&mut sources, "Caddyfile", text, &host);
    let texts = Texts {
        sources: &sources,
        import: text.windows(6).any(|word| word == b"import"),
    };
    check_file(&parsed.file, &texts);
    let formatted = format(&String::from_utf8_lossy(text));
    assert!(formatted.ends_with('\n') && !formatted.starts_with('\n') || formatted == "\n");
    for found in parsed.diagnostics.iter().take(5) {
        assert!(!render_short(found, &sources).is_empty());
        assert!(!render(found, &sources, true).is_empty());
    }
    parsed
}

struct Texts<'a> {
    sources: &'a SourceMap,
    /// Something in them may be imported.
    import: bool,
}

fn check_file(file: &File, texts: &Texts<'_>) {
    for site in &file.sites {
        assert!(!site.keys.is_empty());
        site.keys.iter().for_each(|key| fits(key.span, texts));
        check_block(&site.block, None, texts);
    }
    let routes = file.named_routes.iter().map(|route| &route.block);
    for block in routes.chain(&file.options) {
        check_block(block, None, texts);
    }
}

fn check_block(block: &Block, outer: Option<Span>, texts: &Texts<'_>) {
    inside(block.span, outer, texts);
    for line in &block.lines {
        check_line(line, block.span, texts);
    }
}

fn check_line(line: &Directive, outer: Span, texts: &Texts<'_>) {
    inside(line.span(), Some(outer), texts);
    for arg in &line.args {
        inside(arg.span, Some(line.line_span()), texts);
    }
    if let Some(block) = &line.block {
        check_block(block, Some(line.span()), texts);
    }
}

/// What stands in a block is written in it, unless an import brought it there.
fn inside(span: Span, outer: Option<Span>, texts: &Texts<'_>) {
    fits(span, texts);
    let Some(outer) = outer else { return };
    assert!(
        texts.import || (outer.start <= span.start && span.end <= outer.end),
        "{span:?} in {outer:?}"
    );
}

fn fits(span: Span, texts: &Texts<'_>) {
    assert!(span.start <= span.end, "{span:?}");
    assert!(
        span.end as usize <= texts.sources.text(span.source).len(),
        "{span:?}"
    );
}

/// A quadratic step anywhere would keep these texts busy for minutes.
#[test]
fn large_hostile_texts_are_read_in_linear_time() {
    let pieces = [
        "{",
        "{ ",
        "{\n",
        "}\n",
        "} ",
        "\"",
        "\"\n",
        "\"\\\n",
        "\\\"\n",
        "`\n",
        "`",
        "<<",
        "<<\n",
        "<<a\n",
        "<<a\nb",
        "{$",
        "{$}",
        "{$A}",
        "{$B}",
        "{$C}\n",
        "\\",
        "\\\n",
        "\\ ",
        "\\\r",
        "\r",
        "a\r",
        "a {\n",
        "a { ",
        "a, ",
        "a,",
        "@",
        "(a) {\n}\n",
        "#\n",
        "# {$C}\n",
        "\u{feff}",
        "a\n",
        "import a\n",
        "x{\n",
        "<<<\n",
        "a <<b c\n",
        "\u{a0}",
        "{}\n",
        "a {} ",
        "{\n}\n",
        "(s) {\n",
        "(s) {\nlog\n}\nimport s\n",
        "import f\n",
        "import f a {\n",
        "import f {\n}\n",
        "import g {",
        "{args[0]}",
        "{block} ",
        "import \n",
    ];
    for piece in pieces {
        check(piece.repeat((1 << 16) / piece.len()).as_bytes());
    }
}

#[test]
fn many_different_unclosed_heredocs_are_read_in_linear_time() {
    let lines: Vec<String> = (0..10_000)
        .map(|index| format!("<<x{index}z\n\"y{index}\\\n"))
        .collect();
    check(lines.concat().as_bytes());
}

#[test]
fn blocks_nested_without_end_are_one_error() {
    let parsed = check("a {\n".repeat(100_000).as_bytes());
    let ids: Vec<_> = parsed.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(ids, ["nested-too-deep", "unclosed-block"]);
    let closed = format!("{}{}", "a {\n".repeat(20_000), "}\n".repeat(20_000));
    let parsed = check(closed.as_bytes());
    let ids: Vec<_> = parsed.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(ids, ["nested-too-deep"]);
}

#[test]
fn a_hostile_file_gets_a_bounded_number_of_messages() {
    let parsed = check("}\n".repeat(100_000).as_bytes());
    let found = parsed.diagnostics.into_sorted();
    assert_eq!(found.len(), 201);
    assert_eq!(found[200].id, "too-many-findings");
}

const PIECES: [&str; 45] = [
    "{",
    "}",
    "\n",
    " ",
    "\"",
    "`",
    "\\",
    "<<",
    "EOF",
    "<<EOF\n",
    "#",
    ",",
    "a",
    "{$A}",
    "{$B}",
    "{$C}",
    "{$C:d}",
    "{$",
    "\r",
    "\t",
    "\u{feff}",
    "ä",
    "日",
    "@m",
    "(s)",
    "&(r)",
    "import",
    "a {\n",
    "}\n",
    " {\n",
    "\u{1b}[0m",
    "{}",
    "\u{a0}",
    "\\<",
    "\nimport s ",
    "\nimport f ",
    "\nimport g a b {\n",
    "\n(s) {\n",
    "\n(t) {\nimport s {args[0]} {\n{block}\n}\n}\n",
    "\nimport t x {\n",
    " {args[0]} ",
    "{args[:]}",
    " {block} ",
    " {blocks.a} ",
    "*",
];

/// Pieces of the language thrown together, and texts with bytes changed.
#[test]
fn random_texts_never_panic_and_keep_their_spans() {
    let mut random = Random(42);
    for _ in 0..3000 {
        let length = random.below(40);
        let mut text: String = (0..length)
            .map(|_| PIECES[random.below(PIECES.len())])
            .collect();
        assert_tiles(&text);
        check(text.as_bytes());
        if !text.is_empty() {
            // One byte changed: often no longer UTF-8.
            let mut bytes = std::mem::take(&mut text).into_bytes();
            let at = random.below(bytes.len());
            bytes[at] = random.byte();
            check(&bytes);
        }
    }
}

/// A linear congruential generator: the same texts in every run.
struct Random(u64);

impl Random {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.to_be_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % bound
    }
}
