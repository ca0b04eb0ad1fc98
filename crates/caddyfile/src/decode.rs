//! From bytes to text. A file that is not UTF-8 is still read as far as that makes sense, so that
//! one stray byte in a comment does not hide the other mistakes.

use evenkeel_diagnostics::{Diagnostic, SourceId, Span};

use crate::errors;

/// Caddyfiles are written by hand; a larger one is something else. The bound also keeps spans
/// within their 32 bits, and memory in proportion.
pub(crate) const LARGEST: usize = 16 << 20;

/// The text of a file.
pub(crate) struct Decoded {
    /// The text; what is not UTF-8 is replaced by U+FFFD.
    pub(crate) text: String,
    /// Why the text is not what the file holds.
    pub(crate) problem: Option<Problem>,
}

/// What kept a file from being taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// There is not one byte (Caddy: `EOF`). Only a comment, or only blanks, is a valid file.
    Empty,
    /// Longer than [`LARGEST`].
    TooLarge,
    /// UTF-16, as some editors and shells of Windows write.
    Utf16,
    /// Not UTF-8 at this byte.
    NotUtf8(u32),
}

pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let unreadable = |problem| Decoded {
        text: String::new(),
        problem: Some(problem),
    };
    if bytes.is_empty() {
        return unreadable(Problem::Empty);
    }
    if bytes.len() > LARGEST {
        return unreadable(Problem::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return unreadable(Problem::Utf16);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: text.to_owned(),
            problem: None,
        },
        Err(error) => {
            // In front of the first bad byte the offsets of file and text agree.
            let at = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            let text = String::from_utf8_lossy(bytes).into_owned();
            Decoded {
                text,
                problem: Some(Problem::NotUtf8(at)),
            }
        }
    }
}

impl Problem {
    pub(crate) fn diagnostic(self, source: SourceId) -> Diagnostic {
        let start = Span::new(source, 0, 0);
        match self {
            Self::Empty => errors::empty_file(start),
            Self::TooLarge => errors::too_large(start),
            Self::Utf16 => errors::utf16(start),
            Self::NotUtf8(at) => {
                let replacement = u32::try_from(char::REPLACEMENT_CHARACTER.len_utf8());
                errors::not_utf8(Span::new(source, at, at + replacement.unwrap_or(0)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why_a_file_is_not_taken_as_it_is() {
        let problem = |bytes: &[u8]| decode(bytes).problem;
        assert_eq!(problem(b""), Some(Problem::Empty));
        assert_eq!(problem(b"# only a comment"), None);
        assert_eq!(problem(b"\xff\xfe:\x00"), Some(Problem::Utf16));
        assert_eq!(problem(b"ab\xc3("), Some(Problem::NotUtf8(2)));
        assert_eq!(problem(&vec![b' '; LARGEST + 1]), Some(Problem::TooLarge));
    }

    #[test]
    fn keeps_what_is_readable_around_a_bad_byte() {
        assert_eq!(decode(b"a\xffb").text, "a\u{fffd}b");
    }
}
