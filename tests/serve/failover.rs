//! What a client notices of an upstream that fails: exact times, with the article's options.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};
use tokio::time::Instant;

use crate::{ARTICLE, ONE, TWO, ms, secs};

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
async fn the_other_upstream_is_tried_at_once_after_a_refused_dial() {
    let (stage, ..) = article().await;
    stage.fault(TWO, Fault::Refuse);

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "1"));
    assert_eq!(reply.took, ms(0));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_black_hole_costs_one_dial_timeout_and_only_the_first_request() {
    let (stage, ..) = article().await;
    stage.fault(TWO, Fault::BlackHole);

    assert_eq!(stage.get("http://a.test/").await.took, secs(1));
    for _ in 0..5 {
        assert_eq!(stage.get("http://a.test/").await.took, ms(0));
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_hung_upstream_costs_the_header_timeout_and_only_the_first_request() {
    let (stage, _, two) = article().await;
    two.set(Answer::Hang);

    let reply = stage.get("http://a.test/").await;
    assert_eq!(
        (reply.status, reply.body.as_str(), reply.took),
        (200, "1", secs(2))
    );
    for _ in 0..5 {
        assert_eq!(stage.get("http://a.test/").await.took, ms(0));
    }
    assert_eq!(two.open(), 0, "the connection that got no answer is closed");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn both_refused_is_502_when_the_time_to_try_is_over() {
    let (stage, ..) = article().await;
    stage.fault(ONE, Fault::Refuse);
    stage.fault(TWO, Fault::Refuse);

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (502, secs(3)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn without_any_attempt_it_is_503_when_the_time_to_try_is_over() {
    let (stage, ..) = article().await;
    stage.fault(ONE, Fault::Refuse);
    stage.fault(TWO, Fault::Refuse);
    stage.get("http://a.test/").await;

    // Both are out for ten seconds: this request finds nobody to ask.
    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (503, secs(3)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn both_hung_is_504() {
    let (stage, one, two) = article().await;
    one.set(Answer::Hang);
    two.set(Answer::Hang);

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (504, secs(4)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn it_recovers_by_itself_when_both_come_back() {
    let (stage, ..) = article().await;
    stage.fault(ONE, Fault::Refuse);
    stage.fault(TWO, Fault::Refuse);
    let start = Instant::now();
    assert_eq!(stage.get("http://a.test/").await.status, 502);
    stage.heal(ONE);
    stage.heal(TWO);

    // Strikes from the start of that request are forgiven after ten seconds, not before.
    while stage.get("http://a.test/").await.status != 200 {}

    assert_eq!(start.elapsed(), secs(10));
    let mut bodies = String::new();
    for _ in 0..4 {
        bodies += &stage.get("http://a.test/").await.body;
    }
    assert!(bodies == "1212" || bodies == "2121", "{bodies}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_request_outlasts_a_restart_of_the_only_upstream() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            lb_try_duration 3s
        }
    }";
    let stage = Stage::caddyfile(caddyfile)
        .origin(ONE, &Origin::ok("1"))
        .start()
        .await;
    stage.fault(ONE, Fault::Refuse);

    let (reply, ()) = tokio::join!(stage.get("http://a.test/"), async {
        stage.advance(ms(600)).await;
        stage.heal(ONE);
    });

    // Tried again each 250 ms, Caddy's default: at 750 ms for the first time after 600 ms.
    assert_eq!((reply.status, reply.took), (200, ms(750)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn without_time_to_try_the_first_failure_stands() {
    let caddyfile = "http://a.test {
        reverse_proxy 10.0.0.1:80 10.0.0.2:80 {
            lb_policy first
        }
    }";
    let stage = Stage::caddyfile(caddyfile)
        .origin(TWO, &Origin::ok("2"))
        .start()
        .await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (502, ms(0)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_killed_under_requests_is_not_noticed() {
    let (stage, _, two) = article().await;

    for request in 0..100 {
        if request == 30 {
            stage.fault(TWO, Fault::Refuse);
            two.hang_up();
        }
        if request == 70 {
            stage.heal(TWO);
        }
        let reply = stage.get("http://a.test/").await;
        assert_eq!(
            (reply.status, reply.took),
            (200, ms(0)),
            "request {request}"
        );
        stage.advance(ms(100)).await;
    }
}
