//! Upstreams whose address the request names.

use evenkeel_testkit::{Origin, Request, Stage, Upload};
use tokio::time::Instant;

use crate::{ms, secs};

fn asking(port: &str) -> Request<Upload> {
    Stage::request_with("GET", "http://a.test/", &[("X-Port", port)])
}

async fn answer(stage: &Stage, port: &str) -> (u16, String) {
    let reply = stage.client(80).await.send(asking(port)).await;
    let reply = reply.expect("the server answers");
    (reply.status, reply.body)
}

async fn two_ports(options: &str) -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let text = format!(
        "http://a.test {{\n\treverse_proxy 10.0.0.1:{{header.X-Port}} {{\n{options}\n}}\n}}\n"
    );
    let stage = Stage::caddyfile(&text)
        .origin("10.0.0.1:81", &one)
        .origin("10.0.0.1:82", &two)
        .start()
        .await;
    (stage, one, two)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn each_request_goes_where_it_says() {
    let (stage, ..) = two_ports("header_down X-From {http.reverse_proxy.upstream.hostport}").await;
    for (port, body) in [("81", "1"), ("82", "2"), ("81", "1")] {
        assert_eq!(answer(&stage, port).await, (200, body.to_owned()));
    }
    let reply = stage.client(80).await.send(asking("82")).await;
    assert_eq!(reply.expect("an answer").field("x-from"), "10.0.0.1:82");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_to_one_address_share_its_connections() {
    let (stage, one, two) = two_ports("").await;
    for port in ["81", "82", "81", "82"] {
        answer(&stage, port).await;
    }
    assert_eq!((one.connections(), two.connections()), (1, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_is_no_address_is_a_502_at_once_whatever_the_retries() {
    let (stage, one, _) = two_ports("lb_try_duration 5s\nfail_duration 10s").await;
    let before = Instant::now();
    for port in ["", "0", "seven", "81-82", "65536", "81/x", "81, 82"] {
        assert_eq!(answer(&stage, port).await.0, 502, "{port}");
    }
    assert!(before.elapsed() < ms(250), "nobody waits for a retry");
    assert_eq!(one.requests(), 0);
    assert_eq!(
        answer(&stage, "81").await.0,
        200,
        "what clients write is no strike"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn failures_count_for_the_upstream_as_it_is_written() {
    let (stage, ..) = two_ports("fail_duration 10s").await;
    assert_eq!(answer(&stage, "83").await.0, 502);
    assert_eq!(answer(&stage, "81").await.0, 503, "as in Caddy");
    stage.advance(secs(11)).await;
    assert_eq!(answer(&stage, "81").await.0, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn health_is_asked_for_where_the_configuration_says_or_not_at_all() {
    let (stage, one, two) = two_ports("health_uri /healthz").await;
    stage.advance(secs(60)).await;
    assert_eq!((one.requests(), two.requests()), (0, 0));
    let about_checks =
        |line: &&String| line.starts_with("WARN") && line.contains("no health checks");
    assert_eq!(stage.log().iter().filter(about_checks).count(), 1);
    assert_eq!(answer(&stage, "81").await.0, 200);

    let (stage, one, two) = two_ports("health_uri /healthz\nhealth_upstream 10.0.0.1:82").await;
    stage.advance(secs(1)).await;
    assert_eq!((one.requests(), two.requests()), (0, 1));
    assert_eq!(answer(&stage, "81").await.0, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn through_tls_the_certificate_must_be_for_the_address_that_the_request_names() {
    let origin = Origin::ok("secret");
    let file = "http://a.test {\n reverse_proxy {header.X-Port}.test:443 {\n \
                transport http {\n tls\n }\n }\n}";
    let stage = Stage::caddyfile(file)
        .name("app.test", &["10.0.0.1"])
        .name("other.test", &["10.0.0.1"])
        .tls_origin("10.0.0.1:443", &origin, ("app.test", &["http/1.1"]))
        .start()
        .await;
    assert_eq!(answer(&stage, "app").await, (200, "secret".to_owned()));
    assert_eq!(origin.last().field("Host"), "app.test:443");
    assert_eq!(answer(&stage, "other").await.0, 502);
    assert_eq!(answer(&stage, "a b").await.0, 502);
    assert_eq!(origin.requests(), 1, "nothing was sent to a stranger");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_with_a_placeholder_is_tried_beside_others_that_have_none() {
    let origin = Origin::ok("fixed");
    let file = "http://a.test {\n reverse_proxy 10.0.0.1:{header.X-Port} 10.0.0.1:81 {\n \
                lb_policy first\n lb_try_duration 1s\n }\n}";
    let stage = Stage::caddyfile(file)
        .origin("10.0.0.1:81", &origin)
        .start()
        .await;
    assert_eq!(answer(&stage, "83").await, (200, "fixed".to_owned()));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_variable_can_name_the_upstream() {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let file = "http://a.test {\n vars port 81\n vars /x port 82\n \
                reverse_proxy 10.0.0.1:{vars.port}\n}";
    let stage = Stage::caddyfile(file)
        .origin("10.0.0.1:81", &one)
        .origin("10.0.0.1:82", &two)
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/").await.body, "1");
    assert_eq!(stage.get("http://a.test/x").await.body, "2");
}
