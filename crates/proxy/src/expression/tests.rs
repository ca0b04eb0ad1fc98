//! Expressions over trial exchanges. What they give was compared with Caddy 2.11.7.

use evenkeel_plan::http::matchers::NamedExpression;

use super::*;
use crate::trial;

fn build(text: &str) -> Result<Expression, BuildError> {
    trial::build(|cx| Expression::build(&Plan::Plain(text.to_owned()), cx))
}

#[track_caller]
fn judge(text: &str) -> Judged {
    let expression = build(text).unwrap();
    let fields = [
        ("x-number", "7"),
        ("cookie", "a=b"),
        ("x-text", "Some text"),
    ];
    let request = trial::request("a.test:8080", "/api/v1/items?q=1&q=2", &fields);
    let mut exchange = trial::exchange(request);
    let variables = &mut exchange.notes_mut().variables;
    variables.set(b"set", b"value", crate::template::Natural::Text);
    expression.holds(&mut exchange)
}

#[track_caller]
fn holds(text: &str) {
    assert!(judge(text).unwrap(), "{text}");
}

#[test]
fn placeholders_are_values() {
    for text in [
        "{http.request.method} == 'GET'",
        "{http.request.uri.path}.startsWith('/api/')",
        "{http.request.host} != \"b.test\" && {http.request.port} == 8080",
        "{http.request.uri.query.q} == '1,2'",
        "{http.request.cookie.a} in ['b', 'c']",
        "{http.vars.set} == 'value'",
        "{http.request.header.X-Nothing} == ''",
        "{http.error.status_code} == null",
        "{nobody.knows} == null",
        "{env.NAME} == 'value'",
        "ph(req, 'http.request.method') == 'GET'",
        "int({http.request.header.X-Number}) * 2 > 13",
        "{http.request.duration} < duration('1h')",
        "{time.now}.getFullYear() == 2026 && {time.now}.getHours() == 13",
        "size({http.request.header.X-Text}) == 9",
    ] {
        holds(text);
    }
}

#[test]
fn matchers_are_functions() {
    for text in [
        "path('/x', '/api/*')",
        "path('/' + 'api' + '/*')",
        "path({http.request.uri.path})",
        "path('\\{http.request.uri.path}')",
        "host('A.test') && !host('b.test')",
        "method('GET', 'HEAD') && protocol('http')",
        "query({'q': '2'}) && query({'q': ['0', '*']})",
        "header({'X-Number': '7', 'X-Text': ['none', 'Some*']})",
        "header_regexp('X-Text', '^S.m')",
        "remote_ip('192.0.2.0/24') && client_ip('::1', '192.0.2.7')",
        "vars({'set': 'value'}) && vars({'\\{http.request.method}': ['POST', 'GET']})",
        "vars_regexp('set', 'al')",
        "path_regexp('name', '/v([0-9])/') && {http.regexp.name.1} == '1'",
        "path_regexp('/v([0-9])/') && {http.regexp.1} == '1'",
    ] {
        holds(text);
    }
}

#[test]
fn values_are_calculated_as_cel_says() {
    for text in [
        "1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && -7 / 2 == -3 && -7 % 2 == -1",
        "7u / 2u == 3u && 0x10 == 16 && 1.5e1 == 15.0",
        "1 - 1 - 1 == -1 && !(1 > 2) && 2 >= 2",
        "'a' + 'b' < 'ac' && b'a' + b'b' == b'ab'",
        "[1, 2] + [3] == [1, 2, 3] && 2 in [1, 2] && !(4 in [1, 2])",
        "{'a': 1, 'b': 2}.b == 2 && {'a': 1}['a'] == 1 && 'a' in {'a': 1}",
        "has({'a': 1}.a) && !has({'a': 1}.b)",
        "[1, 2, 3].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 1, 2].exists_one(x, x == 2)",
        "[1, 2, 3].map(x, x * x) == [1, 4, 9] && [1, 2, 3].filter(x, x > 1).size() == 2",
        "[1, 2, 3].map(x, x > 1, x + 1) == [3, 4]",
        "[[1, 2], [3]].map(x, x.map(y, y + size(x))) == [[3, 4], [4]]",
        "cel.bind(x, 'a' + 'b', x + x) == 'abab'",
        "true ? 1 == 1 : 1 == 2",
        "type(1) == int && type('a') != int && type([]) == list",
        "int('3') == 3 && uint(3) == 3u && double(1) == 1.0 && string(1.5) == '1.5' && bool('true')",
        "string(duration('90s')) == '90s' && duration('1.5h').getMinutes() == 90",
        "timestamp('2026-11-24T13:41:09.5+01:00') == timestamp('2026-11-24T12:41:09.500Z')",
        "timestamp('2024-12-31T00:00:00Z').getDayOfYear() == 365",
        "timestamp('2026-11-24T00:00:00Z').getDayOfWeek() == 2",
        "timestamp('2026-11-24T00:00:00Z') - duration('1s') < timestamp('2026-11-24T00:00:00Z')",
        "string(timestamp(0) + duration('1ms')) == '1970-01-01T00:00:00.001Z'",
        "'a\\n\\x41\\u0042\\103' == \"a\\nABC\" && r'\\n' == '\\\\n' && '''a'b''' == \"a'b\"",
        "1 == 1 // a remark",
        "dyn(1) == 1.0 && dyn(1) < 1.5",
    ] {
        holds(text);
    }
}

