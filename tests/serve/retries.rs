//! Which requests may be sent a second time.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ARTICLE, ONE, PLAIN, TWO};

async fn article() -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(ARTICLE)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    (stage, one, two)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_get_is_retried_after_the_upstream_closed_without_an_answer() {
    let (stage, one, two) = article().await;
    two.set(Answer::close());

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "1"));
    assert_eq!((one.requests(), two.requests()), (1, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_post_is_not_retried_once_it_was_sent() {
    for answer in [
        Answer::close(),
        Answer::reset(),
        Answer::Bytes(b"nonsense\r\n\r\n".into()),
    ] {
        let (stage, one, two) = article().await;
        two.set(answer);

        let reply = stage.send("POST", "http://a.test/", "pay 100").await;

        assert_eq!(reply.status, 502);
        assert_eq!((one.requests(), two.requests()), (0, 1));
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn only_get_is_retried_even_where_there_is_no_body() {
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let (stage, one, two) = article().await;
        two.set(Answer::close());
        let mut raw = stage.raw(80).await;

        raw.send(format!(
            "{method} / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n"
        ))
        .await;

        assert_eq!(raw.hear().await.statuses(), [502], "{method}");
        assert_eq!((one.requests(), two.requests()), (0, 1), "{method}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_post_to_a_hung_upstream_is_504_and_not_retried() {
    let (stage, one, two) = article().await;
    two.set(Answer::Hang);

    let reply = stage.send("POST", "http://a.test/", "pay 100").await;

    assert_eq!(reply.status, 504);
    assert_eq!((one.requests(), two.requests()), (0, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_post_is_retried_with_its_body_after_a_refused_dial() {
    let (stage, one, _) = article().await;
    stage.fault(TWO, Fault::Refuse);

    let reply = stage.send("POST", "http://a.test/", "pay 100").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "1"));
    assert_eq!((one.requests(), one.last().body.as_str()), (1, "pay 100"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_answer_is_an_answer_whatever_its_status() {
    let (stage, one, two) = article().await;
    two.set(Answer::status(503, "busy"));

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (503, "busy"));
    assert_eq!(one.requests(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn lb_retries_bounds_the_attempts() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            lb_retries 2
        }
    }";
    let origin = Origin::new(Answer::close());
    let stage = Stage::caddyfile(caddyfile)
        .origin(ONE, &origin)
        .start()
        .await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, origin.requests()), (502, 3));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_connection_closed_while_idle_is_replaced_by_a_fresh_one() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    assert_eq!(stage.get("http://a.test/").await.status, 200);
    origin.hang_up();

    for (method, connections) in [("GET", 2), ("POST", 3)] {
        assert_eq!(stage.send(method, "http://a.test/", "").await.status, 200);
        assert_eq!(origin.connections(), connections);
        origin.hang_up();
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_get_that_met_a_dying_connection_is_sent_again_on_a_fresh_one() {
    let origin = Origin::ok("1").closing_on_reuse();
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

    for _ in 0..10 {
        assert_eq!(stage.get("http://a.test/").await.status, 200);
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_post_that_met_a_dying_connection_is_never_sent_twice() {
    let origin = Origin::ok("1").closing_on_reuse();
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    assert_eq!(stage.get("http://a.test/").await.status, 200);

    let reply = stage.send("POST", "http://a.test/", "pay 100").await;

    assert_eq!(reply.status, 502);
    let posts = origin
        .seen()
        .into_iter()
        .filter(|seen| seen.line().starts_with("POST"));
    assert_eq!(posts.count(), 1);
}

async fn two_with(options: &str) -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {TWO} {{
                lb_policy first
                lb_retries 1
                {options}
            }}
        }}"
    );
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    (stage, one, two)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn retry_match_says_which_requests_may_be_sent_twice() {
    let (stage, one, two) = two_with("lb_retry_match {\nmethod PUT\npath /safe/*\n}").await;
    one.set(Answer::close());

    let mut statuses = Vec::new();
    for (method, path) in [("PUT", "/safe/a"), ("PUT", "/other"), ("GET", "/safe/a")] {
        let reply = stage
            .send(method, &format!("http://a.test{path}"), "")
            .await;
        statuses.push(reply.status);
    }

    assert_eq!(statuses, [200, 502, 502]);
    assert_eq!(two.requests(), 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_answer_that_is_to_be_retried_is_not_passed_on() {
    let (stage, one, two) = two_with("lb_retry_status 503 5xx").await;
    one.set(Answer::status(503, "busy"));

    let reply = stage.send("POST", "http://a.test/", "").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "2"));
    assert_eq!((one.requests(), two.requests()), (1, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn its_status_is_the_answer_if_there_is_no_other_attempt() {
    let (stage, one, two) = two_with("lb_retry_status 503").await;
    one.set(Answer::status(503, "busy"));
    two.set(Answer::status(503, "busy"));

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (503, ""));
    assert_eq!((one.requests(), two.requests()), (1, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_body_that_is_buffered_is_sent_again_and_a_longer_one_is_not() {
    for (body, status, requests) in [("short", 200, 1), ("longer than that", 503, 0)] {
        let (stage, one, two) = two_with("request_buffers 8\nlb_retry_status 503").await;
        one.set(Answer::status(503, "busy"));

        let reply = stage.send("POST", "http://a.test/", body).await;

        assert_eq!((reply.status, two.requests()), (status, requests), "{body}");
        assert_eq!(one.last().body, body);
        if requests > 0 {
            assert_eq!(two.last().body, body);
        }
    }
}
