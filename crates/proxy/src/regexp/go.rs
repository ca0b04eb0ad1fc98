//! From Go's syntax of regular expressions to that of the crate `regex`, where the two differ:
//! classes of one letter are ASCII in Go, brackets and operators within a class are literal, and
//! so is a brace that is no repetition. Source: the documentation of Go's `regexp/syntax`.

use std::borrow::Cow;

/// The same expression in the syntax of `regex`.
pub(crate) fn translate(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains(['\\', '[', '{']) {
        return Cow::Borrowed(pattern);
    }
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '\\' => escape(rest, &mut out),
            '[' => class(rest, &mut out),
            '{' if !is_repetition(rest) => {
                out.push_str(r"\{");
                1
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// Translates an escape outside of a class; how many bytes it takes.
fn escape(text: &str, out: &mut String) -> usize {
    if let Some(quoted) = text.strip_prefix(r"\Q") {
        let end = quoted.find(r"\E").unwrap_or(quoted.len());
        out.push_str(&regex::escape(&quoted[..end]));
        return (2 + end + 2).min(text.len());
    }
    match text.as_bytes().get(1) {
        Some(b'b') => out.push_str(r"(?-u:\b)"),
        Some(b'B') => out.push_str(r"(?-u:\B)"),
        _ => return letter_class(text, out),
    }
    2
}

/// Translates `\d` and its like, which may stand in a class, too.
fn letter_class(text: &str, out: &mut String) -> usize {
    let class = match text.as_bytes().get(1) {
        Some(b'd') => "[0-9]",
        Some(b'D') => "[^0-9]",
        Some(b's') => r"[\t\n\f\r ]",
        Some(b'S') => r"[^\t\n\f\r ]",
        Some(b'w') => "[0-9A-Za-z_]",
        Some(b'W') => "[^0-9A-Za-z_]",
        _ => {
            let end = text.char_indices().nth(2).map_or(text.len(), |(at, _)| at);
            out.push_str(&text[..end]);
            return end;
        }
    };
    out.push_str(class);
    2
}

/// Translates a class in brackets; how many bytes it takes. One that is not closed is left for
/// the compiler to complain about.
fn class(text: &str, out: &mut String) -> usize {
    let mut at = 1;
    out.push('[');
    if text[at..].starts_with('^') {
        out.push('^');
        at += 1;
    }
    if text[at..].starts_with(']') {
        out.push_str(r"\]");
        at += 1;
    }
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        match next {
            ']' => {
                out.push(']');
                return at + 1;
            }
            '\\' => at += letter_class(rest, out),
            '[' => at += bracket(rest, out),
            '&' | '~' => {
                out.push('\\');
                out.push(next);
                at += 1;
            }
            // `--` would be a difference of sets.
            '-' if rest.starts_with("--") || rest.starts_with("-]") => {
                out.push_str(r"\-");
                at += 1;
            }
            other => {
                out.push(other);
                at += other.len_utf8();
            }
        }
    }
    at
}

/// Translates a `[` within a class, which is literal unless it opens a class by name.
fn bracket(text: &str, out: &mut String) -> usize {
    if text.starts_with("[:")
        && let Some(end) = text.find(":]")
    {
        out.push_str(&text[..end + 2]);
        return end + 2;
    }
    out.push_str(r"\[");
    1
}

/// `{2}`, `{2,}` or `{2,3}`.
fn is_repetition(text: &str) -> bool {
    let Some(end) = text.find('}') else {
        return false;
    };
    let (least, most) = text[1..end].split_once(',').unwrap_or((&text[1..end], ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && is_number(least) && is_number(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_cover_what_they_cover_in_go() {
        let table = [
            (r"^\d+$", "12", true),
            (r"^\d$", "\u{662}", false),
            (r"^\w$", "\u{e9}", false),
            (r"^[\w-]+$", "a-b", true),
            (r"^[^\d]$", "1", false),
            (r"^[^[]+$", "a]b", true),
            (r"^[[]$", "[", true),
            (r"^[]a]+$", "]a", true),
            (r"^[a&&b]+$", "a&b", true),
            (r"^[[:alpha:]_]+$", "a_B", true),
            (r"^\Qa.b\E+$", "a.bb", true),
            (r"^\Qa.b\E$", "axb", false),
            (r"^a{2}$", "aa", true),
            (r"^a{x}$", "a{x}", true),
            (r"^a{,2}$", "a{,2}", true),
            (r"^\{b\}$", "{b}", true),
            (r"\bb\b", "a b", true),
            ("^.$", "\u{e9}", true),
            (r"^[\d-x]+$", "1-x", true),
        ];
        for (pattern, text, expected) in table {
            let translated = translate(pattern);
            let regex = regex::bytes::Regex::new(&translated).unwrap();
            assert_eq!(
                regex.is_match(text.as_bytes()),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn nonsense_is_translated_without_a_panic() {
        for pattern in [
            "\\", "[", "[\\", "[[:", "{", "\\Q", "a{", "[^", "[\u{e9}", "\\\u{e9}",
        ] {
            drop(translate(pattern));
        }
    }
}