#[test]
fn extensions_are_those_of_caddy() {
    for text in [
        "'hello'.charAt(1) == 'e' && 'hello'.indexOf('l') == 2 && 'hello'.indexOf('l', 3) == 3",
        "'hello'.lastIndexOf('l') == 3 && 'hello'.lastIndexOf('l', 2) == 2 && 'a'.indexOf('z') == -1",
        "['a', 'b'].join('-') == 'a-b' && 'a,b,c'.split(',') == ['a', 'b', 'c']",
        "'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'abc'.split('') == ['a', 'b', 'c']",
        "'Aé'.lowerAscii() == 'aé' && 'aé'.upperAscii() == 'Aé'",
        "'aaa'.replace('a', 'b', 2) == 'bba' && 'tacocat'.substring(1, 4) == 'aco'",
        "'  x '.trim() == 'x' && 'abc'.reverse() == 'cba' && strings.quote('a\"b') == '\"a\\\\\"b\"'",
        "'abc'.contains('b') && 'abc'.endsWith('bc') && 'abc'.matches('^a.c$')",
        "[3, 1, 2].sort() == [1, 2, 3] && ['aa', 'b'].sortBy(x, size(x)) == ['b', 'aa']",
        "[1, 2, 3].slice(1, 3) == [2, 3] && [[1], [2]].flatten() == [1, 2] && [1, 1].distinct() == [1]",
        "lists.range(3) == [0, 1, 2] && [1, 2].reverse() == [2, 1]",
        "math.least(3, 1, 2) == 1 && math.greatest([3, 1]) == 3 && math.abs(-2) == 2",
        "math.ceil(1.2) == 2.0 && math.floor(-1.2) == -2.0 && math.bitAnd(6, 3) == 2",
    ] {
        holds(text);
    }
}

#[test]
fn a_fault_does_not_count_if_the_other_side_decides() {
    holds("1 / 0 == 1 || true");
    holds("!(1 / 0 == 1 && false)");
    holds("[0, 1].exists(x, 1 / x == 1)");
    for text in [
        "1 / 0 == 1 || false",
        "1 / 0 == 1",
        "{'a': 1}['b'] == 1",
        "[1][1] == 1",
        "9223372036854775807 + 1 == 0",
        "int('x') == 1",
        "{http.request.method} > 1",
        "{http.request.method}.matches('(' + '')",
        "size(lists.range(1000000)) > 1",
        "{http.request.method}.substring(9) == ''",
    ] {
        let error = judge(text).unwrap_err();
        assert_eq!(error.status(), 500, "{text}");
    }
}

#[test]
fn what_cannot_be_a_condition_is_refused_at_build() {
    let table = [
        (
            "'a' == 1",
            "found no matching overload for `_==_` applied to (string, int)",
        ),
        (
            "1 == 1.0",
            "found no matching overload for `_==_` applied to (int, double)",
        ),
        ("{http.vars.a} + 1", "this is of type int"),
        ("'a'", "this is of type string"),
        ("{http.vars.a}", "this is of type dyn"),
        ("foo('a')", "undeclared reference to `foo`"),
        ("x == 1", "undeclared reference to `x` at character 1"),
        ("'a'.first()", "undeclared reference to `first`"),
        (
            "'a' in [1]",
            "found no matching overload for `_in_` applied to (string, list(int))",
        ),
        ("[1].exists(x, x == 'a')", "applied to (int, string)"),
        (
            "path(1)",
            "matcher arguments must be string constants at character 6",
        ),
        ("path()", "another number of arguments"),
        ("protocol('http/9')", "unknown protocol"),
        ("path_regexp('(')", "bad regular expression"),
        ("'a'.matches('(')", "bad regular expression"),
        ("header('a')", "takes one map"),
        (
            "size(1) == 1",
            "found no matching overload for `size` applied to (int)",
        ),
        ("true ? 1 : 'a'", "applied to (bool, int, string)"),
        ("1 ==", "ends too early at character 5"),
        ("(1 == 1", "`)` is missing"),
        ("1 == 1 )", "unexpected `)`"),
        ("'a", "unclosed string"),
        ("1 # 1", "unexpected `#`"),
        ("'\\z' == ''", "bad escape"),
        ("99999999999999999999 > 1", "is not a number"),
        ("", "ends too early"),
    ];
    for (text, expected) in table {
        let error = build(text).err().map(|error| error.message);
        let message = error.unwrap_or_else(|| panic!("{text} was taken"));
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("-", ""),
        (".", ""),
        ("{1:", "}"),
    ] {
        let text = format!("{}1{} == 1", open.repeat(10_000), close.repeat(10_000));
        assert!(build(&text).is_err(), "{open}");
    }
}

#[test]
fn any_text_is_read_or_refused() {
    let pieces = [
        "'", "\"", "\\", "{", "}", "(", ")", "[", "]", "a", "é", ".", ",", "1", "0x", "1e", "u",
        "b'", "r\"", "'''", " ", "?", ":", "&&", "!", "-", "in", "path(", "\n", "//", "{a.b}",
    ];
    let mut state = 7_u64;
    for _ in 0..1000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
        }
        drop(build(&text));
    }
}

#[test]
fn captures_go_under_the_name_of_the_expression() {
    let plan = Plan::Named(NamedExpression {
        expr: "path_regexp('/(v.)/') && {http.regexp.mine.1} == 'v1'".to_owned(),
        name: "mine".to_owned(),
    });
    let expression = trial::build(|cx| Expression::build(&plan, cx)).unwrap();
    let mut exchange = trial::exchange(trial::get("h", "/api/v1/"));
    assert!(expression.holds(&mut exchange).unwrap());
}
