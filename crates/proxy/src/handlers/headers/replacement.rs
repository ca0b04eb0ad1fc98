//! Replacements within values, by a literal or by a regular expression (RE2 syntax).

use std::borrow::Cow;

use evenkeel_plan::http::handlers::HeaderReplacement as Plan;
use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue};
use regex::bytes::Regex;

use super::value::{Name, View, field_value};
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::matchers::header::contains;
use crate::regexp;
use crate::template::{Template, Unknown};

/// Whose values are searched.
pub(super) enum Target {
    Field(Name),
    Every,
}

/// What is searched, and what is put in its place.
pub(super) struct Replacement {
    search: Search,
    replace: Template,
}

enum Search {
    Literal(Template),
    Expression(Regex),
}

impl Target {
    pub(super) fn build(text: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        match text {
            "*" => Ok(Self::Every),
            name => Name::build(name, cx).map(Self::Field),
        }
    }

    /// Whether a field may be searched.
    pub(super) fn may_cover(&self, field: &HeaderName) -> bool {
        match self {
            Self::Every => true,
            Self::Field(name) => name.may_be(field),
        }
    }
}

impl Replacement {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let template = |text| Template::parse(text, Unknown::Literal, cx);
        let search = match (plan.search.as_str(), plan.search_regexp.as_str()) {
            (search, "") => Search::Literal(template(search)),
            ("", expression) => Search::Expression(regexp::compile(expression, cx)?),
            _ => return Err(cx.error("`search` and `search_regexp` exclude each other")),
        };
        Ok(Self {
            search,
            replace: template(&plan.replace),
        })
    }

    pub(super) fn apply(&self, target: &Target, headers: &mut HeaderMap, view: &View<'_>) {
        let replace = view.expand(headers, &self.replace);
        let literal = match &self.search {
            Search::Literal(template) => view.expand(headers, template),
            Search::Expression(_) => Cow::Borrowed(&b""[..]),
        };
        let edit = |value: &mut HeaderValue| {
            let edited = match &self.search {
                Search::Literal(_) => replace_all(value.as_bytes(), &literal, &replace),
                Search::Expression(regex) => regex.replace_all(value.as_bytes(), &*replace),
            };
            if let Cow::Owned(edited) = edited {
                *value = field_value(&edited);
            }
        };
        match target {
            Target::Every => headers.values_mut().for_each(edit),
            Target::Field(name) => {
                let Some(name) = name.resolve(headers, view) else {
                    return;
                };
                if let Entry::Occupied(mut field) = headers.entry(name) {
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
