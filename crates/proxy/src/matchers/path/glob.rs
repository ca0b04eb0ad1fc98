//! Globs in which `*` and `?` do not cross a slash. Caddy: Go's `path.Match`.

/// Whether a pattern covers a whole text. A broken pattern covers nothing. Takes time in
/// proportion to the product of the lengths at worst.
pub(crate) fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    'chunks: while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return !text.contains(&b'/');
        }
        if let Some(tail) = match_chunk(chunk, text)
            && (tail.is_empty() || !pattern.is_empty())
        {
            text = tail;
            continue;
        }
        if !star {
            return false;
        }
        let reach = text
            .iter()
            .position(|&byte| byte == b'/')
            .unwrap_or(text.len());
        for skipped in 1..=reach {
            let Some(tail) = match_chunk(chunk, &text[skipped..]) else {
                continue;
            };
            if pattern.is_empty() && !tail.is_empty() {
                continue;
            }
            text = tail;
            continue 'chunks;
        }
        return false;
    }
    text.is_empty()
}

/// Whether the pattern starts with stars, what follows up to the next one, and the rest.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|&&byte| byte == b'*').count();
    let pattern = &pattern[stars..];
    let (mut in_class, mut at) = (false, 0);
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, rest) = pattern.split_at(at.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// Matches a chunk without stars at the start of a text; what is left of the text.
fn match_chunk<'t>(mut chunk: &[u8], mut text: &'t [u8]) -> Option<&'t [u8]> {
    while let Some((&first, rest)) = chunk.split_first() {
        let (character, length) = character(text)?;
        match first {
            b'[' => {
                let (covers, rest) = class(rest, character)?;
                if !covers {
                    return None;
                }
                (chunk, text) = (rest, &text[length..]);
            }
            b'?' => {
                if text[0] == b'/' {
                    return None;
                }
                (chunk, text) = (rest, &text[length..]);
            }
            _ => {
                let (&literal, rest) = if first == b'\\' {
                    rest.split_first()?
                } else {
                    (&first, rest)
                };
                if text[0] != literal {
                    return None;
                }
                (chunk, text) = (rest, &text[1..]);
            }
        }
    }
    Some(text)
}

/// Reads a class behind its `[`: whether it covers a character, and the pattern behind its `]`.
fn class(mut pattern: &[u8], wanted: u32) -> Option<(bool, &[u8])> {
    let negated = pattern.first() == Some(&b'^');
    if negated {
        pattern = &pattern[1..];
    }
    let (mut covers, mut ranges) = (false, 0);
    loop {
        if pattern.first() == Some(&b']') && ranges > 0 {
            return Some((covers != negated, &pattern[1..]));
        }
        let (low, rest) = class_character(pattern)?;
        let (high, rest) = match rest.strip_prefix(b"-") {
            Some(rest) => class_character(rest)?,
            None => (low, rest),
        };
        covers |= (low..=high).contains(&wanted);
        ranges += 1;
        pattern = rest;
    }
}

fn class_character(pattern: &[u8]) -> Option<(u32, &[u8])> {
    let pattern = match pattern.first()? {
        b'-' | b']' => return None,
        b'\\' => &pattern[1..],
        _ => pattern,
    };
    let (value, length) = character(pattern)?;
    let rest = &pattern[length..];
    // A class must be closed.
    (!rest.is_empty()).then_some((value, rest))
}

/// The first character and its length; a byte that is not UTF-8 counts as U+FFFD.
fn character(text: &[u8]) -> Option<(u32, usize)> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some((first.into(), 1));
    }
    for length in 2..=4.min(text.len()) {
        if let Ok(decoded) = std::str::from_utf8(&text[..length]) {
            return decoded
                .chars()
                .next()
                .map(|character| (character.into(), length));
        }
    }
    Some((0xFFFD, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_what_gos_path_match_covers() {
        // From the table in Go's documentation and tests of `path.Match`.
        let table = [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "a", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[e-g]", "abc", false),
            ("ab[^c]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a?b", "a☺b", true),
            ("a[^a]b", "a☺b", true),
            ("a???b", "a☺b", false),
            ("[a-ζ]*", "α", true),
            ("*[a-ζ]", "A", false),
            ("a?b", "a/b", false),
            ("a*b", "a/b", false),
            ("[\\]a]", "]", true),
            ("[\\-x]", "-", true),
            ("[]a]", "]", false),
            ("[-x]", "-", false),
            ("[a-b-d]", "a", false),
            ("[", "a", false),
            ("[^bc", "a", false),
            ("a[", "a", false),
            ("*x", "xxx", true),
            ("a\\", "a", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes()),
                expected,
                "{pattern} {text}"
            );
        }
    }
}
