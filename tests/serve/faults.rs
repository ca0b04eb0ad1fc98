//! Faults of many at one time, and faults that come and go: nothing is lost, nothing doubled, and
//! all counts return to zero.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Raw, Reply, Stage};
use tokio::time::Instant;

use crate::{ONE, PLAIN, TWO, ms, secs};

const GET: &str = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

async fn waiting(stage: &Stage, count: usize) -> Vec<Raw> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let mut raw = stage.raw(80).await;
        raw.send(GET).await;
        clients.push(raw);
    }
    clients
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_thousand_that_wait_are_served_once_each_when_the_last_upstream_returns() {
    let file = "http://a.test {
        reverse_proxy 10.0.0.1:80 10.0.0.2:80 {
            lb_try_duration 30s
            lb_try_interval 250ms
            health_uri /up
            health_interval 1s
        }
    }";
    let origin = Origin::ok("1");
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;
    stage.fault(ONE, Fault::Refuse);
    stage.advance(secs(2)).await;
    let clients = waiting(&stage, 1000).await;
    stage.advance(secs(5)).await;
    let before = origin.requests();

    stage.heal(ONE);
    let back = Instant::now();
    for mut client in clients {
        assert_eq!(client.hear_within(secs(30)).await.statuses(), [200]);
    }

    // A probe a second finds it, and everyone looks four times a second.
    assert!(back.elapsed() <= ms(1300), "{:?}", back.elapsed());
    let asked = origin.seen().split_off(before);
    let asked = asked.iter().filter(|seen| seen.path() == "/").count();
    assert_eq!(asked, 1000);
    assert_eq!(stage.in_flight(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn hundreds_that_are_down_do_not_hide_the_one_that_is_up() {
    let addresses: Vec<_> = (1..=200).map(|last| format!("10.0.1.{last}:80")).collect();
    let file = format!(
        "http://a.test {{\n reverse_proxy {} {{\n lb_policy round_robin\n lb_try_duration 3s\n \
         fail_duration 10s\n }}\n}}",
        addresses.join(" ")
    );
    let origin = Origin::ok("up");
    let stage = Stage::caddyfile(&file)
        .origin("10.0.1.200:80", &origin)
        .start()
        .await;

    for _ in 0..10 {
        let reply = stage.get("http://a.test/").await;
        assert_eq!((&*reply.body, reply.took), ("up", ms(0)));
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_upstream_whose_health_flaps_costs_no_request() {
    let file = "http://a.test {
        reverse_proxy 10.0.0.1:80 10.0.0.2:80 {
            lb_policy round_robin
            lb_retries 1
            health_uri /up
            health_interval 1s
        }
    }";
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(file)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;

    for second in 0..30 {
        if second % 2 == 0 {
            stage.fault(ONE, Fault::Refuse);
        } else {
            stage.heal(ONE);
        }
        for _ in 0..5 {
            let reply = stage.get("http://a.test/").await;
            assert_eq!(reply.status, 200, "{second}");
            stage.advance(ms(200)).await;
        }
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn checks_that_hang_neither_pile_up_nor_hold_requests() {
    let file = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            health_uri /up
            health_interval 1s
            health_timeout 60s
        }
    }";
    let origin = Origin::new(Answer::ok("1").but_for("/up", Answer::Hang));
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;

    stage.advance(secs(50)).await;

    assert!(origin.open() <= 8, "{} checks", origin.open());
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.took), (200, ms(0)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_head_that_drips_has_the_header_timeout_in_all() {
    let file = "http://a.test {
        reverse_proxy 10.0.0.1:80 {
            transport http {
                response_header_timeout 5s
            }
        }
    }";
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec();
    let origin = Origin::new(Answer::Drip(head, secs(1)));
    let stage = Stage::caddyfile(file).origin(ONE, &origin).start().await;

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (504, secs(5)));
    origin.left(0).await;
}

async fn by_name(addresses: &[&str]) -> (Stage, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile("http://a.test {\n reverse_proxy app:80\n}")
        .name("app", addresses)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    (stage, one, two)
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_name_that_gives_nothing_is_502_until_it_gives_something() {
    let (stage, ..) = by_name(&[]).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.took), (502, ms(0)));

    stage.set_name("app", &["10.0.0.2"]);

    assert_eq!(stage.get("http://a.test/").await.body, "2");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_name_with_a_thousand_dead_addresses_costs_one_dial_timeout() {
    let many: Vec<_> = (0..1000)
        .map(|n| format!("10.9.{}.{}", n / 250, n % 250 + 1))
        .collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let (stage, ..) = by_name(&many).await;
    for address in &many {
        stage.fault(&format!("{address}:80"), Fault::BlackHole);
    }

    let reply = stage.get("http://a.test/").await;

    assert_eq!((reply.status, reply.took), (504, secs(3)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_name_that_changes_is_followed_within_seconds() {
    let (stage, one, two) = by_name(&["10.0.0.1"]).await;
    assert_eq!(stage.get("http://a.test/").await.body, "1");
    one.hang_up();

    stage.set_name("app", &["10.0.0.2"]);
    stage.advance(secs(6)).await;

    assert_eq!(stage.get("http://a.test/").await.body, "2");
    assert_eq!((one.requests(), two.requests()), (1, 1));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn slow_connections_make_requests_slow_and_nothing_else() {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let stage = Stage::caddyfile(crate::ARTICLE)
        .origin(ONE, &one)
        .origin(TWO, &two)
        .start()
        .await;
    for address in [ONE, TWO] {
        stage.fault(address, Fault::Latency(ms(200)));
    }

    let replies: [Reply; 4] = [
        stage.get("http://a.test/").await,
        stage.get("http://a.test/").await,
        stage.get("http://a.test/").await,
        stage.get("http://a.test/").await,
    ];

    assert!(replies.iter().all(|reply| reply.status == 200));
    assert!(replies.iter().all(|reply| reply.took <= ms(200)));
    let up = "caddy_reverse_proxy_upstreams_healthy{upstream=\"10.0.0.1:80\"} 1";
    assert!(stage.metrics().contains(up));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn whatever_the_upstream_does_all_counts_return_to_zero() {
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\n{rest}").into_bytes();
    let answers = [
        Answer::close(),
        Answer::reset(),
        Answer::BytesAndReset(head("Content-Length: 9\r\n\r\npart")),
        Answer::BytesAndClose(head("Content-Length: 9\r\n\r\npart")),
        Answer::Bytes(head("Content-Length: 1\r\n\r\nlonger than that")),
        Answer::Bytes(b"nonsense\r\n\r\n".to_vec()),
        Answer::BytesAndClose(b"HTTP/1.0 200 OK\r\n\r\nold".to_vec()),
        Answer::Early,
        Answer::status(204, ""),
        Answer::Upgrade("websocket"),
    ];
    for answer in answers {
        let what = format!("{answer:?}");
        let origin = Origin::ok("well").then(answer);
        let stage = Stage::caddyfile(PLAIN).origin(ONE, &origin).start().await;

        stage.send("POST", "http://a.test/", "hello").await;

        assert_eq!(stage.in_flight(), 0, "{what}");
        assert_eq!(stage.get("http://a.test/").await.body, "well", "{what}");
        assert_eq!(origin.requests(), 2, "{what}: once each");
        let page = stage.metrics();
        let idle = format!("evenkeel_upstream_requests_in_flight{{upstream=\"{ONE}\"}} 0");
        assert!(page.contains(&idle), "{what}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn of_three_the_slow_one_gets_what_it_can_do() {
    let file = "http://a.test {
        reverse_proxy 10.0.0.1:80 10.0.0.2:80 10.0.0.3:80 {
            lb_policy least_conn
        }
    }";
    let slow = Origin::new(Answer::ok("slow").after(secs(5)));
    let (one, two) = (
        Origin::new(Answer::ok("1").after(ms(50))),
        Origin::new(Answer::ok("2").after(ms(50))),
    );
    let stage = Stage::caddyfile(file)
        .origin(ONE, &slow)
        .origin(TWO, &one)
        .origin("10.0.0.3:80", &two)
        .start()
        .await;

    // Fifty requests a second, for four seconds.
    let mut clients = Vec::new();
    for _ in 0..200 {
        clients.extend(waiting(&stage, 1).await);
        stage.advance(ms(20)).await;
    }

    let got = (slow.requests(), one.requests() + two.requests());
    assert!(got.0 <= 10 && got.1 >= 190, "{got:?}");
    for mut client in clients {
        assert_eq!(client.hear_within(secs(10)).await.statuses(), [200]);
    }
    assert_eq!(stage.in_flight(), 0);
}
