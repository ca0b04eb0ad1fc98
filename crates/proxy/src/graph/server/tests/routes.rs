//! Which handlers run, and what they leave on the response.

use evenkeel_plan::http::handlers::ReverseProxy;
use evenkeel_plan::http::handlers::reverse_proxy::{
    ActiveHealthChecks, FastCgiTransport, HealthChecks, Transport,
};
use evenkeel_plan::http::matchers::UrlPattern;

use super::*;

#[tokio::test]
async fn the_first_route_that_answers_ends_the_list() {
    let graph = graph(vec![
        at("/a", vec![respond("a")]),
        route(vec![respond("rest")]),
    ]);
    assert_eq!(get(&graph, "h", "/a").await, (200, "a".to_owned()));
    assert_eq!(get(&graph, "h", "/b").await, (200, "rest".to_owned()));
}

#[tokio::test]
async fn nobody_answering_is_an_empty_200() {
    let graph = graph(vec![at("/a", vec![respond("a")])]);
    assert_eq!(get(&graph, "h", "/b").await, (200, String::new()));
}

#[tokio::test]
async fn of_a_group_only_the_first_match_runs() {
    let nested = subroute(vec![grouped("g", route(vec![respond("nested")]))]);
    let graph = graph(vec![
        grouped("g", at("/a*", vec![header(&[("x-first", "1")], false)])),
        grouped("g", at("/ab", vec![respond("second")])),
        route(vec![nested]),
        route(vec![respond("end")]),
    ]);
    assert_eq!(get(&graph, "h", "/ab").await.1, "end");
    assert_eq!(get(&graph, "h", "/b").await.1, "nested");
}

#[tokio::test]
async fn a_terminal_route_ends_everything_even_around_a_subroute() {
    let ends = Route {
        terminal: true,
        ..at("/end", vec![header(&[("x-seen", "1")], false)])
    };
    let graph = graph(vec![route(vec![subroute(vec![ends]), respond("behind")])]);
    assert_eq!(get(&graph, "h", "/end").await, (200, String::new()));
    assert_eq!(get(&graph, "h", "/go").await.1, "behind");
}

#[tokio::test]
async fn many_hosts_are_routed_as_few_are() {
    let mut routes: Vec<_> = (0..20)
        .map(|n| on(&format!("h{n}.test"), vec![respond(&format!("site {n}"))]))
        .collect();
    routes.push(on("*.test", vec![respond("wildcard")]));
    routes.push(route(vec![respond("catch-all")]));
    let graph = graph(routes);
    assert_eq!(get(&graph, "H7.test:8443", "/").await.1, "site 7");
    assert_eq!(get(&graph, "other.test", "/").await.1, "wildcard");
    assert_eq!(get(&graph, "a.other.test", "/").await.1, "catch-all");
}

#[tokio::test]
async fn a_host_edited_on_the_way_counts_for_later_routes() {
    let host = HeaderOps {
        set: [("Host".to_owned(), vec!["h3.test".to_owned()])]
            .into_iter()
            .collect(),
        ..HeaderOps::default()
    };
    let edit = Handler::Headers(Box::new(Headers {
        request: Some(host),
        response: None,
    }));
    let mut routes = vec![at("/edit", vec![edit])];
    routes.extend((0..20).map(|n| on(&format!("h{n}.test"), vec![respond(&n.to_string())])));
    let graph = graph(routes);
    assert_eq!(get(&graph, "h5.test", "/edit").await.1, "3");
    assert_eq!(get(&graph, "h5.test", "/").await.1, "5");
}

#[tokio::test]
async fn fields_set_early_stay_on_errors_and_deferred_ones_do_not() {
    let bad = StaticResponse {
        status_code: Some(Status::Template("{http.request.uri.query.s}".to_owned())),
        ..StaticResponse::default()
    };
    let graph = graph(vec![route(vec![
        header(&[("x-early", "1")], false),
        header(&[("x-late", "2")], true),
        Handler::StaticResponse(bad),
    ])]);
    let mut exchange = trial::exchange(trial::get("h", "/?s=bad"));
    let failed = ask(&graph, &mut exchange).await;
    assert_eq!(failed.status(), 500);
    assert_eq!(failed.headers()["x-early"], "1");
    assert_eq!(failed.headers()[SERVER], "Caddy");
    assert!(!failed.headers().contains_key("x-late"));

    let mut exchange = trial::exchange(trial::get("h", "/?s=201"));
    let fine = ask(&graph, &mut exchange).await;
    assert_eq!(
        (&fine.headers()["x-early"], &fine.headers()["x-late"]),
        (&"1".parse().unwrap(), &"2".parse().unwrap())
    );
}

