//! What URIs become. The expectations are what a Caddy 2.11.7 answered to the same.

use super::*;
use crate::trial;
use evenkeel_plan::http::handlers::{QueryOps, QueryPair, RegexpReplacement, SubstringReplacement};

/// The URI after a rewrite; the field `X` has a value.
fn rewritten(plan: &Plan, target: &str, x: &str) -> String {
    let rewrite = trial::build(|cx| Rewrite::build(plan, cx)).unwrap();
    let request = trial::request("a.test", target, &[("x", x)]);
    let mut exchange = trial::exchange(request);
    rewrite.handle(&mut exchange).unwrap();
    exchange.request.uri().to_string()
}

#[test]
fn a_new_uri_takes_path_and_query_apart() {
    const X: &str = "{http.request.header.X}";
    let table = [
        (
            "/x%2Fy{http.request.uri.path}",
            "/r1/a%20b?z",
            "",
            "/x/y/r1/a%20b?z",
        ),
        (X, "/b?k=1", "/a%2Fb c?d", "/a/b%20c?d"),
        (X, "/b", "rel(x)", "/rel%28x%29"),
        (X, "/b", "", "/"),
        (X, "/b", "/%zz", "/%25zz"),
        ("?a=b", "/h/a?x", "", "/h/a?a=b"),
        ("/i?", "/i/a?x", "", "/i"),
        ("/a/b", "/a%2Fb", "", "/a/b"),
        ("?a=b", "/d/%41?x", "", "/d/A?a=b"),
        ("{http.request.uri}", "/e%2Ff?g", "", "/e/f?g"),
        (
            "/c?{http.request.header.X}=1&x={http.request.header.X}&{http.request.uri.query}&p={http.request.uri.query}&#f",
            "/c?z=1&y=2",
            "a b&",
            "/c?a+b%26=1&x=a+b%26&z=1&y=2&p=z%3D1%26y%3D2",
        ),
    ];
    for (uri, target, x, expected) in table {
        let plan = Plan {
            uri: uri.to_owned(),
            ..Plan::default()
        };
        assert_eq!(rewritten(&plan, target, x), expected, "{uri} {target}");
    }
}

#[test]
fn prefixes_and_suffixes_are_found_however_they_are_escaped() {
    let table = [
        ("/hp", "", "/hp/a%2Fb", "/a%2Fb"),
        ("/hp", "", "/hp//a/../b", "/b"),
        ("r6", "", "/R6abc", "/abc"),
        ("/r6", "", "/r%36/a%2fb", "/a%2fb"),
        ("/a%2f", "", "/a/b", "/a/b"),
        ("/abc", "", "/%61", "/%61"),
        ("", ".html", "/r7/a%2ehtml?x", "/r7/a?x"),
        ("", ".html/", "/f/a.html/", "/f/a"),
        ("", ".html", "/f/a.HTML", "/f/a"),
        ("", "%2ehtml", "/f/a%2ehtml", "/f/a"),
        ("", "%2ehtml", "/f/a.html", "/f/a.html"),
        ("", "/longer/than/path", "/path", "/path"),
    ];
    for (prefix, suffix, target, expected) in table {
        let plan = Plan {
            strip_path_prefix: prefix.to_owned(),
            strip_path_suffix: suffix.to_owned(),
            ..Plan::default()
        };
        assert_eq!(rewritten(&plan, target, ""), expected, "{target}");
    }
}

#[test]
fn texts_and_patterns_are_replaced() {
    let replace = |find: &str, replace: &str, limit| Plan {
        uri_substring: vec![SubstringReplacement {
            find: find.to_owned(),
            replace: replace.to_owned(),
            limit,
        }],
        ..Plan::default()
    };
    let plan = replace("b/", "X/", 0);
    assert_eq!(
        rewritten(&plan, "/r4//ab/b%2Fc/b/?b/", ""),
        "/r4/aX/b%2Fc/X/?X/"
    );
    assert_eq!(rewritten(&replace("a", "b", 1), "/aa?a", ""), "/ba?b");
    let plan = Plan {
        path_regexp: vec![RegexpReplacement {
            find: "^/e(.)+".to_owned(),
            replace: "/$1{http.request.header.X}".to_owned(),
        }],
        ..Plan::default()
    };
    assert_eq!(rewritten(&plan, "/exy/z?q", "%zz"), "/z%25zz?q");
}

#[test]
fn queries_are_edited_and_sorted() {
    let pair = |key: &str, val: &str| QueryPair {
        key: key.to_owned(),
        val: val.to_owned(),
    };
    let plan = Plan {
        query: Some(QueryOps {
            rename: vec![pair("a", "b"), pair("same", "same")],
            set: vec![pair("k", "{http.request.header.X}")],
            add: vec![pair("k", "2")],
            delete: vec!["gone".to_owned()],
            ..QueryOps::default()
        }),
        ..Plan::default()
    };
    assert_eq!(
        rewritten(
            &plan,
            "/?z=1&a=1&a=2&b=3&k=0&gone&same=1&bad=%zz&&=1",
            "q&r s"
        ),
        "/?=1&b=1&b=2&k=q%26r+s&k=2&z=1"
    );
}
