//! What of a plan's logs cannot be carried out yet: each thing by name and place, so that nothing
//! is ignored.

use evenkeel_plan::Logging;
use evenkeel_plan::logging::{Encoder, EntryForm, FileWriter, LevelName, Log, Writer};
use evenkeel_proxy::{BuildError, BuildErrors};

/// Refuses logs that would be other than they were asked for.
pub(crate) fn check(plan: Option<&Logging>) -> Result<(), BuildErrors> {
    let mut found = Found(Vec::new());
    if let Some(plan) = plan {
        found.no_field("logging", "sink", plan.sink.is_some());
        for (name, log) in &plan.logs {
            found.log(&format!("logging.logs.{name}"), log);
        }
    }
    if found.0.is_empty() {
        return Ok(());
    }
    Err(BuildErrors(found.0))
}

struct Found(Vec<BuildError>);

impl Found {
    fn log(&mut self, path: &str, log: &Log) {
        self.no_field(path, "core", log.core.is_some());
        self.no_field(path, "sampling", log.sampling.is_some());
        self.no_field(path, "with_caller", log.with_caller);
        self.no_field(path, "with_caller_skip", log.with_caller_skip != 0);
        self.no_field(path, "with_stacktrace", !log.with_stacktrace.is_empty());
        if let Some(level) = &log.level {
            self.level(path, level);
        }
        match &log.writer {
            Some(Writer::File(file)) => self.file(&format!("{path}.writer"), file),
            Some(Writer::Net(_)) => self.not_yet(format!("{path}.writer"), "net"),
            Some(Writer::Stdout {} | Writer::Stderr {} | Writer::Discard {}) | None => {}
        }
        let encoder = format!("{path}.encoder");
        match &log.encoder {
            Some(Encoder::Json(form) | Encoder::Console(form)) => self.form(&encoder, form),
            Some(Encoder::Filter(_)) => self.not_yet(encoder, "filter"),
            Some(Encoder::Append(_)) => self.not_yet(encoder, "append"),
            Some(Encoder::Journald(_)) => self.not_yet(encoder, "journald"),
            None => {}
        }
    }

    fn level(&mut self, path: &str, level: &LevelName) {
        if level.level().is_none() {
            let message = format!("there is no log level `{}`", level.as_str());
            self.push(format!("{path}.level"), message);
        }
    }

    fn file(&mut self, path: &str, file: &FileWriter) {
        let octal = file.dir_mode.bytes().all(|byte| byte.is_ascii_digit());
        if file.filename.contains('{') {
            let message = "a placeholder in the name of a log's file is not supported yet";
            self.push(format!("{path}.filename"), message.to_owned());
        }
        if !octal {
            self.not_yet(format!("{path}.dir_mode"), &file.dir_mode);
        }
        let fields = [
            ("roll_size_mb", file.roll_size_mb != 0),
            ("roll_interval", !file.roll_interval.is_zero()),
            ("roll_minutes", !file.roll_minutes.is_empty()),
            ("roll_at", !file.roll_at.is_empty()),
            ("roll_gzip", file.roll_gzip.is_some()),
            ("roll_compression", !file.roll_compression.is_empty()),
            ("roll_local_time", file.roll_local_time),
            ("roll_keep", file.roll_keep != 0),
            ("roll_keep_days", file.roll_keep_days != 0),
            ("backup_time_format", !file.backup_time_format.is_empty()),
        ];
        // Without rolling they mean nothing.
        let rolls = file.roll != Some(false);
        for (name, is_set) in fields {
            self.no_field(path, name, is_set && rolls);
        }
    }

    fn form(&mut self, path: &str, form: &EntryForm) {
        let fields = [
            ("message_key", form.message_key.is_some()),
            ("level_key", form.level_key.is_some()),
            ("time_key", form.time_key.is_some()),
            ("name_key", form.name_key.is_some()),
            ("caller_key", form.caller_key.is_some()),
            ("stacktrace_key", form.stacktrace_key.is_some()),
            ("line_ending", form.line_ending.is_some()),
            ("time_format", !form.time_format.is_empty()),
            ("time_local", form.time_local),
            ("duration_format", !form.duration_format.is_empty()),
            ("level_format", !form.level_format.is_empty()),
        ];
        for (name, is_set) in fields {
            self.no_field(path, name, is_set);
        }
    }

    fn no_field(&mut self, path: &str, name: &str, is_set: bool) {
        if is_set {
            self.not_yet(format!("{path}.{name}"), name);
        }
    }

    fn not_yet(&mut self, path: String, name: &str) {
        self.push(path, format!("`{name}` is not supported yet"));
    }

    fn push(&mut self, path: String, message: String) {
        self.0.push(BuildError { path, message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(log: &str) -> Vec<String> {
        let text = format!(r#"{{"logs":{{"a":{log}}}}}"#);
        let plan: Logging = serde_json::from_str(&text).expect("a plan");
        let found = check(Some(&plan)).err().map_or_else(Vec::new, |all| all.0);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_log_cannot_do_yet_is_refused_by_name_and_place() {
        let table = [
            (
                r#"{"sampling":{}}"#,
                "sampling: `sampling` is not supported yet",
            ),
            (r#"{"level":"loud"}"#, "level: there is no log level `loud`"),
            (
                r#"{"writer":{"output":"net","address":"a:1"}}"#,
                "writer: `net` is not supported yet",
            ),
            (
                r#"{"writer":{"output":"file","filename":"a","roll_keep":3}}"#,
                "writer.roll_keep: `roll_keep` is not supported yet",
            ),
            (
                r#"{"writer":{"output":"file","filename":"{env.X}"}}"#,
                "writer.filename: a placeholder in the name of a log's file is not supported yet",
            ),
            (
                r#"{"writer":{"output":"file","filename":"a","dir_mode":"inherit"}}"#,
                "writer.dir_mode: `inherit` is not supported yet",
            ),
            (
                r#"{"encoder":{"format":"console","time_local":true}}"#,
                "encoder.time_local: `time_local` is not supported yet",
            ),
            (
                r#"{"encoder":{"format":"filter"}}"#,
                "encoder: `filter` is not supported yet",
            ),
        ];
        for (log, expected) in table {
            assert_eq!(
                refused(log),
                [format!("logging.logs.a.{expected}")],
                "{log}"
            );
        }
    }

    #[test]
    fn everything_is_refused_at_once_and_nothing_without_reason() {
        let all = refused(r#"{"sampling":{},"core":{"module":"mock"},"with_caller":true}"#);
        assert_eq!(all.len(), 3, "{all:?}");
        let none = r#"{"writer":{"output":"file","filename":"a","mode":"0640","dir_mode":"750",
            "roll":false,"roll_keep":3},"encoder":{"format":"json"},"level":"warn"}"#;
        assert_eq!(refused(none), Vec::<String>::new());
    }
}
