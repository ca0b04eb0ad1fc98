//! Numbers of bytes: `10MB`, `4KiB`, `1.5 g`. Caddy reads them with go-humanize's `ParseBytes`.

use evenkeel_caddyfile::ast::Word;

use crate::errors::{self, Read};

/// Units in lower case, and their bytes.
static UNITS: &[(&str, f64)] = &[
    ("", 1.0),
    ("b", 1.0),
    ("k", 1e3),
    ("kb", 1e3),
    ("ki", KIBI),
    ("kib", KIBI),
    ("m", 1e6),
    ("mb", 1e6),
    ("mi", KIBI * KIBI),
    ("mib", KIBI * KIBI),
    ("g", 1e9),
    ("gb", 1e9),
    ("gi", KIBI * KIBI * KIBI),
    ("gib", KIBI * KIBI * KIBI),
    ("t", 1e12),
    ("tb", 1e12),
    ("ti", KIBI * KIBI * KIBI * KIBI),
    ("tib", KIBI * KIBI * KIBI * KIBI),
    ("p", 1e15),
    ("pb", 1e15),
    ("pi", KIBI * KIBI * KIBI * KIBI * KIBI),
    ("pib", KIBI * KIBI * KIBI * KIBI * KIBI),
    ("e", 1e18),
    ("eb", 1e18),
    ("ei", KIBI * KIBI * KIBI * KIBI * KIBI * KIBI),
    ("eib", KIBI * KIBI * KIBI * KIBI * KIBI * KIBI),
];

const KIBI: f64 = 1024.0;

/// The first number that is too large for 64 bits with a sign.
const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;

/// The bytes a word stands for.
pub(crate) fn bytes(word: &Word) -> Read<i64> {
    parse(&word.text).ok_or_else(|| errors::bad_size(word))
}

/// Whether a text in lower case is the name of a unit.
pub(crate) fn is_unit(text: &str) -> bool {
    UNITS.iter().any(|(name, _)| *name == text)
}

fn parse(text: &str) -> Option<i64> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
    let number: f64 = text[..end].replace(',', "").parse().ok()?;
    let unit = text[end..].trim().to_ascii_lowercase();
    let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let bytes = number * scale;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what lies behind the decimal point is no byte, and the range is checked"
    )]
    (bytes < TOO_LARGE).then_some(bytes as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_decimal_unless_they_have_an_i() {
        let table = [
            ("12", Some(12)),
            ("4k", Some(4_000)),
            ("4 MB", Some(4_000_000)),
            ("4Mi", Some(4_194_304)),
            ("1.5KiB", Some(1_536)),
            ("1,000", Some(1_000)),
            ("x", None),
            ("-1", None),
            ("1 x", None),
            ("8EiB", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
