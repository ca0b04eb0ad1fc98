//! Handlers that leave something for others: named routes, fields of the log, maps.

use evenkeel_plan::http::handlers::{Invoke, LogAppend, Map};

use super::*;
use crate::error::BuildErrors;

fn invoke(name: &str) -> Handler {
    Handler::Invoke(Invoke {
        name: name.to_owned(),
    })
}

fn with_named(routes: Vec<Route>, named: Vec<(&str, Route)>) -> Plan {
    let named = named
        .into_iter()
        .map(|(name, route)| (name.to_owned(), route));
    Plan {
        routes,
        named_routes: named.collect(),
        ..Plan::default()
    }
}

#[tokio::test]
async fn a_named_route_runs_where_it_is_invoked() {
    let server = with_named(
        vec![
            at("/a", vec![invoke("hello"), respond("behind")]),
            at("/b", vec![invoke("nothing"), respond("behind")]),
        ],
        vec![
            ("hello", route(vec![invoke("inner")])),
            ("inner", route(vec![respond("hello")])),
            ("nothing", at("/never", vec![respond("never")])),
        ],
    );
    let graph = graph_of(server, &Arc::default(), AccessFormat::Json);
    assert_eq!(get(&graph, "h", "/a").await.1, "hello");
    assert_eq!(get(&graph, "h", "/b").await.1, "behind");
}

#[test]
fn a_named_route_that_runs_itself_or_is_not_there_is_refused() {
    let named = || {
        vec![
            ("a", route(vec![invoke("b")])),
            ("b", route(vec![subroute(vec![route(vec![invoke("a")])])])),
        ]
    };
    for (name, expected) in [
        ("a", "the route `a` runs itself"),
        ("none", "there is no route named `none`"),
    ] {
        let app = App {
            servers: [(
                "s".to_owned(),
                with_named(vec![route(vec![invoke(name)])], named()),
            )]
            .into(),
            ..App::default()
        };
        let built = trial::with_parts(&|_| vec![], |parts| build(&app, parts));
        let BuildErrors(errors) = built.err().unwrap();
        assert!(errors[0].message.contains(expected), "{}", errors[0]);
    }
}

#[tokio::test]
async fn fields_are_appended_to_the_log_before_or_after_the_handlers() {
    let append = |key: &str, value: &str, early: bool| {
        Handler::LogAppend(LogAppend {
            key: key.to_owned(),
            value: value.to_owned(),
            early,
        })
    };
    let vars = Handler::Vars(evenkeel_plan::http::handlers::Vars(
        [("number".to_owned(), 7.into())].into_iter().collect(),
    ));
    let server = Plan {
        routes: vec![route(vec![
            append("late", "{http.response.header.x-a}", false),
            append("early", "{http.response.header.x-a}", true),
            append("plain", "a \"text\"\n", false),
            append("number", "number", false),
            append("none", "{http.nobody}", false),
            vars,
            header(&[("x-a", "set")], false),
            respond("hello"),
        ])],
        logs: Some(ServerLogs::default()),
        ..Plan::default()
    };
    let lines: Arc<Lines> = Arc::default();
    let graph = graph_of(server, &lines, AccessFormat::Json);
    get(&graph, "h", "/").await;
    let line = lines.take().remove(0);
    for expected in [
        r#""late":"set""#,
        r#""early":"""#,
        r#""plain":"a \"text\"\n""#,
        r#""number":7"#,
        r#""none":null"#,
    ] {
        assert!(line.contains(expected), "{expected} is not in {line}");
    }
}

#[tokio::test]
async fn maps_that_ask_each_other_end() {
    let map = |source: &str, destination: &str| {
        Handler::Map(Box::new(Map {
            source: source.to_owned(),
            destinations: vec![destination.to_owned()],
            defaults: vec!["{a}".to_owned()],
            ..Map::default()
        }))
    };
    let graph = graph(vec![route(vec![
        map("{b}", "{a}"),
        map("{a}", "{b}"),
        respond("{a}!"),
    ])]);
    assert_eq!(get(&graph, "h", "/").await.1, "!");
}
