//! The truth about paths and patterns, as a Caddy 2.11.7 gave it for each pair.

use super::*;

const PATTERNS: &[&str] = &[
    "/foo",
    "/foo*",
    "/foo/*",
    "*.php",
    "*/x/*",
    "*foo*",
    "/a*b",
    "/a/*/c",
    "/FOO",
    "//foo",
    "/foo//bar",
    "/foo//*",
    "/a?c",
    "/[ab]c",
    "/a%40",
    "/a%2fb",
    "/%2f*",
    "/a%*b",
    "/bands/%*/album",
    "*",
    "/",
    "/*",
    "",
    "foo",
    "/a%40*",
    "/café",
    "/CAFÉ*",
    "/.well-known/*",
    "/a\\*b",
    "**",
    "*/foo*",
    "/%25x",
    "/a%2Fb*",
    "/x/%*",
];

/// Paths, and all patterns that cover them.
const COVERED: &[(&str, &[&str])] = &[
    ("/", &["*", "/", "/*", "**"]),
    (
        "/foo",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    (
        "/FOO",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    (
        "/foo/",
        &["/foo*", "/foo/*", "*foo*", "*", "/*", "**", "*/foo*"],
    ),
    (
        "/foo/bar",
        &["/foo*", "/foo/*", "*foo*", "*", "/*", "**", "*/foo*"],
    ),
    (
        "//foo",
        &[
            "/foo", "/foo*", "*foo*", "/FOO", "//foo", "*", "/*", "**", "*/foo*",
        ],
    ),
    (
        "/foo//bar",
        &[
            "/foo*",
            "/foo/*",
            "*foo*",
            "/foo//bar",
            "/foo//*",
            "*",
            "/*",
            "**",
            "*/foo*",
        ],
    ),
    ("/foo/../bar", &["*", "/*", "**"]),
    (
        "/./foo",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    (
        "/%66oo",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    ("/a/b/c", &["/a/*/c", "*", "/*", "**"]),
    ("/a/b/d/c", &["*", "/*", "**"]),
    ("/axb", &["/a*b", "/a%*b", "*", "/*", "**"]),
    ("/a/xb", &["*", "/*", "**"]),
    ("/a.php", &["*.php", "*", "/*", "**"]),
    ("/a.PHP", &["*.php", "*", "/*", "**"]),
    ("/a/x/b", &["*/x/*", "*", "/*", "**"]),
    ("/abc", &["/a?c", "*", "/*", "**"]),
    ("/ac", &["/[ab]c", "*", "/*", "**"]),
    ("/bc", &["/[ab]c", "*", "/*", "**"]),
    ("/a@", &["*", "/*", "**"]),
    ("/a%40", &["/a%40", "*", "/*", "/a%40*", "**"]),
    ("/a@b", &["/a*b", "/a%*b", "*", "/*", "**"]),
    ("/a%40b", &["/a*b", "/a%*b", "*", "/*", "/a%40*", "**"]),
    ("/a/b", &["*", "/*", "**"]),
    ("/a%2Fb", &["/a%2fb", "/a%*b", "*", "/*", "**", "/a%2Fb*"]),
    ("/a%2fb", &["/a%2fb", "/a%*b", "*", "/*", "**", "/a%2Fb*"]),
    (
        "/%2Ffoo",
        &[
            "/foo", "/foo*", "*foo*", "/FOO", "//foo", "/%2f*", "*", "/*", "**", "*/foo*",
        ],
    ),
    ("/a%2f%2fb", &["/a%*b", "*", "/*", "**"]),
    (
        "/bands/AC%2FDC/album",
        &["/bands/%*/album", "*", "/*", "**"],
    ),
    (
        "/bands/x/album",
        &["*/x/*", "/bands/%*/album", "*", "/*", "**"],
    ),
    ("/bands/a/b/album", &["*", "/*", "**"]),
    ("/caf%C3%A9", &["*", "/*", "/café", "/CAFÉ*", "**"]),
    ("/CAF%c3%89s", &["*", "/*", "/CAFÉ*", "**"]),
    ("/.well-known/x", &["*", "/*", "/.well-known/*", "**"]),
    ("/a*b", &["/a*b", "/a%*b", "*", "/*", "/a\\*b", "**"]),
    ("/a%2Ab", &["/a*b", "/a%*b", "*", "/*", "/a\\*b", "**"]),
    ("/foo%2F..%2Fbar", &["*", "/*", "**"]),
    (
        "/..%2ffoo",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    (
        "/foo/.",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    ("/foo/..", &["*", "/", "/*", "**"]),
    (
        "///foo",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    ("/%25x", &["*", "/*", "**", "/%25x"]),
    ("/x/a%20b", &["*/x/*", "*", "/*", "**", "/x/%*"]),
    ("/x/", &["*/x/*", "*", "/*", "**", "/x/%*"]),
    (
        "/foo?y=/bar",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    (
        "/%2e%2e/foo",
        &["/foo", "/foo*", "*foo*", "/FOO", "*", "/*", "**", "*/foo*"],
    ),
    ("/foo/%2e%2e/bar", &["*", "/*", "**"]),
];

fn covers(pattern: &str, path: &str) -> bool {
    let pattern = pattern.to_lowercase();
    Pattern::parse(pattern.as_bytes()).matches(&Subject::new(path.as_bytes()))
}

#[test]
fn covers_what_caddy_covers_and_nothing_else() {
    for (target, expected) in COVERED {
        let path = target.split_once('?').map_or(*target, |(path, _)| path);
        for pattern in PATTERNS {
            let covered = covers(pattern, path);
            assert_eq!(covered, expected.contains(pattern), "{pattern} on {target}");
        }
    }
}

#[test]
fn a_plain_path_is_compared_as_it_came() {
    for (path, plain) in [
        ("/a/b-c_d", true),
        ("/a.b", true),
        ("/", true),
        ("/a/", true),
        ("/A", false),
        ("/a//b", false),
        ("/a/./b", false),
        ("/.well-known", false),
        ("/%61", false),
        ("*", false),
    ] {
        assert_eq!(is_plain(path.as_bytes()), plain, "{path}");
    }
}

#[test]
fn hostile_patterns_and_paths_are_compared_in_bounded_time() {
    let path = format!("/{}", "a".repeat(8000));
    for pattern in [
        "/*a*a*a*a*a*a*a*a*b",
        "/%*a%*a%*a%*a%*b",
        "*a*a*a*b*c",
        "/%",
        "/%4",
        "/[a",
        "%*",
    ] {
        let path = Subject::new(path.as_bytes());
        assert!(
            !Pattern::parse(pattern.as_bytes()).matches(&path),
            "{pattern}"
        );
    }
}

#[test]
fn a_pattern_is_in_any_case_and_what_a_placeholder_gives_is_not() {
    let plan = [
        "/A/{env.NAME}".to_owned(),
        "/B/{http.request.uri.query.q}".to_owned(),
    ];
    let paths = crate::trial::build(|cx| Paths::build(&plan, cx));
    let asks = |target| paths.matches(&crate::trial::exchange(crate::trial::get("h", target)));
    assert!(asks("/a/VALUE"));
    assert!(asks("/b/x?q=x") && asks("/b/X?q=x"));
    assert!(!asks("/b/X?q=X"));
}
