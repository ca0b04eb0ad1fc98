//! Files: `file_server`, `try_files` and the matcher `file`.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

use crate::harness::Case;

/// A folder with files, all changed at a moment that is known.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("index.html", "<h1>home</h1>"),
        ("page.html", "<p>page</p>"),
        ("plain.txt", "0123456789"),
        ("empty.txt", ""),
        ("unknown.xyz9", "?"),
        ("noending", "?"),
        ("a b.txt", "space"),
        ("star*.txt", "star"),
        ("style.css", "body {}"),
        ("style.css.gz", "gzipped"),
        ("style.css.br", "brotli"),
        (".hidden", "secret"),
        ("sub/index.html", "sub"),
        ("sub/other.txt", "other"),
        ("sub/.git/config", "secret"),
        ("bare/file.txt", "bare"),
        ("index.php", "front"),
        ("app.php", "app"),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        let date = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let file = File::options().write(true).open(&path).expect("a file");
        file.set_modified(date).expect("a date");
    }
    folder
}

fn serving(root: &Path, options: &str) -> Case {
    let root = root.display();
    Case::site(&format!("root * {root}\nfile_server {{\n{options}\n}}"))
}

#[test]
fn files_are_served_with_their_types() {
    let folder = folder();
    let mut case = serving(folder.path(), "");
    for target in [
        "/",
        "/index.html",
        "/page.html?x=1",
        "/plain.txt",
        "/empty.txt",
        "/noending",
        "/a%20b.txt",
        "/sub/",
        "/sub",
        "/sub?q=1",
        "/page.html/",
        "/bare",
        "/bare/",
        "/missing",
        "/plain.txt/x",
        "/sub/../plain.txt",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/a%00b",
        "//sub",
        "//page.html/",
        "/star*.txt",
        "/.hidden",
    ] {
        case = case.get(target, &[]);
    }
    case.request("HEAD", "/plain.txt", &[], "")
        .request("POST", "/plain.txt", &[], "")
        .same();
}

#[test]
fn parts_are_sent_as_asked_for() {
    let folder = folder();
    let mut case = serving(folder.path(), "");
    for range in [
        "bytes=0-3",
        "bytes=5-",
        "bytes=-2",
        "bytes=0-99",
        "bytes=10-",
        "bytes=5-4",
        "lines=1",
        "bytes=",
        "bytes=0-9,0-9",
    ] {
        case = case.get("/plain.txt", &[&format!("Range: {range}")]);
    }
    case.get("/empty.txt", &["Range: bytes=0-"])
        .get("/plain.txt", &["Range: bytes=0-3", "If-Range: \"x\""])
        .request("HEAD", "/plain.txt", &["Range: bytes=0-3"], "")
        .same();
}

#[test]
fn conditions_are_kept() {
    let folder = folder();
    let date = "Tue, 14 Nov 2023 22:13:20 GMT";
    let earlier = "Tue, 14 Nov 2023 22:13:19 GMT";
    serving(folder.path(), "")
        .get("/plain.txt", &[&format!("If-Modified-Since: {date}")])
        .get("/plain.txt", &[&format!("If-Modified-Since: {earlier}")])
        .get("/plain.txt", &[&format!("If-Unmodified-Since: {earlier}")])
        .get("/plain.txt", &["If-None-Match: *"])
        .get("/plain.txt", &["If-None-Match: \"x\""])
        .get("/plain.txt", &["If-Match: \"x\""])
        .get("/plain.txt", &["If-Match: *"])
        .get(
            "/plain.txt",
            &["Range: bytes=0-3", &format!("If-Range: {date}")],
        )
        .same();
}

