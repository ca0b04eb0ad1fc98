//! Which log takes which entry. Caddy: `CustomLog` in `logging.go`; the longest dotted prefix among
//! `include` and `exclude` decides.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use evenkeel_plan::Logging;
use evenkeel_plan::logging::{Encoder, Level, LevelName, Log, Writer as Target};
use evenkeel_proxy::{AccessFormat, AccessSink};

use super::entry::{self, Entry};
use super::stderr_is_terminal;
use super::writer::{Sink, Writer};

/// A log that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the log `{name}` cannot be opened for writing: {target}")]
pub struct LogError {
    /// The log's name in the plan.
    pub name: String,
    /// What was to be opened.
    pub target: String,
    /// Why not.
    pub source: io::Error,
}

/// All open logs.
#[derive(Default)]
pub(super) struct Router {
    routes: Vec<Route>,
    writers: Vec<Writer>,
}

struct Route {
    log: Log,
    level: Level,
    form: Form,
    /// `None` discards.
    sink: Option<Arc<Sink>>,
}

#[derive(Clone, Copy)]
enum Form {
    Json,
    Console { color: bool },
}

impl Router {
    /// Before a plan is loaded: everything from info up, to standard error.
    pub(super) fn standard() -> Self {
        Self::open(None).unwrap_or_default()
    }

    pub(super) fn open(plan: Option<&Logging>) -> Result<Self, LogError> {
        let mut logs = plan.map(|plan| plan.logs.clone()).unwrap_or_default();
        logs.entry("default".to_owned()).or_default();
        let mut router = Self::default();
        let mut open: BTreeMap<String, Option<Arc<Sink>>> = BTreeMap::new();
        for (name, log) in logs {
            let target = log.writer.clone().unwrap_or(Target::Stderr {});
            let key = describe(&target);
            // Two logs on one file share its writer, so that their lines do not mix.
            let sink = match open.get(&key) {
                Some(sink) => sink.clone(),
                None => router.open_writer(&name, &target)?,
            };
            open.insert(key, sink.clone());
            let form = form(log.encoder.as_ref(), &target);
            router.routes.push(Route {
                level: level(log.level.as_ref()),
                form,
                sink,
                log,
            });
        }
        Ok(router)
    }

    fn open_writer(&mut self, name: &str, target: &Target) -> Result<Option<Arc<Sink>>, LogError> {
        let writer = Writer::open(target).map_err(|source| LogError {
            name: name.to_owned(),
            target: describe(target),
            source,
        })?;
        let sink = writer.as_ref().map(|writer| Arc::clone(writer.sink()));
        self.writers.extend(writer);
        Ok(sink)
    }

    /// Whether any log wants entries of this level.
    pub(super) fn admits(&self, level: tracing::Level) -> bool {
        let level = entry::level(level);
        self.routes
            .iter()
            .any(|route| route.sink.is_some() && level >= route.level)
    }

    pub(super) fn write(&self, entry: &Entry) {
        for route in &self.routes {
            let Some(sink) = &route.sink else { continue };
            if entry.level < route.level || !takes(&route.log, entry.logger) {
                continue;
            }
            sink.push(match route.form {
                Form::Json => entry.json(),
                Form::Console { color } => entry.console(color),
            });
        }
    }

    pub(super) fn access_sinks(&self, name: &str) -> Vec<AccessSink> {
        let logger = match name {
            "" => "http.log.access".to_owned(),
            name => format!("http.log.access.{name}"),
        };
        let takers = self
            .routes
            .iter()
            .filter(|route| takes(&route.log, &logger));
        takers
            .filter_map(|route| {
                let format = match route.form {
                    Form::Json => AccessFormat::Json,
                    Form::Console { .. } => AccessFormat::Console,
                };
                // Exchanges that failed are logged as errors, all others at info.
                let errors_only = route.level > Level::Info;
                let sink = Arc::clone(route.sink.as_ref()?) as _;
                Some(AccessSink {
                    format,
                    errors_only,
                    sink,
                })
            })
            .collect()
    }

    pub(super) fn close(self) {
        drop(self.routes);
        self.writers.into_iter().for_each(Writer::close);
    }
}

