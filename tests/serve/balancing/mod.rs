//! Who gets the next request.

mod keyed;

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ARTICLE, ONE, TWO, ms};

async fn stage_with(policy: &str, workers: usize) -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {TWO} {{
                lb_policy {policy}
            }}
        }}"
    );
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two);
    (stage.workers(workers).start().await, one, two)
}

async fn bodies(stage: &Stage, count: usize) -> String {
    let mut bodies = String::new();
    for _ in 0..count {
        bodies += &stage.get("http://a.test/").await.body;
    }
    bodies
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn ten_requests_on_ten_connections_alternate() {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(ARTICLE)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;

    assert_eq!(bodies(&stage, 10).await, "2121212121");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_alternate_over_all_workers_together() {
    let (stage, ..) = stage_with("round_robin", 2).await;

    // Connections go to the workers as they come; the order stays strict nevertheless.
    assert_eq!(bodies(&stage, 10).await, "2121212121");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn requests_on_one_connection_alternate_and_reuse_upstream_connections() {
    let (stage, one, two) = stage_with("round_robin", 1).await;
    let mut client = stage.client(80).await;

    let mut bodies = String::new();
    for _ in 0..6 {
        bodies += &client.get("http://a.test/").await.expect("an answer").body;
    }

    assert_eq!(bodies, "212121");
    assert_eq!((one.connections(), two.connections()), (1, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn least_conn_avoids_the_busy_one_on_whichever_worker_it_is_busy() {
    let (stage, one, two) = stage_with("least_conn", 2).await;
    let busy = Origin::clone(if bodies(&stage, 1).await == "1" {
        &two
    } else {
        &one
    });
    let others = [one, two];
    busy.set(Answer::Hang);
    let mut clients = Vec::new();
    // Ties are broken at random; sooner or later the one that hangs is hit.
    while busy.requests() == 0 || busy.last().path() != "/slow" {
        let mut raw = stage.raw(80).await;
        raw.send("GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
        raw.hear_within(ms(1)).await;
        clients.push(raw);
    }

    let before = busy.requests();
    for _ in 0..10 {
        assert_eq!(stage.get("http://a.test/").await.status, 200);
    }

    assert_eq!(busy.requests(), before);
    assert_eq!(
        others.iter().map(Origin::requests).sum::<usize>(),
        before + 10 + clients.len()
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn ip_hash_stays_with_one_upstream_and_comes_back_to_it() {
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {TWO} {{
                lb_policy ip_hash
                lb_try_duration 1s
            }}
        }}"
    );
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    let chosen = stage.get("http://a.test/").await.body;
    let (address, other) = if chosen == "1" {
        (ONE, "2")
    } else {
        (TWO, "1")
    };

    assert_eq!(bodies(&stage, 5).await, chosen.repeat(5));
    one.hang_up();
    two.hang_up();
    stage.fault(address, Fault::Refuse);
    assert_eq!(bodies(&stage, 5).await, other.repeat(5));
    stage.heal(address);
    assert_eq!(bodies(&stage, 5).await, chosen.repeat(5));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn first_takes_the_second_only_while_the_first_is_down() {
    let caddyfile = format!(
        "http://a.test {{
            reverse_proxy {ONE} {TWO} {{
                lb_policy first
                lb_try_duration 1s
            }}
        }}"
    );
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(&caddyfile)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;

    assert_eq!(bodies(&stage, 3).await, "111");
    one.hang_up();
    stage.fault(ONE, Fault::Refuse);
    assert_eq!(bodies(&stage, 3).await, "222");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn random_uses_all_upstreams_and_the_seed_decides() {
    let (stage, ..) = stage_with("random", 1).await;
    let drawn = bodies(&stage, 20).await;
    assert!(drawn.contains('1') && drawn.contains('2'), "{drawn}");

    let (again, ..) = stage_with("random", 1).await;
    assert_eq!(bodies(&again, 20).await, drawn);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_is_found_by_name_and_found_again_elsewhere() {
    let (old, new) = (Origin::ok("old"), Origin::ok("new"));
    let stage = Stage::caddyfile("http://a.test {\n\treverse_proxy app:3000\n}")
        .name("app", &["10.0.0.1"])
        .origin("10.0.0.1:3000", &old)
        .origin("10.0.0.2:3000", &new)
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/").await.body, "old");

    stage.set_name("app", &["10.0.0.2"]);
    old.hang_up();
    stage.fault("10.0.0.1:3000", Fault::Refuse);
    // That finds out that the remembered address is no longer good, and asks for another.
    assert_eq!(stage.get("http://a.test/").await.body, "new");
}
