//! `{args[0]}`, `{args[1:3]}` and the old `{args.0}` in the words of an import (Caddy:
//! `importargs.go`, and `Replacer.ReplaceKnown` for the search).

use std::ops::Range;

/// Why a placeholder stays as it is (or, for the old form, is replaced nevertheless).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ArgumentFault {
    /// `{args.0}`.
    OldForm,
    /// There are fewer arguments.
    OutOfRange,
    /// What stands in the brackets is no number.
    NoNumber,
    /// A range that begins or ends behind the arguments.
    RangeOutOfRange,
    /// A range that does not begin with a number.
    NoStart,
    /// A range that does not end with a number.
    NoEnd,
    /// `{args[]}`.
    Empty,
    /// A range within a word.
    RangeInWord,
}

/// Unclosed braces in a word behind which Caddy gives up and drops the word.
const MOST_UNCLOSED: usize = 100;

/// A longer text in braces names no argument.
const LONGEST_KEY: usize = 256;

/// The range of arguments that a word stands for, if it is `{args[a:b]}`.
pub(super) fn range(word: &str, count: usize) -> Option<Result<Range<usize>, ArgumentFault>> {
    let inside = word.strip_prefix("{args[")?.strip_suffix("]}")?;
    if inside.is_empty() {
        return Some(Err(ArgumentFault::Empty));
    }
    let (start, end) = inside.split_once(':')?;
    // A word of several placeholders.
    if start.contains('}') || end.contains('{') {
        return None;
    }
    let bound = |text: &str, default, fault| match text {
        "" => Ok(default),
        text => number(text).ok_or(fault),
    };
    Some(bound(start, 0, ArgumentFault::NoStart).and_then(|start| {
        let end = bound(end, index(count), ArgumentFault::NoEnd)?;
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        match range {
            Some((start, end)) if start <= end && end <= count => Ok(start..end),
            _ => Err(ArgumentFault::RangeOutOfRange),
        }
    }))
}

/// A word with its placeholders replaced; `report` gets what stands in the braces of one that is
/// not. A backslash in front of a brace keeps it from opening
/// or closing a placeholder, and goes away.
pub(super) fn replace(
    word: &str,
    args: &[String],
    report: &mut dyn FnMut(ArgumentFault, &str),
) -> Option<String> {
    if !word.contains(['{', '}']) {
        return None;
    }
    let bytes = word.as_bytes();
    let mut out = String::with_capacity(word.len());
    let (mut copied, mut at, mut unclosed) = (0, 0, 0);
    let mut known_end = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if at > 0 && bytes[at - 1] == b'\\' && matches!(byte, b'{' | b'}') {
            // The backslash may have been copied with what came before it.
            out.push_str(word.get(copied..at - 1).unwrap_or_default());
            copied = at;
            at += 1;
            continue;
        }
        if byte != b'{' {
            at += 1;
            continue;
        }
        if unclosed > MOST_UNCLOSED {
            return Some(String::new());
        }
        // Braces before the same end share it, so the search stays linear.
        if known_end <= at {
            let Some(end) = end_of_placeholder(bytes, at) else {
                unclosed += 1;
                at += 1;
                continue;
            };
            known_end = end;
        }
        let end = known_end;
        out.push_str(&word[copied..at]);
        copied = at;
        if let Some(value) = value(&word[at + 1..end], args, report) {
            out.push_str(value);
            copied = end + 1;
            at = end;
        }
        at += 1;
    }
    out.push_str(&word[copied..]);
    Some(out)
}

/// The first closing brace that no backslash escapes; the last one of the word closes in any case.
fn end_of_placeholder(bytes: &[u8], open: usize) -> Option<usize> {
    let next = |from: usize| {
        let found = bytes[from..].iter().position(|&byte| byte == b'}')?;
        Some(from + found)
    };
    let mut end = next(open)?;
    while end < bytes.len() - 1 && bytes[end - 1] == b'\\' {
        end = next(end + 1)?;
    }
    Some(end)
}

