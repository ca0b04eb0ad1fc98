//! What is answered, compared with a Caddy 2.11.7.

use evenkeel_plan::value::Status;
use http::Method;

use super::*;
use crate::trial;

fn handler(plan: &Plan) -> StaticResponse {
    trial::build(|cx| StaticResponse::build(plan, cx)).unwrap()
}

fn respond(plan: &Plan, exchange: &mut Exchange<'_>) -> Response<Body> {
    match handler(plan).handle(exchange) {
        Ok(Flow::Respond(response)) => response,
        _ => panic!("no response"),
    }
}

fn body(text: &str) -> Plan {
    Plan {
        body: text.to_owned(),
        ..Plan::default()
    }
}

fn text(response: Response<Body>) -> String {
    match response.into_body() {
        Body::Full(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        Body::Empty => String::new(),
        _ => panic!("a body that is not whole"),
    }
}

#[test]
fn the_content_type_is_json_or_text_and_never_guessed_further() {
    let table = [
        ("hello", Some("text/plain; charset=utf-8")),
        ("<html>", Some("text/plain; charset=utf-8")),
        (r#"{"a":1}"#, Some("application/json")),
        (" [1,2]\n", Some("application/json")),
        ("{}", Some("text/plain; charset=utf-8")),
        ("[]", Some("text/plain; charset=utf-8")),
        ("{a:1}", Some("text/plain; charset=utf-8")),
        (r#""text""#, Some("text/plain; charset=utf-8")),
        (r#"{"m":"{http.request.method}"}"#, Some("application/json")),
        ("", None),
    ];
    for (body_text, expected) in table {
        let mut exchange = trial::exchange(trial::get("a.test", "/"));
        let response = respond(&body(body_text), &mut exchange);
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .map(|kind| kind.to_str().unwrap());
        assert_eq!(kind, expected, "{body_text}");
    }
}

#[test]
fn a_content_type_set_before_is_kept() {
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    exchange
        .early
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/x"));
    let response = respond(&body("{}"), &mut exchange);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/x");
    assert!(exchange.early.is_empty());
}

#[test]
fn own_fields_replace_those_set_before() {
    let mut exchange = trial::exchange(trial::get("a.test", "/x?y=z"));
    exchange
        .early
        .append("x-a", HeaderValue::from_static("early"));
    let values = ["{http.request.uri.query.y}", "{nope}2"]
        .map(str::to_owned)
        .to_vec();
    let plan = Plan {
        headers: [
            (
                "X-{http.request.uri.query.y}".to_owned(),
                vec!["1".to_owned()],
            ),
            ("X-A".to_owned(), values),
        ]
        .into_iter()
        .collect(),
        ..Plan::default()
    };
    let response = respond(&plan, &mut exchange);
    let values: Vec<_> = response.headers().get_all("x-a").iter().collect();
    assert_eq!(values, ["z", "{nope}2"]);
    assert_eq!(response.headers()["x-z"], "1");
}

#[test]
fn the_body_keeps_what_is_no_placeholder() {
    let mut exchange = trial::exchange(trial::get("a.test", "/q"));
    let plan = body("hello {http.request.uri} {nope} {http.request.method}");
    assert_eq!(text(respond(&plan, &mut exchange)), "hello /q {nope} GET");
}

#[test]
fn a_status_may_be_a_template_and_must_be_a_status() {
    let status = |status| Plan {
        status_code: Some(status),
        ..body("x")
    };
    let mut exchange = trial::exchange(trial::get("a.test", "/?s=418"));
    let template = Status::Template("{http.request.uri.query.s}".to_owned());
    assert_eq!(
        respond(&status(template.clone()), &mut exchange).status(),
        418
    );

    let mut exchange = trial::exchange(trial::get("a.test", "/?s=x"));
    let error = handler(&status(template))
        .handle(&mut exchange)
        .err()
        .unwrap();
    assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(error.message, "`x` is not a status code");

    let error = trial::build(|cx| StaticResponse::build(&status(Status::Code(99)), cx)).err();
    assert_eq!(error.unwrap().message, "99 is not a status code");
}

#[test]
fn a_status_without_body_gets_none() {
    for code in [204, 304] {
        let mut exchange = trial::exchange(trial::get("a.test", "/"));
        let plan = Plan {
            status_code: Some(Status::Code(code)),
            ..body("x")
        };
        assert_eq!(text(respond(&plan, &mut exchange)), "");
    }
}

#[test]
fn an_informational_status_leaves_the_answer_to_others() {
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    let plan = Plan {
        status_code: Some(Status::Code(103)),
        ..Plan::default()
    };
    assert!(matches!(
        handler(&plan).handle(&mut exchange),
        Ok(Flow::Next)
    ));
}

#[test]
fn closes_or_aborts_when_asked() {
    let close = Plan {
        close: true,
        ..body("bye")
    };
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    assert_eq!(
        respond(&close, &mut exchange).headers()[CONNECTION],
        "close"
    );

    let mut request = trial::get("a.test", "/");
    *request.version_mut() = Version::HTTP_2;
    let response = respond(&close, &mut trial::exchange(request));
    assert!(!response.headers().contains_key(CONNECTION));

    let abort = Plan {
        abort: true,
        ..body("never")
    };
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    *exchange.request.method_mut() = Method::POST;
    assert!(matches!(
        handler(&abort).handle(&mut exchange),
        Ok(Flow::Abort)
    ));
}

#[test]
fn what_was_set_before_a_bad_status_stays() {
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    let plan = Plan {
        status_code: Some(Status::Template("{nope}".to_owned())),
        headers: [
            (
                "X-A".to_owned(),
                vec!["{http.response.header.Server}".to_owned()],
            ),
            ("Server".to_owned(), vec!["mine".to_owned()]),
        ]
        .into_iter()
        .collect(),
        ..body("{}")
    };
    assert!(handler(&plan).handle(&mut exchange).is_err());
    assert_eq!(exchange.early["x-a"], "Caddy");
    assert_eq!(exchange.early["server"], "mine");
    assert!(exchange.early.contains_key(CONTENT_TYPE) && !exchange.server_field);
}
