//! `adapt`: Caddy's JSON, in both forms.

use std::process::Command;

use crate::check::ARTICLE;
use crate::harness::on_caddyfile;

/// What the real Caddy makes of a Caddyfile.
fn by_real_caddy(caddyfile: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Caddyfile");
    std::fs::write(&path, caddyfile).expect("written");
    let output = Command::new(evenkeel_testkit::real_caddy())
        .args(["adapt", "--pretty", "--adapter", "caddyfile", "--config"])
        .arg(&path)
        .output()
        .expect("the real Caddy runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("JSON is UTF-8")
}

fn value(json: &str) -> serde_json::Value {
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn the_article_and_the_example_become_the_real_caddys_json() {
    let example = include_str!("../../Caddyfile.example");
    for caddyfile in [ARTICLE, example] {
        let output = on_caddyfile(caddyfile, &["adapt"]);
        assert_eq!(output.code, Some(0), "{output}");
        assert_eq!(value(&output.stdout), value(&by_real_caddy(caddyfile)));
    }
}

#[test]
fn pretty_indents_by_tabs_and_says_the_same() {
    let pretty = on_caddyfile(ARTICLE, &["adapt", "--pretty"]).stdout;
    assert!(
        pretty.starts_with("{\n\t\"apps\": {\n\t\t\"http\": {\n"),
        "{pretty}"
    );
    assert_eq!(
        value(&pretty),
        value(&on_caddyfile(ARTICLE, &["adapt"]).stdout)
    );
}

#[test]
fn what_adapt_prints_is_a_configuration_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = on_caddyfile(ARTICLE, &["adapt"]).stdout;
    std::fs::write(folder.path().join("caddy.json"), json).expect("written");
    let output = crate::harness::in_folder(folder.path(), &["validate", "--config", "caddy.json"]);
    assert_eq!(output.code, Some(0), "{output}");
}

#[test]
fn the_bytes_are_those_of_the_real_caddy() {
    let escapes = ":80 {\n\t@a header X <&>\n\tredir @a /b html\n\tvars n 9007199254740993\n}\n";
    let modules = "{\n\ton_demand_tls {\n\t\task http://ask.test\n\t}\n}\n\
                   a.test {\n\ttls {\n\t\tget_certificate http http://m.test\n\t\t\
                   client_auth {\n\t\t\ttrust_pool file a.pem\n\t\t\t\
                   verifier leaf file b.pem\n\t\t}\n\t}\n}\n";
    for caddyfile in [
        ARTICLE,
        escapes,
        modules,
        include_str!("../../Caddyfile.example"),
    ] {
        let output = on_caddyfile(caddyfile, &["adapt", "--pretty"]);
        let theirs = by_real_caddy(caddyfile);
        assert_eq!(output.stdout.trim_end(), theirs.trim_end());
    }
}

#[test]
fn what_caddy_warns_of_is_said_by_adapt() {
    let file = "{\n\tservers {\n\t\tmetrics\n\t}\n}\nimport none/*\n\
                (s) {\n\theader A {args[2]}\n\theader B x{args[a]}\n\theader C {args[1:9]}\n}\n\
                a.test/path {\n\timport s 1\n}\n";
    let adapted = on_caddyfile(file, &["adapt"]);
    for text in [
        "The nested 'metrics' option inside `servers` is deprecated",
        "No files matching import glob pattern",
        "Placeholder {args[2]} index is out of bounds, only 1 argument(s) exist",
        "Placeholder {args[a]} has an invalid index",
        "Variadic placeholder {args[1:9]} indices are out of bounds, only 1 argument(s) exist",
        "Using a path in a site address is deprecated",
    ] {
        assert_eq!(adapted.stderr.matches(text).count(), 1, "{text}: {adapted}");
    }
}

#[test]
fn the_name_of_an_https_upstream_need_not_be_set() {
    let with = |upstream: &str, lines: &str| {
        let file = format!("a.test {{\n\treverse_proxy {upstream} {{\n{lines}\t}}\n}}\n");
        let adapted = on_caddyfile(&file, &["adapt"]);
        adapted
            .stderr
            .contains("pass the configured upstream address")
    };
    let own = "\t\theader_up Host {upstream_hostport}\n";
    assert!(with("https://b", own));
    assert!(with(
        "b:1",
        &format!("{own}\t\ttransport http {{\n\t\t\ttls\n\t\t}}\n")
    ));
    assert!(!with("b:1", own));
    assert!(!with("https://b", &format!("{own}\t\theader_up Host c\n")));
    assert!(with("https://b", &format!("\t\theader_up Host c\n{own}")));
}

#[test]
fn what_caddy_warns_of_is_said_by_adapt_and_once_by_check() {
    let file = "a.test {\n\treverse_proxy b:1 {\n\t\thealth_path /up\n\
                \t\theader_up X-Forwarded-Proto {scheme}\n\t}\n}\n";
    let adapted = on_caddyfile(file, &["adapt"]);
    for text in [
        "the 'health_path' subdirective",
        "Unnecessary header_up X-Forwarded-Proto",
    ] {
        assert_eq!(adapted.stderr.matches(text).count(), 1, "{adapted}");
    }
    let checked = on_caddyfile(file, &["check", "--format", "short"]);
    let all = format!("{}{}", checked.stdout, checked.stderr);
    for id in ["deprecated-health-path", "forwarded-proto-is-default"] {
        assert_eq!(all.matches(id).count(), 1, "{checked}");
    }
}
