//! What is done with some responses instead of passing them on.

use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, TWO, ms, secs};

async fn stage_with(options: &str, answer: Answer) -> (Stage, Origin) {
    let origin = Origin::new(answer);
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {{
                {options}
            }}
        }}"
    );
    let stage = Stage::caddyfile(&caddyfile).origin(ONE, &origin);
    (stage.start().await, origin)
}

fn secret() -> Answer {
    let fields = [
        ("x-one", "1"),
        ("x-two", "2"),
        ("server", "app"),
        ("connection", "x-two"),
    ];
    Answer::with(404, &fields, "the app's page")
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_status_is_replaced_and_the_rest_stays() {
    let (stage, _) = stage_with("@gone status 4xx\nreplace_status @gone 410", secret()).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.body.as_str()), (410, "the app's page"));
    assert_eq!(reply.field("x-one"), "1");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn routes_answer_instead_of_the_upstream_and_see_its_answer() {
    let options = "@bad status 4xx
        handle_response @bad {
            header X-Seen {rp.status_code}-{rp.header.X-One}
            respond \"ours\" 200
        }";
    let (stage, origin) = stage_with(options, secret()).await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "ours"));
    assert_eq!(reply.field("x-seen"), "404-1");
    assert_eq!(reply.field("server"), "Caddy");
    assert_eq!(
        reply.field("x-one"),
        "",
        "nothing of the upstream's is passed on"
    );
    stage.advance(ms(1)).await;
    assert_eq!(
        origin.open(),
        0,
        "nobody reads the body, so the connection is closed"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn other_responses_are_passed_on() {
    let options = "@bad status 5xx\nhandle_response @bad {\nrespond ours\n}";
    let (stage, _) = stage_with(options, secret()).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.body.as_str()), (404, "the app's page"));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_response_can_be_copied_with_another_status() {
    let options = "handle_response {\nheader X-Own 1\ncopy_response 203\n}";
    let (stage, origin) = stage_with(options, secret()).await;
    let mut client = stage.client(80).await;
    for _ in 0..2 {
        let reply = client.get("http://a.test/").await.expect("an answer");
        assert_eq!((reply.status, reply.body.as_str()), (203, "the app's page"));
        let fields = ["x-own", "x-one", "server"].map(|name| reply.field(name));
        assert_eq!(fields, ["1", "1", "app"]);
    }
    assert_eq!(origin.connections(), 1, "its end was reached");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn some_fields_can_be_copied() {
    let options = "handle_response {
            copy_response_headers {
                include X-One X-Two
            }
            respond ours
        }";
    let (stage, _) = stage_with(options, secret()).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!(reply.body, "ours");
    let fields = ["x-one", "x-two"].map(|name| reply.field(name));
    assert_eq!(fields, ["1", "2"]);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn there_is_nothing_to_copy_elsewhere() {
    let stage = Stage::caddyfile("http://a.test {\n\troute {\n\t\tcopy_response\n\t}\n}")
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/").await.status, 500);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_response_can_be_handled_by_another_proxy() {
    let options = format!("@bad status 404\nhandle_response @bad {{\nreverse_proxy {TWO}\n}}");
    let (one, two) = (Origin::new(secret()), Origin::ok("two"));
    let caddyfile = format!("http://a.test {{\nreverse_proxy {ONE} {{\n{options}\n}}\n}}");
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two);
    let stage = stage.start().await;

    let reply = stage.get("http://a.test/page").await;

    assert_eq!((reply.status, reply.body.as_str()), (200, "two"));
    assert_eq!(two.last().path(), "/page");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_upstream_is_asked_by_another_method_and_uri() {
    let (stage, origin) = stage_with("method GET\nrewrite /auth?from={uri}", secret()).await;

    stage.send("POST", "http://a.test/page?x=1", "body").await;

    let seen = origin.last();
    assert_eq!(seen.line(), "GET /auth?from=%2Fpage%3Fx%3D1 HTTP/1.1");
    assert!(!seen.has("content-length"), "a GET loses its body");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_buffered_response_comes_when_all_of_it_is_there() {
    let slow = || Answer::Chunks(vec!["a", "b"], secs(1));
    for (options, first) in [("response_buffers 1MiB", secs(2)), ("", ms(0))] {
        let (stage, _) = stage_with(options, slow()).await;
        let start = tokio::time::Instant::now();
        let mut client = stage.client(80).await;
        let opened = client
            .open(Stage::request("GET", "http://a.test/", ""))
            .await;
        assert!(opened.is_some());
        assert!(start.elapsed() >= first, "{options}");
        assert!(start.elapsed() < first + secs(1), "{options}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn placeholders_tell_of_the_upstream() {
    let options = "lb_max_requests 7
        header_up X-Up {rp.upstream.requests}/{rp.upstream.max_requests}/{rp.upstream.fails}
        header_down X-Down {rp.upstream.latency_ms}";
    let (stage, origin) = stage_with(options, Answer::ok("").after(ms(20))).await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!(origin.last().field("x-up"), "0/7/0");
    assert_eq!(reply.field("x-down"), "20");
}
