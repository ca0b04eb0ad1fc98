//! What upstreams do wrong, what that costs, and who is told.

use std::time::Duration;

use evenkeel_net::Address;
use evenkeel_net::memory::Fault;
use tokio::time::{Instant, sleep};

use super::*;

fn address(last: u8) -> Address {
    Address::Tcp(([10, 0, 0, last], 80).into())
}

/// The answer, and how long it took.
async fn timed(stage: &Stage, request: &str) -> (String, Duration) {
    let start = Instant::now();
    let answer = stage.ask(request).await;
    (answer, start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_refused_dial_is_a_bad_gateway_that_names_the_upstream() {
    stage(&plan(1), async |stage| {
        let (answer, took) = timed(&stage, GET).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert!(
            answer.contains("upstream 10.0.0.1:80: dialling failed: "),
            "{answer}"
        );
        assert_eq!(took, Duration::ZERO);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_dial_that_is_not_answered_ends_after_three_seconds() {
    stage(&plan(1), async |stage| {
        stage.memory.set_fault(&address(1), Fault::BlackHole);
        let (answer, took) = timed(&stage, GET).await;
        assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
        assert_eq!(took, Duration::from_secs(3));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn any_method_goes_to_another_upstream_after_a_refused_dial_with_its_whole_body() {
    stage(&retrying(2, 3), async |stage| {
        stage.upstream(2, |mut stream, _| async move {
            let head = read_head(&mut stream).await;
            assert!(head.contains("Content-Length: 5\r\n"), "{head}");
            let mut body = [0; 5];
            tokio::io::AsyncReadExt::read_exact(&mut stream, &mut body)
                .await
                .expect("the body");
            write(&mut stream, OK).await;
        });
        let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
        let (answer, took) = timed(&stage, request).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(took, Duration::ZERO);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_a_reset_only_get_goes_to_another_upstream() {
    for (method, status) in [("GET", 200), ("HEAD", 502), ("POST", 502), ("DELETE", 502)] {
        stage(&retrying(2, 3), async |stage| {
            stage.upstream(1, |mut stream, _| async move {
                read_head(&mut stream).await;
            });
            stage.answering(2, OK);
            let answer = stage.ask(&GET.replace("GET", method)).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{method}: {answer}"
            );
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_comes_back_in_time_is_found() {
    stage(&retrying(1, 3), async |stage| {
        stage.memory.set_fault(&address(1), Fault::Refuse);
        stage.answering(1, OK);
        let memory = stage.memory.clone();
        tokio::task::spawn_local(async move {
            sleep(Duration::from_millis(600)).await;
            memory.clear_fault(&address(1));
        });
        let (answer, took) = timed(&stage, GET).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(took, Duration::from_millis(750));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_upstreams_is_service_unavailable() {
    stage(&plan(0), async |stage| {
        let answer = stage.ask(GET).await;
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_overdue_response_is_a_gateway_timeout() {
    let transport = HttpTransport {
        response_header_timeout: PlanDuration::from_secs(2),
        ..HttpTransport::default()
    };
    for partial in ["", "HTTP/1.1 200 OK\r\nX-A"] {
        stage(&with_transport(plan(1), transport.clone()), async |stage| {
            stage.upstream(1, move |mut stream, _| async move {
                read_head(&mut stream).await;
                write(&mut stream, partial).await;
                read_to_end(&mut stream).await;
            });
            let (answer, took) = timed(&stage, GET).await;
            assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
            assert!(
                answer.contains("upstream 10.0.0.1:80: no response within 2s"),
                "{answer}"
            );
            assert_eq!(took, Duration::from_secs(2));
            assert_eq!(stage.in_flight(1), 0);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_is_not_due_before_the_request_is_sent() {
    let transport = HttpTransport {
        response_header_timeout: PlanDuration::from_secs(2),
        ..HttpTransport::default()
    };
    stage(&with_transport(plan(1), transport), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_to_end(&mut stream).await;
        });
        let mut client = stage.client();
        let start = Instant::now();
        write(
            &mut client,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na",
        )
        .await;
        sleep(Duration::from_secs(5)).await;
        write(&mut client, "b").await;
        assert!(read_head(&mut client).await.starts_with("HTTP/1.1 504 "));
        assert_eq!(start.elapsed(), Duration::from_secs(7));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_http_is_a_bad_gateway() {
    let many = "X: y\r\n".repeat(200);
    let long = "y".repeat(2 * 1024 * 1024);
    let answers = [
        "",
        "garbage\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nX-Cut: ",
        "\x16\x03\x01\x02\x00\x01\x00",
        "HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: evil=1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\n{many}\r\n",
        "HTTP/1.1 200 OK\r\nX: {long}\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
    ];
    for answer in answers {
        let answer = answer.replace("{many}", &many).replace("{long}", &long);
        let shown: String = answer.chars().take(80).collect();
        stage(&strict(plan(1)), async move |stage| {
            let sent = answer.clone();
            stage.upstream(1, move |mut stream, _| {
                let sent = sent.clone();
                async move {
                    read_head(&mut stream).await;
                    write(&mut stream, &sent).await;
                }
            });
            let answer = stage.ask(GET).await;
            assert!(answer.starts_with("HTTP/1.1 502 "), "{shown:?}: {answer}");
            assert!(
                answer.contains("upstream 10.0.0.1:80: "),
                "{shown:?}: {answer}"
            );
            assert!(!answer.to_lowercase().contains("evil"), "{answer}");
            assert_eq!(stage.in_flight(1), 0, "{shown:?}");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_moved_is_found_at_its_new_address() {
    let mut plan = retrying(1, 3);
    plan.upstreams[0].dial = "app:80".to_owned();
    stage(&plan, async |stage| {
        stage.memory.set_name("app", &[[10, 0, 0, 1].into()]);
        stage.answering(
            1,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nold",
        );
        stage.answering(
            2,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nnew",
        );
        assert!(stage.ask(GET).await.ends_with("old"));
        stage.memory.set_fault(&address(1), Fault::Refuse);
        stage.memory.set_name("app", &[[10, 0, 0, 2].into()]);
        assert!(stage.ask(GET).await.ends_with("new"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_name_without_address_is_a_bad_gateway() {
    let mut plan = plan(1);
    plan.upstreams[0].dial = "nowhere:80".to_owned();
    stage(&plan, async |stage| {
        let answer = stage.ask(GET).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert!(
            answer.contains("the name `nowhere` cannot be resolved"),
            "{answer}"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_unix_socket_is_an_upstream() {
    let mut plan = plan(1);
    plan.upstreams[0].dial = "unix//run/app.sock".to_owned();
    stage(&plan, async |stage| {
        stage.upstream_at(
            &Address::Unix("/run/app.sock".into()),
            |mut stream, _| async move {
                read_head(&mut stream).await;
                write(&mut stream, OK).await;
            },
        );
        assert!(stage.ask(GET).await.starts_with("HTTP/1.1 200 "));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_upstream_is_given_no_more_requests_than_it_takes() {
    let mut plan = plan(2);
    plan.upstreams[0].max_requests = 1;
    plan.upstreams.truncate(1);
    stage(&plan, async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_head(&mut stream).await;
            sleep(Duration::from_secs(1)).await;
            write(&mut stream, OK).await;
        });
        let (first, second) = tokio::join!(stage.ask(GET), stage.ask(GET));
        assert!(first.starts_with("HTTP/1.1 200 "), "{first}");
        assert!(second.starts_with("HTTP/1.1 503 "), "{second}");
        assert!(stage.ask(GET).await.starts_with("HTTP/1.1 200 "));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn each_change_of_an_upstream_is_logged_once() {
    let log = Log::capture();
    stage(&strict(retrying(2, 3)), async |stage| {
        stage.answering(2, OK);
        for _ in 0..3 {
            assert!(stage.ask(GET).await.starts_with("HTTP/1.1 200 "));
        }
        stage.answering(1, OK);
        sleep(Duration::from_secs(11)).await;
        for _ in 0..3 {
            assert!(stage.ask(GET).await.starts_with("HTTP/1.1 200 "));
        }
    })
    .await;
    let lines = log.lines();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(
        lines[0].contains("upstream is unavailable: too many failures"),
        "{lines:#?}"
    );
    assert!(
        lines[0].contains("error=upstream 10.0.0.1:80: dialling failed"),
        "{lines:#?}"
    );
    assert!(
        lines[1].contains("upstream is available again"),
        "{lines:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn interim_responses_without_end_are_a_bad_gateway() {
    stage(&plan(1), async |stage| {
        stage.upstream(1, |mut stream, _| async move {
            read_head(&mut stream).await;
            let interim = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n".repeat(100);
            while tokio::io::AsyncWriteExt::write_all(&mut stream, interim.as_bytes())
                .await
                .is_ok()
            {}
        });
        let answer = stage.ask(GET).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert!(
            answer.contains("no end of the response's head within 1 MiB"),
            "{answer}"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn interim_responses_are_not_the_answer() {
    stage(&plan(1), async |stage| {
        stage.answering(
            1,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n\
            HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        );
        let answer = stage.ask(GET).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    })
    .await;
}
