//! `file_server`: answers with files below a root. Caddy: `modules/caddyhttp/fileserver`.

mod answer;
mod conditions;
mod content_type;
mod locate;
mod ranges;
mod redirect;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use evenkeel_plan::http::handlers::FileServer as Plan;
use http::header::{ALLOW, RANGE, RETRY_AFTER, VARY};
use http::{HeaderValue, Method, StatusCode};
use rand::RngExt as _;
use tokio::task::spawn_blocking;

use self::locate::{Found, Opened, Search};
use super::Flow;
use super::status::Status;
use crate::accept_encoding::accepted;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::files::{self, Hidden};
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown, decode};

/// The handler.
pub(crate) struct FileServer {
    root: Template,
    hide: Hide,
    index: Box<[Template]>,
    redirects: bool,
    status: Option<Status>,
    passes: bool,
    /// Codings of files beside a file, the first before the others.
    sidecars: Box<[&'static str]>,
    tags: Arc<[Box<str>]>,
}

enum Hide {
    Known(Arc<Hidden>),
    Templates(Box<[Template]>),
}

/// Codings, and the endings of files that are encoded so, in the order that Caddy has.
const SIDECARS: [(&str, &str); 3] = [("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz")];

impl FileServer {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        files::refuse_other_system(&plan.fs, cx)?;
        cx.no_field_yet("browse", plan.browse.is_some())?;
        let all = |text: &str| Template::parse(text, Unknown::Empty, cx);
        let index = match &plan.index_names {
            None => ["index.html", "index.txt"].map(all).into(),
            Some(names) => names.iter().map(|name| all(name)).collect(),
        };
        let hide: Box<[Template]> = plan.hide.iter().map(|text| all(text)).collect();
        let known: Option<Vec<_>> = hide.iter().map(Template::fixed).collect();
        let hide = match known {
            Some(known) => {
                let known = known.into_iter().map(|pattern| &**pattern);
                Hide::Known(Arc::new(Hidden::new(known)))
            }
            None => Hide::Templates(hide),
        };
        let status = plan.status_code.as_ref();
        let tags = plan.etag_file_extensions.iter();
        Ok(Self {
            root: files::root_template(&plan.root, cx),
            hide,
            index,
            redirects: plan.canonical_uris != Some(false),
            status: status.map(|plan| Status::build(plan, cx)).transpose()?,
            passes: plan.pass_thru,
            sidecars: sidecars_from_plan(plan, cx)?,
            tags: tags.map(|tag| tag.as_str().into()).collect(),
        })
    }

    /// Answers with the file that the path names.
    pub(super) async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<Flow, ProxyError> {
        let search = self.search(exchange);
        let found = spawn_blocking(move || search.run()).await;
        let found = found.map_err(|lost| {
            ProxyError::caused(Kind::Handler, "looking for a file broke off", lost)
        })?;
        match found {
            Found::File(opened) => self.answer(exchange, *opened),
            Found::Nothing | Found::Folder => self.missing(),
            Found::Failed(error) => Err(failed(error)),
            Found::Unopened(error) => {
                if error.kind() == io::ErrorKind::PermissionDenied {
                    return Err(failed(error));
                }
                // Too many open files, for one: the client may come back soon.
                let seconds = exchange.local.rng.borrow_mut().random_range(2..5_u16);
                exchange.early.insert(RETRY_AFTER, seconds.into());
                let kind = Kind::Requested(StatusCode::SERVICE_UNAVAILABLE);
                Err(ProxyError::caused(kind, "a file cannot be opened", error))
            }
        }
    }

    fn search(&self, exchange: &Exchange<'_>) -> Search {
        let scope = Scope::request(exchange);
        let root = files::root_of(&self.root, &scope);
        let request = &exchange.request;
        let path = decode(request.uri().path().as_bytes());
        let index = self
            .index
            .iter()
            .map(|name| name.expand(&scope).into_owned());
        let hidden = match &self.hide {
            Hide::Known(hidden) => Arc::clone(hidden),
            Hide::Templates(templates) => {
                let patterns: Vec<Cow<'_, [u8]>> = templates
                    .iter()
                    .map(|pattern| pattern.expand(&scope))
                    .collect();
                Arc::new(Hidden::new(patterns.iter().map(|pattern| &**pattern)))
            }
        };
        let taken = if self.sidecars.is_empty() {
            Vec::new()
        } else {
            accepted(request.headers(), &self.sidecars)
        };
        let sidecars = taken
            .into_iter()
            .filter_map(|coding| SIDECARS.into_iter().find(|(known, _)| *known == coding));
        Search {
            path: files::join(&root, &path),
            index: index.collect(),
            hidden,
            sidecars: sidecars.collect(),
            tags: Arc::clone(&self.tags),
            reads: *request.method() == Method::GET && !request.headers().contains_key(RANGE),
        }
    }

    fn answer(&self, exchange: &mut Exchange<'_>, opened: Opened) -> Result<Flow, ProxyError> {
        if self.redirects
            && let Some(response) = redirect::to_canonical(exchange, opened.is_index)
        {
            return Ok(Flow::Respond(response));
        }
        exchange
            .early
            .append(VARY, HeaderValue::from_static("Accept-Encoding"));
        let method = exchange.request.method();
        let reads = method == Method::GET || method == Method::HEAD;
        if !reads && exchange.failure().is_none() {
            exchange
                .early
                .append(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return Err(ProxyError::new(Kind::MethodNotAllowed, ""));
        }
        let status = match &self.status {
            Some(status) => Some(status.resolve(exchange)?),
            None => exchange.failure().map(|failure| failure.status),
        };
        let mut response = answer::respond(exchange, opened);
        if let Some(status) = status {
            *response.status_mut() = status;
        }
        Ok(Flow::Respond(response))
    }

    fn missing(&self) -> Result<Flow, ProxyError> {
        if self.passes {
            return Ok(Flow::Next);
        }
        let kind = Kind::Requested(StatusCode::NOT_FOUND);
        Err(ProxyError::new(kind, ""))
    }
}

fn failed(error: io::Error) -> ProxyError {
    let status = match error.kind() {
        io::ErrorKind::PermissionDenied => StatusCode::FORBIDDEN,
        // A zero byte; or a file that is used as a folder.
        io::ErrorKind::InvalidInput | io::ErrorKind::NotADirectory => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    ProxyError::caused(Kind::Requested(status), "a file cannot be looked at", error)
}

fn sidecars_from_plan(
    plan: &Plan,
    cx: &BuildContext<'_>,
) -> Result<Box<[&'static str]>, BuildError> {
    let Some(kinds) = &plan.precompressed else {
        return Ok(Box::default());
    };
    let is_there = |coding: &str| match coding {
        "br" => kinds.br.is_some(),
        "zstd" => kinds.zstd.is_some(),
        _ => kinds.gzip.is_some(),
    };
    let mut codings: Vec<&'static str> = Vec::new();
    for name in &plan.precompressed_order {
        let known = SIDECARS.iter().find(|(known, _)| known == name);
        let (coding, _) = known.ok_or_else(|| cx.error(format!("unknown coding `{name}`")))?;
        codings.push(coding);
    }
    for (coding, _) in SIDECARS {
        if is_there(coding) && !codings.contains(&coding) {
            codings.push(coding);
        }
    }
    codings.retain(|coding| is_there(coding));
    Ok(codings.into())
}
