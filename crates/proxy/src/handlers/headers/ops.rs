//! Operations on header fields, names and expressions prepared. Caddy: `HeaderOps.ApplyTo`.

use std::borrow::Cow;

use bytes::Bytes;
use evenkeel_plan::http::handlers::{HeaderOps as Plan, HeaderReplacement};
use http::{HeaderMap, HeaderName, HeaderValue};
use regex::bytes::{Regex, RegexBuilder};

use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::matchers::header::contains;
use crate::template::{Template, Unknown};

/// Carried out in this order: delete everything, add, set, delete, replace.
pub(super) struct Ops {
    clear: bool,
    add: Box<[(Name, Box<[Value]>)]>,
    set: Box<[(Name, Box<[Value]>)]>,
    delete: Box<[Deletion]>,
    replace: Box<[(Target, Box<[Replacement]>)]>,
}

enum Name {
    Known(HeaderName),
    Template(Template),
}

enum Value {
    Known(HeaderValue),
    Template(Template),
}

enum Deletion {
    Field(Name),
    /// Names are in lower case, as `HeaderName`s are.
    EndsWith(Box<str>),
    StartsWith(Box<str>),
    Contains(Box<str>),
}

enum Target {
    Field(Name),
    Every,
}

struct Replacement {
    search: Search,
    replace: Template,
}

enum Search {
    Literal(Template),
    Expression(Regex),
}

/// A compiled expression may take this many bytes; Caddy sets no limit.
const EXPRESSION_SIZE: usize = 1 << 20;

impl Ops {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let mut delete = Vec::with_capacity(plan.delete.len());
        for text in plan.delete.iter().filter(|text| *text != "*") {
            delete.push(Deletion::build(text, cx)?);
        }
        let mut replace = Vec::with_capacity(plan.replace.len());
        for (field, replacements) in &plan.replace {
            let target = match field.as_str() {
                "*" => Target::Every,
                name => Target::Field(Name::build(name, cx)?),
            };
            let replacements = cx.within(format_args!("replace.{field}"), |cx| {
                replacements
                    .iter()
                    .map(|plan| Replacement::build(plan, cx))
                    .collect()
            })?;
            replace.push((target, replacements));
        }
        Ok(Self {
            clear: plan.delete.iter().any(|text| text == "*"),
            add: assignments(&plan.add, cx)?,
            set: assignments(&plan.set, cx)?,
            delete: delete.into(),
            replace: replace.into(),
        })
    }

    /// Carries the operations out. `expand` gets the header as it is at that moment.
    pub(super) fn apply<'t, F>(&'t self, headers: &mut HeaderMap, expand: F)
    where
        F: Fn(&HeaderMap, &'t Template) -> Cow<'t, [u8]>,
    {
        if self.clear {
            headers.clear();
        }
        for (name, values) in &self.add {
            let Some(name) = name.resolve(headers, &expand) else {
                continue;
            };
            for value in values {
                let value = value.resolve(headers, &expand);
                headers.append(&name, value);
            }
        }
        for (name, values) in &self.set {
            let Some(name) = name.resolve(headers, &expand) else {
                continue;
            };
            let value = match &**values {
                [value] => value.resolve(headers, &expand),
                values => joined(values, headers, &expand),
            };
            headers.insert(name, value);
        }
        for deletion in &self.delete {
            deletion.apply(headers, &expand);
        }
        for (target, replacements) in &self.replace {
            for replacement in replacements {
                replacement.apply(target, headers, &expand);
            }
        }
    }

    /// Whether a field may be among what is edited.
    pub(super) fn touches(&self, field: &HeaderName) -> bool {
        let assigned = || self.add.iter().chain(&*self.set).map(|(name, _)| name);
        self.clear
            || assigned().any(|name| name.may_be(field))
            || self.delete.iter().any(|deletion| deletion.may_cover(field))
            || self.replace.iter().any(|(target, _)| match target {
                Target::Every => true,
                Target::Field(name) => name.may_be(field),
            })
    }
}

fn assignments<'p>(
    plan: impl IntoIterator<Item = (&'p String, &'p Vec<String>)>,
    cx: &BuildContext<'_>,
) -> Result<Box<[(Name, Box<[Value]>)]>, BuildError> {
    plan.into_iter()
        .map(|(name, values)| {
            let values = values.iter().map(|value| Value::build(value, cx)).collect();
            Ok((Name::build(name, cx)?, values))
        })
        .collect()
}

