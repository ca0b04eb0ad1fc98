//! The formatter (Caddy: `caddyfile/formatter.go`). Like Caddy's it goes over characters and not
//! tokens, since it must print what Caddy prints for texts that are no Caddyfile, too: only white
//! space and braces change, and every other character stays.

mod formatter;
mod lines;

use evenkeel_diagnostics::{Diagnostic, SourceId, SourceMap, Span};

use crate::errors;
use formatter::Formatter;

/// A text in the usual form: tabs, braces at the end of lines, one empty line at most. Byte for
/// byte what `caddy fmt` prints; so texts that Caddy misreads (such as a backtick at the start of
/// a line) come out as from Caddy.
pub fn format(text: &str) -> String {
    let text = text.trim();
    let mut formatter = Formatter::new(text);
    for (at, char) in text.char_indices() {
        formatter.next(at, char);
    }
    formatter.open_waiting_block();
    let trimmed = formatter.out.trim();
    let mut result = String::with_capacity(trimmed.len() + 1);
    result.push_str(trimmed);
    result.push('\n');
    result
}

/// The line (from 1) on which a text first differs from its formatted form; `None` if it is
/// formatted. `\r\n` counts as `\n`. Caddy: `FormattingDifference`.
pub fn formatting_difference(text: &str) -> Option<u32> {
    let text = text.replace("\r\n", "\n");
    let formatted = format(&text);
    if formatted == text {
        return None;
    }
    let same = text.bytes().zip(formatted.bytes());
    let lines = same
        .take_while(|(before, after)| before == after)
        .filter(|&(byte, _)| byte == b'\n')
        .count();
    u32::try_from(lines + 1).ok()
}

/// Says where a text is not formatted, if it is not. Caddy warns likewise, and reads on.
pub fn formatting_warning(sources: &SourceMap, source: SourceId) -> Option<Diagnostic> {
    let text = sources.text(source);
    let line = formatting_difference(text)? as usize - 1;
    let mut lines = text.split_inclusive('\n');
    let start: usize = lines.by_ref().take(line).map(str::len).sum();
    let length = lines.next().map_or(0, |line| line.trim_end().len());
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    let at = Span::new(source, offset(start), offset(start + length));
    Some(errors::not_formatted(at, sources.name(source)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_end_lines_and_blocks_are_indented_by_tabs() {
        assert_eq!(
            format("a\n{\nb  c\n\n\n\n  d {\ne\n}\n}\nf\n"),
            "a {\n\tb c\n\n\td {\n\t\te\n\t}\n}\nf\n"
        );
    }

    #[test]
    fn says_on_which_line_a_text_is_not_formatted() {
        assert_eq!(formatting_difference("a {\n\tb\n}\n"), None);
        assert_eq!(formatting_difference("a {\r\n\tb\r\n}\r\n"), None);
        assert_eq!(formatting_difference("a {\n\tb\n  c\n}\n"), Some(3));
        assert_eq!(formatting_difference("a"), Some(1));
    }

    #[test]
    fn a_marker_that_almost_ends_again_and_again_costs_no_more_than_its_length() {
        let marker = "a".repeat(1 << 17);
        let text = format!("<<{marker}\n{}x{}", &marker[1..], " ".repeat(1 << 17));
        assert!(format(&text).starts_with("<<a"));
    }
}
