//! One log entry: what an event said, and how it looks in each form.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use evenkeel_plan::logging::Level;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::macros::format_description;
use tracing::Event;
use tracing::field::{Field, Visit};

/// An event, read.
pub(super) struct Entry {
    pub(super) level: Level,
    /// Caddy's name of the logger; empty for the process itself.
    pub(super) logger: &'static str,
    at: SystemTime,
    message: String,
    fields: Map<String, Value>,
}

impl Entry {
    pub(super) fn new(event: &Event<'_>, at: SystemTime) -> Self {
        let metadata = event.metadata();
        // An event without a target of its own has its module's path, which is no logger.
        let target = metadata.target();
        let logger = if target.contains("::") || target.starts_with("evenkeel") {
            ""
        } else {
            target
        };
        let level = level(*metadata.level());
        let mut entry = Self {
            level,
            logger,
            at,
            message: String::new(),
            fields: Map::new(),
        };
        event.record(&mut entry);
        entry
    }

    /// One object on one line, with Caddy's field names.
    pub(super) fn json(&self) -> Vec<u8> {
        let mut object = Map::new();
        object.insert("level".into(), self.level_name().into());
        object.insert("ts".into(), seconds(self.at).into());
        if !self.logger.is_empty() {
            object.insert("logger".into(), self.logger.into());
        }
        object.insert("msg".into(), self.message.as_str().into());
        object.extend(self.fields.clone());
        let mut line = Value::Object(object).to_string().into_bytes();
        line.push(b'\n');
        line
    }

    /// For people: time, level, logger, message, and the fields as an object.
    pub(super) fn console(&self, color: bool) -> Vec<u8> {
        use fmt::Write as _;
        let mut line = wall_time(self.at);
        line.push('\t');
        let level = self.level_name().to_uppercase();
        if color {
            // Writing to a String cannot fail.
            let _ = write!(line, "\x1b[{}m{level}\x1b[0m", self.color());
        } else {
            line.push_str(&level);
        }
        if !self.logger.is_empty() {
            line.push('\t');
            line.push_str(self.logger);
        }
        line.push('\t');
        line.extend(
            self.message
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c }),
        );
        if !self.fields.is_empty() {
            let _ = write!(line, "\t{}", Value::Object(self.fields.clone()));
        }
        line.push('\n');
        line.into_bytes()
    }

    const fn level_name(&self) -> &'static str {
        match self.level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Panic => "panic",
            Level::Fatal => "fatal",
        }
    }

    const fn color(&self) -> u8 {
        match self.level {
            Level::Debug => 35,
            Level::Info => 34,
            Level::Warn => 33,
            Level::Error | Level::Panic | Level::Fatal => 31,
        }
    }
}

impl Visit for Entry {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        self.insert(field, text.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}").into());
    }
}

impl Entry {
    fn insert(&mut self, field: &Field, value: Value) {
        if field.name() == "message" {
            self.message = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
        } else {
            self.fields.insert(field.name().to_owned(), value);
        }
    }
}

/// Tracing's levels are ordered the other way round, and have one more.
pub(super) const fn level(level: tracing::Level) -> Level {
    match level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        tracing::Level::DEBUG | tracing::Level::TRACE => Level::Debug,
    }
}

fn seconds(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
}

fn wall_time(at: SystemTime) -> String {
    let format = format_description!(
        version = 2,
        "[year]/[month]/[day] [hour]:[minute]:[second].[subsecond digits:3]"
    );
    OffsetDateTime::from(at).format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let mut fields = Map::new();
        fields.insert("upstream".into(), "10.0.0.1:80".into());
        Entry {
            level: Level::Info,
            logger: "http.handlers.reverse_proxy",
            at: UNIX_EPOCH + std::time::Duration::from_millis(1_500),
            message: "host is up\nforged".into(),
            fields,
        }
    }

    #[test]
    fn json_has_caddys_fields_on_one_line() {
        let line = String::from_utf8(entry().json()).expect("JSON is UTF-8");
        assert_eq!(
            line,
            "{\"level\":\"info\",\"ts\":1.5,\"logger\":\"http.handlers.reverse_proxy\",\
             \"msg\":\"host is up\\nforged\",\"upstream\":\"10.0.0.1:80\"}\n"
        );
    }

    #[test]
    fn console_lines_cannot_be_forged_by_a_message() {
        let line = String::from_utf8(entry().console(false)).expect("text is UTF-8");
        assert_eq!(
            line,
            "1970/01/01 00:00:01.500\tINFO\thttp.handlers.reverse_proxy\thost is up forged\
             \t{\"upstream\":\"10.0.0.1:80\"}\n"
        );
    }
}
