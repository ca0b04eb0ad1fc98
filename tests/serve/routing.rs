//! Which handlers a request meets, and in which order.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::ONE;

#[tokio::test(flavor = "local", start_paused = true)]
async fn sites_answer_for_their_hosts_only() {
    let stage = Stage::caddyfile(
        "http://a.test {\n\trespond a\n}\nhttp://b.test, http://*.b.test {\n\trespond b\n}",
    )
    .start()
    .await;

    for (url, body) in [
        ("http://a.test/", "a"),
        ("http://A.TEST/", "a"),
        ("http://b.test/", "b"),
        ("http://x.b.test/", "b"),
        ("http://c.test/", ""),
        ("http://x.y.b.test/", ""),
    ] {
        let reply = stage.get(url).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, body), "{url}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_first_handle_that_matches_is_the_only_one() {
    let stage = Stage::caddyfile(
        "http://a.test {
            handle /api/* {
                respond api 201
            }
            handle {
                respond rest
            }
        }",
    )
    .start()
    .await;

    let api = stage.get("http://a.test/api/x").await;
    assert_eq!((api.status, api.body.as_str()), (201, "api"));
    assert_eq!(stage.get("http://a.test/apix").await.body, "rest");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn respond_answers_before_the_proxy_is_asked() {
    let origin = Origin::ok("origin");
    let stage = Stage::caddyfile(
        "http://a.test {
            respond /api/healthz 200
            reverse_proxy 10.0.0.1:80
        }",
    )
    .origin(ONE, &origin)
    .start()
    .await;

    assert_eq!(stage.get("http://a.test/api/healthz").await.body, "");
    assert_eq!(origin.requests(), 0);
    assert_eq!(stage.get("http://a.test/other").await.body, "origin");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn matchers_choose_by_path_method_and_field() {
    let stage = Stage::caddyfile(
        "http://a.test {
            @post {
                method POST
                path /x*
            }
            @beta header X-Beta 1
            handle @post {
                respond post
            }
            handle @beta {
                respond beta
            }
            handle {
                respond other
            }
        }",
    )
    .start()
    .await;

    assert_eq!(
        stage.send("POST", "http://a.test/xy", "").await.body,
        "post"
    );
    assert_eq!(
        stage.send("POST", "http://a.test/y", "").await.body,
        "other"
    );
    assert_eq!(stage.get("http://a.test/xy").await.body, "other");
    let request = Stage::request_with("GET", "http://a.test/", &[("x-beta", "1")]);
    let reply = stage
        .client(80)
        .await
        .send(request)
        .await
        .expect("an answer");
    assert_eq!(reply.body, "beta");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn header_edits_the_response_of_whoever_answers() {
    let origin = Origin::new(Answer::with(200, &[("X-Powered-By", "app")], "1"));
    let stage = Stage::caddyfile(
        "http://a.test {
            header X-Frame-Options DENY
            header -X-Powered-By
            header ?X-Default yes
            reverse_proxy 10.0.0.1:80
        }",
    )
    .origin(ONE, &origin)
    .start()
    .await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!(reply.field("x-frame-options"), "DENY");
    assert_eq!(reply.field("x-powered-by"), "");
    assert_eq!(reply.field("x-default"), "yes");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_may_name_what_was_asked() {
    let stage = Stage::caddyfile("http://a.test {\n\trespond \"{method} {uri} {host}\"\n}");
    let stage = stage.start().await;

    assert_eq!(
        stage.get("http://a.test/x?y=1").await.body,
        "GET /x?y=1 a.test"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_a_request_says_is_never_expanded() {
    let stage = Stage::caddyfile("http://a.test {\n\trespond \"{http.request.header.X}\"\n}");
    let stage = stage.start().await;
    let request = Stage::request_with("GET", "http://a.test/", &[("x", "{env.SECRET}{host}")]);

    let reply = stage
        .client(80)
        .await
        .send(request)
        .await
        .expect("an answer");

    assert_eq!(reply.body, "{env.SECRET}{host}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_challenge_in_progress_is_answered_before_routing_and_any_other_is_routed() {
    let stage = Stage::caddyfile("http://a.test {\n\trespond routed\n}")
        .challenge("a.test", "tok-1", "tok-1.key")
        .start()
        .await;
    let prefix = "/.well-known/acme-challenge";

    let reply = stage.get(&format!("http://a.test{prefix}/tok-1")).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "tok-1.key"));
    assert_eq!(reply.field("content-type"), "text/plain");
    assert_eq!(
        stage
            .get(&format!("http://A.test:80{prefix}/tok-1"))
            .await
            .body,
        "tok-1.key"
    );
    for path in ["/tok-2", "/tok-1/", "/", "/../acme-challenge/tok-1"] {
        let reply = stage.get(&format!("http://a.test{prefix}{path}")).await;
        assert_eq!(reply.body, "routed", "{path}");
    }
    assert_eq!(
        stage
            .get(&format!("http://b.test{prefix}/tok-1"))
            .await
            .body,
        ""
    );
    let post = stage
        .send("POST", &format!("http://a.test{prefix}/tok-1"), "")
        .await;
    assert_eq!(post.body, "routed");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn options_of_the_server_itself_is_answered() {
    let stage = Stage::caddyfile("http://a.test {\n\trespond routed\n}")
        .start()
        .await;
    let mut raw = stage.raw(80).await;

    raw.send("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n").await;

    let heard = raw.hear().await;
    assert_eq!((heard.statuses(), heard.closed), (vec![200], false));
    assert!(!heard.text.contains("routed"), "{heard:?}");
}
