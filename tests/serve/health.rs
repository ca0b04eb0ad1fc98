//! Which upstreams are out, and when they are back: probes, and strikes from real requests.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ARTICLE, ONE, TWO, ms, secs};

/// No retries: whoever is asked answers.
const PROBED: &str = "
http://a.test {
	reverse_proxy 10.0.0.1:80 10.0.0.2:80 {
		lb_policy round_robin
		health_uri /healthz
		health_interval 5s
		health_timeout 2s
	}
}
";

async fn probed() -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(PROBED)
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

fn lines_about<'a>(log: &'a [String], upstream: &str) -> Vec<&'a str> {
    let about = |line: &&String| line.starts_with("INFO") && line.contains(upstream);
    log.iter().filter(about).map(String::as_str).collect()
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn probes_begin_at_once_and_go_on_at_their_interval() {
    let (stage, one, _) = probed().await;
    assert_eq!(one.requests(), 1);
    assert_eq!(one.last().line(), "GET /healthz HTTP/1.1");

    stage.advance(secs(20)).await;

    assert_eq!(one.requests(), 5);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_failed_probe_takes_an_upstream_out_until_one_passes() {
    let (stage, _, two) = probed().await;
    two.set(Answer::ok("2").but_for("/healthz", Answer::status(500, "")));
    assert!(
        bodies(&stage, 4).await.contains('2'),
        "nobody has asked for its health yet"
    );

    stage.advance(secs(5)).await;
    assert_eq!(bodies(&stage, 6).await, "111111");

    two.set(Answer::ok("2"));
    stage.advance(secs(5)).await;
    let alternating = bodies(&stage, 4).await;
    assert!(
        alternating == "1212" || alternating == "2121",
        "{alternating}"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_probe_that_gets_no_answer_fails_after_its_timeout() {
    let (stage, _, two) = probed().await;
    two.set(Answer::ok("2").but_for("/healthz", Answer::Hang));

    stage.advance(secs(5) + ms(1900)).await;
    assert!(bodies(&stage, 2).await.contains('2'));

    stage.advance(ms(200)).await;
    assert_eq!(bodies(&stage, 4).await, "1111");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn going_down_and_coming_up_are_logged_once_each() {
    let (stage, _, two) = probed().await;
    two.hang_up();
    stage.fault(TWO, Fault::Refuse);
    stage.advance(secs(30)).await;
    assert_eq!(
        lines_about(&stage.log(), TWO).len(),
        1,
        "{:#?}",
        stage.log()
    );

    stage.heal(TWO);
    stage.advance(secs(30)).await;

    let log = stage.log();
    assert_eq!(lines_about(&log, TWO).len(), 2, "{log:#?}");
    assert_eq!(lines_about(&log, ONE).len(), 0, "{log:#?}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn nobody_fit_is_503() {
    let (stage, one, two) = probed().await;
    one.set(Answer::status(500, ""));
    two.set(Answer::status(500, ""));
    stage.advance(secs(5)).await;

    assert_eq!(stage.get("http://a.test/").await.status, 503);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_strike_counts_for_its_window_and_not_longer() {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(ARTICLE)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    stage.fault(TWO, Fault::Refuse);
    assert_eq!(bodies(&stage, 1).await, "1");
    stage.heal(TWO);

    stage.advance(ms(9_900)).await;
    assert_eq!(bodies(&stage, 4).await, "1111");

    stage.advance(ms(200)).await;
    assert!(bodies(&stage, 2).await.contains('2'));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn strikes_below_the_maximum_take_nobody_out() {
    let caddyfile = ARTICLE.replace("max_fails 1", "max_fails 3");
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    two.set(Answer::Hang);

    // A request to the one that hangs takes two seconds; the third strike is the last.
    let mut slow = 0;
    for _ in 0..12 {
        slow += usize::from(stage.get("http://a.test/").await.took == secs(2));
    }

    assert_eq!(slow, 3);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_strike_is_logged_with_its_reason_and_so_is_its_end() {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(ARTICLE)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    stage.fault(TWO, Fault::Refuse);
    bodies(&stage, 3).await;
    assert_eq!(
        lines_about(&stage.log(), TWO).len(),
        1,
        "{:#?}",
        stage.log()
    );

    stage.heal(TWO);
    stage.advance(secs(11)).await;
    bodies(&stage, 3).await;

    assert_eq!(
        lines_about(&stage.log(), TWO).len(),
        2,
        "{:#?}",
        stage.log()
    );
}

async fn watched(options: &str) -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {TWO} {{
                lb_policy round_robin
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
async fn an_unhealthy_status_is_delivered_and_takes_the_upstream_out() {
    let (stage, _, two) = watched("fail_duration 10s\nunhealthy_status 5xx").await;
    two.set(Answer::status(503, "sorry"));

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (503, "sorry"));
    assert_eq!(bodies(&stage, 3).await, "111");
    stage.advance(secs(10)).await;
    assert!(
        bodies(&stage, 2).await.contains("sorry"),
        "it may try again"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn unhealthy_status_without_fail_duration_takes_nobody_out() {
    let (stage, _, two) = watched("unhealthy_status 503").await;
    two.set(Answer::status(503, "2"));
    assert_eq!(bodies(&stage, 4).await, "2121");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_slow_answer_is_a_failure_if_it_is_to_be() {
    let (stage, _, two) = watched("fail_duration 10s\nunhealthy_latency 1s").await;
    two.set(Answer::ok("2").after(secs(1)));
    assert_eq!(bodies(&stage, 4).await, "2111");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn too_many_requests_take_an_upstream_out_without_fail_duration() {
    let (stage, one, two) = watched("unhealthy_request_count 1").await;
    one.set(Answer::ok("1").after(secs(1)));
    two.set(Answer::ok("2").after(secs(1)));
    let get = || stage.get("http://a.test/");

    let (first, second, third) = tokio::join!(get(), get(), get());

    let mut statuses = [first.status, second.status, third.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 503]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_probe_asks_as_it_is_told() {
    let options = "health_uri /up?x=1
        health_method POST
        health_request_body hello
        health_headers {
            Host probe.test
            X-Target {http.reverse_proxy.active.target_upstream}
            X-Two a b
        }";
    let (stage, one, _two) = watched(options).await;
    stage.advance(ms(1)).await;

    let seen = one.last();

    assert_eq!(seen.line(), "POST /up?x=1 HTTP/1.1");
    let fields = ["host", "x-target", "x-two", "content-length"].map(|name| seen.field(name));
    assert_eq!(fields, ["probe.test", ONE, "a, b", "5"]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_probe_can_want_a_body() {
    let (stage, one, _two) =
        watched("health_uri /up\nhealth_body ^fine$\nhealth_interval 1s").await;
    one.set(Answer::ok("1").but_for("/up", Answer::ok("fine")));
    stage.advance(ms(1001)).await;
    assert_eq!(bodies(&stage, 3).await, "111", "the other says `2`");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_probe_follows_redirections_only_if_it_is_told_to() {
    let moved = || Answer::with(302, &[("location", "/fine?x#y")], "");
    for (follow, good) in [("", "2222"), ("health_follow_redirects", "2121")] {
        let options = format!("health_uri /up\nhealth_interval 1s\n{follow}");
        let (stage, one, two) = watched(&options).await;
        one.set(Answer::ok("1").but_for("/up", moved()));
        two.set(Answer::ok("2"));
        stage.advance(ms(1001)).await;

        let mut answers: Vec<_> = bodies(&stage, 4).await.into_bytes();
        answers.sort_unstable();
        let mut good = good.as_bytes().to_vec();
        good.sort_unstable();
        assert_eq!(answers, good, "{follow}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_redirection_that_leads_in_circles_fails() {
    let options = "health_uri /up\nhealth_interval 1s\nhealth_follow_redirects";
    let (stage, one, _two) = watched(options).await;
    one.set(Answer::with(307, &[("location", "up")], ""));
    stage.advance(ms(1001)).await;
    assert_eq!(bodies(&stage, 3).await, "222");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn another_address_can_be_asked_for_an_upstreams_health() {
    let doctor = Origin::ok("fine");
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {{
                health_path /up
                health_upstream 10.0.0.9:99
                health_interval 1s
            }}
        }}"
    );
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &Origin::ok("1"))
        .origin("10.0.0.9:99", &doctor)
        .start()
        .await;
    stage.advance(ms(1)).await;
    assert_eq!(doctor.last().path(), "/up");
    assert_eq!(doctor.last().field("host"), "10.0.0.9:99");

    doctor.set(Answer::status(500, ""));
    stage.advance(secs(1)).await;

    assert_eq!(stage.get("http://a.test/").await.status, 503);
}
