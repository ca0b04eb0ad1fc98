//! `header`: fields of a request, or of a response, and what their values look like.

use http::{HeaderMap, HeaderName};

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// Fields that must all be as asked.
pub(crate) struct Headers {
    fields: Box<[(HeaderName, Wanted)]>,
}

/// What is asked of one field.
enum Wanted {
    /// It is not there.
    Absent,
    /// It is there, with any value.
    Present,
    /// One of its values is like one of these.
    Values(Box<[Value]>),
}

enum Value {
    Known(Pattern),
    Template(Template),
}

/// What a value must look like. `*` is special at the ends only.
#[derive(Debug, PartialEq, Eq)]
enum Pattern {
    Any,
    Contains(Box<[u8]>),
    EndsWith(Box<[u8]>),
    StartsWith(Box<[u8]>),
    Exact(Box<[u8]>),
}

impl Headers {
    pub(crate) fn build<'p>(
        plan: impl IntoIterator<Item = (&'p String, &'p Option<Vec<String>>)>,
        cx: &BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let fields = plan
            .into_iter()
            .map(|(name, values)| {
                let field = HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| cx.error(format!("`{name}` is not a header field's name")))?;
                Ok((field, Wanted::build(values.as_deref(), cx)))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { fields })
    }

    pub(super) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        self.match_fields(exchange.request.headers(), &Scope::request(exchange))
    }

    /// Whether these fields are as asked. Caddy: `matchHeaders`.
    pub(crate) fn match_fields(&self, headers: &HeaderMap, scope: &Scope<'_>) -> bool {
        self.fields.iter().all(|(name, wanted)| match wanted {
            Wanted::Absent => !headers.contains_key(name),
            Wanted::Present => headers.contains_key(name),
            Wanted::Values(patterns) => headers.get_all(name).iter().any(|value| {
                patterns
                    .iter()
                    .any(|pattern| pattern.matches(value.as_bytes(), scope))
            }),
        })
    }
}

impl Wanted {
    fn build(values: Option<&[String]>, cx: &BuildContext<'_>) -> Self {
        match values {
            None => Self::Absent,
            Some([]) => Self::Present,
            Some(values) => {
                Self::Values(values.iter().map(|text| Value::build(text, cx)).collect())
            }
        }
    }
}

impl Value {
    fn build(text: &str, cx: &BuildContext<'_>) -> Self {
        let template = Template::parse(text, Unknown::Empty, cx);
        match template.fixed() {
            Some(text) => Self::Known(Pattern::parse(text)),
            None => Self::Template(template),
        }
    }

    fn matches(&self, value: &[u8], scope: &Scope<'_>) -> bool {
        match self {
            Self::Known(pattern) => pattern.matches(value),
            Self::Template(template) => Pattern::parse(&template.expand(scope)).matches(value),
        }
    }
}

impl Pattern {
    fn parse(text: &[u8]) -> Self {
        match text {
            b"*" => Self::Any,
            [b'*', inner @ .., b'*'] => Self::Contains(inner.into()),
            [b'*', rest @ ..] => Self::EndsWith(rest.into()),
            [rest @ .., b'*'] => Self::StartsWith(rest.into()),
            _ => Self::Exact(text.into()),
        }
    }

    fn matches(&self, value: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Contains(part) => contains(value, part),
            Self::EndsWith(end) => value.ends_with(end),
            Self::StartsWith(start) => value.starts_with(start),
            Self::Exact(text) => value == &**text,
        }
    }
}

/// Whether `part` occurs in `text`.
pub(crate) fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_special_at_the_ends_only() {
        let table = [
            ("*", "", true),
            ("*", "x", true),
            ("**", "", true),
            ("a*", "abc", true),
            ("a*", "ba", false),
            ("*c", "abc", true),
            ("*b*", "abc", true),
            ("*d*", "abc", false),
            ("a*c", "abc", false),
            ("a*c", "a*c", true),
            ("Abc", "abc", false),
        ];
        for (pattern, value, expected) in table {
            let pattern = Pattern::parse(pattern.as_bytes());
            assert_eq!(
                pattern.matches(value.as_bytes()),
                expected,
                "{pattern:?} {value}"
            );
        }
    }
}
