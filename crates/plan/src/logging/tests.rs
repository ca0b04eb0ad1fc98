//! Logs as JSON.

use super::*;

/// What a log becomes when it is read and written again.
fn again(text: &str) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<Logging>(text)?)
}

#[test]
fn a_level_is_read_in_any_case_and_kept_as_written() -> Result<(), serde_json::Error> {
    let log: Log = serde_json::from_str(r#"{"level":"warn"}"#)?;
    assert_eq!(
        log.level.as_ref().and_then(LevelName::level),
        Some(Level::Warn)
    );
    assert_eq!(serde_json::to_string(&log)?, r#"{"level":"warn"}"#);
    let log = Log {
        level: Some(Level::Fatal.into()),
        ..Log::default()
    };
    assert_eq!(serde_json::to_string(&log)?, r#"{"level":"FATAL"}"#);
    let log: Log = serde_json::from_str(r#"{"level":"{env.LEVEL}"}"#)?;
    assert_eq!(log.level.as_ref().and_then(LevelName::level), None);
    Ok(())
}

#[test]
fn every_field_of_a_log_is_read_and_written_again() -> Result<(), serde_json::Error> {
    let text = r#"{
        "sink": {"writer": {"output": "discard"}, "with_caller": true},
        "logs": {"a": {
            "writer": {"output": "file", "filename": "a", "mode": "0640", "dir_mode": "inherit",
                "roll": false, "roll_size_mb": 1, "roll_interval": 1, "roll_minutes": [1],
                "roll_at": ["00:00"], "roll_gzip": false, "roll_compression": "zstd",
                "roll_local_time": true, "roll_keep": 1, "roll_keep_days": 1,
                "backup_time_format": "2006"},
            "encoder": {"format": "filter",
                "wrap": {"format": "journald", "wrap": {"format": "append",
                    "wrap": {"format": "console", "message_key": "", "time_format": "wall"},
                    "fields": {"n": 1, "t": true, "s": "{env.X}"}}},
                "fields": {
                    "a": {"filter": "ip_mask", "ipv4_cidr": 16, "ipv6_cidr": 32},
                    "b": {"filter": "query", "actions": [{"type": "hash", "parameter": "p"}]},
                    "c": {"filter": "set_cookie", "actions": null},
                    "d": {"filter": "multi_regexp", "operations": [{"regexp": "x", "value": "y"}]},
                    "e": {"filter": "regexp", "regexp": "x"}}},
            "core": {"module": "mock"},
            "level": "INFO",
            "sampling": {"interval": 1, "first": 2, "thereafter": 3},
            "with_caller": true, "with_caller_skip": 1, "with_stacktrace": "ERROR",
            "include": ["x"], "exclude": ["x.y"]
        }, "b": {"writer": {"output": "net", "address": "a:1", "dial_timeout": 1, "soft_start": true}}}
    }"#;
    assert_eq!(
        again(text)?,
        serde_json::from_str::<serde_json::Value>(text)?
    );
    Ok(())
}

#[test]
fn what_no_log_has_is_refused() {
    let wrong = [
        r#"{"logs":{"a":{"writer":{"output":"file","file":"x"}}}}"#,
        r#"{"logs":{"a":{"writer":{"output":"stdout","filename":"x"}}}}"#,
        r#"{"logs":{"a":{"encoder":{"format":"json","wrap":{}}}}}"#,
        r#"{"logs":{"a":{"encoder":{"format":"filter","fields":{"x":{"filter":"delete","x":1}}}}}}"#,
        r#"{"logs":{"a":{"sampling":{"last":1}}}}"#,
        r#"{"sink":{"include":["x"]}}"#,
    ];
    for text in wrong {
        assert!(again(text).is_err(), "{text}");
    }
}
