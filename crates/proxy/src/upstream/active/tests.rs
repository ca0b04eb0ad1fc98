//! Checks under paused time: when they are made, what they find, and how slow ones are borne.

use std::cell::Cell;
use std::rc::Rc;

use evenkeel_net::memory::{Fault, MemoryNetwork};
use evenkeel_net::{Address, Clock, Network, Stream};
use evenkeel_plan::http::handlers::reverse_proxy::ActiveHealthChecks as Plan;
use evenkeel_plan::value::{Duration as PlanDuration, StatusPattern};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

use super::question::path_and_query;
use super::*;
use crate::StateRegistry;
use crate::captured_log::Log;
use crate::error::BuildError;
use crate::graph::{BuildContext, Parts};
use crate::transport::Settings;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn plan() -> Plan {
    Plan {
        uri: "/healthz".to_owned(),
        interval: PlanDuration::from_secs(10),
        timeout: PlanDuration::from_secs(2),
        ..Plan::default()
    }
}

fn build(plan: &Plan, dial: &str) -> Result<Option<Check>, BuildError> {
    let state = StateRegistry::new();
    let parts = parts(&state);
    let settings = Settings::plain();
    let endpoint = Endpoint::parse(dial, settings).expect("an address");
    let cx = BuildContext::new(&parts);
    let mold = Mold::build(plan, &cx)?;
    let check = mold.map(|mold| mold.check(&endpoint, &state));
    check.transpose().map_err(|message| cx.error(message))
}

fn parts(state: &StateRegistry) -> Parts<'_> {
    Parts {
        state,
        access_sinks: &|_| Vec::new(),
        upstream_tls: &|_| Err("no TLS here".to_owned()),
        environment: &|_| None,
        hostname: "host",
    }
}

fn world(network: &MemoryNetwork) -> World {
    World {
        network: Network::Memory(network.clone()),
        clock: Clock::fixed(std::time::SystemTime::UNIX_EPOCH),
    }
}

fn address(port: u16) -> Address {
    Address::Tcp(([10, 0, 0, 1], port).into())
}

/// Runs the check of `10.0.0.1:80` beside a test. The latter is given the probe.
async fn checked(plan: &Plan, network: &MemoryNetwork, test: impl AsyncFnOnce(Arc<Probe>)) {
    let check = build(plan, "10.0.0.1:80")
        .expect("a plan that builds")
        .expect("a check");
    let world = world(network);
    let resolver = Resolver::default();
    let first = FirstRound::new(1);
    let tasks = LocalSet::new();
    tasks
        .run_until(async {
            // The test first: it sets up what is checked.
            tokio::select! {
                biased;
                () = test(check.probe()) => {}
                () = check.run(&world, &resolver, Some(&first)) => {}
            }
        })
        .await;
}

/// An upstream on the memory network; must be called within `checked`.
fn serve<F>(network: &MemoryNetwork, port: u16, script: impl Fn(Stream) -> F + 'static)
where
    F: Future<Output = ()> + 'static,
{
    let mut bound = network
        .bind(&address(port), 1)
        .expect("the address is free");
    let listener = bound.remove(0).into_listener().expect("a listener");
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::task::spawn_local(script(stream));
        }
    });
}

async fn read_head(stream: &mut Stream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    String::from_utf8_lossy(&head).into_owned()
}

async fn answer(mut stream: Stream, text: &str) {
    read_head(&mut stream).await;
    drop(stream.write_all(text.as_bytes()).await);
}

