//! One line for each request, when its response has gone out.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, secs};

const LOGGED: &str = "
http://a.test {
	log
	reverse_proxy 10.0.0.1:80
}
";

async fn stage(answer: Answer) -> Stage {
    Stage::caddyfile(LOGGED)
        .origin(ONE, &Origin::new(answer))
        .start()
        .await
}

fn assert_has(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_line_says_who_asked_what_and_what_came_of_it() {
    let stage = stage(Answer::ok("hello").after(secs(2))).await;

    stage.get("http://a.test/x?y=1").await;

    let lines = stage.access_log();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].ends_with("}\n"), "{}", lines[0]);
    assert_has(
        &lines[0],
        &[
            r#""level":"info""#,
            r#""msg":"handled request""#,
            r#""remote_ip":"192.0.2.1""#,
            r#""method":"GET""#,
            r#""host":"a.test""#,
            r#""uri":"/x?y=1""#,
            r#""proto":"HTTP/1.1""#,
            r#""status":200"#,
            r#""size":5"#,
            r#""duration":2"#,
        ],
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn it_is_written_when_the_body_has_gone_out() {
    let stage = stage(Answer::Chunks(vec!["one", "two"], secs(1))).await;
    let mut client = stage.client(80).await;
    let request = Stage::request("GET", "http://a.test/", "");
    let mut response = client.open(request).await.expect("an answer");
    response.piece().await;
    assert_eq!(stage.access_log().len(), 0);

    while response.piece().await.is_some() {}

    let lines = stage.access_log();
    assert_eq!(lines.len(), 1);
    assert_has(&lines[0], &[r#""size":6"#, r#""duration":2"#]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_download_the_client_left_is_logged_with_what_it_got() {
    let origin = Origin::new(Answer::Endless);
    let stage = Stage::caddyfile(LOGGED).origin(ONE, &origin).start().await;
    let mut raw = stage.raw(80).await;
    raw.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    raw.hear_bytes(1000).await;

    drop(raw);
    origin.left(0).await;

    assert_eq!(stage.access_log().len(), 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_failure_is_an_error_line() {
    let stage = stage(Answer::close()).await;

    stage.get("http://a.test/").await;

    assert_has(
        &stage.access_log()[0],
        &[r#""level":"error""#, r#""status":502"#],
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn credentials_are_not_written() {
    let stage = stage(Answer::with(200, &[("Set-Cookie", "id=s3cret")], "1")).await;
    let fields = [
        ("cookie", "id=s3cret"),
        ("authorization", "Basic s3cret"),
        ("x-a", "1"),
    ];
    let request = Stage::request_with("GET", "http://a.test/", &fields);

    stage
        .client(80)
        .await
        .send(request)
        .await
        .expect("an answer");

    let line = &stage.access_log()[0];
    assert!(!line.contains("s3cret"), "{line}");
    assert_has(line, &["REDACTED", r#""X-A":["1"]"#]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_cannot_forge_a_line() {
    let stage = stage(Answer::ok("1")).await;
    let mut raw = stage.raw(80).await;

    raw.send(
        b"GET /\"},{\"x\":\" HTTP/1.1\r\nHost: a.test\r\nUser-Agent: \"\\\xff\x1b[31m\r\n\r\n",
    )
    .await;
    raw.hear().await;

    for line in stage.access_log() {
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(
            !line.contains('\u{1b}') && !line.contains("\"},{\"x\""),
            "{line}"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn nothing_is_logged_without_the_directive() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(crate::PLAIN)
        .origin(ONE, &origin)
        .start()
        .await;

    stage.get("http://a.test/").await;

    assert!(stage.access_log().is_empty());
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn log_skip_silences_what_it_covers() {
    let stage = Stage::caddyfile(
        "http://a.test {
            log
            log_skip /health*
            respond ok
        }",
    )
    .start()
    .await;

    stage.get("http://a.test/healthz").await;
    stage.get("http://a.test/other").await;

    let lines = stage.access_log();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_has(&lines[0], &[r#""uri":"/other""#]);
}
