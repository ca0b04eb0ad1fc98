//! Policies that follow what the request says.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Reply, Stage};

use crate::ms;

/// The addresses with which the real Caddy's choices were recorded: dial strings are hashed, too.
const ADDRESSES: [&str; 3] = ["127.0.0.1:9711", "127.0.0.1:9712", "127.0.0.1:9713"];

/// What the real Caddy writes for the first of them with the secret `sek`.
const MARK: &str = "26f29b522b867ef3b6a76254c6f8008ce0962a78f50e73591a582beb75d69b03";

/// Three upstreams that answer with their number.
async fn stage(policy: &str) -> (Stage, Vec<Origin>) {
    let [one, two, three] = ADDRESSES;
    let mut staging = Stage::caddyfile(&format!(
        "http://a.test {{
            reverse_proxy {one} {two} {three} {{
                lb_policy {policy}
            }}
        }}"
    ));
    let mut origins = Vec::new();
    for (address, body) in ADDRESSES.into_iter().zip(["1", "2", "3"]) {
        let origin = Origin::ok(body);
        staging = staging.origin(address, &origin);
        origins.push(origin);
    }
    (staging.start().await, origins)
}

async fn ask(stage: &Stage, target: &str, fields: &[(&str, &str)]) -> Reply {
    let request = Stage::request_with("GET", &format!("http://a.test{target}"), fields);
    let reply = stage.client(80).await.send(request).await;
    reply.expect("an answer")
}

async fn bodies(stage: &Stage, targets: &[&str]) -> String {
    let mut bodies = String::new();
    for target in targets {
        bodies += &ask(stage, target, &[]).await.body;
    }
    bodies
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn uris_go_to_the_upstreams_that_the_real_caddy_sends_them_to() {
    let (stage, _origins) = stage("uri_hash").await;
    let targets = ["/", "/a", "/b?x=1", "/c", "/d%20e", "/f", "/g"];
    assert_eq!(bodies(&stage, &targets).await, "3131133");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn parameters_go_to_the_upstreams_that_the_real_caddy_sends_them_to() {
    let (stage, _origins) = stage("query k {\nfallback first\n}").await;
    let targets = [
        "/?k=a",
        "/?k=b&k=c",
        "/?k=c",
        "/?k=",
        "/?x=1",
        "/?k=%61b",
        "/?k=a+b",
        "/?k=a;b",
        "/?k=d",
    ];
    assert_eq!(bodies(&stage, &targets).await, "131113112");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn fields_go_to_the_upstreams_that_the_real_caddy_sends_them_to() {
    let (stage, _origins) = stage("header X-Key {\nfallback first\n}").await;
    let mut bodies = String::new();
    for key in ["a", "b", "c", "d", "e", "f", ""] {
        let fields = [("x-key", key), ("x-key", "z")];
        bodies += &ask(&stage, "/", &fields).await.body;
    }
    assert_eq!(bodies + &ask(&stage, "/", &[]).await.body, "12123211");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_field_that_the_proxy_replaces_is_hashed_as_the_upstream_sees_it() {
    let (stage, _origins) = stage("header X-Forwarded-For").await;
    let own = ask(&stage, "/", &[]).await.body;
    for forged in ["a", "b", "c", "d", "e", "f"] {
        let reply = ask(&stage, "/", &[("x-forwarded-for", forged)]).await;
        assert_eq!(
            reply.body, own,
            "nobody chooses an upstream by a forged field"
        );
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_cookie_keeps_a_client_at_its_upstream() {
    let (stage, _origins) = stage("cookie name sek {\nmax_age 90s\n}").await;
    let first = ask(&stage, "/", &[]).await;
    let cookie = first.field("set-cookie");
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    assert_eq!(attributes, "Path=/; Max-Age=90; HttpOnly; SameSite=Lax");

    for _ in 0..5 {
        let again = ask(&stage, "/", &[("cookie", pair)]).await;
        assert_eq!(again.body, first.body);
        assert_eq!(again.field("set-cookie"), "", "it has its cookie");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_whose_upstream_is_down_gets_another_cookie_and_one_only() {
    let policy = "cookie name sek\nlb_retries 2";
    let (stage, _origins) = stage(policy).await;
    stage.fault(ADDRESSES[0], Fault::Refuse);
    let pair = format!("name={MARK}");

    for _ in 0..4 {
        let reply = ask(&stage, "/", &[("cookie", &pair)]).await;
        assert_eq!(reply.status, 200);
        let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies.len(), 1, "{cookies:?}");
        assert_ne!(cookies[0].to_str().unwrap().split(';').next(), Some(&*pair));
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn over_tls_the_cookie_is_secure() {
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(
        "https://a.test {
            tls internal
            reverse_proxy 10.0.0.1:80 {
                lb_policy cookie
            }
        }",
    )
    .origin("10.0.0.1:80", &origin)
    .start()
    .await;
    let mut client = stage.tls_client("a.test").await;

    let cookie = client
        .get("https://a.test/")
        .await
        .expect("an answer")
        .field("set-cookie");

    assert!(
        cookie.ends_with("; Path=/; HttpOnly; Secure; SameSite=None"),
        "{cookie}"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn weights_and_choices_are_served() {
    let (weighted, _origins) = stage("weighted_round_robin 3 1 1").await;
    assert_eq!(bodies(&weighted, &["/"; 10]).await, "1123111231");

    let (stage, _origins) = stage("random_choose 2").await;
    let drawn = bodies(&stage, &["/"; 40]).await;
    assert!(
        ['1', '2', '3'].iter().all(|&one| drawn.contains(one)),
        "{drawn}"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn least_latency_leaves_the_slow_one_alone() {
    let (stage, origins) = stage("least_latency").await;
    origins[1].set(Answer::ok("2").after(ms(500)));
    // By then each has answered.
    bodies(&stage, &["/"; 10]).await;
    let before = origins[1].requests();

    bodies(&stage, &["/"; 50]).await;

    assert!(before <= 2, "one answer tells that it is slow: {before}");
    assert_eq!(origins[1].requests(), before);
}
