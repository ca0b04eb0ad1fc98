//! Untrusted text made fit for a terminal: no control characters, no endless words.

use std::borrow::Cow;

/// How many characters of a user's word a message quotes.
const QUOTED: usize = 60;

/// Replaces what a terminal could obey instead of show: control characters (escape sequences
/// start with one), and the invisible ones that reorder the text around them.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|char| visible(char) != char) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(visible).collect())
}

/// A user's word as a message may quote it: clean, and cut when it is long.
pub fn shorten(word: &str) -> Cow<'_, str> {
    match word.char_indices().nth(QUOTED) {
        None => clean(word),
        Some((end, _)) => Cow::Owned(format!("{}…", clean(&word[..end]))),
    }
}

/// The character to show for `char`; itself if it is harmless.
pub(crate) fn visible(char: char) -> char {
    match char {
        // The control pictures have the order of the control characters.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + char as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_become_pictures() {
        assert_eq!(clean("\u{1b}[31mred\u{7}"), "␛[31mred␇");
        assert_eq!(clean("\u{9b}31m"), "\u{fffd}31m");
        assert_eq!(clean("a\nb\u{7f}"), "a␊b␡");
    }

    #[test]
    fn reordering_characters_become_visible() {
        assert_eq!(clean("a\u{202e}b\u{2066}"), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(clean("grüße 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_words_are_cut_at_a_character() {
        let word = "ä".repeat(61);
        assert_eq!(shorten(&word), format!("{}…", "ä".repeat(60)));
        assert_eq!(shorten(&word[2..]), &word[2..]);
    }
}
