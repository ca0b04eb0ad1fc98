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

/// Two upstreams and no retries, and a redundant line.
const CARELESS: &str = "a.test {
	reverse_proxy a:1 b:1 {
		header_up Host {host}
		health_uri /
	}
}
";

#[test]
fn lints_are_shown_and_let_the_file_pass() {
    let output = on_caddyfile(CARELESS, &["check"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_snapshot!(output);
}

#[test]
fn what_is_only_info_is_shown_on_demand() {
    let short = ["check", "--format", "short"];
    let shown = |more: &[&str]| on_caddyfile(CARELESS, &[&short[..], more].concat()).stderr;
    assert!(!shown(&[]).contains("info["));
    assert!(shown(&["--lints", "info"]).contains("info[probe-without-host]"));
    assert_eq!(shown(&["--lints", "security"]), "");
}

#[test]
fn findings_of_a_denied_weight_and_graver_make_it_fail() {
    let code = |weight| on_caddyfile(CARELESS, &["check", "--deny", weight]).code;
    assert_eq!(code("security"), Some(0));
    assert_eq!(code("availability"), Some(1));
    assert_eq!(code("redundant"), Some(1));
    let output = on_caddyfile(CARELESS, &["check", "--format", "short", "--deny", "info"]);
    assert!(
        output.stderr.ends_with("of weight info or graver\n"),
        "{output}"
    );
    let output = on_caddyfile(CARELESS, &["check", "--deny", "grave"]);
    assert!(
        output
            .stderr
            .contains("known are error, security, availability"),
        "{output}"
    );
}

#[test]
fn lints_come_as_json_with_weight_and_rule() {
    let arguments = ["check", "--format", "json", "--deny", "availability"];
    let output = on_caddyfile(CARELESS, &arguments);
    assert_eq!(output.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let found: Vec<_> = report["diagnostics"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|found| (&found["severity"], &found["id"], &found["line"]))
        .collect();
    assert_eq!(report["valid"], false);
    assert_eq!(
        found,
        [
            (&"availability".into(), &"no-retry-window".into(), &2.into()),
            (&"redundant".into(), &"host-is-default".into(), &3.into()),
        ]
    );
}

#[test]
fn a_comment_silences_a_rule() {
    let allowed = CARELESS
        .replace(
            "\treverse",
            "\t# evenkeel: allow no-retry-window\n\treverse",
        )
        .replace("{host}", "{host} # evenkeel: allow host-is-default");
    let output = on_caddyfile(allowed, &["check"]);
    assert_eq!(
        (output.code, output.stderr.as_str()),
        (Some(0), ""),
        "{output}"
    );
}

#[test]
fn the_articles_file_has_nothing_to_say_about() {
    let output = on_caddyfile(ARTICLE, &["check", "--deny", "deprecated"]);
    assert_eq!(
        (output.code, output.stderr.as_str()),
        (Some(0), ""),
        "{output}"
    );
}

#[test]
fn a_variable_that_is_not_set_is_the_cause_and_is_said_once() {
    for file in [
        "{\n\temail {$EVENKEEL_NONE}\n}\na.test {\n\trespond hi\n}\n",
        "{$EVENKEEL_NONE} {\n\trespond hi\n}\n",
        "a.test {\n\treverse_proxy app:1 {\n\t\tfail_duration {$EVENKEEL_NONE}s\n\t}\n}\n",
    ] {
        let output = on_caddyfile(file, &["check", "--format", "short"]);
        assert_eq!(output.stderr.matches("error[").count(), 1, "{output}");
        assert!(output.stderr.contains("EVENKEEL_NONE"), "{output}");
        let human = on_caddyfile(file, &["check"]).stderr;
        assert_eq!(human.matches("is not set").count(), 1, "{human}");
    }
}

#[test]
fn an_upstream_that_is_a_variable_not_set_is_loaded_as_by_caddy_with_a_warning() {
    let file = "http://a.test {\n\treverse_proxy {$EVENKEEL_NONE}\n}\n";
    let output = on_caddyfile(file, &["check", "--format", "short"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(output.stderr.contains("EVENKEEL_NONE"), "{output}");
    assert!(output.stderr.contains("warning[no-upstreams]"), "{output}");
}

#[test]
fn what_a_log_cannot_do_yet_is_refused_on_its_line_with_everything_else() {
    let text = ":80 {
	log {
		output file a.log {
			roll_keep 3
		}
		format append {
			a b
		}
	}
	encode gzip
}
";
    let output = on_caddyfile(text, &["check", "--format", "short"]);
    assert_eq!(output.code, Some(1));
    assert_snapshot!(output.stderr, @r"
    Caddyfile:4:4: error[cannot-build]: `roll_keep` is not supported yet
    Caddyfile:6:3: error[cannot-build]: `append` is not supported yet
    Caddyfile:10:2: error[cannot-build]: `encode` is not supported yet
    error: 3 errors in `Caddyfile`
    ");
    let adapted = on_caddyfile(text, &["adapt"]);
    assert_eq!(adapted.code, Some(0));
}

#[test]
fn what_is_around_the_file_is_looked_at_and_shown_on_its_line() {
    let file = "{\n\tadmin localhost:8080\n}\n\nhttp://localhost:8080 {\n\troot * /nowhere\n\t\
                reverse_proxy 127.0.0.1:8080\n}\n\na.test {\n\ttls cert.pem key.pem\n\trespond hi\n}\n";
    let output = on_caddyfile(file, &["check"]);
    assert_eq!(output.code, Some(1), "{output}");
    assert_snapshot!(output);
}

#[test]
fn what_is_around_a_json_configuration_is_shown_with_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = r#"{"apps":{"tls":{"certificates":{"load_files":[
        {"certificate":"cert.pem","key":"key.pem"}]}}}}"#;
    std::fs::write(folder.path().join("caddy.json"), json).expect("written");
    let output = in_folder(folder.path(), &["check", "--config", "caddy.json"]);
    assert_eq!(output.code, Some(1), "{output}");
    assert_snapshot!(output);
}

