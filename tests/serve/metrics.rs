//! The numbers of each upstream, and what the access log says of attempts.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ARTICLE, ONE, PLAIN, TWO, secs};

/// Lines of the page of metrics that are there.
fn assert_lines(page: &str, lines: &[&str]) {
    for line in lines {
        let mut all = page.lines();
        assert!(all.any(|one| one == *line), "{line} is not in\n{page}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_retries_outcomes_and_connections_are_counted_over_all_workers() {
    let two = Origin::ok("2");
    let stage = Stage::caddyfile(ARTICLE)
        .origin(TWO, &two)
        .workers(2)
        .start()
        .await;

    for _ in 0..10 {
        assert_eq!(stage.get("http://a.test/").await.body, "2");
    }

    let page = stage.metrics();
    assert_lines(
        &page,
        &[
            "evenkeel_upstream_attempts_total{upstream=\"10.0.0.1:80\",outcome=\"dial_failed\"} 1",
            "evenkeel_upstream_attempts_total{upstream=\"10.0.0.2:80\",outcome=\"answered\"} 10",
            "evenkeel_upstream_requests_total{upstream=\"10.0.0.1:80\"} 1",
            "evenkeel_upstream_requests_total{upstream=\"10.0.0.2:80\"} 9",
            "evenkeel_upstream_retries_total{upstream=\"10.0.0.2:80\"} 1",
            "evenkeel_upstream_first_byte_seconds_count{upstream=\"10.0.0.2:80\"} 10",
            "evenkeel_upstream_total_seconds_count{upstream=\"10.0.0.2:80\"} 10",
            "evenkeel_upstream_requests_in_flight{upstream=\"10.0.0.2:80\"} 0",
            "evenkeel_upstream_fails{upstream=\"10.0.0.1:80\"} 1",
            "caddy_reverse_proxy_upstreams_healthy{upstream=\"10.0.0.1:80\"} 0",
            "caddy_reverse_proxy_upstreams_healthy{upstream=\"10.0.0.2:80\"} 1",
        ],
    );
    let new = two.connections();
    let new =
        format!("evenkeel_upstream_connections_total{{upstream=\"{TWO}\",reused=\"false\"}} {new}");
    assert_lines(&page, &[&new]);
    let opened = format!("evenkeel_upstream_connect_seconds_count{{upstream=\"{TWO}\"}} ");
    assert!(page.contains(&opened), "{page}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn times_fall_into_the_buckets_they_belong_to() {
    let origin = Origin::new(Answer::Chunks(vec!["one", "two"], secs(2)));
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

    stage.get("http://a.test/").await;

    let label = format!("upstream=\"{ONE}\"");
    assert_lines(
        &stage.metrics(),
        &[
            &format!("evenkeel_upstream_first_byte_seconds_bucket{{{label},le=\"0.001\"}} 1"),
            &format!("evenkeel_upstream_total_seconds_bucket{{{label},le=\"2.5\"}} 0"),
            &format!("evenkeel_upstream_total_seconds_bucket{{{label},le=\"5\"}} 1"),
            &format!("evenkeel_upstream_total_seconds_sum{{{label}}} 4"),
        ],
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_that_is_out_says_why_and_says_when_it_is_back() {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(ARTICLE)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    one.set(Answer::reset());
    two.set(Answer::Hang);
    stage.get("http://a.test/").await;

    let page = stage.metrics();
    let label =
        |state: &str| format!("evenkeel_upstream_state{{upstream=\"{ONE}\",state=\"{state}\"");
    assert!(page.contains(&label("ejected")), "{page}");
    assert!(page.contains("reason=\"upstream 10.0.0.1:80"), "{page}");
    assert!(page.contains("no response within 2s"), "{page}");
    stage.advance(secs(11)).await;
    let page = stage.metrics();
    assert!(page.contains(&label("healthy")), "{page}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_failed_probe_is_the_reason_of_an_unhealthy_upstream() {
    let origin = Origin::new(Answer::status(500, ""));
    let file = "http://a.test {\n reverse_proxy 10.0.0.1:80 {\n health_uri /up\n }\n}";
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;

    stage.advance(secs(1)).await;

    let page = stage.metrics();
    let unhealthy = format!("upstream=\"{ONE}\",state=\"unhealthy\",reason=\"");
    let line = page.lines().find(|line| line.contains(&unhealthy));
    let line = line.expect("it is unhealthy");
    assert!(line.contains("500"), "{line}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_breaks_off_is_counted_by_who_ended_it() {
    let origin = Origin::new(Answer::Endless);
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut client = stage.client(80).await;
    let request = Stage::request("GET", "http://a.test/", "");
    let mut opened = client.open(request).await.expect("a head");
    opened.piece().await;
    drop((opened, client));
    origin.left(0).await;
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart".to_vec();
    origin.set(Answer::BytesAndReset(short));
    stage.get("http://a.test/").await;

    let name = "evenkeel_upstream_responses_broken_total";
    assert_lines(
        &stage.metrics(),
        &[
            &format!("{name}{{upstream=\"{ONE}\",by=\"client\"}} 1"),
            &format!("{name}{{upstream=\"{ONE}\",by=\"upstream\"}} 1"),
        ],
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_before_the_answer_canceled_its_attempt() {
    let origin = Origin::new(Answer::Hang);
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    origin.arrived(1).await;

    drop(raw);
    origin.left(0).await;

    let canceled = "outcome=\"canceled\"} 1";
    let line = format!("evenkeel_upstream_attempts_total{{upstream=\"{ONE}\",{canceled}");
    assert_lines(&stage.metrics(), &[&line]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn numbers_go_on_after_a_reload() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;
    stage.get("http://a.test/").await;
    let other = "http://a.test {\n reverse_proxy 10.0.0.1:80 {\n lb_retries 1\n }\n}";

    stage.install(other).await;
    stage.get("http://a.test/").await;

    let line = format!("evenkeel_upstream_requests_total{{upstream=\"{ONE}\"}} 2");
    assert_lines(&stage.metrics(), &[&line]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_access_log_tells_of_every_attempt_with_its_reason_and_times() {
    let file = ARTICLE.replacen("reverse_proxy", "log\n\treverse_proxy", 1);
    let (one, two) = (Origin::new(Answer::Hang), Origin::ok("2"));
    let two_slow = Answer::ok("2").after(secs(1));
    two.set(two_slow);
    let stage = Stage::caddyfile(&file)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;

    // One of the two begins at the first upstream.
    stage.get("http://a.test/").await;
    stage.get("http://a.test/").await;

    let line = stage.access_log().pop().expect("two lines");
    let expected = concat!(
        r#""upstream":"10.0.0.2:80","attempts":[{"upstream":"10.0.0.1:80","#,
        r#""outcome":"header_timeout","reason":"upstream 10.0.0.1:80: no response within 2s","#,
        r#""start":0,"duration":2},"#,
        r#"{"upstream":"10.0.0.2:80","outcome":"answered","start":2,"duration":1}]"#,
    );
    assert!(line.contains(expected), "{line}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_access_log_tells_of_attempts_that_all_failed() {
    let file = "http://a.test {\n log\n reverse_proxy 10.0.0.1:80\n}";
    let stage = Stage::caddyfile(file).start().await;

    assert_eq!(stage.get("http://a.test/").await.status, 502);

    let line = stage.access_log().concat();
    let expected = r#""upstream":"10.0.0.1:80","attempts":[{"upstream":"10.0.0.1:80","outcome":"dial_failed","reason":"#;
    assert!(line.contains(expected), "{line}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_access_log_tells_whom_a_client_did_not_wait_for() {
    let file = "http://a.test {\n log\n reverse_proxy 10.0.0.1:80\n}";
    let origin = Origin::new(Answer::Hang);
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    stage.advance(secs(3)).await;

    drop(raw);
    origin.left(0).await;

    let line = stage.access_log().concat();
    let expected = r#""upstream":"10.0.0.1:80","attempts":[{"upstream":"10.0.0.1:80","outcome":"canceled","start":0,"duration":3}]"#;
    assert!(line.contains(r#""status":499"#), "{line}");
    assert!(line.contains(expected), "{line}");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_page_of_the_metrics_names_them_all_and_no_others() {
    let stage = Stage::caddyfile(PLAIN).start().await;
    let page = stage.metrics();
    let served = page.lines().filter_map(|line| {
        let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
        Some((name, kind))
    });
    let documented = include_str!("../../docs/metrics.md")
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            Some((cells.next()?.trim_end_matches('`'), cells.next()?))
        });

    let sorted = |mut names: Vec<(_, _)>| {
        names.sort_unstable();
        names
    };
    assert_eq!(
        sorted(served.collect()),
        sorted(documented.collect::<Vec<(&str, &str)>>())
    );
}
