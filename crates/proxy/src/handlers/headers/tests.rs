//! Edits of header fields: their order, their forms, and when they are made.

use evenkeel_plan::http::handlers::HeaderReplacement;
use http::HeaderMap;

use super::*;
use crate::handlers::Handler;
use crate::trial;

/// `("x-a", &["1", "2"])` for each field.
type Fields<'a> = &'a [(&'a str, &'a [&'a str])];

fn assign(fields: Fields<'_>) -> impl Iterator<Item = (String, Vec<String>)> {
    fields.iter().map(|(name, values)| {
        (
            (*name).to_owned(),
            values.iter().map(|value| (*value).to_owned()).collect(),
        )
    })
}

fn ops(add: Fields<'_>, set: Fields<'_>, delete: &[&str]) -> OpsPlan {
    OpsPlan {
        add: assign(add).collect(),
        set: assign(set).collect(),
        delete: delete.iter().map(|text| (*text).to_owned()).collect(),
        ..OpsPlan::default()
    }
}

fn replacement(search: &str, search_regexp: &str, replace: &str) -> HeaderReplacement {
    HeaderReplacement {
        search: search.to_owned(),
        search_regexp: search_regexp.to_owned(),
        replace: replace.to_owned(),
    }
}

fn map(fields: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        map.append(*name, value.parse().unwrap());
    }
    map
}

fn list(headers: &HeaderMap) -> Vec<String> {
    let mut list: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    list.sort_by_key(|line| line.split(':').next().map(str::to_owned));
    list
}

/// Carries operations out on a response with these fields.
fn edited(plan: &OpsPlan, fields: &[(&'static str, &str)]) -> Vec<String> {
    let exchange = trial::exchange(trial::request("a.test", "/p%0D%0Aq", &[("x-in", "in")]));
    let ops = trial::build(|cx| Ops::build(plan, cx)).unwrap();
    let mut headers = map(fields);
    ops.apply(&mut headers, &View::Response(Scope::request(&exchange)));
    list(&headers)
}

#[test]
fn adds_then_sets_then_deletes_then_replaces() {
    let mut plan = ops(
        &[("X-A", &["added"]), ("X-B", &["added"])],
        &[("x-b", &["set"]), ("X-C", &["1", "2"]), ("X-D", &["gone"])],
        &["X-D"],
    );
    plan.replace
        .insert("x-a".to_owned(), vec![replacement("added", "", "replaced")]);
    let result = edited(&plan, &[("x-a", "old"), ("x-b", "old")]);
    assert_eq!(
        result,
        ["x-a: old", "x-a: replaced", "x-b: set", "x-c: 1,2"]
    );
}

#[test]
fn deleting_everything_comes_before_adding() {
    let result = edited(
        &ops(&[("X-New", &["1"])], &[], &["*"]),
        &[("a", "1"), ("b", "2")],
    );
    assert_eq!(result, ["x-new: 1"]);
}

#[test]
fn deletes_by_start_end_and_part() {
    let fields = [("x-a-one", "1"), ("y-a-two", "2"), ("z-three", "3")];
    let table: [(&str, &[&str]); 5] = [
        ("X-*", &["y-a-two: 2", "z-three: 3"]),
        ("*-Two", &["x-a-one: 1", "z-three: 3"]),
        ("*-A-*", &["z-three: 3"]),
        ("Z-Three", &["x-a-one: 1", "y-a-two: 2"]),
        ("**", &[]),
    ];
    for (pattern, expected) in table {
        assert_eq!(
            edited(&ops(&[], &[], &[pattern]), &fields),
            expected,
            "{pattern}"
        );
    }
}

#[test]
fn replaces_by_text_and_by_expression_in_one_field_or_all() {
    let mut plan = OpsPlan::default();
    plan.replace
        .insert("X-A".to_owned(), vec![replacement("b", "", "B")]);
    plan.replace.insert(
        "*".to_owned(),
        vec![replacement(
            "",
            "^(a)(.*)$",
            "${2}-$1-{http.request.header.x-in}",
        )],
    );
    let result = edited(&plan, &[("x-a", "abab"), ("x-a", "c"), ("x-b", "ab")]);
    assert_eq!(result, ["x-a: BaB-a-in", "x-a: c", "x-b: b-a-in"]);
}

#[test]
fn a_bad_expression_or_name_is_refused_where_it_stands() {
    let mut plan = OpsPlan::default();
    plan.replace
        .insert("X".to_owned(), vec![replacement("", "(", "")]);
    let error = trial::build(|cx| Ops::build(&plan, cx)).err().unwrap();
    assert_eq!(error.path, "replace.X");
    assert!(error.message.starts_with("bad regular expression"));

    let error = trial::build(|cx| Ops::build(&ops(&[("a b", &["1"])], &[], &[]), cx)).err();
    assert_eq!(error.unwrap().message, "`a b` is not a header field's name");

    let mut plan = OpsPlan::default();
    let huge = "(a{1000}){1000}";
    plan.replace
        .insert("X".to_owned(), vec![replacement("", huge, "")]);
    assert!(trial::build(|cx| Ops::build(&plan, cx)).is_err());
}

#[test]
fn a_placeholder_cannot_smuggle_in_a_field() {
    let plan = ops(
        &[],
        &[
            ("X-Path", &["{http.request.uri.path}"]),
            ("X-Lf", &["a\nb"]),
        ],
        &[],
    );
    assert_eq!(edited(&plan, &[]), ["x-lf: a b", "x-path: /p  q"]);
}

#[test]
fn values_see_the_header_as_it_is_by_then() {
    let plan = ops(
        &[("X-A", &["1"])],
        &[
            ("X-B", &["<{http.response.header.X-A}|{nope}>"]),
            ("{http.request.header.x-in}", &["n"]),
        ],
        &[],
    );
    assert_eq!(edited(&plan, &[]), ["in: n", "x-a: 1", "x-b: <1|{nope}>"]);
}

fn handler(response: ResponsePlan) -> Headers {
    let plan = Plan {
        request: None,
        response: Some(response),
    };
    trial::build(|cx| Headers::build(&plan, cx)).unwrap()
}

#[test]
fn edits_at_once_unless_deferred() {
    let early = handler(ResponsePlan {
        set: assign(&[("X-A", &["1"])]).collect(),
        ..ResponsePlan::default()
    });
    let deferred = handler(ResponsePlan {
        deferred: true,
        ..ResponsePlan::default()
    });
    let require = handler(ResponsePlan {
        require: Some(ResponseMatcher::default()),
        ..ResponsePlan::default()
    });
    let mut exchange = trial::exchange(trial::get("a.test", "/"));
    early.handle(&mut exchange);
    assert_eq!(
        (list(&exchange.early), exchange.steps.len()),
        (vec!["x-a: 1".to_owned()], 0)
    );
    deferred.handle(&mut exchange);
    require.handle(&mut exchange);
    assert_eq!(exchange.steps.len(), 2);
}

#[test]
fn the_servers_own_field_can_be_set_added_to_and_deleted() {
    let table: [(ResponsePlan, &[&str]); 4] = [
        (
            ResponsePlan {
                set: assign(&[("Server", &["x"])]).collect(),
                ..Default::default()
            },
            &["server: x"],
        ),
        (
            ResponsePlan {
                add: assign(&[("Server", &["x"])]).collect(),
                ..Default::default()
            },
            &["server: Caddy", "server: x"],
        ),
        (
            ResponsePlan {
                delete: vec!["Serv*".to_owned()],
                ..Default::default()
            },
            &[],
        ),
        (
            ResponsePlan {
                delete: vec!["*".to_owned()],
                ..Default::default()
            },
            &[],
        ),
    ];
    for (plan, expected) in table {
        let handler = handler(plan);
        let mut exchange = trial::exchange(trial::get("a.test", "/"));
        handler.handle(&mut exchange);
        assert_eq!(list(&exchange.early), expected);
        assert!(!exchange.server_field);
    }
}

#[test]
fn edits_a_response_only_if_it_is_as_required() {
    let plan = ResponsePlan {
        set: assign(&[("X-B", &["default"])]).collect(),
        require: Some(ResponseMatcher {
            status_code: vec![StatusPattern(2), StatusPattern(404)],
            headers: [("X-B".to_owned(), None)].into_iter().collect(),
        }),
        ..ResponsePlan::default()
    };
    let ops = trial::build(|cx| ResponseOps::build(&plan, cx)).unwrap();
    let exchange = trial::exchange(trial::get("a.test", "/"));
    let table = [
        (200, None, "default"),
        (404, None, "default"),
        (500, None, ""),
        (200, Some("own"), "own"),
    ];
    for (status, own, expected) in table {
        let mut headers = map(&own.map(|own| vec![("x-b", own)]).unwrap_or_default());
        ops.apply(
            StatusCode::from_u16(status).unwrap(),
            &mut headers,
            &exchange,
        );
        let value = headers
            .get("x-b")
            .map_or("", |value| value.to_str().unwrap());
        assert_eq!(value, expected, "{status}");
    }
}

#[test]
fn later_handlers_see_an_edited_request() {
    let plan = Plan {
        request: Some(ops(
            &[("X-In", &["two"])],
            &[
                ("X-Seen", &["{http.request.header.X-In}"]),
                ("Host", &["b.test"]),
            ],
            &["Cookie"],
        )),
        response: None,
    };
    let handler = trial::build(|cx| Headers::build(&plan, cx)).unwrap();
    let request = trial::request("a.test", "/", &[("x-in", "one"), ("cookie", "a=b")]);
    let mut exchange = trial::exchange(request);
    handler.handle(&mut exchange);
    let expected = ["host: b.test", "x-in: one", "x-in: two", "x-seen: one,two"];
    assert_eq!(list(exchange.request.headers()), expected);
    assert!(handler.edits_host());
    assert!(Handler::Headers(Box::new(handler)).edits_host());
}