/// Several values set at once become one, separated by commas.
fn joined<'t, F>(values: &'t [Value], headers: &HeaderMap, expand: &F) -> HeaderValue
where
    F: Fn(&HeaderMap, &'t Template) -> Cow<'t, [u8]>,
{
    let values: Vec<_> = values
        .iter()
        .map(|value| value.resolve(headers, expand))
        .collect();
    let values: Vec<_> = values.iter().map(HeaderValue::as_bytes).collect();
    field_value(Cow::Owned(values.join(&b',')))
}

impl Name {
    fn build(text: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let template = Template::parse(text, Unknown::Literal, cx);
        match template.fixed() {
            None => Ok(Self::Template(template)),
            Some(name) => HeaderName::from_bytes(name)
                .map(Self::Known)
                .map_err(|_| cx.error(format!("`{text}` is not a header field's name"))),
        }
    }

    /// `None` if what the placeholders gave is no name.
    fn resolve<'t, F>(&'t self, headers: &HeaderMap, expand: &F) -> Option<HeaderName>
    where
        F: Fn(&HeaderMap, &'t Template) -> Cow<'t, [u8]>,
    {
        match self {
            Self::Known(name) => Some(name.clone()),
            Self::Template(template) => HeaderName::from_bytes(&expand(headers, template)).ok(),
        }
    }

    fn may_be(&self, field: &HeaderName) -> bool {
        match self {
            Self::Known(name) => name == field,
            Self::Template(_) => true,
        }
    }
}

impl Value {
    fn build(text: &str, cx: &BuildContext<'_>) -> Self {
        match Template::parse(text, Unknown::Literal, cx) {
            Template::Fixed(text) => Self::Known(fixed_value(text)),
            template @ Template::Parts(_) => Self::Template(template),
        }
    }

    fn resolve<'t, F>(&'t self, headers: &HeaderMap, expand: &F) -> HeaderValue
    where
        F: Fn(&HeaderMap, &'t Template) -> Cow<'t, [u8]>,
    {
        match self {
            Self::Known(value) => value.clone(),
            Self::Template(template) => field_value(expand(headers, template)),
        }
    }
}

impl Deletion {
    fn build(text: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let lower = text.to_ascii_lowercase();
        let stars = (lower.strip_prefix('*'), lower.strip_suffix('*'));
        Ok(match stars {
            (Some(rest), Some(_)) => Self::Contains(rest.strip_suffix('*').unwrap_or(rest).into()),
            (Some(end), None) => Self::EndsWith(end.into()),
            (None, Some(start)) => Self::StartsWith(start.into()),
            (None, None) => Self::Field(Name::build(text, cx)?),
        })
    }

    fn apply<'t, F>(&'t self, headers: &mut HeaderMap, expand: &F)
    where
        F: Fn(&HeaderMap, &'t Template) -> Cow<'t, [u8]>,
    {
        if let Self::Field(name) = self {
            if let Some(name) = name.resolve(headers, expand) {
                headers.remove(name);
            }
            return;
        }
        let covered: Vec<_> = headers
            .keys()
            .filter(|name| self.covers(name))
            .cloned()
            .collect();
        for name in covered {
            headers.remove(name);
        }
    }

    fn covers(&self, field: &HeaderName) -> bool {
        let field = field.as_str();
        match self {
            Self::Field(_) => false,
            Self::EndsWith(end) => field.ends_with(&**end),
            Self::StartsWith(start) => field.starts_with(&**start),
            Self::Contains(part) => field.contains(&**part),
        }
    }

    fn may_cover(&self, field: &HeaderName) -> bool {
        match self {
            Self::Field(name) => name.may_be(field),
            _ => self.covers(field),
        }
    }
}

impl Replacement {
    fn build(plan: &HeaderReplacement, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let template = |text| Template::parse(text, Unknown::Literal, cx);
        let search = match (plan.search.as_str(), plan.search_regexp.as_str()) {
            (search, "") => Search::Literal(template(search)),
            ("", expression) => Search::Expression(
                RegexBuilder::new(expression)
                    .size_limit(EXPRESSION_SIZE)
                    .build()
                    .map_err(|error| cx.error(format!("bad regular expression: {error}")))?,
            ),
            _ => return Err(cx.error("`search` and `search_regexp` exclude each other")),
        };
        Ok(Self {
            search,
            replace: template(&plan.replace),
        })
    }

    fn apply<'t, F>(&'t self, target: &'t Target, headers: &mut HeaderMap, expand: &F)
    where
        F: Fn(&HeaderMap, &'t Template) -> Cow<'t, [u8]>,
    {
        let replace = expand(headers, &self.replace);
        let literal = match &self.search {
            Search::Literal(template) => expand(headers, template),
            Search::Expression(_) => Cow::Borrowed(&b""[..]),
        };
        let edit = |value: &mut HeaderValue| {
            let edited = match &self.search {
                Search::Literal(_) => replace_all(value.as_bytes(), &literal, &replace),
                Search::Expression(regex) => regex.replace_all(value.as_bytes(), &*replace),
            };
            if let Cow::Owned(edited) = edited {
                *value = field_value(Cow::Owned(edited));
            }
        };
        match target {
            Target::Every => headers.values_mut().for_each(edit),
            Target::Field(name) => {
                let Some(name) = name.resolve(headers, expand) else {
                    return;
                };
                if let http::header::Entry::Occupied(mut field) = headers.entry(name) {
                    field.iter_mut().for_each(edit);
                }
            }
        }
    }
}

/// Caddy: Go's `strings.ReplaceAll`, but an empty search finds nothing.
fn replace_all<'v>(value: &'v [u8], search: &[u8], replace: &[u8]) -> Cow<'v, [u8]> {
    if search.is_empty() || !contains(value, search) {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        if value[at..].starts_with(search) {
            out.extend_from_slice(replace);
            at += search.len();
        } else {
            out.push(value[at]);
            at += 1;
        }
    }
    Cow::Owned(out)
}

fn fixed_value(text: Bytes) -> HeaderValue {
    HeaderValue::from_maybe_shared(text.clone())
        .unwrap_or_else(|_| field_value(Cow::Owned(text.into())))
}

/// A value from any bytes. What no value can hold, a line's end above all, becomes a space, so
/// that nobody can write fields of his own through a placeholder. Caddy: Go's
/// `headerNewlineToSpace`.
pub(in crate::handlers) fn field_value(text: Cow<'_, [u8]>) -> HeaderValue {
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| {
        let harmless: Vec<u8> = text
            .iter()
            .map(|&byte| {
                if byte == b'\t' || (byte >= 32 && byte != 127) {
                    byte
                } else {
                    b' '
                }
            })
            .collect();
        HeaderValue::from_bytes(&harmless).expect("all bytes that no value can hold are gone")
    })
}
