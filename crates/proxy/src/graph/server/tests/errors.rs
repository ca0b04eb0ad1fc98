//! What answers when a route has failed.

use evenkeel_plan::http::ErrorRoutes;
use evenkeel_plan::http::handlers::{Rewrite, StaticError};

use super::*;

fn fail(status: &str, message: &str) -> Handler {
    Handler::StaticError(StaticError {
        error: message.to_owned(),
        status_code: Status::read(status),
    })
}

fn with_errors(routes: Vec<Route>, errors: Vec<Route>) -> Graph {
    let server = Plan {
        routes,
        errors: Some(ErrorRoutes { routes: errors }),
        ..Plan::default()
    };
    graph_of(server, &Arc::default(), AccessFormat::Json)
}

fn telling() -> Vec<Route> {
    vec![route(vec![respond(
        "{http.error.status_code} {http.error.status_text}: {http.error.message} at {http.request.uri}",
    )])]
}

#[tokio::test]
async fn a_failure_alone_is_its_status() {
    let graph = graph(vec![
        at("/gone", vec![fail("410", "away")]),
        at("/odd", vec![fail("{http.request.uri.query}", "")]),
        at("/early", vec![fail("103", "")]),
    ]);
    assert_eq!(get(&graph, "h", "/gone").await, (410, String::new()));
    assert_eq!(get(&graph, "h", "/odd?418").await, (418, String::new()));
    assert_eq!(get(&graph, "h", "/odd?x").await, (500, String::new()));
    assert_eq!(get(&graph, "h", "/early").await, (200, String::new()));
}

#[tokio::test]
async fn routes_for_errors_answer_with_its_status_and_know_what_happened() {
    let rewrite = Handler::Rewrite(Box::new(Rewrite {
        uri: "/b".to_owned(),
        method: "PUT".to_owned(),
        ..Rewrite::default()
    }));
    let failing = vec![
        header(&[("x-early", "1")], false),
        header(&[("x-late", "1")], true),
        rewrite,
        fail("404", "no {http.request.method} {not.known}"),
    ];
    let graph = with_errors(vec![at("/a", failing)], telling());
    let mut exchange = trial::exchange(trial::get("h", "/a?q"));
    let response = ask(&graph, &mut exchange).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["x-early"], "1");
    assert!(
        !response.headers().contains_key("x-late"),
        "what was left to do hung on the answer that failed"
    );
    let expected = "404 Not Found: no PUT {not.known} at /a?q";
    assert_eq!(text(response).await, expected);
    assert_eq!(exchange.request.method(), "GET", "as it was asked");
}

#[tokio::test]
async fn the_status_is_sent_if_the_routes_for_errors_do_not_answer_or_fail() {
    let failing = || vec![route(vec![fail("409", "first")])];
    let silent = with_errors(failing(), vec![route(vec![header(&[("x-a", "1")], true)])]);
    let mut exchange = trial::exchange(trial::get("h", "/"));
    let response = ask(&silent, &mut exchange).await;
    assert_eq!(response.status(), 409);
    assert_eq!(response.headers()["x-a"], "1");

    let failing_twice = with_errors(failing(), vec![route(vec![fail("500", "second")])]);
    assert_eq!(get(&failing_twice, "h", "/").await, (409, String::new()));

    let abort = StaticResponse {
        abort: true,
        ..StaticResponse::default()
    };
    let aborting = with_errors(failing(), vec![route(vec![Handler::StaticResponse(abort)])]);
    let mut exchange = trial::exchange(trial::get("h", "/"));
    assert!(aborting.servers[0].respond(&mut exchange).await.is_err());
}

#[tokio::test]
async fn outside_of_routes_for_errors_nothing_has_failed() {
    let graph = graph(vec![route(vec![respond("{http.error.status_code}")])]);
    let body = "{http.error.status_code}".to_owned();
    assert_eq!(get(&graph, "h", "/").await, (200, body));
}

#[tokio::test]
async fn routes_of_a_subroute_for_errors_come_first() {
    let inner = Handler::Subroute(Subroute {
        routes: vec![route(vec![
            header(&[("x-late", "1")], true),
            fail("404", "in"),
        ])],
        errors: Some(ErrorRoutes {
            routes: vec![
                at("/next", vec![header(&[("x-a", "1")], false)]),
                at("/again", vec![fail("410", "again")]),
                at("/here", vec![respond("inner {http.error.message}")]),
            ],
        }),
    });
    let graph = with_errors(vec![route(vec![inner, respond("behind")])], telling());
    let expected = |status: u16, body: &str| (status, body.to_owned());
    assert_eq!(get(&graph, "h", "/here").await, expected(404, "inner in"));
    assert_eq!(get(&graph, "h", "/next").await, expected(404, "behind"));
    let again = expected(410, "410 Gone: again at /again");
    assert_eq!(get(&graph, "h", "/again").await, again);
}

#[tokio::test]
async fn every_failure_has_an_identifier_of_its_own() {
    let graph = with_errors(
        vec![route(vec![fail("400", "m")])],
        vec![route(vec![respond("{http.error.id} {http.error}")])],
    );
    let (_, body) = get(&graph, "h", "/").await;
    let (id, whole) = body.split_once(' ').unwrap();
    assert_eq!(id.len(), 9);
    assert_eq!(whole, format!("{{id={id}}}: HTTP 400: m"));
    assert!(!body.contains("http.error"));
}
