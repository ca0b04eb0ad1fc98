//! `check` and `validate`.

use insta::assert_snapshot;

use crate::harness::{in_folder, on_caddyfile};

const GOOD: &str = "localhost {\n\trespond hi\n}\n";

/// The article's final configuration.
pub(crate) const ARTICLE: &str = "bustamam.tech {
	reverse_proxy bustamam-tech:3000 10.0.0.3:3100 {
		lb_policy round_robin
		lb_try_duration 3s
		lb_try_interval 250ms
		health_uri /api/healthz
		health_interval 5s
		health_timeout 2s
		fail_duration 10s
		max_fails 1
		transport http {
			dial_timeout 1s
			response_header_timeout 2s
		}
	}
}
";

#[test]
fn a_good_file_is_valid_under_both_names() {
    for command in ["check", "validate"] {
        let output = on_caddyfile(GOOD, &[command]);
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (Some(0), "Valid configuration\n")
        );
    }
}

#[test]
fn findings_come_as_json_for_machines() {
    let output = on_caddyfile(
        "localhost {\n\trespnd hi\n}\n",
        &["check", "--format", "json"],
    );
    assert_eq!(output.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let finding = &report["diagnostics"][0];
    assert_eq!(report["valid"], false);
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&2.into(), &2.into())
    );
    assert_eq!(finding["file"], "Caddyfile");
    assert_eq!(finding["id"], "unknown-directive");
}

#[test]
fn findings_come_on_one_line_each() {
    let output = on_caddyfile(
        "localhost {\n\trespnd hi\n}\n",
        &["check", "--format", "short"],
    );
    assert!(
        output
            .stderr
            .starts_with("Caddyfile:2:2: error[unknown-directive]: "),
        "{output}"
    );
}

#[test]
fn checking_creates_no_file_and_needs_no_port() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let site = format!(
        "http://127.0.0.1:{port} {{\n log {{\n output file x.log\n }}\n respond hi\n}}\nlocalhost {{\n respond hi\n}}\n"
    );
    std::fs::write(folder.path().join("Caddyfile"), site).expect("written");
    let output = in_folder(folder.path(), &["check"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count(),
        1
    );
}

#[test]
fn the_cost_of_failures_is_printed_on_demand() {
    let output = on_caddyfile(ARTICLE, &["check", "--failures"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_snapshot!(output);
}
