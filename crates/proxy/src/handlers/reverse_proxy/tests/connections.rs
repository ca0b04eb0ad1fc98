//! Idle connections: kept, reused, and never the client's problem.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use evenkeel_net::Stream;
use evenkeel_plan::http::handlers::reverse_proxy::KeepAlive;
use tokio::io::AsyncReadExt;
use tokio::time::Instant;

use super::stage::try_read_head;
use super::*;

/// Answers one request on each connection, then closes it when the next one has come, as an
/// upstream does whose keep-alive time ends at that moment. Counts requests.
fn closing_on_reuse(stage: &Stage, parting: &'static str) -> Rc<Cell<usize>> {
    let hits = Rc::new(Cell::new(0));
    let count = Rc::clone(&hits);
    stage.upstream(1, move |mut stream, _| {
        let count = Rc::clone(&count);
        async move {
            read_head(&mut stream).await;
            count.set(count.get() + 1);
            write(&mut stream, OK).await;
            if try_read_head(&mut stream).await.is_some() {
                count.set(count.get() + 1);
                write(&mut stream, parting).await;
            }
        }
    });
    hits
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_used_again() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        for _ in 0..3 {
            assert!(stage.ask(GET).await.starts_with("HTTP/1.1 200 "));
        }
        assert!(
            heads.borrow().iter().all(|head| head.starts_with("0 GET")),
            "{heads:?}"
        );
        assert_eq!(heads.borrow().len(), 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_idle_connection_is_replaced_without_anybody_noticing() {
    for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        stage(&strict(plan(1)), async |stage| {
            closing_on_reuse(&stage, "");
            stage.ask(GET).await;
            let answer = stage.ask(&GET.replace("GET", method)).await;
            assert!(answer.starts_with("HTTP/1.1 200 "), "{method}: {answer}");
            assert_eq!(stage.fails(1), 0, "{method}: not the upstream's fault");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_may_have_been_received_is_never_sent_twice_unless_that_is_safe() {
    stage(&plan(1), async |stage| {
        let hits = closing_on_reuse(&stage, "");
        stage.ask(GET).await;
        let answer = stage
            .ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            .await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert_eq!(hits.get(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_had_begun_is_not_asked_for_again() {
    stage(&plan(1), async |stage| {
        let hits = closing_on_reuse(&stage, "HTTP/1.1 200 OK\r\nX-Cut");
        stage.ask(GET).await;
        let answer = stage.ask(GET).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert_eq!(hits.get(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_known_to_be_closed_is_not_used() {
    stage(&plan(1), async |stage| {
        let hits = Rc::new(Cell::new(0));
        let count = Rc::clone(&hits);
        stage.upstream(1, move |mut stream, _| {
            let count = Rc::clone(&count);
            async move {
                read_head(&mut stream).await;
                count.set(count.get() + 1);
                write(&mut stream, OK).await;
            }
        });
        stage.ask(GET).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let answer = stage
            .ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            .await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(hits.get(), 2);
    })
    .await;
}

/// How long each connection stayed open after its last answer.
fn idle_times(stage: &Stage) -> Rc<Cell<Option<Duration>>> {
    let idle = Rc::new(Cell::new(None));
    let measured = Rc::clone(&idle);
    stage.upstream(1, move |mut stream, _| {
        let measured = Rc::clone(&measured);
        async move {
            read_head(&mut stream).await;
            write(&mut stream, OK).await;
            let answered = Instant::now();
            read_to_closed(&mut stream).await;
            measured.set(Some(answered.elapsed()));
        }
    });
    idle
}

async fn read_to_closed(stream: &mut Stream) {
    let mut byte = [0];
    while matches!(stream.read(&mut byte).await, Ok(1)) {}
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_two_minutes() {
    stage(&plan(1), async |stage| {
        let idle = idle_times(&stage);
        stage.ask(GET).await;
        tokio::time::sleep(Duration::from_mins(3)).await;
        assert_eq!(idle.get(), Some(Duration::from_mins(2)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_connection_is_kept_where_keep_alive_is_off() {
    let keep_alive = KeepAlive {
        enabled: Some(false),
        ..KeepAlive::default()
    };
    let transport = HttpTransport {
        keep_alive: Some(keep_alive),
        ..HttpTransport::default()
    };
    stage(&with_transport(plan(1), transport), async |stage| {
        let idle = idle_times(&stage);
        stage.ask(GET).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(idle.get(), Some(Duration::ZERO));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_more_connections_are_kept_than_allowed() {
    let keep_alive = KeepAlive {
        max_idle_conns_per_host: 2,
        ..KeepAlive::default()
    };
    let transport = HttpTransport {
        keep_alive: Some(keep_alive),
        ..HttpTransport::default()
    };
    stage(&with_transport(plan(1), transport), async |stage| {
        let open = Rc::new(Cell::new(0));
        let count = Rc::clone(&open);
        stage.upstream(1, move |mut stream, _| {
            let count = Rc::clone(&count);
            async move {
                count.set(count.get() + 1);
                read_head(&mut stream).await;
                // All are under way before the first is answered.
                tokio::time::sleep(Duration::from_secs(1)).await;
                write(&mut stream, OK).await;
                read_to_closed(&mut stream).await;
                count.set(count.get() - 1);
            }
        });
        tokio::join!(
            stage.ask(GET),
            stage.ask(GET),
            stage.ask(GET),
            stage.ask(GET)
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(open.get(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_connection_used_last_is_used_next() {
    stage(&plan(1), async |stage| {
        let last = Rc::new(Cell::new(0));
        let used = Rc::clone(&last);
        stage.upstream(1, move |mut stream, number| {
            let used = Rc::clone(&used);
            async move {
                while try_read_head(&mut stream).await.is_some() {
                    used.set(number);
                    // The first connection answers later than the second.
                    let wait = if number == 0 { 2 } else { 1 };
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                    write(&mut stream, OK).await;
                }
            }
        });
        tokio::join!(stage.ask(GET), stage.ask(GET));
        assert_eq!(last.get(), 1);
        stage.ask(GET).await;
        assert_eq!(last.get(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn bytes_behind_a_response_close_the_connection_and_reach_nobody() {
    const TWO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\
        Content-Length: 6\r\n\r\npoison";
    const AFTER_204: &str = "HTTP/1.1 204 No Content\r\n\r\npoison";
    for answer in [TWO, AFTER_204] {
        stage(&plan(1), async |stage| {
            let heads = stage.answering(1, answer);
            for _ in 0..2 {
                let answer = stage.ask(GET).await;
                assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
                assert!(!answer.contains("poison"), "{answer}");
            }
            assert!(heads.borrow()[1].starts_with("1 GET"), "{heads:?}");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_an_unfinished_upload_is_not_used_again() {
    stage(&plan(1), async |stage| {
        let heads = stage.answering(1, OK);
        let mut client = stage.client();
        write(
            &mut client,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\nhalf",
        )
        .await;
        assert!(read_head(&mut client).await.starts_with("HTTP/1.1 200 "));
        stage.ask(GET).await;
        assert!(heads.borrow()[1].starts_with("1 GET"), "{heads:?}");
    })
    .await;
}

/// Upstreams that answer in pieces, and read what they are sent before they do.
#[tokio::test(start_paused = true)]
async fn a_connection_is_used_again_however_bodies_are_framed() {
    const ANSWERS: [&str; 3] = [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n|0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n|ok|ok",
    ];
    const REQUESTS: [(&str, &str); 3] = [
        (GET, ""),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            "hi",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "2\r\nhi\r\n0\r\n\r\n",
        ),
    ];
    for answer in ANSWERS {
        for (request, body) in REQUESTS {
            stage(&plan(1), async |stage| {
                let connections = Rc::new(Cell::new(0));
                let opened = Rc::clone(&connections);
                stage.upstream(1, move |mut stream, _| {
                    opened.set(opened.get() + 1);
                    async move {
                        while try_read_head(&mut stream).await.is_some() {
                            let mut got = vec![0; body.len()];
                            stream.read_exact(&mut got).await.expect("the body");
                            for piece in answer.split('|') {
                                write(&mut stream, piece).await;
                                tokio::time::sleep(Duration::from_millis(100)).await;
                            }
                        }
                    }
                });
                for _ in 0..2 {
                    let got = stage.ask(request).await;
                    assert!(got.starts_with("HTTP/1.1 200 "), "{got}");
                    // The upstream has to be back at the start.
                    tokio::time::sleep(Duration::from_millis(900)).await;
                }
                assert_eq!(connections.get(), 1, "{answer:?} {request:?}");
            })
            .await;
        }
    }
}