/// The longest prefix decides; without any, a log takes everything unless it has an `include`.
fn takes(log: &Log, logger: &str) -> bool {
    let included = log
        .include
        .iter()
        .filter_map(|name| prefix_length(name, logger))
        .max();
    let excluded = log
        .exclude
        .iter()
        .filter_map(|name| prefix_length(name, logger))
        .max();
    match (included, excluded) {
        (Some(included), Some(excluded)) => included > excluded,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => log.include.is_empty(),
    }
}

/// The length of `prefix` if it is `logger` or one of its parents. `*` stands for all module logs.
fn prefix_length(prefix: &str, logger: &str) -> Option<usize> {
    if prefix == "*" {
        return (!logger.is_empty()).then_some(0);
    }
    if prefix == "." {
        return logger.is_empty().then_some(0);
    }
    let rest = logger.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('.')).then_some(prefix.len())
}

/// Levels that do not exist are refused before.
fn level(name: Option<&LevelName>) -> Level {
    name.and_then(LevelName::level).unwrap_or(Level::Info)
}

fn form(encoder: Option<&Encoder>, target: &Target) -> Form {
    let on_terminal = match target {
        Target::Stderr {} => stderr_is_terminal(),
        Target::Stdout {} => io::IsTerminal::is_terminal(&io::stdout()),
        Target::Discard {} | Target::File(_) | Target::Net(_) => false,
    };
    match encoder {
        Some(Encoder::Console(_)) => Form::Console { color: on_terminal },
        None if on_terminal => Form::Console { color: true },
        // The encoders that wrap another one are refused before.
        Some(_) | None => Form::Json,
    }
}

fn describe(target: &Target) -> String {
    match target {
        Target::Stdout {} => "stdout".into(),
        Target::Stderr {} => "stderr".into(),
        Target::Discard {} => "discard".into(),
        Target::File(file) => file.filename.clone(),
        Target::Net(net) => net.address.clone(),
    }
}

#[cfg(test)]
mod tests {
    use evenkeel_plan::logging::FileWriter;

    use super::*;

    fn log(include: &[&str], exclude: &[&str]) -> Log {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Log {
            include: own(include),
            exclude: own(exclude),
            ..Log::default()
        }
    }

    fn file(filename: String) -> Target {
        Target::File(FileWriter {
            filename,
            ..FileWriter::default()
        })
    }

    #[test]
    fn the_longest_prefix_decides() {
        let table = [
            (log(&[], &[]), "http", true),
            (
                log(&["http.log.access.log0"], &[]),
                "http.log.access.log0",
                true,
            ),
            (
                log(&["http.log.access.log0"], &[]),
                "http.log.access.log01",
                false,
            ),
            (log(&["http.log.access.log0"], &[]), "tls", false),
            (
                log(&[], &["http.log.access.log0"]),
                "http.log.access.log0",
                false,
            ),
            (log(&[], &["http.log.access.log0"]), "http.log.access", true),
            (log(&["http"], &["http.log"]), "http.log.error", false),
            (
                log(&["http", "http.log.error"], &["http.log"]),
                "http.log.error",
                true,
            ),
        ];
        for (log, logger, expected) in table {
            assert_eq!(takes(&log, logger), expected, "{log:?} {logger}");
        }
    }

    #[test]
    fn an_access_log_of_its_own_leaves_the_default_log_alone() -> Result<(), LogError> {
        let folder = tempfile::tempdir().expect("a folder for the log");
        let filename = folder.path().join("a.log").to_string_lossy().into_owned();
        let mut plan = Logging::default();
        plan.logs
            .insert("default".into(), log(&[], &["http.log.access.log0"]));
        let own = Log {
            writer: Some(file(filename)),
            ..log(&["http.log.access.log0"], &[])
        };
        plan.logs.insert("log0".into(), own);
        let router = Router::open(Some(&plan))?;
        assert_eq!(router.access_sinks("log0").len(), 1);
        assert_eq!(router.access_sinks("").len(), 1);
        router.close();
        Ok(())
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_named() {
        let mut plan = Logging::default();
        let writer = Some(file("/dev/null/x".into()));
        plan.logs.insert(
            "x".into(),
            Log {
                writer,
                ..Log::default()
            },
        );
        let error = Router::open(Some(&plan)).err().expect("not a folder");
        assert!(error.to_string().contains("/dev/null/x"), "{error}");
    }
}
