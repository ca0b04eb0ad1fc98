//! What the upstream is sent, and what the client gets back.

use evenkeel_net::Peer;
use evenkeel_plan::http::handlers::reverse_proxy::ProxyHeaders;
use evenkeel_plan::http::handlers::{HeaderOps, ResponseHeaderOps};
use insta::assert_snapshot;

use super::*;

const BROWSER: &str = "GET /p?q=1 HTTP/1.1\r\n\
    Host: a.test:8080\r\n\
    X-Forwarded-For: 6.6.6.6\r\n\
    X-Forwarded-For: 7.7.7.7\r\n\
    X-Forwarded-Proto: gopher\r\n\
    X-Forwarded-Host: evil.test\r\n\
    Keep-Alive: 5\r\n\
    Proxy-Connection: keep-alive\r\n\
    Proxy-Authorization: secret\r\n\
    TE: gzip, trailers\r\n\
    Accept: */*\r\n\
    X-Secret: 1\r\n\
    Upgrade: h2c\r\n\
    HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";

/// The head an upstream got, its fields in order of their names.
fn sorted(head: &str) -> String {
    let mut lines: Vec<_> = head.trim_end().lines().map(str::to_owned).collect();
    lines[1..].sort();
    lines.join("\n")
}

#[tokio::test(start_paused = true)]
async fn a_stranger_is_described_and_its_own_claims_are_dropped() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        let mut client = stage.client();
        write(
            &mut client,
            &BROWSER.replace("X-Secret: 1", "Connection: X-Secret\r\nX-Secret: 1"),
        )
        .await;
        read_head(&mut client).await;
        assert_snapshot!(sorted(&heads.borrow()[0]), @r"
        0 GET /p?q=1 HTTP/1.1
        Accept: */*
        Host: a.test:8080
        Te: trailers
        Via: 1.1 Caddy
        X-Forwarded-For: 192.0.2.1
        X-Forwarded-Host: a.test:8080
        X-Forwarded-Proto: http
        ");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_a_trusted_peer_says_is_kept_and_added_to() {
    let mut plan = plan(1);
    plan.trusted_proxies = vec!["192.0.2.0/24".to_owned()];
    stage(&plan, async |stage| {
        let heads = stage.answering(1, OK);
        stage.ask(BROWSER).await;
        let head = sorted(&heads.borrow()[0]);
        let forwarded: Vec<_> = head
            .lines()
            .filter(|line| line.starts_with("X-Forw"))
            .collect();
        assert_eq!(
            forwarded,
            [
                "X-Forwarded-For: 6.6.6.6, 7.7.7.7, 192.0.2.1",
                "X-Forwarded-Host: evil.test",
                "X-Forwarded-Proto: gopher",
            ]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_unix_peer_has_nothing_to_forward() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        let mut client = stage.client_from(Peer::Unix);
        write(&mut client, BROWSER).await;
        read_head(&mut client).await;
        assert!(!heads.borrow()[0].contains("X-Forwarded"), "{heads:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn te_named_in_connection_is_not_forwarded() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        let mut client = stage.client();
        let request = "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n";
        write(&mut client, request).await;
        read_head(&mut client).await;
        assert!(!heads.borrow()[0].contains("Te:"), "{heads:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_body_announces_none() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        stage
            .ask("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            .await;
        stage
            .ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            .await;
        let heads = heads.borrow();
        assert!(!heads[0].contains("Content-Length"), "{heads:?}");
        assert!(heads[1].contains("Content-Length: 0\r\n"), "{heads:?}");
        assert!(
            !heads.iter().any(|head| head.contains("Transfer-Encoding")),
            "{heads:?}"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn http_1_0_without_host_gets_the_upstreams() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        stage.ask("GET / HTTP/1.0\r\n\r\n").await;
        let head = &heads.borrow()[0];
        assert!(head.contains("Host: 10.0.0.1:80\r\n"), "{head}");
        assert!(head.contains("Via: 1.0 Caddy\r\n"), "{head}");
        assert!(head.starts_with("0 GET / HTTP/1.1\r\n"), "{head}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_response_loses_what_concerned_the_upstreams_connection() {
    const ANSWER: &str = "HTTP/1.1 201 Odd Reason\r\n\
        Content-Length: 0\r\n\
        Server: app\r\n\
        Via: 1.1 cache\r\n\
        Connection: X-Hop\r\n\
        X-Hop: 1\r\n\
        Keep-Alive: timeout=5\r\n\
        Alt-Svc: h3=\":443\"\r\n\
        X-End: 2\r\n\r\n";
    stage(&plan(1), async |stage| {
        stage.answering(1, ANSWER);
        let mut client = stage.client();
        write(&mut client, GET).await;
        assert_snapshot!(sorted(&read_head(&mut client).await), @r"
        HTTP/1.1 201 Created
        Content-Length: 0
        Server: app
        Via: 1.1 Caddy
        Via: 1.1 cache
        X-End: 2
        ");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_head_keeps_its_length_and_the_connection() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        let first = stage.ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        stage.ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(first.contains("Content-Length: 5\r\n"), "{first}");
        assert!(heads.borrow()[1].starts_with("0 HEAD"), "{heads:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn header_up_is_worked_out_for_each_upstream() {
    let mut plan = retrying(2, 3);
    let hostport = "{http.reverse_proxy.upstream.hostport}".to_owned();
    let set = [("Host".to_owned(), vec![hostport])].into_iter().collect();
    let request = HeaderOps {
        set,
        delete: vec!["Accept".to_owned()],
        ..HeaderOps::default()
    };
    plan.headers = Some(ProxyHeaders {
        request: Some(request),
        response: None,
    });
    stage(&plan, async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            let head = read_head(&mut stream).await;
            assert!(head.contains("Host: 10.0.0.1:80\r\n"), "{head}");
        });
        let heads = stage.answering(2, OK);
        stage
            .ask(&GET.replacen("\r\n", "\r\nAccept: */*\r\n", 1))
            .await;
        let head = &heads.borrow()[0];
        assert!(head.contains("Host: 10.0.0.2:80\r\n"), "{head}");
        assert!(head.contains("X-Forwarded-Host: a.test\r\n"), "{head}");
        assert!(!head.contains("Accept"), "{head}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_edit_can_make_fields_and_body_contradict_each_other() {
    let mut plan = plan(1);
    let set = [("Content-Length", "99"), ("Transfer-Encoding", "chunked")]
        .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
    let request = HeaderOps {
        set: set.into_iter().collect(),
        ..HeaderOps::default()
    };
    plan.headers = Some(ProxyHeaders {
        request: Some(request),
        response: None,
    });
    stage(&plan, async |stage| {
        let heads = stage.answering(1, OK);
        stage.ask(GET).await;
        assert!(!heads.borrow()[0].contains("Content-Length"), "{heads:?}");
        assert!(
            !heads.borrow()[0].contains("Transfer-Encoding"),
            "{heads:?}"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn header_down_edits_the_upstreams_fields_but_not_our_via() {
    let mut plan = plan(1);
    let response = ResponseHeaderOps {
        delete: vec!["Server".to_owned(), "Via".to_owned()],
        set: [("X-Set".to_owned(), vec!["1".to_owned()])]
            .into_iter()
            .collect(),
        ..ResponseHeaderOps::default()
    };
    plan.headers = Some(ProxyHeaders {
        request: None,
        response: Some(response),
    });
    stage(&plan, async |stage| {
        stage.answering(
            1,
            "HTTP/1.0 200 OK\r\nServer: app\r\nVia: x\r\nContent-Length: 0\r\n\r\n",
        );
        let mut client = stage.client();
        write(&mut client, GET).await;
        assert_snapshot!(sorted(&read_head(&mut client).await), @r"
        HTTP/1.1 200 OK
        Content-Length: 0
        Via: 1.0 Caddy
        X-Set: 1
        ");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn trailers_pass_to_a_client_that_wants_them() {
    stage(&plan(1), async |stage| {
        stage.answering(
            1,
            "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n\
            2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n",
        );
        let answer = stage
            .ask("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n")
            .await;
        assert!(
            answer.ends_with("2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"),
            "{answer}"
        );
        // The connection is free again although the body's end was not asked for.
        assert_eq!(stage.in_flight(1), 0);
    })
    .await;
}
