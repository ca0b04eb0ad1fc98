//! Parts of a file that a client asks for (RFC 9110 section 14). Caddy: Go's `parseRange`.

/// More ranges than this in one request are not looked at: the whole file is sent.
const MOST: usize = 256;

/// Where a part begins, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// What a `Range` field asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it.
    Whole,
    /// These parts, one or more.
    Parts(Vec<Part>),
    /// Nothing that is there.
    NoOverlap,
    /// Nobody knows what.
    Invalid,
}

impl Part {
    /// The value of `Content-Range`.
    pub(super) fn content_range(self, size: u64) -> String {
        let Self { start, length } = self;
        format!(
            "bytes {start}-{}/{size}",
            (start + length).saturating_sub(1)
        )
    }
}

/// Reads a `Range` field for a file of a size.
pub(super) fn parse(field: &str, size: u64) -> Asked {
    if field.is_empty() {
        return Asked::Whole;
    }
    let Some(list) = field.strip_prefix("bytes=") else {
        return Asked::Invalid;
    };
    if list.split(',').count() > MOST {
        return Asked::Whole;
    }
    let (mut parts, mut overlaps) = (Vec::new(), true);
    for item in list
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        match part(item, size) {
            One::Invalid => return Asked::Invalid,
            One::NoOverlap => overlaps = false,
            One::Part(part) => parts.push(part),
        }
    }
    if parts.is_empty() {
        // A client that always asks for the beginning gets an empty file, too.
        return if overlaps || size == 0 {
            Asked::Whole
        } else {
            Asked::NoOverlap
        };
    }
    let total = parts
        .iter()
        .fold(0_u64, |sum, part| sum.saturating_add(part.length));
    if total > size {
        // The whole is less: an attack, or a client that does not know what it does.
        return Asked::Whole;
    }
    Asked::Parts(parts)
}

/// What one item of the list asks for.
enum One {
    Part(Part),
    NoOverlap,
    Invalid,
}

fn part(item: &str, size: u64) -> One {
    let Some((start, end)) = item.split_once('-') else {
        return One::Invalid;
    };
    match (start.trim(), end.trim()) {
        ("", end) => last(end, size),
        (start, end) => from(start, end, size),
    }
}

/// The last bytes.
fn last(length: &str, size: u64) -> One {
    match number(length) {
        None => One::Invalid,
        Some(0) if size > 0 => One::NoOverlap,
        Some(length) => {
            let length = length.min(size);
            let start = size - length;
            One::Part(Part { start, length })
        }
    }
}

fn from(start: &str, end: &str, size: u64) -> One {
    let Some(start) = number(start) else {
        return One::Invalid;
    };
    if start >= size {
        return One::NoOverlap;
    }
    if end.is_empty() {
        let length = size - start;
        return One::Part(Part { start, length });
    }
    match number(end) {
        Some(end) if end >= start => {
            let length = end.min(size - 1) - start + 1;
            One::Part(Part { start, length })
        }
        _ => One::Invalid,
    }
}

/// Digits only. A number too great is as good as the greatest.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_go_reads_them() {
        let parts = |parts: &[(u64, u64)]| {
            let parts = parts.iter().map(|&(start, length)| Part { start, length });
            Asked::Parts(parts.collect())
        };
        let table = [
            ("", Asked::Whole),
            ("bytes=0-4", parts(&[(0, 5)])),
            ("bytes=2-", parts(&[(2, 8)])),
            ("bytes=-3", parts(&[(7, 3)])),
            ("bytes=-99", parts(&[(0, 10)])),
            ("bytes=0-99", parts(&[(0, 10)])),
            ("bytes=0-0, 5-5,", parts(&[(0, 1), (5, 1)])),
            ("bytes=0-0,99-", parts(&[(0, 1)])),
            ("bytes=10-", Asked::NoOverlap),
            ("bytes=-0", Asked::NoOverlap),
            ("bytes=", Asked::Whole),
            ("bytes=5-4", Asked::Invalid),
            ("bytes=a-b", Asked::Invalid),
            ("bytes=-", Asked::Invalid),
            ("bytes=+1-2", Asked::Invalid),
            ("lines=0-1", Asked::Invalid),
            ("bytes=0-9,0-9", Asked::Whole),
            ("bytes=0-99999999999999999999999", parts(&[(0, 10)])),
        ];
        for (field, expected) in table {
            assert_eq!(parse(field, 10), expected, "{field}");
        }
        assert_eq!(parse("bytes=0-4", 0), Asked::Whole);
        let many = format!("bytes={}", "0-0,".repeat(MOST + 1));
        assert_eq!(parse(&many, 1 << 40), Asked::Whole);
    }
}
