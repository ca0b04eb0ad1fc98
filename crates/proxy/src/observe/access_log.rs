//! The access log of one server: which exchanges are noted, and where. Caddy: `logging.go` of
//! `modules/caddyhttp`.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use evenkeel_plan::http::ServerLogs as Plan;
use http::{Method, Response};
use tokio::time::Instant;

use super::entry::{Draft, Outcome};
use super::{AccessSink, Logged};
use crate::Body;
use crate::exchange::Exchange;
use crate::graph::Parts;
use crate::matchers::host::{Pattern, host_without_port, lower};
use crate::template::Scope;
use crate::worker::Local;

/// Chooses loggers by host.
pub(crate) struct AccessLog {
    default: Arc<[Logger]>,
    by_host: HashMap<Box<str>, Arc<[Logger]>>,
    skipped: Box<[Pattern]>,
    skip_unmapped: bool,
    credentials: bool,
}

/// One logger's way out.
struct Logger {
    name: Box<str>,
    sink: AccessSink,
}

/// An exchange that will be noted. The entry is written when this is dropped: with the response's
/// body, or earlier if there never is a response.
pub(crate) struct Pending {
    loggers: Arc<[Logger]>,
    drafts: Vec<Draft>,
    local: Rc<Local>,
    started: Instant,
    bytes_read: Option<Rc<Cell<u64>>>,
    size: u64,
    status: u16,
    message: &'static str,
    uuid: Option<u128>,
    credentials: bool,
}

/// What nginx, and Caddy after it, note for a client that left before the response.
const CLIENT_LEFT: u16 = 499;

impl AccessLog {
    pub(crate) fn build(plan: &Plan, parts: &Parts<'_>) -> Self {
        let by_host = plan.logger_names.iter().map(|(host, names)| {
            let loggers = names
                .0
                .iter()
                .flat_map(|name| loggers(name, parts))
                .collect();
            (host.to_ascii_lowercase().into(), loggers)
        });
        Self {
            default: loggers(&plan.default_logger_name, parts).collect(),
            by_host: by_host.collect(),
            skipped: plan
                .skip_hosts
                .iter()
                .map(|host| Pattern::parse(host))
                .collect(),
            skip_unmapped: plan.skip_unmapped_hosts,
            credentials: plan.should_log_credentials,
        }
    }

    /// Notes the request as it came in, unless nobody wants to know.
    pub(crate) fn begin(&self, exchange: &mut Exchange<'_>) -> Option<Box<Pending>> {
        let loggers = self.loggers_of(exchange.host())?;
        let mut drafts: Vec<Draft> = Vec::with_capacity(1);
        for logger in loggers.iter() {
            let format = logger.sink.format;
            if drafts.iter().all(|draft| draft.format != format) {
                drafts.push(Draft::begin(format, exchange, self.credentials));
            }
        }
        Some(Box::new(Pending {
            loggers: Arc::clone(loggers),
            drafts,
            local: Rc::clone(&exchange.local),
            started: exchange.started,
            bytes_read: exchange.request.body_mut().count(),
            size: 0,
            status: CLIENT_LEFT,
            message: "handled request",
            uuid: None,
            credentials: self.credentials,
        }))
    }

    /// The loggers for a host: its own, or those of a wildcard, or the default ones. `None` if it
    /// is not to be noted.
    fn loggers_of(&self, host: &str) -> Option<&Arc<[Logger]>> {
        let host = lower(host_without_port(host));
        let found = self.by_host.get(&*host).or_else(|| {
            let skipped = self.skipped.iter().any(|pattern| pattern.matches(&host));
            if skipped || self.skip_unmapped {
                return None;
            }
            Some(self.wildcard(&host).unwrap_or(&self.default))
        });
        found.filter(|loggers| !loggers.is_empty())
    }

    /// Caddy: `getLoggerHosts`: labels become `*` from the left, one after the other.
    fn wildcard(&self, host: &str) -> Option<&Arc<[Logger]>> {
        if self.by_host.is_empty() {
            return None;
        }
        let labels = host.split('.').count();
        (1..=labels).find_map(|stars| {
            let mut pattern = vec!["*"; stars];
            pattern.extend(host.split('.').skip(stars));
            self.by_host.get(&*pattern.join("."))
        })
    }
}

fn loggers<'p>(name: &'p str, parts: &'p Parts<'_>) -> impl Iterator<Item = Logger> + use<'p> {
    let full = match name {
        "" => "http.log.access".to_owned(),
        name => format!("http.log.access.{name}"),
    };
    let sinks = (parts.access_sinks)(name);
    sinks.into_iter().map(move |sink| Logger {
        name: full.as_str().into(),
        sink,
    })
}

impl Pending {
    /// Nobody is to know of the exchange after all.
    pub(crate) fn skip(mut self) {
        self.loggers = Arc::from([]);
    }

    /// Goes on with the response's body. `answered` is false for a response that no handler made.
    pub(crate) fn attach(
        mut self: Box<Self>,
        response: Response<Body>,
        answered: bool,
        exchange: &Exchange<'_>,
    ) -> Response<Logged> {
        let fields = exchange.notes.as_deref();
        let fields = fields.map_or(&[][..], |notes| &notes.log_fields);
        let scope = Scope::response(exchange, response.status(), response.headers());
        for draft in &mut self.drafts {
            draft.respond(response.headers(), self.credentials);
            draft.tried(exchange);
            // Caddy adds the others while it goes back up.
            let early = fields.iter().filter(|field| field.is_early());
            let late = fields.iter().rev().filter(|field| !field.is_early());
            for field in early.chain(late) {
                draft.append(field.evaluate(&scope));
            }
        }
        self.uuid = exchange.uuid.get();
        if let (Body::Full(bytes), &Method::HEAD) = (response.body(), exchange.request.method()) {
            // Caddy counts what a handler wrote, though the server holds it back.
            self.size = bytes.len() as u64;
        }
        if answered {
            self.status = response.status().as_u16();
        } else {
            // Caddy's words for a request that nobody wanted.
            (self.status, self.message) = (0, "NOP");
        }
        response.map(|body| Logged::noted(body, self))
    }

    /// Nobody waits for the response any more.
    fn leave(&mut self, exchange: &Exchange<'_>) {
        for draft in &mut self.drafts {
            draft.tried(exchange);
        }
    }

    /// The connection is dropped without a response, as was asked for.
    pub(crate) fn abort(&mut self) {
        self.status = 0;
    }

    /// Counts what is sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.size += bytes as u64;
    }
}

/// An exchange, and the entry that it will be noted in. If it is dropped with the entry still here,
/// its client has left.
pub(crate) struct Noted<'e, 'g> {
    pub(crate) exchange: &'e mut Exchange<'g>,
    pub(crate) pending: Option<Box<Pending>>,
}

impl Drop for Noted<'_, '_> {
    fn drop(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.leave(self.exchange);
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let outcome = Outcome {
            now: self.local.world.clock.now(),
            duration: self.started.elapsed(),
            bytes_read: self.bytes_read.as_ref().map_or(0, |read| read.get()),
            size: self.size,
            status: self.status,
            message: self.message,
            uuid: self.uuid,
        };
        for logger in self.loggers.iter() {
            if logger.sink.errors_only && self.status < 500 {
                continue;
            }
            let draft = self
                .drafts
                .iter()
                .find(|draft| draft.format == logger.sink.format);
            if let Some(draft) = draft {
                logger.sink.sink.write(draft.finish(&logger.name, &outcome));
            }
        }
    }
}
