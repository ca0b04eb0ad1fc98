//! What a run is made of: options, and events.

use std::time::Duration;

use evenkeel_net::memory::Fault;
use evenkeel_testkit::Answer;
use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::run::UPSTREAMS;

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A client sends a request.
    Send(Sending),
    /// An upstream answers otherwise from now on.
    Answer(usize, Answer),
    /// An upstream cannot be reached, or can again.
    Network(usize, Option<Fault>),
    /// An upstream closes all its connections.
    HangUp(usize),
    /// Another configuration is installed.
    Install(String),
    /// Time passes.
    Wait(Duration),
}

/// A request of a client.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) method: &'static str,
    /// What is in the body.
    pub(crate) body: usize,
    /// When the client goes away.
    pub(crate) patience: Option<Duration>,
}

pub(crate) fn event(rng: &mut StdRng) -> Event {
    let upstream = rng.random_range(0..UPSTREAMS.len());
    match rng.random_range(0..20) {
        0..=8 => Event::Send(sending(rng)),
        9..=11 => Event::Answer(upstream, answer(rng)),
        12 | 13 => Event::Network(upstream, fault(rng)),
        14 => Event::HangUp(upstream),
        15 => Event::Install(caddyfile(rng)),
        _ => Event::Wait(Duration::from_millis(rng.random_range(0..1500))),
    }
}

fn sending(rng: &mut StdRng) -> Sending {
    let goes_away = rng.random_ratio(1, 6);
    Sending {
        method: ["GET", "GET", "POST", "PUT"][rng.random_range(0..4)],
        body: [0, 10, 3000][rng.random_range(0..3)],
        patience: goes_away.then(|| Duration::from_millis(rng.random_range(0..2500))),
    }
}

fn answer(rng: &mut StdRng) -> Answer {
    match rng.random_range(0..9) {
        0..=2 => Answer::Echo,
        3 => Answer::Hang,
        4 => Answer::reset(),
        5 => Answer::close(),
        6 => Answer::status(500, "oops"),
        7 => Answer::BytesAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec()),
        _ => Answer::Echo.after(Duration::from_millis(rng.random_range(0..3000))),
    }
}

fn fault(rng: &mut StdRng) -> Option<Fault> {
    match rng.random_range(0..3) {
        0 => Some(Fault::Refuse),
        1 => Some(Fault::BlackHole),
        _ => None,
    }
}

/// A balancer over the three upstreams. Every wait in it has a bound.
pub(crate) fn caddyfile(rng: &mut StdRng) -> String {
    let policies = [
        "round_robin",
        "random",
        "random_choose 2",
        "least_conn",
        "first",
        "ip_hash",
        "uri_hash",
        "least_latency",
        "weighted_round_robin 3 1 2",
    ];
    let policy = policies[rng.random_range(0..policies.len())];
    let mut lines = vec![
        format!("lb_policy {policy}"),
        "transport http {\ndial_timeout 1s\nresponse_header_timeout 2s\n}".to_owned(),
    ];
    let mut maybe = |line: &str| {
        if rng.random_ratio(1, 3) {
            lines.push(line.to_owned());
        }
    };
    maybe("lb_try_duration 3s");
    maybe("lb_retries 2");
    maybe("fail_duration 2s");
    maybe("unhealthy_status 5xx");
    maybe("health_uri /health\nhealth_interval 1s\nhealth_timeout 500ms");
    maybe("lb_max_requests 2\nlb_queue 5 1s");
    maybe("lb_retry_budget 20");
    maybe("lb_slow_start 2s");
    let upstreams = UPSTREAMS.join(" ");
    format!(
        "http://a.test {{\nreverse_proxy {upstreams} {{\n{}\n}}\n}}\n",
        lines.join("\n")
    )
}
