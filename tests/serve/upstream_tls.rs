//! TLS towards upstreams: whose certificate is believed, which name is asked for, and what the
//! server behind it sees.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, TWO, ms, secs};

const HTTP1: &[&str] = &["http/1.1"];

async fn stage(caddyfile: &str, origin: &Origin, name: &str) -> Stage {
    Stage::caddyfile(caddyfile)
        .name("app.test", &["10.0.0.1"])
        .name("other.test", &["10.0.0.1"])
        .tls_origin("10.0.0.1:443", origin, (name, HTTP1))
        .start()
        .await
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_https_upstream_is_asked_for_by_the_name_it_is_dialled_by() {
    let origin = Origin::ok("secret");
    let file = "http://a.test {\n reverse_proxy https://app.test\n}";
    let stage = stage(file, &origin, "app.test").await;
    assert_eq!(stage.get("http://a.test/x").await.body, "secret");
    let seen = origin.last();
    assert_eq!(seen.field("Host"), "app.test:443");
    assert_eq!(seen.field("X-Forwarded-Host"), "a.test");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_host_set_by_header_up_is_what_the_upstream_gets() {
    let origin = Origin::ok("");
    let file = "http://a.test {\n reverse_proxy https://app.test {\n header_up Host {host}\n }\n}";
    let stage = stage(file, &origin, "app.test").await;
    assert_eq!(stage.get("http://a.test/").await.status, 200);
    assert_eq!(origin.last().field("Host"), "a.test");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_certificate_for_another_name_is_502_and_named_in_the_log() {
    let origin = Origin::ok("secret");
    let file = "http://a.test {\n reverse_proxy https://app.test\n}";
    let stage = stage(file, &origin, "wrong.test").await;
    assert_eq!(stage.get("http://a.test/").await.status, 502);
    assert_eq!(origin.requests(), 0, "nothing was sent to a stranger");
    let log = stage.log().join("\n");
    assert!(
        log.contains("app.test:443") && log.contains("TLS handshake"),
        "{log}"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_name_to_ask_for_can_be_another_one() {
    let origin = Origin::ok("secret");
    let file = "http://a.test {\n reverse_proxy https://10.0.0.1 {\n transport http {\n \
                tls_server_name app.test\n }\n }\n}";
    let stage = stage(file, &origin, "app.test").await;
    assert_eq!(stage.get("http://a.test/").await.body, "secret");
    assert_eq!(origin.last().field("Host"), "10.0.0.1:443");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_name_of_each_request_never_shares_a_connection_with_another_name() {
    let origin = Origin::ok("secret");
    let file = "http://*.test {\n reverse_proxy https://10.0.0.1 {\n transport http {\n \
                tls_server_name {host}\n }\n }\n}";
    let stage = stage(file, &origin, "app.test").await;
    assert_eq!(stage.get("http://app.test/").await.body, "secret");
    // The idle connection was verified for another name.
    assert_eq!(stage.get("http://other.test/").await.status, 502);
    assert_eq!(stage.get("http://app.test/").await.body, "secret");
    assert_eq!(
        origin.connections(),
        1,
        "the one name shares its connection"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn transports_that_trust_differently_share_no_connection() {
    let origin = Origin::ok("secret");
    let proxy = |path: &str, ca: &str| {
        format!(
            "reverse_proxy {path} https://app.test {{\n transport http {{\n \
             tls_trusted_ca_certs {ca}\n }}\n }}\n"
        )
    };
    let file = format!(
        "http://a.test {{\n{}{}}}",
        proxy("/1", "a.pem"),
        proxy("/2", "b.pem")
    );
    let stage = stage(&file, &origin, "app.test").await;
    for path in ["/1", "/2", "/1", "/2"] {
        assert_eq!(stage.get(&format!("http://a.test{path}")).await.status, 200);
    }
    assert_eq!(origin.connections(), 2);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn excepted_ports_are_spoken_to_in_clear() {
    let origin = Origin::ok("clear");
    let file = "http://a.test {\n reverse_proxy 10.0.0.1:80 {\n transport http {\n tls\n \
                tls_except_ports 80\n }\n }\n}";
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;
    assert_eq!(stage.get("http://a.test/").await.body, "clear");
    assert_eq!(origin.last().field("Host"), "10.0.0.1:80");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_handshake_that_stalls_is_504_at_its_limit_and_the_next_upstream_is_tried() {
    let file = |limit: &str| {
        format!(
            "http://a.test {{\n reverse_proxy 10.0.0.1:80 {{\n transport http {{\n tls\n{limit}\n \
             }}\n }}\n}}"
        )
    };
    for (limit, time) in [("tls_timeout 2s", secs(2)), ("", secs(10))] {
        let stage = Stage::caddyfile(&file(limit)).silent(ONE).start().await;
        let reply = stage.get("http://a.test/").await;
        assert_eq!((reply.status, reply.took), (504, time), "{limit}");
    }
    let healthy = Origin::ok("well");
    let file = "http://a.test {\n reverse_proxy 10.0.0.1:80 10.0.0.2:80 {\n lb_policy first\n \
                lb_retries 1\n transport http {\n tls\n tls_timeout 2s\n tls_except_ports 81\n }\n }\n}";
    let stage = Stage::caddyfile(file)
        .silent(ONE)
        .tls_origin(TWO, &healthy, ("10.0.0.2", HTTP1))
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/").await.body, "well");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_that_speaks_clear_text_where_tls_is_expected_is_502() {
    let origin = Origin::ok("clear");
    let file = "http://a.test {\n reverse_proxy https://10.0.0.1:81\n}";
    let stage = Stage::caddyfile(file)
        .origin("10.0.0.1:81", &origin)
        .start()
        .await;
    // What the origin makes of the handshake is no TLS.
    assert_eq!(stage.get("http://a.test/").await.status, 502);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_websocket_passes_through_tls() {
    let origin = Origin::new(Answer::Upgrade("websocket"));
    let file = "http://a.test {\n reverse_proxy https://app.test\n}";
    let stage = Stage::caddyfile(file)
        .name("app.test", &["10.0.0.1"])
        .tls_origin("10.0.0.1:443", &origin, ("app.test", &["h2", "http/1.1"]))
        .start()
        .await;
    let mut client = stage.raw(80).await;
    let asked =
        "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    client.send(asked).await;
    let head = client.hear_until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    client.send("ping").await;
    assert_eq!(client.hear_bytes(4).await, b"ping");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn health_checks_go_through_tls() {
    let origin = Origin::ok("well");
    let file = "http://a.test {\n reverse_proxy https://app.test {\n health_uri /up\n \
                health_interval 1s\n }\n}";
    let stage = stage(file, &origin, "app.test").await;
    stage.advance(ms(100)).await;
    assert_eq!(origin.last().path(), "/up");
    assert_eq!(stage.get("http://a.test/").await.body, "well");
}
