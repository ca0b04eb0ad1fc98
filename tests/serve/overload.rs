//! What keeps a crowd, a failing check or a flood of retries from doing harm: our own `lb_…`.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, TWO, ms, secs};

async fn stage_with(options: &str) -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {TWO} {{
                {options}
            }}
        }}"
    );
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    stage.advance(ms(1)).await;
    (stage, one, two)
}

async fn bodies(stage: &Stage, count: usize) -> String {
    let mut bodies = String::new();
    for _ in 0..count {
        bodies += &stage.get("http://a.test/").await.body;
    }
    bodies
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_check_that_fails_everywhere_takes_nobody_out_below_the_panic_threshold() {
    let options = "lb_policy round_robin\nhealth_uri /up\nhealth_interval 5s";
    let wrong = || Answer::ok("x").but_for("/up", Answer::status(404, ""));
    for (threshold, status) in [("", 503), ("lb_panic_threshold 50", 200)] {
        let (stage, one, two) = stage_with(&format!("{options}\n{threshold}")).await;
        one.set(wrong());
        two.set(wrong());
        stage.advance(secs(6)).await;

        assert_eq!(
            stage.get("http://a.test/").await.status,
            status,
            "{threshold}"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn retries_stop_when_the_budget_is_used_up() {
    let options = "lb_policy first\nlb_retries 1\nlb_retry_budget 0";
    let (stage, _one, two) = stage_with(options).await;
    stage.fault(ONE, Fault::Refuse);

    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(stage.get("http://a.test/").await.status);
    }

    assert_eq!(statuses, [[200; 10].as_slice(), &[502; 2]].concat());
    assert_eq!(two.requests(), 10);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_over_the_limit_are_refused_without_a_queue() {
    let (stage, one, two) = stage_with("lb_max_requests 1").await;
    one.set(Answer::ok("1").after(secs(1)));
    two.set(Answer::ok("2").after(secs(1)));
    let get = || stage.get("http://a.test/");

    let (first, second, third) = tokio::join!(get(), get(), get());

    let mut statuses = [first.status, second.status, third.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 503]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_over_the_limit_wait_in_line_and_are_served_one_after_the_other() {
    let options = "lb_max_requests 1\nlb_queue 3 10s\nlb_drain 10.0.0.2:80";
    let (stage, one, two) = stage_with(options).await;
    one.set(Answer::ok("1").after(secs(1)));
    let get = || stage.get("http://a.test/");

    let replies = <[_; 5]>::from(tokio::join!(get(), get(), get(), get(), get()));

    let mut seen: Vec<_> = replies
        .iter()
        .map(|reply| (reply.took.as_millis(), reply.status))
        .collect();
    seen.sort_unstable();
    // The fifth found the line full; the others were served one a second.
    let served = [1000, 2000, 3000, 4000].map(|time| (time, 200));
    assert_eq!(seen, [[(0, 503)].as_slice(), &served].concat());
    assert_eq!((one.requests(), two.requests()), (4, 0));
    let log = stage.log().join("\n");
    assert!(log.contains("as many requests wait as may"), "{log}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn nobody_waits_in_line_longer_than_allowed() {
    let options = "lb_max_requests 1\nlb_queue 3 500ms\nlb_drain 10.0.0.2:80";
    let (stage, one, _) = stage_with(options).await;
    one.set(Answer::Hang);
    let mut raw = stage.raw(80).await;
    raw.send("GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    raw.hear_within(ms(1)).await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (503, ms(500)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_the_line_makes_room() {
    let options = "lb_max_requests 1\nlb_queue 1 10s\nlb_drain 10.0.0.2:80";
    let (stage, one, _) = stage_with(options).await;
    one.set(Answer::ok("1").after(secs(2)));
    let mut served = stage.raw(80).await;
    served.send("GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    served.hear_within(ms(1)).await;
    let mut waits = stage.raw(80).await;
    waits.send("GET /b HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    waits.hear_within(ms(1)).await;
    drop(waits);
    stage.advance(ms(10)).await;

    let reply = stage.get("http://a.test/c").await;

    assert_eq!(reply.status, 200);
    let paths: Vec<_> = one
        .seen()
        .iter()
        .map(|seen| seen.path().to_owned())
        .collect();
    assert_eq!(paths, ["/a", "/c"]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_drained_upstream_gets_nothing() {
    let (stage, _, two) = stage_with("lb_policy round_robin\nlb_drain 10.0.0.2:80").await;
    assert_eq!(bodies(&stage, 4).await, "1111");
    assert_eq!(two.requests(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_that_is_back_is_eased_in() {
    let options = "lb_policy round_robin\nhealth_uri /up\nhealth_interval 5s\nlb_slow_start 100s";
    let (stage, _, two) = stage_with(options).await;
    two.set(Answer::ok("2").but_for("/up", Answer::status(500, "")));
    stage.advance(secs(5)).await;
    two.set(Answer::ok("2"));
    stage.advance(secs(5)).await;

    let early = bodies(&stage, 100).await.matches('2').count();
    stage.advance(secs(100)).await;
    let late = bodies(&stage, 100).await.matches('2').count();

    assert!((1..20).contains(&early), "{early}");
    assert_eq!(late, 50);
}