#[test]
fn the_cost_of_failures_comes_as_json_with_lines() {
    let output = on_caddyfile(ARTICLE, &["check", "--failures", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let proxy = &report["failures"]["proxies"][0];
    let place = serde_json::json!({"file": "Caddyfile", "line": 2});
    assert_eq!(proxy["place"], place, "{output}");
    assert_eq!(proxy["failures"].as_array().map(Vec::len), Some(8));
}

#[test]
fn the_cost_of_failures_names_the_options_that_would_bound_it() {
    let file = "a.test {\n\treverse_proxy a:1 b:1 {\n\t\tlb_retries 3\n\t}\n}\n";
    let output = on_caddyfile(file, &["check", "--failures", "--lints", "error"]);
    assert_snapshot!(output);
}

#[test]
fn what_does_no_harm_is_a_warning() {
    let file = "a.test {\n\timport none/*.conf\n\tlog x {\n\t\toutput stdout\n\t}\n\trespond hi\n}\n\n\
                b.test {\n\tlog x {\n\t\toutput stderr\n\t}\n\trespond hi\n}\n";
    let output = on_caddyfile(file, &["check"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_snapshot!(output);
}

#[test]
fn a_brace_that_closes_nothing_is_a_warning_where_caddy_takes_it() {
    assert_snapshot!(on_caddyfile("a.test\n\nrespond hi\n}\n", &["check"]));
}

#[test]
fn no_secret_is_shown() {
    let file = "\
{
	acme_dns cloudflare hidden
}
a.test {
	request_header Authorization \"Bearer hidden\" # a comment
	reverse_proxy app:80 {
		header_up X-Api-Key hidden
		lb_policy cookie lb hidden hidden
	}
	tls {
		dns nobody {
			api_token hidden
		}
	}
}
";
    let output = on_caddyfile(file, &["check"]);
    assert_snapshot!(output);
    for command in [&["check", "--format", "json"][..], &["adapt"], &["check"]] {
        let output = on_caddyfile(file, command);
        assert_eq!(output.code, Some(1));
        let said = output.stdout + &output.stderr;
        assert!(!said.contains("hidden"), "{said}");
    }
}

#[test]
fn a_name_that_hides_a_server_is_a_warning() {
    let file = "{\n\tservers :8080 {\n\t\tname srv1\n\t}\n}\n\n:8080 {\n\trespond a\n}\n\n:8081 {\n\trespond b\n}\n";
    assert_snapshot!(on_caddyfile(file, &["check"]));
}

#[test]
fn what_is_said_about_tls_and_cannot_be_done_is_refused_at_its_line() {
    let file = "\
{
	default_sni a.example
	tls_resolvers 1.1.1.1
	acme_eab {
		key_id one
		mac_key two
	}
	storage_check off
}

a.example {
	tls {
		key_type p384
		curves x25519
		client_auth {
			mode require
		}
		load certificates
		get_certificate tailscale
	}
}

b.example {
	tls {
		issuer acme {
			profile short
		}
		issuer zerossl key
	}
}
";
    assert_eq!(on_caddyfile(file, &["adapt"]).code, Some(0));
    let output = on_caddyfile(file, &["check", "--format", "short"]);
    assert_eq!(output.code, Some(1));
    assert_snapshot!(output.stderr);
}
