//! Text with placeholders, taken apart once at build. Caddy: `replacer.go`.

mod named;
mod natural;
mod noted;
mod original;
mod paths;
mod placeholder;
mod scope;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;

use bytes::Bytes;

use crate::graph::BuildContext;

pub(crate) use natural::Natural;
use noted::FileFact;
pub(crate) use paths::{decode, decode_query, escape_at, escape_query, has_broken_escape, lower};
pub(crate) use placeholder::{Placeholder, Resolved};
pub(crate) use scope::Scope;

/// What becomes of a placeholder that has no value here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It becomes nothing. Caddy: `ReplaceAll`, for paths, statuses and matchers.
    Empty,
    /// It stays as it is written. Caddy: `ReplaceKnown`, for bodies and header values.
    Literal,
}

/// A text as it is needed for a request.
#[derive(Clone, Debug)]
pub(crate) enum Template {
    /// The same for every request.
    Fixed(Bytes),
    /// Put together for each.
    Parts(Box<[Part]>),
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Literal text.
    Text(Box<str>),
    /// A placeholder.
    Value {
        /// What it stands for.
        placeholder: Placeholder,
        /// What stands in its place when it has no value.
        otherwise: Box<str>,
    },
}

/// How many unclosed `{` a text may have. Caddy gives up there, too.
const MAX_UNCLOSED: u32 = 100;

impl Template {
    /// Takes a text apart. Placeholders whose value is known by now are replaced.
    pub(crate) fn parse(text: &str, unknown: Unknown, cx: &BuildContext<'_>) -> Self {
        let mut parser = Parser {
            text,
            unknown,
            cx,
            written: 0,
            pending: String::new(),
            parts: vec![],
        };
        parser.run();
        parser.finish()
    }

    /// What the name of a placeholder stands for.
    pub(crate) fn placeholder(name: &str, cx: &BuildContext<'_>) -> Resolved {
        placeholder::resolve(name, cx)
    }

    /// The value of a variable; nothing if it is not set.
    pub(crate) fn variable(name: &str) -> Self {
        let placeholder = placeholder::variable(name);
        let otherwise = Box::default();
        Self::Parts(
            [Part::Value {
                placeholder,
                otherwise,
            }]
            .into(),
        )
    }

    /// With paths as they are escaped in place of `{http.request.uri.path}` and of
    /// `{http.matchers.file.relative}`.
    pub(crate) fn with_escaped_path(mut self) -> Self {
        let Self::Parts(parts) = &mut self else {
            return self;
        };
        for part in parts {
            if let Part::Value { placeholder, .. } = part {
                match placeholder {
                    Placeholder::Path(placeholder::Escaping::None) => {
                        *placeholder = Placeholder::EscapedPath;
                    }
                    Placeholder::MatchedFile(FileFact::Relative) => {
                        *placeholder = Placeholder::MatchedFile(FileFact::EscapedRelative);
                    }
                    _ => {}
                }
            }
        }
        self
    }

    /// Whether a piece of what is written is so.
    pub(crate) fn any_text(&self, is_so: fn(&[u8]) -> bool) -> bool {
        match self {
            Self::Fixed(text) => is_so(text),
            Self::Parts(parts) => parts.iter().any(|part| match part {
                Part::Text(text) => is_so(text.as_bytes()),
                Part::Value { .. } => false,
            }),
        }
    }

    /// The text for one request; what placeholders give is escaped.
    pub(crate) fn expand_escaping(
        &self,
        scope: &Scope<'_>,
        escape: fn(&[u8], &mut Vec<u8>),
    ) -> Vec<u8> {
        self.expand_through(scope, |_, value, out| escape(value, out))
    }

    /// A key or value of a query for one request: what placeholders give is escaped, but for a
    /// whole query in place of a key.
    pub(crate) fn expand_in_query(&self, scope: &Scope<'_>, is_key: bool) -> Vec<u8> {
        self.expand_through(scope, |placeholder, value, out| {
            if is_key && *placeholder == Placeholder::Query(placeholder::Escaping::None) {
                out.extend_from_slice(value);
            } else {
                escape_query(value, out);
            }
        })
    }

