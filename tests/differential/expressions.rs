//! The matcher `expression`.

use crate::harness::{Case, Reply};

/// Each of these is a matcher; the body tells which hold.
fn judging(expressions: &[&str]) -> Case {
    let mut site = String::new();
    for (number, expression) in expressions.iter().enumerate() {
        let lines =
            format!("@e{number} expression `{expression}`\nvars @e{number} e{number} yes\n");
        site.push_str(&lines);
    }
    site.push_str("respond \"");
    for number in 0..expressions.len() {
        let value = format!("{number}={{vars.e{number}}} ");
        site.push_str(&value);
    }
    site.push('"');
    Case::site(&site)
}

#[test]
fn placeholders_have_kinds() {
    judging(&[
        "{method} == 'GET'",
        "{path}.startsWith('/a') && {query} != ''",
        "{http.request.uri.query.n} == '1,2'",
        "{header.X-None} == ''",
        "{http.nobody} == null",
        "{vars.none} == null",
        "{err.status_code} == null",
        "{http.request.duration_ms} >= 0.0",
        "{http.request.duration} < duration('1h')",
        "int({time.now.unix}) > 1700000000",
        "{time.now}.getFullYear() > 2024",
        "{vars.trusted_proxy} == false",
        "{tls_version} == null || {tls_version} == ''",
        "int({header.X-Number}) in [6, 7]",
        "type({http.request.port}) == string",
        "'{path}' == '/a'",
        "{host} + {path} == 'site.example/a/b'",
        "size({header.X-Text}) == 9 && {header.X-Text}.lowerAscii().contains('text')",
        "{header.X-Text}.matches('^S.*t$') ? true : false",
        "{cookie.a} == 'b' || {cookie.c} == ''",
    ])
    .get("/a/b?n=1&n=2", &["X-Number: 7", "X-Text: Some text"])
    .get("/b", &["X-Number: 8", "X-Text: Other", "Cookie: a=b"])
    .same();
}

#[test]
fn variables_keep_their_kind() {
    Case::site(
        "vars {
             n 7
             t text
             b true
             f 1.5
         }
         @a expression `{vars.n} == 7 && {vars.t} == 'text' && {vars.b} && {vars.f} > 1.0`
         @b expression `{vars.n} == '7'`
         respond @a a
         respond @b b
         respond none",
    )
    .get("/", &[])
    .same();
}

#[test]
fn matchers_are_functions() {
    judging(&[
        "path('/a/*', '/c')",
        "path({uri})",
        "path('/' + 'b')",
        "!path('/a*')",
        "host('SITE.example') && method('GET', 'HEAD')",
        "query({'n': '2'}) || query({'n': ['9', '8']})",
        "header({'X-Number': '7', 'X-Text': ['none', 'Some*']})",
        "header_regexp('X-Text', '^O')",
        "path_regexp('seg', '^/([a-z])') && {re.seg.1} == 'a'",
        "path_regexp('^/([a-z])') && {http.regexp.1} == 'b'",
        "remote_ip('127.0.0.0/8') && client_ip('127.0.0.1', '::1') && protocol('http')",
        "vars({'{http.request.method}': 'GET'})",
        "vars_regexp('{http.request.method}', 'E')",
    ])
    .get("/a/b?n=1&n=2", &["X-Number: 7", "X-Text: Some text"])
    .get("/b", &["X-Number: 8", "X-Text: Other"])
    .request("PUT", "/b?n=8", &[], "")
    .same();
}

