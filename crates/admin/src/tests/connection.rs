//! One connection: its limits, its end, and what the log says of it.

use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::serve_connection_from;

const LOCAL: &str = "HTTP/1.1\r\nHost: localhost:2019\r\n";

/// Sends `request` as it is and reads to the end of the connection, which the server makes.
async fn exchange(control: Arc<Played>, request: &str) -> String {
    let client = async |stream: &mut DuplexStream| {
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut received = String::new();
        stream.read_to_string(&mut received).await.expect("text");
        received
    };
    with_client(access(&Admin::default()), control, client).await
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let request = format!(
        "GET /config/ {LOCAL}\r\nGET /nope {LOCAL}\r\nGET /config/ {LOCAL}Connection: close\r\n\r\n"
    );
    let received = exchange(Arc::default(), &request).await;
    let statuses: Vec<_> = received.matches("HTTP/1.1 ").collect();
    assert_eq!(statuses.len(), 3, "{received}");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_is_waited_for_ten_seconds() {
    let slow_head = format!("GET /config/ {LOCAL}X-Unfinished:");
    let idle_after_one = format!("GET /nope {LOCAL}\r\n");
    for request in ["", &slow_head, &idle_after_one] {
        let start = Instant::now();
        exchange(Arc::default(), request).await;
        let waited = start.elapsed();
        assert!(
            (10..12).contains(&waited.as_secs()),
            "{request:?}: {waited:?}"
        );
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let large = format!(
        "GET /nope {LOCAL}X-Large: {}\r\n\r\n",
        "x".repeat(70 * 1024)
    );
    assert!(
        exchange(Arc::default(), &large)
            .await
            .starts_with("HTTP/1.1 431 ")
    );

    let many = format!("GET /nope {LOCAL}{}\r\n", "X-Many: x\r\n".repeat(200));
    assert!(
        exchange(Arc::default(), &many)
            .await
            .starts_with("HTTP/1.1 431 ")
    );

    let fits = format!(
        "GET /nope {LOCAL}X-Large: {}\r\nConnection: close\r\n\r\n",
        "x".repeat(50 * 1024)
    );
    assert!(
        exchange(Arc::default(), &fits)
            .await
            .starts_with("HTTP/1.1 404 ")
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_by_its_length() {
    let control = Arc::<Played>::default();
    let request = format!("POST /stop {LOCAL}Content-Length: 104857601\r\n\r\n");
    let reply = Reply::parse(&exchange(Arc::clone(&control), &request).await);
    assert_eq!(reply.status, 413);
    let expected = "request body too large: more than 104857600 bytes";
    assert_eq!((reply.error(), control.stops()), (expected.into(), 0));
}

#[tokio::test]
async fn a_body_nobody_wants_is_not_waited_for() {
    let unfinished = format!("POST /config/ {LOCAL}Content-Length: 100000\r\n\r\nstart");
    let reply = Reply::parse(&exchange(Arc::default(), &unfinished).await);
    assert_eq!(reply.status, 405);
}

#[tokio::test]
async fn what_is_not_http_ends_the_connection() {
    let received = exchange(Arc::default(), "\x16\x03\x01 hello\r\n\r\n").await;
    assert!(received.starts_with("HTTP/1.1 400 "), "{received}");
}

#[tokio::test]
async fn the_server_stops_after_its_answer_is_out() {
    let control = Arc::<Played>::default();
    // So small a pipe that most of the answer is still to be sent when its first byte arrives.
    let (mut near, far) = duplex(16);
    let served = serve_connection(far, access(&Admin::default()), control.clone());
    let client = async {
        let request = format!("POST /stop {LOCAL}\r\n");
        near.write_all(request.as_bytes()).await.expect("sent");
        near.read_u8().await.expect("an answer");
        assert_eq!(control.stops(), 0);
        let mut rest = String::new();
        near.read_to_string(&mut rest).await.expect("text");
        rest
    };

    let ((), rest) = tokio::join!(served, client);

    assert!(rest.starts_with("TTP/1.1 200 OK\r\n"), "{rest}");
    assert!(rest.contains("connection: close\r\n"), "{rest}");
    assert_eq!(control.stops(), 1);
}

#[test]
fn a_connection_can_be_served_on_any_runtime() {
    fn can_be_sent<T: Send>(_: &T) {}
    let (_near, far) = duplex(16);
    can_be_sent(&serve_connection(
        far,
        access(&Admin::default()),
        Arc::<Played>::default(),
    ));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_delays_the_stop_by_a_second_only() {
    let control = Arc::<Played>::default();
    // So small a pipe that the answer does not fit.
    let (mut near, far) = duplex(16);
    let served = serve_connection(far, access(&Admin::default()), control.clone());
    let client = async {
        let request = format!("POST /stop {LOCAL}\r\n");
        near.write_all(request.as_bytes()).await.expect("sent");
        std::future::pending::<()>().await;
    };
    let start = Instant::now();
    tokio::select! {
        () = served => {}
        () = client => {}
    }
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    assert_eq!(control.stops(), 1);
}

#[tokio::test]
async fn requests_and_refusals_are_logged_without_headers() {
    let (mut near, far) = duplex(1 << 16);
    let remote = "192.0.2.7:4711".parse().ok();
    let access = access(&Admin::default());
    let served = serve_connection_from(far, remote, access, Arc::<Played>::default());
    let client = async move {
        let known = format!("GET /config/?q {LOCAL}Authorization: s3cret\r\n\r\n");
        near.write_all(known.as_bytes()).await.expect("sent");
        let evil = b"GET /x HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n";
        near.write_all(evil).await.expect("sent");
        near.read_to_string(&mut String::new()).await.expect("text");
    };
    tokio::join!(served, client);

    let client = "remote_ip=192.0.2.7 remote_port=4711";
    let expected = format!(
        " INFO admin.api: received request method=GET host=\"localhost:2019\" uri=/config/?q {client}
 INFO admin.api: received request method=GET host=\"evil\" uri=/x {client}
ERROR admin.api: request error error=host not allowed: evil status_code=403
"
    );
    assert_eq!(log::take(), expected);
}