#[test]
fn options_of_the_server_are_kept() {
    let folder = folder();
    let root = folder.path().display();
    Case::site(&format!(
        "root * {root}
         handle_path /hide/* {{
             file_server {{
                 hide .* *.txt {root}/sub
             }}
         }}
         handle_path /index/* {{
             file_server {{
                 index other.txt file.txt
             }}
         }}
         handle_path /status/* {{
             file_server {{
                 status 418
             }}
         }}
         handle_path /pass/* {{
             file_server {{
                 pass_thru
             }}
             respond passed
         }}
         handle_path /plain/* {{
             file_server {{
                 disable_canonical_uris
             }}
         }}
         handle_path /none/* {{
             file_server {{
                 index off
             }}
         }}"
    ))
    .get("/hide/.hidden", &[])
    .get("/hide/plain.txt", &[])
    .get("/hide/page.html", &[])
    .get("/hide/sub/", &[])
    .get("/hide/sub/.git/config", &[])
    .get("/index/sub/", &[])
    .get("/index/bare/", &[])
    .get("/index/", &[])
    .get("/status/plain.txt", &[])
    .get("/status/plain.txt", &["Range: bytes=0-1"])
    .get("/status/plain.txt", &["If-None-Match: *"])
    .get("/pass/missing", &[])
    .get("/pass/bare/", &[])
    .get("/pass/plain.txt", &[])
    .get("/plain/sub", &[])
    .get("/plain/page.html/", &[])
    .get("/none/sub/", &[])
    .same();
}

#[test]
fn compressed_files_beside_are_taken() {
    let folder = folder();
    serving(folder.path(), "precompressed br gzip")
        .get("/style.css", &["Accept-Encoding: gzip"])
        .get("/style.css", &["Accept-Encoding: gzip, br"])
        .get("/style.css", &["Accept-Encoding: gzip, br;q=0.5"])
        .get("/style.css", &["Accept-Encoding: zstd"])
        .get("/style.css", &[])
        .get("/page.html", &["Accept-Encoding: gzip"])
        .get("/style.css", &["Accept-Encoding: br", "Range: bytes=0-2"])
        .same();
}

#[test]
fn error_pages_are_files() {
    let folder = folder();
    let root = folder.path().display();
    Case::site(&format!(
        "root * {root}
         error /fail 503
         file_server
         handle_errors {{
             rewrite * /page.html
             file_server
         }}"
    ))
    .get("/missing", &[])
    .get("/fail", &[])
    .request("POST", "/plain.txt", &[], "")
    .get("/plain.txt", &[])
    .same();
}

#[test]
fn files_are_tried_in_order() {
    let folder = folder();
    let root = folder.path().display();
    Case::site(&format!(
        "root * {root}
         route /spa/* {{
             uri strip_prefix /spa
             try_files {{path}} {{path}}/ /index.html
             respond \"{{path}} {{file_match.relative}} {{file_match.type}}\"
         }}
         route /code/* {{
             uri strip_prefix /code
             try_files {{path}} =410
             respond \"{{path}}\"
         }}
         route /query/* {{
             uri strip_prefix /query
             try_files {{path}} /index.php?{{query}}&p={{path}}
             respond \"{{uri}}\"
         }}
         handle_errors {{
             respond \"error {{err.status_code}}\"
         }}"
    ))
    .get("/spa/plain.txt", &[])
    .get("/spa/sub", &[])
    .get("/spa/sub/", &[])
    .get("/spa/missing", &[])
    .get("/spa/a%20b.txt", &[])
    .get("/spa/star*.txt", &[])
    .get("/spa/../../etc/passwd", &[])
    .get("/code/plain.txt", &[])
    .get("/code/missing", &[])
    .get("/query/plain.txt?a=1", &[])
    .get("/query/missing?a=1", &[])
    .same();
}

#[test]
fn the_matcher_has_policies_patterns_and_splits() {
    let folder = folder();
    let root = folder.path().display();
    let matching = |path: &str, options: &str| {
        format!(
            "route {path} {{
                 @file file {{
                     root {root}
                     {options}
                 }}
                 respond @file \"{{http.matchers.file.relative}}|{{http.matchers.file.type}}|{{http.matchers.file.remainder}}\"
                 respond none
             }}\n"
        )
    };
    let site = [
        matching("/glob*", "try_files /pl*.txt"),
        matching("/query*", "try_files /{query}*"),
        matching(
            "/large*",
            "try_files /page.html /plain.txt /index.html\ntry_policy largest_size",
        ),
        matching(
            "/small*",
            "try_files /page.html /plain.txt /index.html\ntry_policy smallest_size",
        ),
        matching(
            "/recent*",
            "try_files /missing /sub\ntry_policy most_recently_modified",
        ),
        matching(
            "/fall*",
            "try_files /missing /{query}\ntry_policy first_exist_fallback",
        ),
        matching("/split*", "try_files {query}\nsplit_path .php"),
        matching("/folder*", "try_files /{query}/"),
        matching("/plain.txt", ""),
        matching("/none.txt", ""),
    ]
    .concat();
    Case::site(&site)
        .get("/glob", &[])
        .get("/query?plain", &[])
        .get("/query?star*", &[])
        .get("/query?*", &[])
        .get("/large", &[])
        .get("/small", &[])
        .get("/recent", &[])
        .get("/fall?plain.txt", &[])
        .get("/fall?gone", &[])
        .get("/split?app.php/rest/of", &[])
        .get("/split?APP.PHP", &[])
        .get("/split?app.phpx", &[])
        .get("/folder?sub", &[])
        .get("/folder?plain.txt", &[])
        .get("/plain.txt", &[])
        .get("/none.txt", &[])
        .same();
}