#[tokio::test(start_paused = true)]
async fn checks_are_made_at_once_and_then_every_interval() {
    let network = MemoryNetwork::default();
    checked(&plan(), &network, async |_| {
        let start = Instant::now();
        let times = Rc::new(std::cell::RefCell::new(Vec::new()));
        let noted = Rc::clone(&times);
        serve(&network, 80, move |mut stream| {
            let noted = Rc::clone(&noted);
            async move {
                let head = read_head(&mut stream).await;
                assert!(head.starts_with("GET /healthz HTTP/1.1\r\n"), "{head}");
                assert!(head.contains("Host: 10.0.0.1:80\r\n"), "{head}");
                noted.borrow_mut().push(start.elapsed().as_secs());
                drop(stream.write_all(OK.as_bytes()).await);
            }
        });
        sleep(Duration::from_secs(25)).await;
        assert_eq!(*times.borrow(), [0, 10, 20]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_upstream_goes_down_and_comes_back_and_each_is_logged_once() {
    let log = Log::capture();
    let network = MemoryNetwork::default();
    checked(&plan(), &network, async |probe| {
        serve(&network, 80, |stream| answer(stream, OK));
        sleep(Duration::from_secs(1)).await;
        assert!(probe.is_healthy());
        network.set_fault(&address(80), Fault::Refuse);
        sleep(Duration::from_secs(30)).await;
        assert!(!probe.is_healthy());
        network.clear_fault(&address(80));
        sleep(Duration::from_secs(30)).await;
        assert!(probe.is_healthy());
    })
    .await;
    let lines = log.lines();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(
        lines[0].contains("host is down") && lines[0].contains("10.0.0.1:80"),
        "{lines:#?}"
    );
    assert!(
        lines[0].contains("it cannot be reached: dialling failed: "),
        "{lines:#?}"
    );
    assert!(
        lines[1].contains("host is up") && lines[1].contains("10.0.0.1:80"),
        "{lines:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_unfit_fails() {
    let cases = [
        "",
        "garbage\r\n\r\n",
        "HTTP/1.1 204",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    ];
    for text in cases {
        let network = MemoryNetwork::default();
        checked(&plan(), &network, async |probe| {
            serve(&network, 80, move |stream| answer(stream, text));
            sleep(Duration::from_secs(1)).await;
            assert!(!probe.is_healthy(), "{text:?}");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_body_is_read_up_to_a_bound() {
    let network = MemoryNetwork::default();
    checked(&plan(), &network, async |probe| {
        let written = Rc::new(Cell::new(0));
        let count = Rc::clone(&written);
        serve(&network, 80, move |mut stream| {
            let count = Rc::clone(&count);
            async move {
                answer_head(&mut stream).await;
                while stream.write_all(&[b'x'; 1024]).await.is_ok() {
                    count.set(count.get() + 1024);
                }
            }
        });
        sleep(Duration::from_secs(1)).await;
        assert!(probe.is_healthy());
        assert!(written.get() < 8 * BOUND, "{}", written.get());
    })
    .await;
}

const BOUND: usize = 64 * 1024;

async fn answer_head(stream: &mut Stream) {
    read_head(stream).await;
    drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await);
}

#[tokio::test(start_paused = true)]
async fn the_expected_status_is_the_only_one_that_passes() {
    let network = MemoryNetwork::default();
    let expecting = |pattern| Plan {
        expect_status: Some(StatusPattern(pattern)),
        ..plan()
    };
    for (pattern, passes) in [(418, true), (4, true), (2, false), (400, false)] {
        checked(&expecting(pattern), &network, async |probe| {
            let network = network.clone();
            let teapot = "HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n";
            serve(&network, 80, move |stream| answer(stream, teapot));
            sleep(Duration::from_secs(1)).await;
            assert_eq!(probe.is_healthy(), passes, "{pattern}");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_upstream_fails_when_its_time_is_over() {
    let network = MemoryNetwork::default();
    checked(&plan(), &network, async |probe| {
        serve(&network, 80, |mut stream| async move {
            read_head(&mut stream).await;
            sleep(Duration::from_hours(1)).await;
        });
        sleep(Duration::from_millis(1999)).await;
        assert!(probe.is_healthy());
        sleep(Duration::from_millis(2)).await;
        assert!(!probe.is_healthy());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn rounds_do_not_wait_for_each_other_and_do_not_pile_up() {
    let network = MemoryNetwork::default();
    let plan = Plan {
        interval: PlanDuration::from_secs(1),
        timeout: PlanDuration::from_secs(3600),
        ..plan()
    };
    checked(&plan, &network, async |_| {
        let open = Rc::new(Cell::new(0));
        let count = Rc::clone(&open);
        serve(&network, 80, move |mut stream| {
            let count = Rc::clone(&count);
            async move {
                count.set(count.get() + 1);
                drop(stream.read_to_end(&mut Vec::new()).await);
                count.set(count.get() - 1);
            }
        });
        sleep(Duration::from_millis(2500)).await;
        assert_eq!(open.get(), 3);
        sleep(Duration::from_mins(10)).await;
        assert_eq!(open.get(), AT_ONCE);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn another_port_may_be_checked() {
    let network = MemoryNetwork::default();
    let plan = Plan {
        uri: String::new(),
        port: 8080,
        ..plan()
    };
    checked(&plan, &network, async |probe| {
        serve(&network, 8080, |mut stream| async move {
            let head = read_head(&mut stream).await;
            assert!(head.starts_with("GET / HTTP/1.1\r\n"), "{head}");
            assert!(head.contains("Host: 10.0.0.1:8080\r\n"), "{head}");
            drop(stream.write_all(OK.as_bytes()).await);
        });
        sleep(Duration::from_secs(1)).await;
        assert!(probe.is_healthy());
    })
    .await;
}

#[test]
fn without_uri_and_port_there_is_no_check() {
    let plan = Plan {
        uri: String::new(),
        ..plan()
    };
    assert!(matches!(build(&plan, "10.0.0.1:80"), Ok(None)));
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let bad_path = Plan {
        uri: "/a b".to_owned(),
        ..plan()
    };
    let port_of_unix = Plan { port: 80, ..plan() };
    assert!(build(&bad_path, "10.0.0.1:80").is_err());
    assert!(build(&port_of_unix, "unix//run/app.sock").is_err());
}

#[test]
fn only_path_and_query_of_a_uri_are_asked_for() {
    for (text, asked) in [
        ("", "/"),
        ("/healthz?full", "/healthz?full"),
        ("healthz", "/healthz"),
        ("http://elsewhere:81/healthz", "/healthz"),
        ("http://elsewhere:81", "/"),
    ] {
        assert_eq!(
            path_and_query(text).map(|uri| uri.to_string()).as_deref(),
            Some(asked)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn handlers_that_check_an_upstream_alike_share_its_checks() {
    use evenkeel_plan::http as plans;
    use evenkeel_plan::http::handlers::reverse_proxy as proxies;

    let network = MemoryNetwork::default();
    let handler = |active: Plan| {
        plans::Handler::ReverseProxy(Box::new(plans::handlers::ReverseProxy {
            upstreams: vec![proxies::Upstream {
                dial: "10.0.0.1:80".to_owned(),
                max_requests: 0,
            }],
            health_checks: Some(proxies::HealthChecks {
                active: Some(active),
                passive: None,
            }),
            ..Default::default()
        }))
    };
    let other = Plan {
        uri: "/other".to_owned(),
        ..plan()
    };
    let handlers = vec![handler(plan()), handler(plan()), handler(other)];
    let route = plans::Route {
        handlers,
        ..Default::default()
    };
    let server = plans::Server {
        routes: vec![route],
        ..Default::default()
    };
    let app = plans::App {
        servers: [("srv0".to_owned(), server)].into_iter().collect(),
        ..Default::default()
    };
    let state = StateRegistry::new();
    let graph = Arc::new(crate::build(&app, &parts(&state)).expect("a graph"));
    LocalSet::new()
        .run_until(async {
            let asked = Rc::new(std::cell::RefCell::new(Vec::new()));
            let noted = Rc::clone(&asked);
            serve(&network, 80, move |mut stream| {
                let noted = Rc::clone(&noted);
                async move {
                    let head = read_head(&mut stream).await;
                    noted
                        .borrow_mut()
                        .push(head.lines().next().map(str::to_owned));
                    drop(stream.write_all(OK.as_bytes()).await);
                }
            });
            tokio::select! {
                () = crate::watch_upstreams(graph, world(&network)) => {}
                () = sleep(Duration::from_secs(1)) => {}
            }
            assert_eq!(asked.borrow().len(), 2, "{asked:?}");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_first_round_is_over_when_everyone_has_answered_or_after_a_moment() {
    for (count, waited) in [(0, 0), (1, 40), (2, 250)] {
        let network = MemoryNetwork::default();
        let start = Instant::now();
        let first = FirstRound::new(count);
        let check = build(&plan(), "10.0.0.1:80").unwrap().unwrap();
        let (world, resolver) = (world(&network), Resolver::default());
        let tasks = LocalSet::new();
        let test = async {
            serve(&network, 80, |stream| async {
                sleep(Duration::from_millis(40)).await;
                answer(stream, OK).await;
            });
            tokio::select! {
                () = first.over() => {}
                () = check.run(&world, &resolver, Some(&first)) => {}
            }
        };
        tasks.run_until(test).await;
        assert_eq!(start.elapsed(), Duration::from_millis(waited), "{count}");
    }
}
