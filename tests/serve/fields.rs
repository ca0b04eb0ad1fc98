//! What the upstream sees of a request, and the client of a response: fields added, kept, dropped.

use evenkeel_testkit::{Answer, Origin, Seen, Stage};

use crate::{ONE, PLAIN};

async fn seen(fields: &[(&str, &str)]) -> Seen {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let request = Stage::request_with("GET", "http://a.test/p/a%2Fth?q=1", fields);
    let reply = stage
        .client(80)
        .await
        .send(request)
        .await
        .expect("an answer");
    assert_eq!(reply.status, 200);
    origin.last()
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_target_and_host_pass_as_they_came() {
    let seen = seen(&[("accept", "text/*")]).await;

    assert_eq!(seen.line(), "GET /p/a%2Fth?q=1 HTTP/1.1");
    assert_eq!(seen.field("host"), "a.test");
    assert_eq!(seen.field("accept"), "text/*");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_upstream_is_told_who_asked_and_how() {
    let seen = seen(&[]).await;

    assert_eq!(seen.field("x-forwarded-for"), "192.0.2.1");
    assert_eq!(seen.field("x-forwarded-proto"), "http");
    assert_eq!(seen.field("x-forwarded-host"), "a.test");
    assert_eq!(seen.field("via"), "1.1 Caddy");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_a_client_claims_about_itself_is_replaced() {
    let seen = seen(&[
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-for", "7.7.7.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil"),
        ("x_forwarded_for", "8.8.8.8"),
    ])
    .await;

    assert_eq!(seen.field("x-forwarded-for"), "192.0.2.1");
    assert_eq!(seen.field("x-forwarded-proto"), "http");
    assert_eq!(seen.field("x-forwarded-host"), "a.test");
    assert!(!seen.has("x_forwarded_for"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn hop_by_hop_fields_of_a_request_stay_behind() {
    let seen = seen(&[
        ("connection", "keep-alive, x-secret"),
        ("x-secret", "1"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "keep-alive"),
        ("proxy-authorization", "Basic eA=="),
        ("te", "gzip"),
        ("upgrade", "h2c"),
        ("http2-settings", "AAMAAABkAARAAAAAAAIAAAAA"),
        ("x-kept", "1"),
    ])
    .await;

    for name in [
        "x-secret",
        "keep-alive",
        "proxy-connection",
        "te",
        "upgrade",
        "http2-settings",
    ] {
        assert!(!seen.has(name), "{name}: {}", seen.head);
    }
    assert!(!seen.has("proxy-authorization"), "{}", seen.head);
    assert_eq!(seen.field("x-kept"), "1");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn naming_our_own_fields_in_connection_does_not_remove_them() {
    let seen = seen(&[(
        "connection",
        "close, x-forwarded-for, x-forwarded-host, host, via",
    )])
    .await;

    assert_eq!(seen.field("x-forwarded-for"), "192.0.2.1");
    assert_eq!(seen.field("x-forwarded-host"), "a.test");
    assert_eq!(seen.field("host"), "a.test");
    assert_eq!(seen.field("via"), "1.1 Caddy");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_upstreams_fields_pass_but_for_hop_by_hop_ones() {
    let fields = [
        ("Server", "app/1"),
        ("X-Kept", "1"),
        ("Connection", "x-secret"),
        ("X-Secret", "1"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Authenticate", "Basic"),
    ];
    let origin = Origin::new(Answer::with(200, &fields, "1"));
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!(reply.field("server"), "app/1");
    assert_eq!(reply.field("x-kept"), "1");
    assert_eq!(reply.field("via"), "1.1 Caddy");
    for name in ["x-secret", "keep-alive", "proxy-authenticate"] {
        assert_eq!(reply.field(name), "", "{name}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn answers_of_our_own_say_caddy() {
    let stage = Stage::caddyfile(PLAIN).start().await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!(
        (reply.status, reply.field("server").as_str()),
        (502, "Caddy")
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn header_up_and_header_down_edit_both_directions() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            header_up Host {upstream_hostport}
            header_up X-Extra yes
            header_up -X-Private
            header_down -X-Internal
            header_down X-Seen-By evenkeel
        }
    }";
    let origin = Origin::new(Answer::with(200, &[("X-Internal", "1")], "1"));
    let stage = Stage::caddyfile(caddyfile)
        .origin(ONE, &origin)
        .start()
        .await;
    let request = Stage::request_with("GET", "http://a.test/", &[("x-private", "1")]);

    let reply = stage
        .client(80)
        .await
        .send(request)
        .await
        .expect("an answer");

    let seen = origin.last();
    assert_eq!(seen.field("host"), ONE);
    assert_eq!(seen.field("x-extra"), "yes");
    assert!(!seen.has("x-private"));
    assert_eq!(
        (
            reply.field("x-internal").as_str(),
            reply.field("x-seen-by").as_str()
        ),
        ("", "evenkeel")
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn names_are_written_as_caddy_writes_them() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nhost: a.test\r\nx-own: 1\r\n\r\n")
        .await;

    let heard = raw.hear().await;

    assert!(
        heard.text.contains("\r\nContent-Length: 1\r\n"),
        "{heard:?}"
    );
    let seen = origin.last();
    for name in ["Host", "X-Own", "X-Forwarded-For"] {
        assert!(
            seen.head.contains(&format!("\r\n{name}: ")),
            "{}",
            seen.head
        );
    }
}