    /// The text for one request, with what each placeholder gives as `write` has it.
    fn expand_through(
        &self,
        scope: &Scope<'_>,
        write: impl Fn(&Placeholder, &[u8], &mut Vec<u8>),
    ) -> Vec<u8> {
        let parts = match self {
            Self::Fixed(text) => return text.to_vec(),
            Self::Parts(parts) => parts,
        };
        let (mut out, mut value) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Text(text) => out.extend_from_slice(text.as_bytes()),
                Part::Value { placeholder, .. } => {
                    value.clear();
                    placeholder.write(scope, &mut value);
                    write(placeholder, &value, &mut out);
                }
            }
        }
        out
    }

    /// The text, if it is the same for every request.
    pub(crate) const fn fixed(&self) -> Option<&Bytes> {
        match self {
            Self::Fixed(text) => Some(text),
            Self::Parts(_) => None,
        }
    }

    /// With all text in lower case but what requests put in.
    pub(crate) fn into_lower_case(mut self) -> Self {
        match &mut self {
            Self::Fixed(text) => *text = lower(Cow::Borrowed(text)).into_owned().into(),
            Self::Parts(parts) => {
                for part in parts {
                    if let Part::Text(text) = part {
                        *text = text.to_lowercase().into();
                    }
                }
            }
        }
        self
    }

    /// The text for one request.
    pub(crate) fn expand(&self, scope: &Scope<'_>) -> Cow<'_, [u8]> {
        match self {
            Self::Fixed(text) => Cow::Borrowed(text),
            Self::Parts(parts) => {
                let mut out = Vec::with_capacity(64);
                for part in parts {
                    match part {
                        Part::Text(text) => out.extend_from_slice(text.as_bytes()),
                        Part::Value {
                            placeholder,
                            otherwise,
                        } => {
                            if !placeholder.write(scope, &mut out) {
                                out.extend_from_slice(otherwise.as_bytes());
                            }
                        }
                    }
                }
                Cow::Owned(out)
            }
        }
    }
}

/// Walks a text as Caddy's `replace` does, but at build.
struct Parser<'t, 'c, 'a> {
    text: &'t str,
    unknown: Unknown,
    cx: &'c BuildContext<'a>,
    /// Up to where the text is in `pending` or `parts`.
    written: usize,
    pending: String,
    parts: Vec<Part>,
}

impl Parser<'_, '_, '_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let (mut at, mut unclosed) = (0, 0);
        while at < bytes.len() {
            let escaped = at > 0 && bytes[at - 1] == b'\\';
            match bytes[at] {
                b'{' | b'}' if escaped => {
                    // The backslash goes, the brace stays.
                    self.copy_to(at - 1);
                    self.written = at;
                }
                b'{' => match closing_brace(bytes, at) {
                    None => {
                        unclosed += 1;
                        if unclosed > MAX_UNCLOSED {
                            break;
                        }
                    }
                    Some(end) if self.placeholder(at, end) => at = end,
                    Some(_) => {}
                },
                _ => {}
            }
            at += 1;
        }
        self.copy_to(bytes.len());
    }

    /// Takes `text[at..=end]` as a placeholder. False if it is to stay as it is written.
    fn placeholder(&mut self, at: usize, end: usize) -> bool {
        let resolved = placeholder::resolve(&self.text[at + 1..end], self.cx);
        if matches!(resolved, Resolved::Unknown) && self.unknown == Unknown::Literal {
            return false;
        }
        self.copy_to(at);
        self.written = end + 1;
        match resolved {
            Resolved::Unknown => {}
            Resolved::Constant(value) => self.pending.push_str(&value),
            Resolved::Value(placeholder) => {
                let otherwise = match self.unknown {
                    Unknown::Empty => "",
                    Unknown::Literal => &self.text[at..=end],
                };
                self.flush();
                self.parts.push(Part::Value {
                    placeholder,
                    otherwise: otherwise.into(),
                });
            }
        }
        true
    }

    fn copy_to(&mut self, end: usize) {
        self.pending
            .push_str(&self.text[self.written..end.max(self.written)]);
        self.written = end.max(self.written);
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.parts.push(Part::Text(text.into()));
        }
    }

    fn finish(mut self) -> Template {
        if self.parts.is_empty() {
            return Template::Fixed(Bytes::from(self.pending));
        }
        self.flush();
        Template::Parts(self.parts.into())
    }
}

/// The first `}` after `at` that is not escaped.
fn closing_brace(bytes: &[u8], at: usize) -> Option<usize> {
    let mut from = at;
    loop {
        let end = from + bytes[from..].iter().position(|&byte| byte == b'}')?;
        // Caddy does not look at an escape before the last character.
        if end == bytes.len() - 1 || bytes[end - 1] != b'\\' {
            return Some(end);
        }
        from = end + 1;
    }
}
