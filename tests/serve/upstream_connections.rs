//! Connections to upstreams: how many, how long they are kept, what is said on them first, and
//! how long they may be silent.

use evenkeel_net::memory::Fault;
use evenkeel_testkit::{Answer, Origin, Stage};

use crate::{ONE, ms, secs};

/// One upstream with these lines in its transport.
fn file(transport: &str) -> String {
    format!(
        "http://a.test {{\n reverse_proxy 10.0.0.1:80 {{\n transport http {{\n{transport}\n }}\n \
         }}\n}}"
    )
}

async fn stage(transport: &str, origin: &Origin) -> Stage {
    Stage::caddyfile(&file(transport))
        .origin(ONE, origin)
        .start()
        .await
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_read_that_takes_too_long_is_504_or_ends_the_response() {
    let origin = Origin::new(Answer::Hang);
    let stage_ = stage("read_timeout 2s", &origin).await;
    let reply = stage_.get("http://a.test/").await;
    assert_eq!((reply.status, reply.took), (504, secs(2)));
    let origin = Origin::new(Answer::HeadOnly);
    let stage = stage("read_timeout 2s", &origin).await;
    let reply = stage.get("http://a.test/").await;
    assert!(reply.broken);
    assert_eq!(reply.took, secs(2));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn slow_but_steady_reads_are_no_timeout() {
    let origin = Origin::new(Answer::Chunks(vec!["a", "b", "c"], ms(1500)));
    let stage = stage("read_timeout 2s", &origin).await;
    assert_eq!(stage.get("http://a.test/").await.body, "abc");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_head_of_a_response_can_be_limited() {
    let head = format!(
        "HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 0\r\n\r\n",
        "x".repeat(9000)
    );
    let origin = Origin::new(Answer::Bytes(head.into_bytes()));
    let small = stage("max_response_header 8KiB", &origin).await;
    assert_eq!(small.get("http://a.test/").await.status, 502);
    let large = stage("max_response_header 16KiB", &origin).await;
    assert_eq!(large.get("http://a.test/").await.status, 200);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn excess_requests_wait_for_one_of_so_many_connections() {
    let origin = Origin::new(Answer::After(secs(1), Box::new(Answer::ok("well"))));
    let stage = stage("max_conns_per_host 2", &origin).await;
    let get = || stage.get("http://a.test/");
    let replies = tokio::join!(get(), get(), get(), get(), get());
    let took = [replies.0, replies.1, replies.2, replies.3, replies.4].map(|reply| {
        assert_eq!(reply.body, "well");
        reply.took
    });
    assert_eq!(took.iter().max(), Some(&secs(3)));
    assert_eq!(origin.connections(), 2, "and they were used again");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn an_idle_connection_of_another_worker_gives_its_place_away() {
    let origin = Origin::ok("well");
    let stage = Stage::caddyfile(&file("max_conns_per_host 1"))
        .origin(ONE, &origin)
        .workers(4)
        .start()
        .await;
    for _ in 0..20 {
        let reply = stage.get("http://a.test/").await;
        assert_eq!((reply.status, reply.took), (200, secs(0)));
        assert!(origin.open() <= 1);
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_client_that_leaves_the_queue_takes_no_place_with_it() {
    let origin = Origin::new(Answer::After(secs(1), Box::new(Answer::ok("well"))));
    let stage = stage("max_conns_per_host 1", &origin).await;
    let impatient = async {
        tokio::time::sleep(ms(50)).await;
        tokio::time::timeout(ms(500), stage.get("http://a.test/"))
            .await
            .unwrap_err();
    };
    let first = stage.get("http://a.test/");
    let last = async {
        tokio::time::sleep(ms(100)).await;
        stage.get("http://a.test/").await
    };
    let (first, (), last) = tokio::join!(first, impatient, last);
    assert_eq!((first.status, last.status), (200, 200));
    assert_eq!(last.took, ms(1900));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn idle_connections_can_be_limited_over_all_upstreams() {
    let one = Origin::ok("1");
    let two = Origin::ok("2");
    let file = "http://a.test {\n reverse_proxy 10.0.0.1:80 10.0.0.2:80 {\n lb_policy round_robin\n \
                transport http {\n keepalive_idle_conns 1\n }\n }\n}";
    let stage = Stage::caddyfile(file)
        .origin(ONE, &one)
        .origin("10.0.0.2:80", &two)
        .start()
        .await;
    for _ in 0..2 {
        stage.get("http://a.test/").await;
    }
    stage.advance(ms(1)).await;
    assert_eq!(one.open() + two.open(), 1);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_connection_is_not_used_beyond_what_the_upstream_announces() {
    let head = b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n";
    let origin = Origin::new(Answer::Bytes(head.to_vec()));
    let stage = stage("", &origin).await;
    stage.get("http://a.test/").await;
    stage.advance(secs(4)).await;
    stage.send("POST", "http://a.test/", "body").await;
    assert_eq!(origin.connections(), 1);
    stage.advance(ms(4600)).await;
    // It would be open a moment longer; what cannot be sent twice does not rely on it.
    stage.send("POST", "http://a.test/", "body").await;
    assert_eq!(origin.connections(), 2);
    stage.advance(secs(6)).await;
    assert_eq!(origin.open(), 0, "closed when the time is over");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_cannot_be_sent_twice_gets_a_connection_that_is_surely_open() {
    let origin = Origin::ok("well");
    let stage = stage("", &origin).await;
    stage.get("http://a.test/").await;
    stage.advance(ms(1500)).await;
    stage.send("POST", "http://a.test/", "body").await;
    assert_eq!(origin.connections(), 2, "nothing is known of the upstream");
    stage.advance(ms(500)).await;
    stage.send("POST", "http://a.test/", "body").await;
    assert_eq!(origin.connections(), 2, "just used");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn how_long_an_upstream_keeps_connections_is_learnt() {
    let origin = Origin::ok("well");
    let stage = stage("", &origin).await;
    stage.get("http://a.test/").await;
    stage.advance(secs(10)).await;
    origin.hang_up();
    stage.advance(ms(10)).await;
    stage.get("http://a.test/").await;
    assert_eq!(origin.connections(), 2);
    stage.advance(secs(8)).await;
    stage.send("POST", "http://a.test/", "body").await;
    assert_eq!(
        origin.connections(),
        2,
        "younger than the one that was closed"
    );
    stage.advance(ms(9500)).await;
    stage.send("POST", "http://a.test/", "body").await;
    assert_eq!(origin.connections(), 3, "about as old");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_upstream_is_told_the_client_by_the_proxy_protocol() {
    let origin = Origin::new(Answer::ok("well"));
    let stage = stage("proxy_protocol v1", &origin).await;
    // The origin takes the header for a request line, which shows that it comes first.
    stage.get("http://a.test/").await;
    let head = origin.last().head;
    let (line, rest) = head.split_once("\r\n").expect("two lines");
    assert!(line.starts_with("PROXY TCP4 192.0.2.1 0.0.0.0 "), "{line}");
    assert!(rest.starts_with("GET / HTTP/1.1"), "{rest}");
    stage.get("http://a.test/").await;
    assert_eq!(
        origin.connections(),
        2,
        "another client has another connection"
    );
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_forward_proxy_gets_the_whole_url() {
    let squid = Origin::ok("through");
    let file = file("network_proxy url http://me:secret@10.0.0.9:3128");
    let stage = Stage::caddyfile(&file)
        .origin("10.0.0.9:3128", &squid)
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/x?y").await.body, "through");
    let seen = squid.last();
    assert_eq!(seen.line(), "GET http://a.test/x?y HTTP/1.1");
    assert_eq!(seen.field("Proxy-Authorization"), "Basic bWU6c2VjcmV0");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_forward_proxy_that_does_not_connect_is_502() {
    let squid = Origin::new(Answer::Bytes(b"HTTP/1.1 407 No\r\n\r\n".to_vec()));
    let file = "http://a.test {\n reverse_proxy https://app.test {\n transport http {\n \
                network_proxy url http://10.0.0.9:3128\n }\n }\n}";
    let stage = Stage::caddyfile(file)
        .origin("10.0.0.9:3128", &squid)
        .start()
        .await;
    assert_eq!(stage.get("http://a.test/").await.status, 502);
    assert_eq!(squid.last().line(), "CONNECT app.test:443 HTTP/1.1");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_silent_address_delays_the_next_by_the_fallback_delay() {
    for (delay, took) in [("dial_fallback_delay 1s", secs(1)), ("", ms(300))] {
        let origin = Origin::ok("well");
        let file = file(delay).replace("10.0.0.1:80", "app.test:80");
        let stage = Stage::caddyfile(&file)
            .name("app.test", &["10.0.0.3", "10.0.0.1"])
            .origin(ONE, &origin)
            .start()
            .await;
        stage.fault("10.0.0.3:80", Fault::BlackHole);
        let reply = stage.get("http://a.test/").await;
        assert_eq!((&*reply.body, reply.took), ("well", took));
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn options_that_only_tune_are_taken() {
    let origin = Origin::ok("well");
    let lines = "read_buffer 8KiB\n write_buffer 8KiB\n compression off\n keepalive_interval 10s\n \
                 local_address 192.0.2.9";
    let stage = stage(lines, &origin).await;
    assert_eq!(stage.get("http://a.test/").await.body, "well");
}
