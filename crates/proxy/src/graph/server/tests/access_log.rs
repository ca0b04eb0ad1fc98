//! What is noted about an exchange, compared with a Caddy 2.11.7.

use rustls::{CipherSuite, ProtocolVersion};

use super::*;
use crate::worker::TlsInfo;

fn logging(logs: ServerLogs) -> Plan {
    let abort = StaticResponse {
        abort: true,
        ..StaticResponse::default()
    };
    Plan {
        routes: vec![
            at("/abort", vec![Handler::StaticResponse(abort)]),
            at("/gone", vec![status(502)]),
            at("/nop", vec![header(&[("x-a", "1")], false)]),
            at(
                "/a*",
                vec![header(&[("set-cookie", "s=1")], false), respond("hello")],
            ),
        ],
        logs: Some(logs),
        ..Plan::default()
    }
}

/// Logs one request for `target` on `host`.
async fn logged(logs: ServerLogs, format: AccessFormat, host: &str, target: &str) -> Vec<String> {
    let lines = Arc::default();
    let graph = graph_of(logging(logs), &lines, format);
    let fields = [
        ("user-agent", "curl \u{e9}\t\"},\"level\":\"error"),
        ("cookie", "a=b"),
        ("authorization", "Basic c2VjcmV0"),
        ("x-m", "1"),
        ("x-m", "2"),
        ("transfer-encoding", "chunked"),
    ];
    let mut exchange = trial::exchange(trial::request(host, target, &fields));
    if let Ok(response) = graph.servers[0].respond(&mut exchange).await {
        assert_eq!(
            lines.take(),
            [""; 0],
            "nothing is written before the body is through"
        );
        text(response).await;
    }
    lines.take()
}

