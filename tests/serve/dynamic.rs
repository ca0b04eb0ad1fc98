//! Upstreams that are looked up: found, lost, moved, checked, and what becomes of requests.

use evenkeel_net::memory::{Dns, Fault};
use evenkeel_testkit::{Answer, Origin, Reply, Stage, Staging};

use crate::{ONE, TWO, ms, secs};

const APP: &str = "
http://a.test {
	reverse_proxy {
		dynamic a app 80 {
			refresh 30s
		}
		lb_policy round_robin
		lb_try_duration 3s
	}
}
";

/// Origins at [`ONE`] and [`TWO`], which answer with their number.
fn staging(caddyfile: &str) -> (Staging, Origin, Origin) {
    let (one, two) = (Origin::ok("1"), Origin::ok("2"));
    let staging = Stage::caddyfile(caddyfile);
    (staging.origin(ONE, &one).origin(TWO, &two), one, two)
}

async fn start(caddyfile: &str, addresses: &[&str]) -> Stage {
    staging(caddyfile).0.name("app", addresses).start().await
}

/// The answers to so many requests, one after the other.
async fn answers(stage: &Stage, count: usize) -> String {
    let mut answers = String::new();
    for _ in 0..count {
        let Reply { status, body, .. } = stage.get("http://a.test/").await;
        answers.push_str(if status == 200 { &body } else { "-" });
    }
    answers
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn all_addresses_of_a_name_get_their_turns() {
    let stage = start(APP, &["10.0.0.2", "10.0.0.1"]).await;
    assert_eq!(answers(&stage, 4).await, "2121");
    assert_eq!(stage.questions(), 1, "however many requests there are");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_changes_is_noticed_at_the_next_refresh() {
    let stage = start(APP, &["10.0.0.1"]).await;
    assert_eq!(answers(&stage, 2).await, "11");
    stage.set_name("app", &["10.0.0.1", "10.0.0.2"]);
    stage.advance(secs(29)).await;
    assert_eq!(answers(&stage, 2).await, "11");
    stage.advance(secs(2)).await;
    assert_eq!(answers(&stage, 2).await, "21", "the turns go on");
    stage.set_name("app", &["10.0.0.2"]);
    stage.advance(secs(30)).await;
    assert_eq!(answers(&stage, 2).await, "22");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_last_answer_stands_as_long_as_name_servers_fail() {
    for failure in [Dns::Fails, Dns::IsSilent] {
        let stage = start(APP, &["10.0.0.1"]).await;
        assert_eq!(answers(&stage, 1).await, "1");
        stage.set_dns(failure);
        stage.advance(secs(24 * 3600)).await;
        let reply = stage.get("http://a.test/").await;
        assert_eq!((reply.body.as_str(), reply.took), ("1", ms(0)));
        let warnings = stage
            .log()
            .iter()
            .filter(|line| line.contains("WARN"))
            .count();
        assert_eq!(warnings, 1, "{:?}", stage.log());

        stage.set_dns(Dns::Works);
        stage.set_name("app", &["10.0.0.2"]);
        stage.advance(secs(16)).await;
        assert_eq!(answers(&stage, 1).await, "2", "asked again soon");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_name_servers_know_no_more_gets_nothing_more() {
    let stage = start(APP, &["10.0.0.1"]).await;
    assert_eq!(answers(&stage, 1).await, "1");
    stage.set_name("app", &[]);
    stage.advance(secs(31)).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.took), (503, secs(3)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn services_are_kept_for_the_grace_period_after_there_are_none() {
    let site = "
http://a.test {
	reverse_proxy {
		dynamic srv {
			service http
			proto tcp
			name app
			refresh 10s
			grace_period 25s
		}
		lb_policy first
	}
}
";
    let (staging, ..) = staging(site);
    let records = [(20, 0, "two.", 80), (10, 0, "one.", 80)];
    let staging = staging
        .name("one.", &["10.0.0.1"])
        .name("two.", &["10.0.0.2"]);
    let stage = staging.services("_http._tcp.app", &records).start().await;
    assert_eq!(answers(&stage, 2).await, "11", "the lower priority");
    stage.set_services("_http._tcp.app", &[]);
    stage.advance(secs(24)).await;
    assert_eq!(answers(&stage, 1).await, "1");
    stage.advance(secs(20)).await;
    assert_eq!(answers(&stage, 1).await, "-");
    stage.set_services("_http._tcp.app", &records[..1]);
    stage.advance(secs(10)).await;
    assert_eq!(answers(&stage, 1).await, "2");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_first_request_waits_for_name_servers_and_not_for_ever() {
    let (staging, ..) = staging(APP);
    let stage = staging.dns(Dns::IsSilent).start().await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.took), (503, secs(3)));
    assert_eq!(stage.in_flight(), 0);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_request_that_waits_for_an_upstream_gets_one_that_is_found_meanwhile() {
    let stage = start(APP, &[]).await;
    stage.set_name("app", &["10.0.0.1"]);
    // Asked again 5 s after the first answer, which was that there is nothing.
    stage.advance(ms(2500)).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.took), (200, ms(2500)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_refused_dial_has_the_name_looked_up_again_at_once() {
    let (staging, one, _) = staging(APP);
    let stage = staging.name("app", &["10.0.0.1"]).start().await;
    assert_eq!(answers(&stage, 1).await, "1");
    stage.advance(secs(2)).await;
    one.hang_up();
    stage.fault(ONE, Fault::Refuse);
    stage.set_name("app", &["10.0.0.2"]);
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "2"));
    assert!(reply.took <= ms(1250), "{:?}", reply.took);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn strikes_and_requests_in_flight_outlive_a_refresh() {
    let site = APP.replace("lb_try_duration 3s", "lb_try_duration 3s\nfail_duration 2m");
    let (staging, _, two) = staging(&site);
    let stage = staging.name("app", &["10.0.0.1", "10.0.0.2"]).start().await;
    stage.fault(ONE, Fault::Refuse);
    assert_eq!(answers(&stage, 4).await, "2222");
    stage.heal(ONE);
    stage.set_name("app", &["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    two.set(Answer::Hang);
    let hanging = stage.get("http://a.test/");
    let refreshed = async {
        stage.advance(secs(31)).await;
        assert_eq!(stage.in_flight(), 1, "still there");
        stage.set_name("app", &["10.0.0.1"]);
        stage.advance(secs(31)).await;
        assert_eq!(stage.in_flight(), 1, "removed, and not cut off");
        let reply = stage.get("http://a.test/").await;
        assert_eq!(reply.status, 503, "the strike counts still");
    };
    tokio::select! {
        biased;
        () = refreshed => {}
        _ = hanging => unreachable!("it hangs"),
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn found_upstreams_are_probed() {
    let site = APP.replace(
        "lb_try_duration 3s",
        "health_uri /health\nhealth_interval 5s\nhealth_timeout 1s",
    );
    let (staging, one, _) = staging(&site);
    let stage = staging.name("app", &["10.0.0.1", "10.0.0.2"]).start().await;
    one.set(Answer::status(500, ""));
    stage.advance(secs(6)).await;
    assert_eq!(answers(&stage, 4).await, "2222");
    // Another comes, and what is known of the first stays known.
    stage.set_name("app", &["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    stage.advance(secs(26)).await;
    assert_eq!(answers(&stage, 3).await, "222");
    one.set(Answer::ok("1"));
    stage.advance(secs(6)).await;
    assert!(answers(&stage, 4).await.contains('1'));
    // Who is gone is not asked any more.
    stage.set_name("app", &["10.0.0.2"]);
    stage.advance(secs(31)).await;
    let asked = one.all().len();
    stage.advance(secs(60)).await;
    assert_eq!(one.all().len(), asked);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_reload_goes_on_with_what_was_found() {
    let stage = start(APP, &["10.0.0.1"]).await;
    assert_eq!(answers(&stage, 1).await, "1");
    stage.set_dns(Dns::IsSilent);
    stage.install(APP).await;
    let reply = stage.get("http://a.test/").await;
    assert_eq!((reply.body.as_str(), reply.took), ("1", ms(0)));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn several_sources_make_one_pool_and_one_that_fails_takes_nothing_away() {
    let site = "
http://a.test {
	reverse_proxy {
		dynamic multi {
			a app 80
			a gone 80
			srv services
		}
		lb_policy round_robin
	}
}
";
    let (staging, ..) = staging(site);
    let staging = staging
        .name("app", &["10.0.0.1"])
        .name("two.", &["10.0.0.2"]);
    let stage = staging
        .services("services", &[(1, 1, "two.", 80)])
        .start()
        .await;
    assert_eq!(answers(&stage, 4).await, "2121");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn the_upstreams_of_the_plan_serve_while_nothing_is_found() {
    let site = APP.replace("dynamic a app", "to 10.0.0.2:80\ndynamic a app");
    let (staging, ..) = staging(&site);
    let stage = staging.dns(Dns::Fails).start().await;
    assert_eq!(answers(&stage, 2).await, "22");
    stage.set_dns(Dns::Works);
    stage.set_name("app", &["10.0.0.1"]);
    stage.advance(secs(6)).await;
    assert_eq!(answers(&stage, 2).await, "11");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn each_request_may_name_what_is_looked_up_but_only_so_many_are_known_at_a_time() {
    let site = "
http://a.test {
	reverse_proxy {
		dynamic a {header.X-Name} {header.X-Port}
	}
}
";
    let (staging, ..) = staging(site);
    let staging = staging
        .name("one", &["10.0.0.1"])
        .name("two", &["10.0.0.2"]);
    let stage = staging.start().await;
    let get = async |name: &str, port: &str| {
        let fields = [("x-name", name), ("x-port", port)];
        let request = Stage::request_with("GET", "http://a.test/", &fields);
        let mut client = stage.client(80).await;
        let reply = client.send(request).await.expect("an answer");
        (reply.status, reply.body)
    };
    for _ in 0..3 {
        assert_eq!(get("one", "80").await, (200, "1".to_owned()));
        assert_eq!(get("two", "80").await, (200, "2".to_owned()));
    }
    assert_eq!(stage.questions(), 2);
    assert_eq!(get("one", "81").await.0, 502, "nobody listens there");
    assert_eq!(get("one", "x").await.0, 503, "no address comes of it");
    assert_eq!(
        get(&"x".repeat(400), "80").await.0,
        502,
        "no name is as long"
    );
    for number in 0..300 {
        assert_eq!(get(&format!("n{number}"), "80").await.0, 503);
    }
    let asked = stage.questions();
    stage.advance(secs(61)).await;
    assert!(
        stage.questions() - asked <= 100 * 14,
        "{}",
        stage.questions() - asked
    );
    stage.advance(secs(660)).await;
    let asked = stage.questions();
    stage.advance(secs(660)).await;
    assert_eq!(stage.questions(), asked, "nobody asks for these any more");
    assert_eq!(get("one", "80").await, (200, "1".to_owned()));
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn name_servers_of_the_plan_are_asked_by_either_kind_of_upstream() {
    for proxy in [
        "reverse_proxy {\ndynamic a app 80 {\nresolvers dns.test:5353\n}\n}",
        "reverse_proxy app:80 {\ntransport http {\nresolvers dns.test:5353\n}\n}",
    ] {
        let site = format!("http://a.test {{\n{proxy}\n}}\n");
        let (staging, ..) = staging(&site);
        let staging = staging.name("app", &["10.0.0.1"]);
        let stage = staging
            .name_at("dns.test", "app", &["10.0.0.2"])
            .start()
            .await;
        assert_eq!(answers(&stage, 2).await, "22", "{proxy}");
    }
}
