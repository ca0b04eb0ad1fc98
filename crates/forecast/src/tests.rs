//! Forecasts of whole plans, as the user sees them.

use evenkeel_plan::parse;
use insta::assert_snapshot;

use super::*;

/// A plan with one server whose only route has this handler.
fn forecast_of(handler: &str) -> Forecast {
    let plan = format!(
        r#"{{"apps":{{"http":{{"servers":{{"srv0":{{"routes":[{{"handle":[{handler}]}}]}}}}}}}}}}"#
    );
    forecast(&parse(plan.as_bytes()).unwrap())
}

fn proxy(options: &str) -> Forecast {
    let comma = if options.is_empty() { "" } else { "," };
    forecast_of(&format!(
        r#"{{"handler":"reverse_proxy","upstreams":[{{"dial":"app1:3000"}},{{"dial":"app2:3000"}}]{comma}{options}}}"#
    ))
}

fn failure(forecast: &Forecast, scenario: Scenario, failing: Failing) -> Failure {
    let failures = forecast.proxies[0].failures.iter();
    let mut matching =
        failures.filter(|failure| failure.scenario == scenario && failure.failing == failing);
    matching.next().cloned().unwrap()
}

#[test]
fn the_articles_configuration_is_forecast_exactly() {
    let forecast = forecast_of(
        r#"{"handler":"subroute","routes":[{"handle":[{
            "handler": "reverse_proxy",
            "upstreams": [{"dial": "app1:3000"}, {"dial": "app2:3000"}],
            "load_balancing": {
                "selection_policy": {"policy": "round_robin"},
                "try_duration": 3000000000,
                "try_interval": 250000000
            },
            "health_checks": {
                "active": {"uri": "/api/healthz", "interval": 5000000000, "timeout": 2000000000},
                "passive": {"fail_duration": 10000000000, "max_fails": 1}
            },
            "transport": {
                "protocol": "http",
                "dial_timeout": 1000000000,
                "response_header_timeout": 2000000000
            }
        }]}]}"#,
    );

    assert_snapshot!(forecast.table(), @r"
    apps.http.servers.srv0.routes[0].handle[0].routes[0].handle[0]: app1:3000 app2:3000
    Worst time of a GET, and what the user gets:
    UPSTREAM     FAILING  BEFORE DETECTION      DETECTED                       AFTER DETECTION
    refuses      one      0s, another's answer  strike 0s (out 10s), probe 5s  0s, another's answer
    refuses      all      3s, 502               strike 0s (out 10s), probe 5s  3s, 503
    black-holes  one      1s, another's answer  strike 1s (out 10s), probe 6s  0s, another's answer
    black-holes  all      3s, 504               strike 1s (out 10s), probe 6s  3s, 503
    hangs        one      2s, another's answer  strike 2s (out 10s), probe 7s  0s, another's answer
    hangs        all      4s, 504               strike 2s (out 10s), probe 7s  3s, 503
    answers 5xx  one      0s, its 5xx           probe 5s                       0s, another's answer
    answers 5xx  all      0s, its 5xx           probe 5s                       3s, 503
    ");
}

