//! What users notice when an upstream dies: nothing.

use std::time::Duration;

use crate::harness::{Evenkeel, article, free_port, get, hung, upstream};

fn balancer(upstreams: &[u16], health_interval: &str, fail_duration: &str) -> (Evenkeel, u16) {
    let port = free_port();
    let pool: Vec<String> = upstreams
        .iter()
        .map(|port| format!("127.0.0.1:{port}"))
        .collect();
    let options = article(health_interval, fail_duration);
    let server = Evenkeel::start(&format!(
        "{{\n admin off\n}}\nhttp://:{port} {{\n reverse_proxy {} {{\n{options}\n}}\n}}\n",
        pool.join(" ")
    ));
    (server, port)
}

/// Sends a request every 100 ms, as the load of these tests.
async fn every_100_ms(requests: usize, mut request: impl FnMut(usize)) {
    let mut interval = tokio::time::interval(Duration::from_millis(100));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for number in 0..requests {
        interval.tick().await;
        request(number);
    }
}

#[test]
fn ten_requests_on_ten_connections_alternate() {
    let (a, b) = (free_port(), free_port());
    let _upstreams = (upstream(a, "one"), upstream(b, "two"));
    let (_server, port) = balancer(&[a, b], "5s", "10s");
    let bodies: Vec<String> = (0..10).map(|_| get(port, "/").body).collect();
    // As in Caddy, the first turn is the second upstream's.
    assert_eq!(bodies, ["two", "one"].repeat(5));
}

#[tokio::test]
async fn an_upstream_killed_under_load_costs_no_error_and_no_pause() {
    let (a, b) = (free_port(), free_port());
    let _one = upstream(a, "one");
    let mut two = Some(upstream(b, "two"));
    let (server, port) = balancer(&[a, b], "5s", "10s");
    let mut replies = Vec::new();
    every_100_ms(40, |number| {
        if number == 10 {
            two.take().expect("killed once").kill();
        }
        replies.push(get(port, "/"));
    })
    .await;
    assert!(
        replies.iter().all(|reply| reply.status == 200),
        "{replies:?}"
    );
    let slowest = replies
        .iter()
        .map(|reply| reply.took)
        .max()
        .expect("there are replies");
    assert!(slowest < Duration::from_millis(300), "{slowest:?}");
    assert!(
        replies[10..].iter().all(|reply| reply.body == "one"),
        "{replies:?}"
    );
    let down = server.wait_for("host is down");
    assert!(down.contains(&format!("127.0.0.1:{b}")), "{down}");
}

#[test]
fn a_hung_upstream_is_answered_for_within_three_seconds() {
    let a = free_port();
    let _one = upstream(a, "one");
    let (_listener, b) = hung();
    let (_server, port) = balancer(&[a, b], "60s", "10s");
    for _ in 0..4 {
        let reply = get(port, "/");
        assert_eq!((reply.status, reply.body.as_str()), (200, "one"));
        assert!(reply.took < Duration::from_secs(3), "{:?}", reply.took);
    }
}

#[test]
fn with_all_upstreams_down_the_error_comes_in_time_and_service_returns_by_itself() {
    let (a, b) = (free_port(), free_port());
    let (server, port) = balancer(&[a, b], "1s", "2s");
    let reply = get(port, "/");
    assert!(matches!(reply.status, 502 | 503), "{reply:?}");
    assert!(reply.took < Duration::from_millis(3500), "{:?}", reply.took);
    server.forget_log();
    let _one = upstream(a, "one");
    server.wait_for("host is up");
    // A request that waits for an upstream is served as soon as there is one.
    assert_eq!(get(port, "/").body, "one");
}

#[test]
fn an_upstream_that_is_back_gets_its_turns_again() {
    let (a, b) = (free_port(), free_port());
    let (_one, two) = (upstream(a, "one"), upstream(b, "two"));
    let (server, port) = balancer(&[a, b], "1s", "2s");
    two.kill();
    assert_eq!(get(port, "/").body, "one");
    server.wait_for("host is down");
    server.forget_log();
    let _two = upstream(b, "two");
    server.wait_for("host is up");
    // Both kinds of check may have taken it out; the strikes of the passive one pass by
    // themselves. Two seconds of `fail_duration` are at most eight turns of the retry interval.
    let alternates = |window: &[String]| window[0] != window[1];
    let mut bodies: Vec<String> = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime
        .expect("a runtime")
        .block_on(every_100_ms(30, |_| bodies.push(get(port, "/").body)));
    assert!(bodies[20..].windows(2).all(alternates), "{bodies:?}");
}
