//! `path`: in any case, after `.`, `..` and double slashes are resolved, so that a crafted path
//! gets past no matcher. Caddy: `MatchPath`.

mod clean;
mod escaped;
mod glob;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cell::OnceCell;

pub(crate) use clean::clean;
pub(crate) use glob::matches as matches_glob;

use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::matchers::header::contains;
use crate::template::{Scope, Template, Unknown, decode, lower};

/// Patterns of which one must cover the request's path.
pub(crate) struct Paths {
    patterns: Box<[Entry]>,
}

enum Entry {
    Known(Pattern),
    /// Has placeholders.
    Template(Template),
}

/// One pattern, in lower case as far as it is the plan's.
#[derive(Debug)]
struct Pattern {
    shape: Shape,
    /// Whether `//` in the path counts as `/`, which it does unless the pattern has `//`.
    merge_slashes: bool,
}

#[derive(Debug)]
enum Shape {
    All,
    Contains(Box<[u8]>),
    Suffix(Box<[u8]>),
    Prefix(Box<[u8]>),
    Exact(Box<[u8]>),
    Glob(Box<[u8]>),
    /// Has `%`: compared in escaped form where it stands.
    Escaped(Box<[u8]>),
}

impl Paths {
    pub(super) fn build(plan: &[String], cx: &BuildContext<'_>) -> Self {
        let patterns = plan.iter().map(|text| {
            // Not what placeholders give: Caddy compares that as it is.
            let template = Template::parse(text, Unknown::Empty, cx).into_lower_case();
            match template.fixed() {
                Some(text) => Entry::Known(Pattern::parse(text)),
                None => Entry::Template(template),
            }
        });
        Self {
            patterns: patterns.collect(),
        }
    }

    pub(super) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        let path = Subject::new(exchange.request.uri().path().as_bytes());
        self.patterns.iter().any(|entry| match entry {
            Entry::Known(pattern) => pattern.matches(&path),
            Entry::Template(template) => {
                Pattern::parse(&template.expand(&Scope::request(exchange))).matches(&path)
            }
        })
    }
}

impl Pattern {
    fn parse(text: &[u8]) -> Self {
        let merge_slashes = !contains(text, b"//");
        let stars = text.split(|&byte| byte == b'*').count() - 1;
        let shape = match (stars, text) {
            (_, b"*") => Shape::All,
            _ if text.contains(&b'%') => Shape::Escaped(text.into()),
            (2, [b'*', inner @ .., b'*']) => Shape::Contains(inner.into()),
            (1, [b'*', rest @ ..]) => Shape::Suffix(rest.into()),
            (1, [rest @ .., b'*']) => Shape::Prefix(rest.into()),
            _ if text.iter().any(|byte| b"*?[\\".contains(byte)) => Shape::Glob(text.into()),
            _ => Shape::Exact(text.into()),
        };
        Self {
            shape,
            merge_slashes,
        }
    }

    fn matches(&self, path: &Subject<'_>) -> bool {
        match &self.shape {
            Shape::All => true,
            Shape::Contains(part) => contains(path.cleaned(self.merge_slashes), part),
            Shape::Suffix(end) => path.cleaned(self.merge_slashes).ends_with(end),
            Shape::Prefix(start) => path.cleaned(self.merge_slashes).starts_with(start),
            Shape::Exact(text) => path.cleaned(self.merge_slashes) == &**text,
            Shape::Glob(pattern) => glob::matches(pattern, path.cleaned(self.merge_slashes)),
            Shape::Escaped(pattern) => {
                let path = clean(path.raw, self.merge_slashes);
                escaped::matches(pattern, &path.to_ascii_lowercase())
            }
        }
    }
}

/// A path as regular expressions see it: decoded, `.`, `..` and double slashes resolved.
pub(super) fn cleaned(raw: &[u8]) -> Cow<'_, [u8]> {
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(clean(&decode(raw), true))
}

/// A path, and its forms for comparing, each made when it is first needed.
struct Subject<'a> {
    raw: &'a [u8],
    /// Nothing needs to be decoded, lowered or cleaned: most paths.
    plain: bool,
    decoded: OnceCell<Cow<'a, [u8]>>,
    merged: OnceCell<Vec<u8>>,
    unmerged: OnceCell<Vec<u8>>,
}

impl<'a> Subject<'a> {
    fn new(raw: &'a [u8]) -> Self {
        Self {
            raw,
            plain: is_plain(raw),
            decoded: OnceCell::new(),
            merged: OnceCell::new(),
            unmerged: OnceCell::new(),
        }
    }

    fn cleaned(&self, merge_slashes: bool) -> &[u8] {
        if self.plain {
            return self.raw;
        }
        let decoded = self.decoded.get_or_init(|| lower(decode(self.raw)));
        let cell = if merge_slashes {
            &self.merged
        } else {
            &self.unmerged
        };
        cell.get_or_init(|| clean(decoded, merge_slashes))
    }
}

/// Whether a path is its own decoded, lowered and cleaned form. May say no without need.
fn is_plain(path: &[u8]) -> bool {
    let mut before = 0;
    path.first() == Some(&b'/')
        && path.iter().all(|&byte| {
            let fine = match byte {
                b'/' | b'.' => before != b'/',
                b'%' | b'A'..=b'Z' | 0x80.. => false,
                _ => true,
            };
            before = byte;
            fine
        })
}