#[test]
fn without_options_hanging_is_unbounded_and_nothing_is_detected() {
    assert_snapshot!(proxy("").table(), @r"
    apps.http.servers.srv0.routes[0].handle[0]: app1:3000 app2:3000
    Worst time of a GET, and what the user gets:
    UPSTREAM     FAILING  BEFORE DETECTION                         DETECTED                                 AFTER DETECTION
    refuses      one      0s, 502                                  never (set fail_duration or health_uri)  -
    refuses      all      0s, 502                                  never (set fail_duration or health_uri)  -
    black-holes  one      3s, 504                                  never (set fail_duration or health_uri)  -
    black-holes  all      3s, 504                                  never (set fail_duration or health_uri)  -
    hangs        one      unbounded (set response_header_timeout)  never (set health_uri)                   -
    hangs        all      unbounded (set response_header_timeout)  never (set health_uri)                   -
    answers 5xx  one      0s, its 5xx                              never (set health_uri)                   -
    answers 5xx  all      0s, its 5xx                              never (set health_uri)                   -
    ");
}

#[test]
fn json_carries_the_same_for_machines() {
    let forecast = proxy(r#""health_checks":{"passive":{"fail_duration":"10s"}}"#);

    let failures = &forecast.proxies[0].failures;
    let json = serde_json::to_string_pretty(&[&failures[1], &failures[4]]).unwrap();
    assert_snapshot!(json, @r#"
    [
      {
        "scenario": "refuse",
        "failing": "all",
        "before": {
          "time": {
            "within": 0
          },
          "seen": "bad_gateway"
        },
        "detections": [
          {
            "by": {
              "passive": {
                "strikes": 1
              }
            },
            "within": 0,
            "out_for": 10000000000
          }
        ],
        "detectable_by": [],
        "after": {
          "time": {
            "within": 0
          },
          "seen": "service_unavailable"
        }
      },
      {
        "scenario": "hang",
        "failing": "one",
        "before": {
          "time": {
            "unbounded": {
              "bounded_by": "response_header_timeout"
            }
          },
          "seen": "nothing"
        },
        "detections": [],
        "detectable_by": [
          "response_header_timeout",
          "health_uri"
        ],
        "after": null
      }
    ]
    "#);
}

#[test]
fn an_only_upstream_fails_as_all() {
    let forecast = forecast_of(
        r#"{"handler":"reverse_proxy","upstreams":[{"dial":"app1:3000"},{"dial":"app1:3000"}]}"#,
    );

    let failing = forecast.proxies[0]
        .failures
        .iter()
        .map(|failure| failure.failing);
    assert_eq!(failing.collect::<Vec<_>>(), [Failing::All; 4]);
}

#[test]
fn an_address_written_twice_is_struck_once_for_both() {
    let forecast = forecast_of(
        r#"{"handler":"reverse_proxy",
            "upstreams":[{"dial":"app1:3000"},{"dial":"app1:3000"},{"dial":"app2:3000"}],
            "load_balancing":{"selection_policy":{"policy":"first"},"retries":1},
            "health_checks":{"passive":{"fail_duration":"10s"}}}"#,
    );

    // The only retry goes past the second entry.
    let refused = failure(&forecast, Scenario::Refuse, Failing::One);
    assert_eq!(refused.before.seen, Seen::Answer);
}

#[test]
fn a_plan_without_upstreams_says_so() {
    assert_snapshot!(
        forecast(&Plan::default()).table(),
        @"No reverse_proxy: no upstream can fail"
    );
    assert_snapshot!(
        forecast_of(r#"{"handler":"reverse_proxy"}"#).table(),
        @"apps.http.servers.srv0.routes[0].handle[0]: no upstreams, every request gets a 503"
    );
}

/// Each policy must be made to pick the failing upstream first, whatever it goes by.
#[test]
fn every_policy_is_forecast_at_its_worst() {
    let policies = ["random", "round_robin", "least_conn", "first", "ip_hash"];
    for policy in policies {
        let forecast = proxy(&format!(
            r#""load_balancing":{{"selection_policy":{{"policy":"{policy}"}}}}"#
        ));

        let refused = failure(&forecast, Scenario::Refuse, Failing::One);
        assert_eq!(refused.before.seen, Seen::BadGateway, "{policy}");
    }
}

#[test]
fn one_of_very_many_is_met_too() {
    let upstreams: Vec<String> = (1..2000)
        .map(|port| format!(r#"{{"dial":"app:{port}"}}"#))
        .collect();
    let forecast = forecast_of(&format!(
        r#"{{"handler":"reverse_proxy","upstreams":[{}]}}"#,
        upstreams.join(",")
    ));

    let refused = failure(&forecast, Scenario::Refuse, Failing::One);
    assert_eq!(refused.before.seen, Seen::BadGateway);
    assert_eq!(forecast.proxies[0].upstreams.len(), 1999);
}

#[test]
fn an_exchange_notices_what_probes_find_while_it_goes_on() {
    let retry = r#""load_balancing":{"try_duration":"10s"}"#;
    let probes = r#""health_checks":{"active":{"uri":"/","interval":"5s","timeout":"2s"}}"#;
    let without = proxy(retry);
    let with = proxy(&format!("{retry},{probes}"));

    // Dials of 3 s: the last begins at 9.5 s, unless the probes of 7 s have shown it to be vain.
    let cost = |forecast| {
        failure(forecast, Scenario::BlackHole, Failing::All)
            .before
            .to_string()
    };
    assert_eq!(cost(&without), "12s 500ms, 504");
    assert_eq!(cost(&with), "10s, 504");
}

#[test]
fn strikes_that_expire_during_a_wait_let_the_failing_upstream_in_again() {
    let forecast = proxy(
        r#""load_balancing":{"try_duration":"3s","try_interval":"250ms"},
           "health_checks":{"passive":{"fail_duration":"10s"}},
           "transport":{"protocol":"http","response_header_timeout":"2s"}"#,
    );

    let hung = failure(&forecast, Scenario::Hang, Failing::All);
    assert_eq!(hung.after.unwrap().to_string(), "5s, 504");
}

/// Between the first strikes and the probes' result, strikes may expire.
#[test]
fn slow_probes_do_not_hide_what_expired_strikes_let_in() {
    let with_interval = |interval| {
        proxy(&format!(
            r#""load_balancing":{{"try_duration":"3s","try_interval":"250ms"}},
               "health_checks":{{
                   "active":{{"uri":"/","interval":"{interval}"}},
                   "passive":{{"fail_duration":"10s"}}}},
               "transport":{{"protocol":"http","response_header_timeout":"2s"}}"#
        ))
    };
    let after = |interval| {
        failure(&with_interval(interval), Scenario::Hang, Failing::All)
            .after
            .unwrap()
            .to_string()
    };

    assert_eq!(after("30s"), "5s, 504");
    assert_eq!(after("5s"), "3s, 503");
}

#[test]
fn several_strikes_are_needed_if_so_configured() {
    let forecast = proxy(r#""health_checks":{"passive":{"fail_duration":"10s","max_fails":3}}"#);

    let refused = failure(&forecast, Scenario::Refuse, Failing::One);
    assert_eq!(refused.detections.len(), 1);
    assert_eq!(refused.detections[0].to_string(), "3 strikes 0s (out 10s)");
    assert_eq!(refused.after.unwrap().seen, Seen::Answer);
}

#[test]
fn several_failed_probes_take_as_many_intervals() {
    let forecast = proxy(r#""health_checks":{"active":{"uri":"/","fails":3}}"#);

    let detected = |scenario| failure(&forecast, scenario, Failing::One).detections[0].to_string();
    assert_eq!(detected(Scenario::Refuse), "probe 1m 30s");
    assert_eq!(detected(Scenario::BlackHole), "probe 1m 33s");
    assert_eq!(detected(Scenario::Hang), "probe 1m 35s");
}

#[test]
fn only_its_own_timeout_bounds_the_wait_of_a_probe() {
    let forecast = proxy(
        r#""health_checks":{"active":{"uri":"/","interval":"10s","timeout":"4s"}},
           "transport":{"protocol":"http","dial_timeout":"1s","response_header_timeout":"2s"}"#,
    );

    let detected = |scenario| failure(&forecast, scenario, Failing::One).detections[0].to_string();
    assert_eq!(detected(Scenario::BlackHole), "probe 11s");
    assert_eq!(detected(Scenario::Hang), "probe 14s");
}

#[test]
fn a_5xx_that_the_probes_expect_is_not_detected() {
    let expecting = r#""health_checks":{"active":{"port":8080,"expect_status":5}}"#;

    let failed = failure(&proxy(expecting), Scenario::ServerError, Failing::One);

    assert_eq!(failed.detections, []);
    assert_eq!(failed.detectable_by, [Remedy::HealthStatus]);
    assert_eq!(failed.after, None);
}

#[test]
fn strikes_need_a_timeout_to_detect_what_hangs() {
    let passive = r#""health_checks":{"passive":{"fail_duration":"10s"}}"#;

    let hung = failure(&proxy(passive), Scenario::Hang, Failing::One);

    assert_eq!(
        hung.detectable_by,
        [Remedy::ResponseHeaderTimeout, Remedy::HealthUri]
    );
}

#[test]
fn absurd_numbers_end_and_say_which_option_bounds_them() {
    let endless = proxy(
        r#""load_balancing":{"retries":4294967295,"try_interval":"1s"},
           "health_checks":{
               "active":{"uri":"/","interval":1,"fails":4294967295},
               "passive":{"fail_duration":"10s","max_fails":4294967295}}"#,
    );
    let refused = failure(&endless, Scenario::Refuse, Failing::All);
    assert!(matches!(
        refused.before.time,
        Time::Over {
            bounded_by: Remedy::LbTryDuration,
            ..
        }
    ));
    assert_eq!(
        refused.detectable_by,
        [Remedy::MaxFails, Remedy::HealthFails]
    );

    let spinning = proxy(r#""load_balancing":{"try_duration":"3s","try_interval":1}"#);
    let refused = failure(&spinning, Scenario::Refuse, Failing::All);
    assert_eq!(refused.before.to_string(), "3s, 502");
}

#[test]
fn an_unhealthy_status_is_detected_by_strikes_and_a_retried_one_is_never_seen() {
    let struck =
        proxy(r#""health_checks":{"passive":{"fail_duration":"10s","unhealthy_status":[5]}}"#);
    let failure_of_one = failure(&struck, Scenario::ServerError, Failing::One);
    assert_eq!(failure_of_one.before.seen, Seen::UpstreamError);
    assert_eq!(failure_of_one.detections.len(), 1, "{failure_of_one:?}");

    let retried = proxy(r#""load_balancing":{"retries":1,"retry_status":[500]}"#);
    let failure_of_one = failure(&retried, Scenario::ServerError, Failing::One);
    assert_eq!(failure_of_one.before.seen, Seen::Answer);
}

#[test]
fn below_the_panic_threshold_the_failing_ones_are_asked_in_spite_of_their_checks() {
    let checks = r#""health_checks":{"active":{"path":"/up","interval":"5s"}}"#;
    for (threshold, seen) in [(0, Seen::ServiceUnavailable), (50, Seen::BadGateway)] {
        let balancing = format!(r#""load_balancing":{{"panic_threshold":{threshold}}},{checks}"#);
        let refused = failure(&proxy(&balancing), Scenario::Refuse, Failing::All);
        let after = refused.after.map(|cost| cost.seen);
        assert_eq!(after, Some(seen), "{threshold}");
    }
}

#[test]
fn of_upstreams_that_are_looked_up_two_are_played_through() {
    let forecast = forecast_of(
        r#"{"handler":"reverse_proxy","dynamic_upstreams":{"source":"multi","sources":[
            {"source":"a","name":"app","port":"8080"},
            {"source":"srv","service":"http","proto":"tcp","name":"db"}
        ]}}"#,
    );
    let shown = [
        "app:8080#1",
        "app:8080#2",
        "_http._tcp.db#1",
        "_http._tcp.db#2",
    ];
    assert_eq!(forecast.proxies[0].upstreams, shown);
    assert!(!forecast.proxies[0].failures.is_empty());
}
