//! Whole answers of a server without a socket: routes, groups, fields, the access log.

use std::sync::Arc;

use evenkeel_plan::http::handlers::{
    Handler, HeaderOps, Headers, ResponseHeaderOps, StaticResponse, Subroute,
};
use evenkeel_plan::http::{App, LoggerNames, MatcherSet, Route, ServerLogs};
use evenkeel_plan::value::Status;

use super::*;
use crate::graph::{Graph, build};
use crate::observe::{AccessFormat, AccessSink};
use crate::trial::{self, Lines};

fn graph_of(server: Plan, lines: &Arc<Lines>, format: AccessFormat) -> Graph {
    let app = App {
        servers: [("srv0".to_owned(), server)].into(),
        ..App::default()
    };
    let sinks = |name: &str| {
        if name == "quiet" {
            vec![]
        } else {
            vec![lines.sink(format)]
        }
    };
    trial::with_parts(&sinks, |parts| build(&app, parts)).unwrap()
}

fn graph(routes: Vec<Route>) -> Graph {
    graph_of(
        Plan {
            routes,
            ..Plan::default()
        },
        &Arc::default(),
        AccessFormat::Json,
    )
}

fn respond(text: &str) -> Handler {
    Handler::StaticResponse(StaticResponse {
        body: text.to_owned(),
        ..StaticResponse::default()
    })
}

fn status(code: u16) -> Handler {
    let status_code = Some(Status::Code(code));
    Handler::StaticResponse(StaticResponse {
        status_code,
        ..StaticResponse::default()
    })
}

fn header(set: &[(&str, &str)], deferred: bool) -> Handler {
    let set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
    let response = ResponseHeaderOps {
        set: set.collect(),
        deferred,
        ..Default::default()
    };
    Handler::Headers(Box::new(Headers {
        request: None,
        response: Some(response),
    }))
}

fn route(handlers: Vec<Handler>) -> Route {
    Route {
        handlers,
        ..Route::default()
    }
}

fn at(path: &str, handlers: Vec<Handler>) -> Route {
    let set = MatcherSet {
        path: vec![path.to_owned()],
        ..MatcherSet::default()
    };
    Route {
        matcher_sets: vec![set],
        handlers,
        ..Route::default()
    }
}

fn on(host: &str, handlers: Vec<Handler>) -> Route {
    let set = MatcherSet {
        host: vec![host.to_owned()],
        ..MatcherSet::default()
    };
    Route {
        matcher_sets: vec![set],
        handlers,
        terminal: true,
        ..Route::default()
    }
}

fn grouped(group: &str, route: Route) -> Route {
    Route {
        group: group.to_owned(),
        ..route
    }
}

fn subroute(routes: Vec<Route>) -> Handler {
    Handler::Subroute(Subroute { routes })
}

async fn ask<'g>(graph: &'g Graph, exchange: &mut Exchange<'g>) -> Response<Logged> {
    graph.servers[0].respond(exchange).await.unwrap()
}

