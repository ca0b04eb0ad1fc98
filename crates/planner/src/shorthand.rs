//! Placeholder shorthands: `{host}` becomes `{http.request.host}`. They hold in every word of a
//! site, quoted or not. Caddy: `httpcaddyfile/shorthands.go`.

use evenkeel_caddyfile::ast::{Block, Directive, Word};
use evenkeel_plan::placeholders::{PREFIXES, SHORT};

/// The block with all shorthands replaced.
pub(crate) fn expand_block(block: &Block) -> Block {
    Block {
        lines: block.lines.iter().map(expand_line).collect(),
        span: block.span,
    }
}

/// The name of the shorthand that has become this word, if one has.
pub(crate) fn name_of(text: &str) -> Option<&'static str> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let (name, _) = SHORT.iter().find(|(_, long)| *long == inner)?;
    Some(name)
}

fn expand_line(line: &Directive) -> Directive {
    Directive {
        name: expand_word(&line.name),
        args: line.args.iter().map(expand_word).collect(),
        block: line.block.as_ref().map(expand_block),
    }
}

fn expand_word(word: &Word) -> Word {
    Word {
        text: expand(&word.text),
        quote: word.quote,
        span: word.span,
    }
}

fn expand(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let taken = replace(&rest[1..], &mut out);
        if taken == 0 {
            out.push('{');
        }
        rest = &rest[1 + taken..];
    }
    out.push_str(rest);
    out
}

/// Replaces the shorthand that `text` (behind the `{`) starts with; says how long it was.
fn replace(text: &str, out: &mut String) -> usize {
    let end = text
        .bytes()
        .position(|byte| !is_inner(byte))
        .unwrap_or(text.len());
    if text.as_bytes().get(end) != Some(&b'}') {
        return 0;
    }
    let inner = &text[..end];
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == inner) {
        out.extend(["{", long, "}"]);
        return end + 1;
    }
    let prefixed = PREFIXES.iter().find_map(|&(prefix, long, dots)| {
        let rest = inner.strip_prefix(prefix)?;
        let is_fine = |byte| is_word(byte) || (dots && byte == b'.');
        rest.bytes().all(is_fine).then_some((long, rest))
    });
    match prefixed {
        Some((long, rest)) => {
            out.extend(["{", long, rest, "}"]);
            end + 1
        }
        None => 0,
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

const fn is_inner(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'%' | b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthands_are_replaced_wherever_they_stand() {
        let table = [
            (
                "a {host}{port} b",
                "a {http.request.host}{http.request.port} b",
            ),
            (
                "{header.X-Id} {re.name.1}",
                "{http.request.header.X-Id} {http.regexp.name.1}",
            ),
            ("{{host}}", "{{http.request.host}}"),
            (
                "{file.base}{file.x}",
                "{http.request.uri.path.file.base}{file.x}",
            ),
            (
                "{query}{?query}",
                "{http.request.uri.query}{http.request.uri.prefixed_query}",
            ),
            ("{header.a.b} {unknown} {", "{header.a.b} {unknown} {"),
            ("{host {host}", "{host {http.request.host}"),
            ("ä{uri}ä", "ä{http.request.uri}ä"),
        ];
        for (text, expected) in table {
            assert_eq!(expand(text), expected);
        }
    }
}
