//! Bodies pass through at the pace of the slower side, and end when either side leaves.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use evenkeel_net::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::*;

/// More than any buffer on the way may hold.
const TOO_MUCH: usize = 4 * 1024 * 1024;

/// Writes as long as anybody takes it, up to a bound, and counts.
async fn pour(stream: &mut (impl AsyncWriteExt + Unpin), poured: &Cell<usize>) {
    let piece = vec![b'x'; 16 * 1024];
    while poured.get() < 4 * TOO_MUCH && stream.write_all(&piece).await.is_ok() {
        poured.set(poured.get() + piece.len());
    }
}

async fn is_closed(stream: &mut Stream) -> bool {
    let mut byte = [0];
    matches!(stream.read(&mut byte).await, Ok(0) | Err(_))
}

#[tokio::test(start_paused = true)]
async fn an_upstream_waits_for_a_slow_client() {
    stage(&plan(1), async |stage| {
        let poured = Rc::new(Cell::new(0));
        let count = Rc::clone(&poured);
        stage.upstream(1, move |mut stream, _| {
            let count = Rc::clone(&count);
            async move {
                read_head(&mut stream).await;
                write(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
                pour(&mut stream, &count).await;
            }
        });
        let mut client = stage.client();
        write(&mut client, GET).await;
        sleep(Duration::from_mins(1)).await;
        assert!(poured.get() < TOO_MUCH, "{}", poured.get());
        let before = poured.get();
        let mut some = vec![0; 1024 * 1024];
        client.read_exact(&mut some).await.expect("more is to come");
        sleep(Duration::from_secs(1)).await;
        assert!(poured.get() > before);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_waits_for_a_slow_upstream() {
    stage(&plan(1), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_head(&mut stream).await;
            sleep(Duration::from_hours(1)).await;
            drop(stream);
        });
        let mut client = stage.client();
        write(
            &mut client,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
        )
        .await;
        let poured = Cell::new(0);
        drop(timeout(Duration::from_mins(1), pour(&mut client, &poured)).await);
        assert!(poured.get() < TOO_MUCH, "{}", poured.get());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_arrives_piece_by_piece() {
    stage(&plan(1), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_head(&mut stream).await;
            write(
                &mut stream,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            )
            .await;
            write(&mut stream, "3\r\none\r\n").await;
            sleep(Duration::from_mins(1)).await;
            write(&mut stream, "3\r\ntwo\r\n0\r\n\r\n").await;
            read_to_end(&mut stream).await;
        });
        let mut client = stage.client();
        write(&mut client, GET).await;
        assert!(
            read_head(&mut client)
                .await
                .contains("Transfer-Encoding: chunked\r\n")
        );
        let mut piece = [0; 8];
        let first = client.read_exact(&mut piece);
        timeout(Duration::from_secs(1), first)
            .await
            .expect("at once")
            .expect("the first piece");
        assert_eq!(&piece, b"3\r\none\r\n");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_upload_of_unknown_length_is_chunked() {
    stage(&plan(1), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            let head = read_head(&mut stream).await;
            assert!(head.contains("Transfer-Encoding: chunked\r\n"), "{head}");
            assert!(!head.contains("Content-Length"), "{head}");
            let mut body = [0; 15];
            stream.read_exact(&mut body).await.expect("the body");
            assert_eq!(&body, b"5\r\nhello\r\n0\r\n\r\n");
            write(&mut stream, OK).await;
        });
        let request = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
            5\r\nhello\r\n0\r\n\r\n";
        let answer = stage.ask(request).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn even_get_may_have_a_body() {
    stage(&plan(1), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_head(&mut stream).await;
            let mut body = [0; 15];
            stream.read_exact(&mut body).await.expect("the body");
            write(&mut stream, OK).await;
        });
        let request = "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
            5\r\nhello\r\n0\r\n\r\n";
        let answer = stage.ask(request).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_response_that_breaks_off_is_cut_for_the_client_too() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let log = Log::capture();
        stage(&retrying(2, 3), async |stage| {
            stage.upstream(1, move |mut stream, _| async move {
                read_head(&mut stream).await;
                write(&mut stream, answer).await;
            });
            stage.answering(2, OK);
            let got = stage.ask(GET).await;
            assert!(!got.ends_with("0\r\n\r\n"), "{got}");
            assert!(
                !got.contains("ok"),
                "a response is never begun twice: {got}"
            );
            assert_eq!(stage.in_flight(1), 0);
        })
        .await;
        let lines = log.lines();
        assert!(
            lines[0].contains("aborting with incomplete response"),
            "{lines:#?}"
        );
        assert!(lines[0].contains("10.0.0.1:80"), "{lines:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_frees_the_upstream_at_any_stage() {
    for before in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
        stage(&strict(plan(1)), async |stage| {
            let closed = Rc::new(Cell::new(false));
            let noted = Rc::clone(&closed);
            stage.upstream(1, move |mut stream, _| {
                let noted = Rc::clone(&noted);
                async move {
                    read_head(&mut stream).await;
                    write(&mut stream, before).await;
                    noted.set(is_closed(&mut stream).await);
                }
            });
            let mut client = stage.client();
            write(&mut client, GET).await;
            sleep(Duration::from_secs(1)).await;
            assert_eq!(stage.in_flight(1), 1);
            drop(client);
            sleep(Duration::from_millis(1)).await;
            assert!(closed.get());
            assert_eq!(stage.in_flight(1), 0);
            assert_eq!(stage.fails(1), 0, "not the upstream's fault");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_breaks_off_is_never_finished_for_the_upstream() {
    for upload in [
        "Content-Length: 10\r\n\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\n",
    ] {
        stage(&strict(plan(1)), async |stage| {
            let got = Rc::new(std::cell::RefCell::new(String::new()));
            let noted = Rc::clone(&got);
            stage.upstream(1, move |mut stream, _| {
                let noted = Rc::clone(&noted);
                async move {
                    read_head(&mut stream).await;
                    *noted.borrow_mut() = read_to_end(&mut stream).await;
                }
            });
            let mut client = stage.client();
            write(
                &mut client,
                &format!("POST / HTTP/1.1\r\nHost: a\r\n{upload}"),
            )
            .await;
            sleep(Duration::from_secs(1)).await;
            drop(client);
            sleep(Duration::from_millis(1)).await;
            assert!(!got.borrow().ends_with("0\r\n\r\n"), "{got:?}");
            assert!(got.borrow().contains("half"), "{got:?}");
            assert_eq!(stage.in_flight(1), 0);
            assert_eq!(stage.fails(1), 0, "not the upstream's fault");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_upload_is_the_clients_fault() {
    stage(&strict(retrying(1, 3)), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_to_end(&mut stream).await;
        });
        let request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n";
        let answer = stage.ask(request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert_eq!(stage.fails(1), 0);
    })
    .await;
}
