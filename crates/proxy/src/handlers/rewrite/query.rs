//! Edits of the query: rename, set, add, replace, delete, in this order. The result is sorted by
//! key. Caddy: `queryOps`.

use std::collections::BTreeMap;

use evenkeel_plan::http::handlers::QueryOps as Plan;
use regex::bytes::Regex;

use super::replace_some;
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::query::pairs;
use crate::regexp;
use crate::template::{Scope, Template, Unknown, escape_query};

/// The edits, compiled.
pub(super) struct QueryOps {
    rename: Box<[(Template, Template)]>,
    set: Box<[(Template, Template)]>,
    add: Box<[(Template, Template)]>,
    replace: Box<[Replacement]>,
    delete: Box<[Template]>,
}

struct Replacement {
    key: Template,
    search: Template,
    regex: Option<Regex>,
    replace: Template,
}

type Values = BTreeMap<Vec<u8>, Vec<Vec<u8>>>;

impl QueryOps {
    pub(super) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let all = |text: &str| Template::parse(text, Unknown::Empty, cx);
        let known = |text: &str| Template::parse(text, Unknown::Literal, cx);
        let replace = plan.replace.iter().map(|one| {
            let regex = (!one.search_regexp.is_empty())
                .then(|| regexp::compile(&one.search_regexp, cx))
                .transpose()?;
            Ok(Replacement {
                key: all(&one.key),
                search: known(&one.search),
                regex,
                replace: known(&one.replace),
            })
        });
        let pair = |(key, value): (&String, &String)| (all(key), all(value));
        Ok(Self {
            rename: plan
                .rename
                .iter()
                .map(|one| pair((&one.key, &one.val)))
                .collect(),
            set: plan
                .set
                .iter()
                .map(|one| pair((&one.key, &one.val)))
                .collect(),
            add: plan
                .add
                .iter()
                .map(|one| pair((&one.key, &one.val)))
                .collect(),
            replace: replace.collect::<Result<_, _>>()?,
            delete: plan.delete.iter().map(|key| all(key)).collect(),
        })
    }

    /// The new query. Pairs that cannot be read are lost.
    pub(super) fn apply(&self, query: &[u8], scope: &Scope<'_>) -> Vec<u8> {
        let mut values = Values::new();
        for (key, value) in pairs(query).flatten() {
            let of_key = values.entry(key.into_owned()).or_default();
            of_key.push(value.into_owned());
        }
        let expand = |template: &Template| template.expand(scope).into_owned();
        for (key, name) in &self.rename {
            let (key, name) = (expand(key), expand(name));
            if !key.is_empty() && !name.is_empty() {
                let moved = values.remove(&key).unwrap_or_default();
                if name != key {
                    values.insert(name, moved);
                }
            }
        }
        for (key, value) in &self.set {
            values.insert(expand(key), vec![expand(value)]);
        }
        for (key, value) in &self.add {
            values.entry(expand(key)).or_default().push(expand(value));
        }
        for replacement in &self.replace {
            replacement.apply(&mut values, scope);
        }
        for key in &self.delete {
            values.remove(&expand(key));
        }
        encode(&values)
    }
}

impl Replacement {
    fn apply(&self, values: &mut Values, scope: &Scope<'_>) {
        let key = self.key.expand(scope);
        let (search, replace) = (self.search.expand(scope), self.replace.expand(scope));
        let covered = values
            .iter_mut()
            .filter(|(name, _)| *key == *b"*" || ***name == *key);
        for value in covered.flat_map(|(_, values)| values) {
            *value = match &self.regex {
                Some(regex) => regex.replace_all(value, &*replace).into_owned(),
                None => replace_some(value, &search, &replace, usize::MAX),
            };
        }
    }
}

/// Caddy: Go's `Values.Encode`.
fn encode(values: &Values) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, values) in values {
        for value in values {
            if !out.is_empty() {
                out.push(b'&');
            }
            escape_query(key, &mut out);
            out.push(b'=');
            escape_query(value, &mut out);
        }
    }
    out
}
