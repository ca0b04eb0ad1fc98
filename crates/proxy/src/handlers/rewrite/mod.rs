//! `rewrite`: changes method and URI. What was there first stays in `{http.request.orig_…}`.
//! Caddy: `modules/caddyhttp/rewrite/rewrite.go`.

mod query;
mod strip;
mod target;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use evenkeel_plan::http::handlers::Rewrite as Plan;
use http::{Method, Uri};
use regex::bytes::Regex;

use super::Flow;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::matchers::header::contains;
use crate::matchers::path::clean;
use crate::regexp;
use crate::template::{Scope, Template, Unknown};

/// The handler: what is set is done, in this order.
pub(crate) struct Rewrite {
    method: Option<Template>,
    target: Option<target::NewTarget>,
    prefix: Option<Template>,
    suffix: Option<Template>,
    substrings: Box<[Substring]>,
    patterns: Box<[(Regex, Template)]>,
    query: Option<query::QueryOps>,
}

struct Substring {
    find: Template,
    replace: Template,
    limit: usize,
    merge_slashes: bool,
}

/// A URI in the making: the path in escaped form, and the query.
struct Draft {
    path: Vec<u8>,
    query: Vec<u8>,
}

impl Rewrite {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let template = |text: &str| Template::parse(text, Unknown::Empty, cx);
        let optional = |text: &str| (!text.is_empty()).then(|| template(text));
        let substrings = plan.uri_substring.iter().filter(|one| !one.find.is_empty());
        let patterns = plan.path_regexp.iter().filter(|one| !one.find.is_empty());
        let query = plan.query.as_ref();
        Ok(Self {
            method: optional(&plan.method),
            target: (!plan.uri.is_empty()).then(|| target::NewTarget::build(&plan.uri, cx)),
            prefix: optional(&plan.strip_path_prefix),
            suffix: optional(&plan.strip_path_suffix),
            substrings: substrings
                .map(|one| Substring {
                    find: template(&one.find),
                    replace: template(&one.replace),
                    limit: usize::try_from(one.limit)
                        .ok()
                        .filter(|&limit| limit > 0)
                        .unwrap_or(usize::MAX),
                    merge_slashes: !one.find.contains("//"),
                })
                .collect(),
            patterns: patterns
                .map(|one| Ok((regexp::compile(&one.find, cx)?, template(&one.replace))))
                .collect::<Result<_, _>>()?,
            query: query
                .map(|plan| query::QueryOps::build(plan, cx))
                .transpose()?,
        })
    }

    pub(super) fn handle(&self, exchange: &mut Exchange<'_>) -> Result<Flow, ProxyError> {
        let (method, uri) = self.target(exchange)?;
        exchange.keep_original();
        *exchange.request.method_mut() = method;
        *exchange.request.uri_mut() = uri;
        Ok(Flow::Next)
    }

    /// What method and URI become; the exchange keeps its own.
    pub(super) fn target(&self, exchange: &Exchange<'_>) -> Result<(Method, Uri), ProxyError> {
        let uri = self.uri(exchange)?;
        Ok((self.method(exchange)?, uri))
    }

    fn method(&self, exchange: &Exchange<'_>) -> Result<Method, ProxyError> {
        let Some(template) = &self.method else {
            return Ok(exchange.request.method().clone());
        };
        let name = template.expand(&Scope::request(exchange));
        Method::from_bytes(&name.to_ascii_uppercase())
            .map_err(|error| ProxyError::caused(Kind::Handler, "no method to rewrite to", error))
    }

    fn uri(&self, exchange: &Exchange<'_>) -> Result<Uri, ProxyError> {
        let scope = Scope::request(exchange);
        let mut draft = Draft::of(exchange.request.uri());
        if let Some(target) = &self.target {
            target.apply(&mut draft, &scope);
        }
        if let Some(prefix) = &self.prefix {
            let prefix = prefix.expand(&scope);
            draft.change_path(|path| strip::prefix(path, &prefix));
        }
        if let Some(suffix) = &self.suffix {
            let suffix = suffix.expand(&scope);
            draft.change_path(|path| strip::suffix(path, &suffix));
        }
        for one in &self.substrings {
            let (find, replace) = (one.find.expand(&scope), one.replace.expand(&scope));
            let edit = |text: &[u8]| replace_some(text, &find, &replace, one.limit);
            draft.change_path(|path| edit(&clean(path, one.merge_slashes)));
            draft.query = edit(&draft.query);
        }
        for (regex, replace) in &self.patterns {
            let replace = replace.expand(&scope);
            draft.change_path(|path| regex.replace_all(path, &*replace).into_owned());
        }
        if let Some(query) = &self.query {
            draft.query = query.apply(&draft.query, &scope);
        }
        draft.finish()
    }
}

impl Draft {
    fn of(uri: &Uri) -> Self {
        Self {
            path: uri.path().as_bytes().to_vec(),
            query: uri.query().unwrap_or_default().as_bytes().to_vec(),
        }
    }

    /// Edits the escaped path. What comes out without being one is taken for a decoded path.
    fn change_path(&mut self, edit: impl FnOnce(&[u8]) -> Vec<u8>) {
        self.path = target::escaped(edit(&self.path));
    }

    /// The URI; a path without a slash in front gets one, as it could not be sent otherwise.
    fn finish(self) -> Result<Uri, ProxyError> {
        let mut text = Vec::with_capacity(self.path.len() + self.query.len() + 2);
        if self.path.first() != Some(&b'/') {
            text.push(b'/');
        }
        text.extend_from_slice(&self.path);
        if !self.query.is_empty() {
            text.push(b'?');
            target::escape_unsendable(&self.query, &mut text);
        }
        Uri::try_from(text)
            .map_err(|error| ProxyError::caused(Kind::Handler, "no URI to rewrite to", error))
    }
}

/// Replaces the first `limit` occurrences. Nothing is found by an empty text.
fn replace_some(text: &[u8], find: &[u8], replace: &[u8], limit: usize) -> Vec<u8> {
    if find.is_empty() || !contains(text, find) {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let (mut at, mut done) = (0, 0);
    while at < text.len() {
        if done < limit && text[at..].starts_with(find) {
            out.extend_from_slice(replace);
            at += find.len();
            done += 1;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

/// A text that is the same or was expanded.
type Text<'t> = Cow<'t, [u8]>;