/// The argument that a key names. Caddy looks for `args` anywhere in it.
fn value<'a>(
    key: &str,
    args: &'a [String],
    report: &mut dyn FnMut(ArgumentFault, &str),
) -> Option<&'a str> {
    if key.len() > LONGEST_KEY {
        return None;
    }
    let (text, is_old) = match old_form(key) {
        Some(text) => (text, true),
        None => (bracketed(key)?, false),
    };
    if !is_old && text.contains(':') {
        report(ArgumentFault::RangeInWord, key);
        return None;
    }
    let Some(number) = number(text) else {
        report(ArgumentFault::NoNumber, key);
        return None;
    };
    let Some(arg) = usize::try_from(number).ok().and_then(|at| args.get(at)) else {
        report(ArgumentFault::OutOfRange, key);
        return None;
    };
    if is_old {
        report(ArgumentFault::OldForm, key);
    }
    Some(arg)
}

/// `args\.(.+)`.
fn old_form(key: &str) -> Option<&str> {
    let mut found = key.match_indices("args.");
    found.find_map(|(at, name)| {
        let rest = &key[at + name.len()..];
        let line = rest.split('\n').next().unwrap_or_default();
        (!line.is_empty()).then_some(line)
    })
}

/// `args\[(.+)]`.
fn bracketed(key: &str) -> Option<&str> {
    let mut found = key.match_indices("args[");
    found.find_map(|(at, name)| {
        let rest = &key[at + name.len()..];
        let line = rest.split('\n').next().unwrap_or_default();
        let end = line.rfind(']')?;
        (end > 0).then(|| &line[..end])
    })
}

/// Go's `strconv.Atoi`.
fn number(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn index(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(word: &str) -> (String, Vec<ArgumentFault>) {
        let args = ["x y".to_owned(), "{args[0]}".to_owned()];
        let mut faults = Vec::new();
        let text = replace(word, &args, &mut |fault, _| faults.push(fault));
        (text.unwrap_or_else(|| word.to_owned()), faults)
    }

    #[test]
    fn an_index_is_replaced_wherever_it_stands_and_only_once() {
        assert_eq!(replaced("a{args[0]}b{args[1]}{c}").0, "ax yb{args[0]}{c}");
        assert_eq!(replaced("{$args[0]").0, "{$args[0]");
        assert_eq!(replaced("}{args[0]}{").0, "}x y{");
    }

    #[test]
    fn a_backslash_in_front_of_a_brace_goes_away() {
        assert_eq!(replaced("\\{args[0]\\}").0, "{args[0]}");
        assert_eq!(replaced("\\{{args[0]}").0, "{x y");
        assert_eq!(replaced("\\\\").0, "\\\\");
    }

    #[test]
    fn what_cannot_be_replaced_stays_and_is_reported() {
        let table = [
            ("{args[2]}", ArgumentFault::OutOfRange),
            ("{args[-1]}", ArgumentFault::OutOfRange),
            ("{args.x}", ArgumentFault::NoNumber),
            ("a{args[0:1]}", ArgumentFault::RangeInWord),
        ];
        for (word, fault) in table {
            assert_eq!(replaced(word), (word.to_owned(), vec![fault]));
        }
        assert_eq!(
            replaced("{args.0}"),
            ("x y".to_owned(), vec![ArgumentFault::OldForm])
        );
    }

    #[test]
    fn ranges_are_words_of_their_own() {
        assert_eq!(range("{args[1:3]}", 3), Some(Ok(1..3)));
        assert_eq!(range("{args[:]}", 3), Some(Ok(0..3)));
        assert_eq!(range("{args[2:]}", 3), Some(Ok(2..3)));
        assert_eq!(
            range("{args[2:1]}", 3),
            Some(Err(ArgumentFault::RangeOutOfRange))
        );
        assert_eq!(
            range("{args[:4]}", 3),
            Some(Err(ArgumentFault::RangeOutOfRange))
        );
        assert_eq!(range("{args[a:]}", 3), Some(Err(ArgumentFault::NoStart)));
        assert_eq!(range("{args[:b]}", 3), Some(Err(ArgumentFault::NoEnd)));
        assert_eq!(range("{args[]}", 3), Some(Err(ArgumentFault::Empty)));
        assert_eq!(range("{args[0]}", 3), None);
        assert_eq!(range("x{args[:]}", 3), None);
        assert_eq!(range("{args[0]}:{args[1]}", 3), None);
        assert_eq!(range("{args[0]} {args[1:2]}", 3), None);
    }

    #[test]
    fn thousands_of_unclosed_braces_are_given_up_on() {
        assert_eq!(replaced(&"{".repeat(100_000)).0, "");
        assert_eq!(replaced(&"\\{".repeat(10)).0, "{".repeat(10));
    }
}