async fn text(response: Response<Logged>) -> String {
    let mut body = std::pin::pin!(response.into_body());
    let mut out = Vec::new();
    while let Some(frame) =
        std::future::poll_fn(|cx| http_body::Body::poll_frame(body.as_mut(), cx)).await
    {
        out.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    String::from_utf8(out).unwrap()
}

async fn get(graph: &Graph, host: &str, target: &str) -> (u16, String) {
    let mut exchange = trial::exchange(trial::get(host, target));
    let response = ask(graph, &mut exchange).await;
    (response.status().as_u16(), text(response).await)
}

#[tokio::test]
async fn the_first_route_that_answers_ends_the_list() {
    let graph = graph(vec![
        at("/a", vec![respond("a")]),
        route(vec![respond("rest")]),
    ]);
    assert_eq!(get(&graph, "h", "/a").await, (200, "a".to_owned()));
    assert_eq!(get(&graph, "h", "/b").await, (200, "rest".to_owned()));
}

#[tokio::test]
async fn nobody_answering_is_an_empty_200() {
    let graph = graph(vec![at("/a", vec![respond("a")])]);
    assert_eq!(get(&graph, "h", "/b").await, (200, String::new()));
}

#[tokio::test]
async fn of_a_group_only_the_first_match_runs() {
    let nested = subroute(vec![grouped("g", route(vec![respond("nested")]))]);
    let graph = graph(vec![
        grouped("g", at("/a*", vec![header(&[("x-first", "1")], false)])),
        grouped("g", at("/ab", vec![respond("second")])),
        route(vec![nested]),
        route(vec![respond("end")]),
    ]);
    assert_eq!(get(&graph, "h", "/ab").await.1, "end");
    assert_eq!(get(&graph, "h", "/b").await.1, "nested");
}

#[tokio::test]
async fn a_terminal_route_ends_everything_even_around_a_subroute() {
    let ends = Route {
        terminal: true,
        ..at("/end", vec![header(&[("x-seen", "1")], false)])
    };
    let graph = graph(vec![route(vec![subroute(vec![ends]), respond("behind")])]);
    assert_eq!(get(&graph, "h", "/end").await, (200, String::new()));
    assert_eq!(get(&graph, "h", "/go").await.1, "behind");
}

#[tokio::test]
async fn many_hosts_are_routed_as_few_are() {
    let mut routes: Vec<_> = (0..20)
        .map(|n| on(&format!("h{n}.test"), vec![respond(&format!("site {n}"))]))
        .collect();
    routes.push(on("*.test", vec![respond("wildcard")]));
    routes.push(route(vec![respond("catch-all")]));
    let graph = graph(routes);
    assert_eq!(get(&graph, "H7.test:8443", "/").await.1, "site 7");
    assert_eq!(get(&graph, "other.test", "/").await.1, "wildcard");
    assert_eq!(get(&graph, "a.other.test", "/").await.1, "catch-all");
}

#[tokio::test]
async fn a_host_edited_on_the_way_counts_for_later_routes() {
    let host = HeaderOps {
        set: [("Host".to_owned(), vec!["h3.test".to_owned()])]
            .into_iter()
            .collect(),
        ..HeaderOps::default()
    };
    let edit = Handler::Headers(Box::new(Headers {
        request: Some(host),
        response: None,
    }));
    let mut routes = vec![at("/edit", vec![edit])];
    routes.extend((0..20).map(|n| on(&format!("h{n}.test"), vec![respond(&n.to_string())])));
    let graph = graph(routes);
    assert_eq!(get(&graph, "h5.test", "/edit").await.1, "3");
    assert_eq!(get(&graph, "h5.test", "/").await.1, "5");
}

#[tokio::test]
async fn fields_set_early_stay_on_errors_and_deferred_ones_do_not() {
    let bad = StaticResponse {
        status_code: Some(Status::Template("{http.request.uri.query.s}".to_owned())),
        ..StaticResponse::default()
    };
    let graph = graph(vec![route(vec![
        header(&[("x-early", "1")], false),
        header(&[("x-late", "2")], true),
        Handler::StaticResponse(bad),
    ])]);
    let mut exchange = trial::exchange(trial::get("h", "/?s=bad"));
    let failed = ask(&graph, &mut exchange).await;
    assert_eq!(failed.status(), 500);
    assert_eq!(failed.headers()["x-early"], "1");
    assert_eq!(failed.headers()[SERVER], "Caddy");
    assert!(!failed.headers().contains_key("x-late"));

    let mut exchange = trial::exchange(trial::get("h", "/?s=201"));
    let fine = ask(&graph, &mut exchange).await;
    assert_eq!(
        (&fine.headers()["x-early"], &fine.headers()["x-late"]),
        (&"1".parse().unwrap(), &"2".parse().unwrap())
    );
}

#[tokio::test]
async fn steps_run_from_the_last_to_the_first() {
    let graph = graph(vec![route(vec![
        header(&[("x-a", "outer {http.response.header.x-a}")], true),
        header(&[("x-a", "inner")], true),
        respond("x"),
    ])]);
    let mut exchange = trial::exchange(trial::get("h", "/"));
    assert_eq!(
        ask(&graph, &mut exchange).await.headers()["x-a"],
        "outer inner"
    );
}

#[tokio::test]
async fn an_upstreams_field_is_added_to_one_set_early() {
    let mut exchange = trial::exchange(trial::get("h", "/"));
    exchange.early.insert("x-dup", "early".parse().unwrap());
    exchange.early.insert(SERVER, "mine".parse().unwrap());
    exchange.answered_by_upstream();
    let mut response = Response::new(Body::empty());
    response
        .headers_mut()
        .append("x-dup", "upstream".parse().unwrap());
    response
        .headers_mut()
        .append("x-dup", "again".parse().unwrap());
    response
        .headers_mut()
        .append(SERVER, "theirs".parse().unwrap());
    let response = finish(&mut exchange, response);
    let values: Vec<_> = response.headers().get_all("x-dup").iter().collect();
    assert_eq!(values, ["early", "upstream", "again"]);
    let servers: Vec<_> = response.headers().get_all(SERVER).iter().collect();
    assert_eq!(servers, ["theirs"]);
}

#[tokio::test]
async fn a_broken_escape_in_the_path_is_a_bad_request() {
    let graph = graph(vec![route(vec![respond("x")])]);
    for target in ["/a%", "/a%4", "/a%zz", "/%%41"] {
        assert_eq!(get(&graph, "h", target).await.0, 400, "{target}");
    }
    assert_eq!(get(&graph, "h", "/a%20?b=%zz").await.0, 200);
}

#[test]
fn a_build_fails_where_the_plan_is_wrong() {
    let twice = MatcherSet {
        host: vec!["a".to_owned(), "A".to_owned()],
        ..MatcherSet::default()
    };
    let wrong = Route {
        matcher_sets: vec![twice],
        ..Route::default()
    };
    let server = Plan {
        routes: vec![route(vec![respond("x"), subroute(vec![wrong])])],
        ..Plan::default()
    };
    let app = App {
        servers: [("srv0".to_owned(), server)].into(),
        ..App::default()
    };
    let error = trial::with_parts(&|_| vec![], |parts| build(&app, parts)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "apps.http.servers.srv0.routes[0].handle[1].routes[0].match[0].host: \
         host at index 0 is repeated at index 1: A"
    );
}

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
