//! Connections that become something else.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use super::*;

const ASK: &str = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n\
    Upgrade: WebSocket\r\nSec-WebSocket-Key: k\r\n\r\n";
const AGREE: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\n";

/// Agrees to the upgrade, greets, and sends everything back until `bye`.
fn echoing(stage: &Stage) {
    stage.upstream(1, |mut stream, _| async move {
        let head = read_head(&mut stream).await;
        assert!(head.contains("Connection: Upgrade\r\n"), "{head}");
        assert!(head.contains("Upgrade: websocket\r\n"), "{head}");
        assert!(head.contains("Sec-Websocket-Key: k\r\n"), "{head}");
        write(&mut stream, &format!("{AGREE}hi")).await;
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            if buffer.starts_with(b"bye") {
                return;
            }
            drop(stream.write_all(&buffer[..count]).await);
        }
    });
}

#[tokio::test(start_paused = true)]
async fn bytes_pass_both_ways_once_both_sides_have_agreed() {
    stage(&plan(1), async |stage| {
        echoing(&stage);
        let mut client = stage.client();
        write(&mut client, ASK).await;
        let head = read_head(&mut client).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains("Connection: Upgrade\r\n"), "{head}");
        assert!(head.contains("Upgrade: websocket\r\n"), "{head}");
        assert!(head.contains("Sec-Websocket-Accept: a\r\n"), "{head}");
        let mut greeting = [0; 2];
        client
            .read_exact(&mut greeting)
            .await
            .expect("what came with the head");
        assert_eq!(&greeting, b"hi");
        for word in [b"one", b"two"] {
            client.write_all(word).await.expect("open");
            let mut echo = [0; 3];
            client.read_exact(&mut echo).await.expect("open");
            assert_eq!(&echo, word);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_tunnel_is_in_flight_until_either_side_ends_it() {
    for client_ends in [true, false] {
        stage(&plan(1), async |stage| {
            echoing(&stage);
            let mut client = stage.client();
            write(&mut client, ASK).await;
            read_head(&mut client).await;
            sleep(Duration::from_hours(1)).await;
            assert_eq!(stage.in_flight(1), 1);
            if client_ends {
                drop(client);
                sleep(Duration::from_millis(1)).await;
            } else {
                write(&mut client, "bye").await;
                assert_eq!(read_to_end(&mut client).await, "hi");
            }
            assert_eq!(stage.in_flight(1), 0);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn another_protocol_than_the_one_asked_for_is_refused() {
    let answers = [
        AGREE.replace("websocket", "other"),
        AGREE.replace("Upgrade: websocket\r\n", ""),
    ];
    for answer in answers {
        stage(&plan(1), async move |stage| {
            stage.upstream(1, move |mut stream, _| {
                let answer = answer.clone();
                async move {
                    read_head(&mut stream).await;
                    write(&mut stream, &answer).await;
                    read_to_end(&mut stream).await;
                }
            });
            let mut client = stage.client();
            write(&mut client, ASK).await;
            assert!(read_head(&mut client).await.starts_with("HTTP/1.1 502 "));
            assert_eq!(stage.in_flight(1), 0);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_declined_upgrade_is_an_ordinary_response_and_what_follows_an_ordinary_request() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        let mut client = stage.client();
        write(&mut client, &format!("{ASK}{GET}")).await;
        assert!(read_head(&mut client).await.starts_with("HTTP/1.1 200 "));
        client.read_exact(&mut [0; 2]).await.expect("the body");
        assert!(read_head(&mut client).await.starts_with("HTTP/1.1 200 "));
        assert_eq!(heads.borrow().len(), 2, "each was a request of its own");
        assert!(
            heads.borrow()[1].contains("X-Forwarded-For: 192.0.2.1\r\n"),
            "{heads:?}"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn http2_in_clear_text_is_never_asked_for() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        let ask = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\
            Upgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n";
        let mut client = stage.client();
        write(&mut client, ask).await;
        read_head(&mut client).await;
        let head = heads.borrow()[0].to_lowercase();
        assert!(
            !head.contains("upgrade") && !head.contains("http2"),
            "{head}"
        );
    })
    .await;
}
