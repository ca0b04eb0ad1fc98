//! No text can harm the reader: it never panics, spans stay inside, and the work is linear.

use evenkeel_diagnostics::SourceMap;

use crate::Parsed;
use crate::fuzz::{self, Mutator, seeds};

/// How many findings the bag takes, and the one that says that there are more.
const MOST_FINDINGS: usize = 201;

/// Reads a text and checks what must hold for any.
fn check(text: &[u8]) -> Parsed {
    fuzz::format_idempotent(text);
    fuzz::parse(text)
}

const PIECES: [&str; 53] = [
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

/// A quadratic step anywhere would keep these texts busy for minutes. Reading and formatting are
/// done once; what else must hold is looked at in texts that are a sixteenth of the size.
#[test]
fn large_hostile_texts_are_read_in_linear_time() {
    for piece in PIECES {
        let text = piece.repeat((1 << 16) / piece.len());
        let formatted = crate::format(&text);
        assert!(formatted.len() <= 16 * text.len(), "{piece:?}");
        // Each block holds all that follow, so the work is that of the import budget.
        if !piece.starts_with("import f a {") {
            let mut sources = SourceMap::new();
            let parsed = crate::parse(&mut sources, "Caddyfile", text.as_bytes(), &fuzz::world());
            assert!(parsed.diagnostics.len() <= MOST_FINDINGS, "{piece:?}");
        }
    }
}

#[test]
fn hostile_texts_keep_what_holds_for_all() {
    for piece in PIECES {
        check(piece.repeat((1 << 12) / piece.len()).as_bytes());
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

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn what_fuzzing_found_stays_mended() {
    for text in seeds(ROOT) {
        fuzz::lex(text.as_bytes());
        check(text.as_bytes());
    }
}

#[test]
fn random_texts_never_panic_and_keep_their_spans() {
    let seeds = seeds(ROOT);
    let mut mutator = Mutator::new(42, &seeds);
    for round in 0..1500 {
        let text = if round % 2 == 0 {
            mutator.noise()
        } else {
            mutator.text()
        };
        let broken = mutator.broken(&text);
        for bytes in [text.as_bytes(), &broken] {
            fuzz::lex(bytes);
            check(bytes);
        }
    }
}
