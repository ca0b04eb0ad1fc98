//! What a plan asks of a server that cannot be done yet is refused by name and place.

use evenkeel_plan::http::{HttpRedirect, ListenerWrapper, Metrics, TlsWrapper};
use evenkeel_plan::value::Duration;

use super::*;
use crate::error::BuildErrors;

fn refusals(app: &App) -> Vec<String> {
    let built = trial::with_parts(&|_| vec![], |parts| build(app, parts));
    let BuildErrors(errors) = built.err().unwrap_or(BuildErrors(Vec::new()));
    errors.iter().map(ToString::to_string).collect()
}

fn app(server: Plan) -> App {
    App {
        servers: [("s".to_owned(), server)].into(),
        ..App::default()
    }
}

#[test]
fn every_setting_that_is_not_honoured_is_refused_in_one_build() {
    let server = Plan {
        listen: vec![":80".to_owned(), "unix//run/a.sock|0222".to_owned()],
        listener_wrappers: vec![
            ListenerWrapper::Tls(TlsWrapper {}),
            ListenerWrapper::HttpRedirect(HttpRedirect::default()),
        ],
        read_header_timeout: Duration::from_secs(1),
        max_header_bytes: 1,
        strict_sni_host: Some(true),
        logs: Some(ServerLogs {
            trace: true,
            ..ServerLogs::default()
        }),
        ..Plan::default()
    };
    let app = App {
        metrics: Some(Metrics::default()),
        shutdown_delay: Duration::from_secs(1),
        ..app(server)
    };
    let refused =
        |path: &str, name: &str| format!("apps.http.{path}: `{name}` is not supported yet");
    let mut expected = vec![
        refused("metrics", "metrics"),
        refused("shutdown_delay", "shutdown_delay"),
        refused("servers.s.listen[1].permissions", "permissions"),
        refused(
            "servers.s.listener_wrappers[1].http_redirect",
            "http_redirect",
        ),
        refused("servers.s.logs.trace", "trace"),
    ];
    for name in ["read_header_timeout", "max_header_bytes", "strict_sni_host"] {
        expected.push(refused(&format!("servers.s.{name}"), name));
    }
    let mut found = refusals(&app);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_done_anyway_is_not_refused() {
    let server = Plan {
        listener_wrappers: vec![ListenerWrapper::Tls(TlsWrapper {})],
        strict_sni_host: Some(false),
        allow_0rtt: Some(false),
        protocols: vec!["h1".to_owned()],
        ..Plan::default()
    };
    assert_eq!(refusals(&app(server)), Vec::<String>::new());
}