#[tokio::test(start_paused = true)]
async fn an_entry_is_as_caddys() {
    let lines = logged(
        ServerLogs::default(),
        AccessFormat::Json,
        "h.test:80",
        "/a?b=c",
    )
    .await;
    insta::assert_snapshot!(lines.concat(), @r#"{"level":"info","ts":1795527669.071,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","remote_port":"4711","client_ip":"192.0.2.7","proto":"HTTP/1.1","method":"GET","host":"h.test:80","uri":"/a?b=c","headers":{"User-Agent":["curl é\t\"},\"level\":\"error"],"Cookie":["REDACTED"],"Authorization":["REDACTED"],"X-M":["1","2"]},"transfer_encoding":["chunked"]},"bytes_read":0,"user_id":"","duration":0,"size":5,"status":200,"resp_headers":{"Set-Cookie":["REDACTED"],"Content-Type":["text/plain; charset=utf-8"],"Server":["Caddy"]}}"#);
}

#[tokio::test(start_paused = true)]
async fn an_entry_for_people_is_as_caddys() {
    let lines = logged(
        ServerLogs::default(),
        AccessFormat::Console,
        "h.test",
        "/gone",
    )
    .await;
    insta::assert_snapshot!(lines.concat().replace('\x1b', "ESC"), @r#"2026/11/24 13:41:09.071	ESC[31mERRORESC[0m	http.log.access	handled request	{"request": {"remote_ip": "192.0.2.7", "remote_port": "4711", "client_ip": "192.0.2.7", "proto": "HTTP/1.1", "method": "GET", "host": "h.test", "uri": "/gone", "headers": {"User-Agent": ["curl é\t\"},\"level\":\"error"], "Cookie": ["REDACTED"], "Authorization": ["REDACTED"], "X-M": ["1", "2"]}, "transfer_encoding": ["chunked"]}, "bytes_read": 0, "user_id": "", "duration": 0, "size": 0, "status": 502, "resp_headers": {"Server": ["Caddy"]}}"#);
}

#[tokio::test(start_paused = true)]
async fn tells_what_became_of_an_exchange() {
    let table = [
        ("/a", "info", "handled request", 200, 5),
        ("/gone", "error", "handled request", 502, 0),
        ("/nop", "info", "NOP", 0, 0),
        ("/abort", "info", "handled request", 0, 0),
    ];
    for (target, level, message, status, size) in table {
        let lines = logged(ServerLogs::default(), AccessFormat::Json, "h", target).await;
        let [line] = &*lines else {
            panic!("{target}: {lines:?}")
        };
        for part in [
            format!(r#"{{"level":"{level}","#),
            format!(r#""msg":"{message}","#),
            format!(r#""size":{size},"status":{status},"#),
        ] {
            assert!(line.contains(&part), "{target}: no {part} in {line}");
        }
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_the_response_is_noted_as_499() {
    let lines: Arc<Lines> = Arc::default();
    let graph = graph_of(logging(ServerLogs::default()), &lines, AccessFormat::Json);
    let mut exchange = trial::exchange(trial::get("h", "/a"));
    let respond = graph.servers[0]
        .access_log
        .as_ref()
        .unwrap()
        .begin(&mut exchange);
    drop(respond);
    assert!(lines.take().concat().contains(r#""status":499,"#));
}

#[tokio::test]
async fn credentials_are_written_only_if_asked_for() {
    let hidden = logged(ServerLogs::default(), AccessFormat::Json, "h", "/a")
        .await
        .concat();
    for secret in ["c2VjcmV0", "a=b", "s=1"] {
        assert!(!hidden.contains(secret), "{secret}");
    }
    let logs = ServerLogs {
        should_log_credentials: true,
        ..ServerLogs::default()
    };
    let shown = logged(logs, AccessFormat::Json, "h", "/a").await.concat();
    for secret in ["c2VjcmV0", "a=b", "s=1"] {
        assert!(shown.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_logger_goes_by_host() {
    let names = |names: &[&str]| LoggerNames(names.iter().map(|n| (*n).to_owned()).collect());
    let logs = |skip_unmapped_hosts| ServerLogs {
        default_logger_name: "other".to_owned(),
        logger_names: [
            ("a.test".to_owned(), names(&["a"])),
            ("*.test".to_owned(), names(&["wild", "second"])),
            ("q.test".to_owned(), names(&["quiet"])),
            ("bare.test".to_owned(), names(&[""])),
        ]
        .into(),
        skip_hosts: vec!["no.test".to_owned(), "*.no.example".to_owned()],
        skip_unmapped_hosts,
        ..ServerLogs::default()
    };
    let table: [(&str, &[&str], bool); 8] = [
        ("a.test", &["http.log.access.a"], false),
        ("A.test:443", &["http.log.access.a"], true),
        (
            "b.test",
            &["http.log.access.wild", "http.log.access.second"],
            false,
        ),
        ("q.test", &[], false),
        ("bare.test", &["http.log.access"], false),
        ("no.test", &[], false),
        ("x.no.example", &[], false),
        ("elsewhere", &["http.log.access.other"], false),
    ];
    for (host, expected, skip_unmapped) in table {
        let lines = logged(logs(skip_unmapped), AccessFormat::Json, host, "/a").await;
        let loggers: Vec<_> = lines
            .iter()
            .map(|line| {
                line.split(r#""logger":""#)
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
            })
            .collect();
        assert_eq!(loggers, expected, "{host}");
    }
    assert!(
        logged(logs(true), AccessFormat::Json, "elsewhere", "/a")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_request_cannot_forge_an_entry() {
    let target = "/a?x=%0a{},'level':'error'";
    for format in [AccessFormat::Json, AccessFormat::Console] {
        let lines = logged(ServerLogs::default(), format, "h", target)
            .await
            .concat();
        assert_eq!(lines.matches('\n').count(), 1);
        assert!(!lines.contains(r#"","level":"error"#));
    }
}

#[tokio::test]
async fn a_log_of_errors_gets_errors_only() {
    let lines: Arc<Lines> = Arc::default();
    let sinks = |_: &str| {
        vec![AccessSink {
            errors_only: true,
            ..lines.sink(AccessFormat::Json)
        }]
    };
    let servers = [("srv0".to_owned(), logging(ServerLogs::default()))].into();
    let app = App {
        servers,
        ..App::default()
    };
    let graph = trial::with_parts(&sinks, |parts| build(&app, parts)).unwrap();
    assert_eq!(get(&graph, "h", "/a").await.0, 200);
    assert_eq!(lines.take(), [""; 0]);
    assert_eq!(get(&graph, "h", "/gone").await.0, 502);
    assert_eq!(lines.take().len(), 1);
}

#[tokio::test]
async fn the_size_of_a_head_response_is_what_get_would_have_got() {
    let lines: Arc<Lines> = Arc::default();
    let graph = graph_of(logging(ServerLogs::default()), &lines, AccessFormat::Json);
    let mut exchange = trial::exchange(trial::get("h", "/a"));
    *exchange.request.method_mut() = http::Method::HEAD;
    drop(ask(&graph, &mut exchange).await);
    assert!(lines.take().concat().contains(r#""size":5,"status":200"#));
}

#[tokio::test(start_paused = true)]
async fn a_tls_session_is_noted_as_caddy_does() {
    let lines: Arc<Lines> = Arc::default();
    let graph = graph_of(logging(ServerLogs::default()), &lines, AccessFormat::Json);
    let session = TlsInfo {
        version: Some(ProtocolVersion::TLSv1_3),
        cipher: Some(CipherSuite::TLS13_AES_128_GCM_SHA256),
        alpn: "h2".into(),
        sni: Some("localhost".into()),
        resumed: false,
    };
    let mut request = trial::get("localhost", "/a");
    *request.version_mut() = http::Version::HTTP_2;
    let mut exchange = trial::exchange_over(request, Some(session));
    drop(ask(&graph, &mut exchange).await);
    let expected = r#""proto":"HTTP/2.0","method":"GET","host":"localhost","uri":"/a","headers":{},"tls":{"resumed":false,"version":772,"cipher_suite":4865,"proto":"h2","server_name":"localhost","ech":false}},"#;
    let line = lines.take().concat();
    assert!(line.contains(expected), "{line}");
}

#[tokio::test]
async fn an_identifier_that_was_asked_for_is_noted() {
    let lines: Arc<Lines> = Arc::default();
    let mut server = logging(ServerLogs::default());
    server.routes = vec![route(vec![respond("{http.request.uuid}")])];
    let graph = graph_of(server, &lines, AccessFormat::Json);
    let (_, uuid) = get(&graph, "h", "/").await;
    assert!(
        lines
            .take()
            .concat()
            .contains(&format!(r#","uuid":"{uuid}"}}"#))
    );
}