#[tokio::test]
async fn steps_run_from_the_last_to_the_first() {
    let graph = graph(vec![route(vec![
        header(&[("x-a", "outer {http.response.header.x-a}")], true),
        header(&[("x-a", "inner")], true),
        respond("x"),
    ])]);
    let mut exchange = trial::exchange(trial::get("h", "/"));
    assert_eq!(
        ask(&graph, &mut exchange).await.headers()["x-a"],
        "outer inner"
    );
}

#[tokio::test]
async fn an_upstreams_field_is_added_to_one_set_early() {
    let mut exchange = trial::exchange(trial::get("h", "/"));
    exchange.early.insert("x-dup", "early".parse().unwrap());
    exchange.early.insert(SERVER, "mine".parse().unwrap());
    exchange.answered_by_upstream();
    let mut response = Response::new(Body::empty());
    response
        .headers_mut()
        .append("x-dup", "upstream".parse().unwrap());
    response
        .headers_mut()
        .append("x-dup", "again".parse().unwrap());
    response
        .headers_mut()
        .append(SERVER, "theirs".parse().unwrap());
    let response = finish(&mut exchange, response);
    let values: Vec<_> = response.headers().get_all("x-dup").iter().collect();
    assert_eq!(values, ["early", "upstream", "again"]);
    let servers: Vec<_> = response.headers().get_all(SERVER).iter().collect();
    assert_eq!(servers, ["theirs"]);
}

#[tokio::test]
async fn a_broken_escape_in_the_path_is_a_bad_request() {
    let graph = graph(vec![route(vec![respond("x")])]);
    for target in ["/a%", "/a%4", "/a%zz", "/%%41"] {
        assert_eq!(get(&graph, "h", target).await.0, 400, "{target}");
    }
    assert_eq!(get(&graph, "h", "/a%20?b=%zz").await.0, 200);
}

#[test]
fn a_build_fails_where_the_plan_is_wrong() {
    let twice = MatcherSet {
        host: vec!["a".to_owned(), "A".to_owned()],
        ..MatcherSet::default()
    };
    let wrong = Route {
        matcher_sets: vec![twice],
        ..Route::default()
    };
    let server = Plan {
        routes: vec![route(vec![respond("x"), subroute(vec![wrong])])],
        ..Plan::default()
    };
    let app = App {
        servers: [("srv0".to_owned(), server)].into(),
        ..App::default()
    };
    let error = trial::with_parts(&|_| vec![], |parts| build(&app, parts)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "apps.http.servers.srv0.routes[0].handle[1].routes[0].match[0].host: \
         host at index 0 is repeated at index 1: A"
    );
}

#[test]
fn what_cannot_be_served_yet_is_refused_by_name_and_place() {
    let refusal = |route: Route| {
        let server = Plan {
            routes: vec![route],
            ..Plan::default()
        };
        let app = App {
            servers: [("s".to_owned(), server)].into(),
            ..App::default()
        };
        let error = trial::with_parts(&|_| vec![], |parts| build(&app, parts)).unwrap_err();
        error.to_string()
    };
    let condition = Route {
        matcher_sets: vec![MatcherSet {
            url_pattern: Some(UrlPattern::default()),
            ..MatcherSet::default()
        }],
        ..Route::default()
    };
    assert_eq!(
        refusal(condition),
        "apps.http.servers.s.routes[0].match[0].url_pattern: `url_pattern` is not supported yet"
    );
    let proxy = ReverseProxy {
        transport: Some(Transport::FastCgi(FastCgiTransport::default())),
        health_checks: Some(HealthChecks {
            active: Some(ActiveHealthChecks::default()),
            passive: None,
        }),
        ..ReverseProxy::default()
    };
    assert_eq!(
        refusal(route(vec![Handler::ReverseProxy(Box::new(proxy))])),
        "apps.http.servers.s.routes[0].handle[0].health_checks.active: `active` is not supported \
         yet"
    );
}