#[test]
fn texts_lists_and_numbers_are_as_in_cel() {
    judging(&[
        "'a,b,c'.split(',', 2) == ['a', 'b,c'] && ['a', 'b'].join('-') == 'a-b'",
        "'abc'.split('') == ['a', 'b', 'c'] && 'abc'.split('', 2) == ['a', 'bc']",
        "'hello'.indexOf('l', 3) == 3 && 'hello'.lastIndexOf('l', 2) == 2",
        "'hello'.charAt(5) == '' && 'hello'.substring(1, 3) == 'el'",
        "'aaa'.replace('a', 'b', 2) == 'bba' && ' x '.trim() == 'x' && 'ab'.reverse() == 'ba'",
        "strings.quote('a\"b') == '\"a\\\\\"b\"'",
        "[3, 1, 2].sort() == [1, 2, 3] && ['aa', 'b'].sortBy(x, size(x)) == ['b', 'aa']",
        "[1, 2, 3].slice(1, 3) == [2, 3] && [1, 1].distinct() == [1]",
        "[[1], [2]].flatten() == [1, 2] && lists.range(2) == [0, 1]",
        "math.least(3, 1) == 1 && math.greatest([3, 1]) == 3 && math.abs(-2) == 2",
        "math.ceil(1.2) == 2.0 && math.round(1.5) == 2.0 && math.bitAnd(6, 3) == 2",
        "[1, 2].all(x, x > 0) && [1, 2].exists_one(x, x == 1) && [1, 2].map(x, x * 2) == [2, 4]",
        "cel.bind(x, 'a', x + x) == 'aa' && has({'a': 1}.a)",
        "{'a': [1, 2]}.a[1] == 2 && 'a' in {'a': 1} && 2u in [1u, 2u]",
        "-7 / 2 == -3 && -7 % 2 == -1 && 0x10 == 16 && 1.5e1 == 15.0",
        "string(1.5) == '1.5' && string(duration('90s')) == '90s'",
        "duration('1.5h').getMinutes() == 90 && duration('1500ms').getMilliseconds() == 500",
        "timestamp('2024-12-31T01:02:03.5Z').getDayOfYear() == 365",
        "timestamp('2026-11-24T13:41:09.5+01:00') == timestamp('2026-11-24T12:41:09.500Z')",
        "string(timestamp('2026-11-24T00:00:00Z') + duration('1ms')) == '2026-11-24T00:00:00.001Z'",
        "bool('true') && int('3') == 3 && uint(3) == 3u && double(1) == 1.0 && bytes('a') == b'a'",
        "r'\\n' == '\\\\n' && 'a\\x41\\u0042\\103' == 'aABC'",
        "dyn(1) == 1.0 && dyn('a') != 1",
        "'Aé'.lowerAscii() == 'aé' && 'é'.size() == 1",
        "1 / 0 == 1 || true",
    ])
    .get("/", &[])
    .same();
}

#[test]
fn an_expression_that_has_no_value_is_an_error() {
    Case::site(
        "@a expression `1 / int({query}) == 1`
         respond @a one
         respond none",
    )
    .get("/?1", &[])
    .get("/?2", &[])
    .get("/?0", &[])
    .get("/?x", &[])
    .same();
}

#[test]
fn statuses_choose_the_routes_for_errors() {
    Case::site(
        "error /a 404
         error /b 410
         error /c 503
         error /d 418
         handle_errors 404 5xx {
             respond \"first {err.status_code}\"
         }
         handle_errors 410 {
             respond \"second\" 200
         }",
    )
    .get("/a", &[])
    .get("/b", &[])
    .get("/c", &[])
    .get("/d", &[])
    .same();
}

#[test]
fn expressions_judge_in_handle_response() {
    Case::proxy(
        "$A",
        "@some status 2xx
         handle_response @some {
             @again expression `{rp.status_code} == 201 && {rp.header.X-A} == 'b'`
             respond @again \"made {rp.status_text}\"
             copy_response
         }",
    )
    .upstream([
        Reply::new("201 Created", &["X-A: b"], "theirs"),
        Reply::new("201 Created", &["X-A: c"], "theirs"),
        Reply::new("200 OK", &["X-A: b"], "theirs"),
    ])
    .get("/", &[])
    .times(3)
    .same();
}

#[test]
fn a_named_expression_names_its_captures() {
    Case::site(
        "@mine `path_regexp('/([a-z]+)$') && {re.mine.1} != 'no'`
         respond @mine \"{re.mine.1} {re.1}\"
         respond none",
    )
    .get("/abc", &[])
    .get("/no", &[])
    .get("/ABC", &[])
    .same();
}
