//! What each endpoint answers. The tags' hashes were read off the real Caddy 2.11.

use super::*;

fn sample() -> Arc<Played> {
    Played::with_config(json!({
        "admin": {"listen": "localhost:29199"},
        "apps": {"http": {"http_port": 29180, "servers": {"srv0": {"listen": [":29180"]}}}},
    }))
}

#[tokio::test]
async fn config_answers_a_value_with_its_tag() {
    let control = sample();
    for (path, body, hash) in [
        (
            "/config/admin",
            r#"{"listen":"localhost:29199"}"#,
            "6c8d18dc19f2dd69",
        ),
        ("/config/apps/http/http_port", "29180", "b1d5211338c8c5c2"),
        ("/config/apps/nope", "null", "396548453caeba50"),
        (
            "/config/apps/http/servers/srv0/listen/0",
            r#"":29180""#,
            "10749a8ecdad19a2",
        ),
        (
            "/config/apps/http/servers/srv0/listen/...",
            r#"[":29180"]"#,
            "2bba0b0f00252774",
        ),
    ] {
        let reply = ask(&control, &format!("GET {path}")).await;
        assert_eq!(
            (reply.status, &reply.body),
            (200, &format!("{body}\n")),
            "{path}"
        );
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let tag = format!("\"{path} {hash}\"");
        assert_eq!(reply.header("etag"), Some(tag.as_str()));
    }
}

#[tokio::test]
async fn config_keeps_the_order_of_the_loaded_document() {
    let control = Played::with_config(json!({"b": 1, "a": 2}));
    for path in ["/config", "/config/", "//config/./"] {
        let reply = ask(&control, &format!("GET {path}")).await;
        assert_eq!(reply.body, "{\"b\":1,\"a\":2}\n", "{path}");
    }
}

#[tokio::test]
async fn config_without_a_configuration_is_null() {
    let reply = ask(&Arc::default(), "GET /config/").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "null\n"));
}

#[tokio::test]
async fn config_refuses_a_path_that_leads_nowhere() {
    let reply = ask(&sample(), "GET /config/apps/nope/deep").await;
    assert_eq!(reply.status, 400);
    let expected = "invalid traversal path at: config/apps/nope/deep";
    assert_eq!(reply.error(), expected);
    assert_eq!(reply.header("etag"), None);
}

#[tokio::test]
async fn upstreams_are_listed_as_caddy_does() {
    let upstream = |address: &str, num_requests, fails| UpstreamStatus {
        address: address.to_owned(),
        num_requests,
        fails,
    };
    let control = Arc::new(Played {
        upstreams: vec![upstream("app1:80", 0, 3), upstream("app2:80", 2, 0)],
        ..Played::default()
    });

    let reply = ask(&control, "GET /reverse_proxy/upstreams").await;

    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let expected = concat!(
        r#"[{"address":"app1:80","num_requests":0,"fails":3},"#,
        r#"{"address":"app2:80","num_requests":2,"fails":0}]"#,
        "\n",
    );
    assert_eq!(reply.body, expected);
    let none = ask(&Arc::default(), "GET /reverse_proxy/upstreams").await;
    assert_eq!(none.body, "[]\n");
}

#[tokio::test]
async fn stop_answers_with_an_empty_body() {
    let control = Arc::<Played>::default();
    let reply = ask(&control, "POST /stop").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    assert_eq!(control.stops(), 1);
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let control = sample();
    for path in [
        "/",
        "/nope",
        "/configuration",
        "/stop/now",
        "/reverse_proxy",
        "/reverse_proxy/upstreams/x",
        "/config/%2e%2e/",
        "/config/../nope",
        "/load",
        "/id/x",
        "/adapt",
        "/pki/ca/local",
    ] {
        let reply = ask(&control, &format!("GET {path}")).await;
        assert_eq!(
            (reply.status, reply.error()),
            (404, "no such endpoint".into()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn another_method_is_not_allowed_and_the_right_one_named() {
    let control = sample();
    for (request, allow) in [
        ("GET /stop", "POST"),
        ("FOO /config/", "GET"),
        ("POST /reverse_proxy/upstreams", "GET"),
        ("DELETE /config/apps", "GET"),
    ] {
        let reply = ask(&control, request).await;
        assert_eq!(reply.status, 405, "{request}");
        assert_eq!(reply.header("allow"), Some(allow), "{request}");
        let method = request.split(' ').next().expect("a method");
        assert_eq!(reply.error(), format!("method {method} not allowed"));
    }
    assert_eq!(control.stops(), 0);
}

#[tokio::test]
async fn a_path_that_cannot_be_decoded_is_refused() {
    let reply = ask(&sample(), "GET /config/%zz").await;
    assert_eq!(
        (reply.status, reply.error()),
        (400, "malformed request path".into())
    );
}

#[tokio::test]
async fn metrics_are_what_prometheus_reads() {
    let reply = ask(&Arc::default(), "GET /metrics").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "up 1\n"));
    let text = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(reply.header("content-type"), Some(text));
}
