//! Every mistake gets its place and its way out; the snapshots are what the user sees.

use insta::assert_snapshot;

use crate::harness::{in_folder, on_caddyfile};

/// A test per mistake: its name, and the Caddyfile that makes it.
macro_rules! mistakes {
    ($($name:ident: $caddyfile:expr;)*) => {$(
        #[test]
        fn $name() {
            let output = on_caddyfile($caddyfile, &["check"]);
            assert_eq!(output.code, Some(1), "{output}");
            assert_snapshot!(output);
        }
    )*};
}

mistakes! {
    an_unknown_directive: "localhost {\n\trespnd \"hi\"\n}\n";
    an_unknown_policy: "localhost {\n\treverse_proxy a:1 {\n\t\tlb_policy round_robbin\n\t}\n}\n";
    an_unknown_subdirective: "localhost {\n\treverse_proxy a:1 b:1 {\n\t\tlb_polcy first\n\t}\n}\n";
    an_unknown_option: "{\n\thtp_port 80\n}\nlocalhost {\n\trespond hi\n}\n";
    a_directive_for_later: "localhost {\n\tencode gzip\n\trespond hi\n}\n";
    all_that_cannot_be_served_yet:
        "a.test {\n\tencode gzip\n\t@q url_pattern /a\n\trespond @q hi\n\thandle_path /x/* {\n\t\ttemplates\n\t}\n}\n\n\
         b.test {\n\tfile_server\n}\n";
    all_options_of_a_proxy_that_cannot_be_served_yet:
        "a.test {\n\treverse_proxy app:80 {\n\t\ttransport http {\n\t\t\t\
         versions 3\n\t\t\texpect_continue_timeout 1s\n\t\t}\n\t}\n}\n";
    words_that_caddy_had_once_or_never:
        "{\n\texperimental_http3\n\tauto_https on\n}\n\nlocalhost {\n\treverse_proxy app:80 {\n\t\tbuffer_responses\n\t\tlb_policy cookie lb {\n\t\t\tsecret x\n\t\t}\n\t}\n}\n";
    a_global_option_in_a_site: "a.test {\n\temail me@a.test\n}\n";
    a_directive_among_the_global_options: "{\n\treverse_proxy app:80\n}\na.test {\n\trespond hi\n}\n";
    options_behind_a_site: "a.test {\n\trespond hi\n}\n\n{\n\tdebug\n}\n";
    a_snippet_without_block: "(a)\n\nb.test {\n\trespond hi\n}\n";
    an_option_for_later: "{\n\tshutdown_delay 5s\n}\nlocalhost {\n\trespond hi\n}\n";
    a_missing_argument: "localhost {\n\treverse_proxy a:1 {\n\t\tlb_policy\n\t}\n}\n";
    a_duration_without_a_unit: "localhost {\n\treverse_proxy a:1 {\n\t\tlb_try_duration 5\n\t}\n}\n";
    a_duration_with_a_strange_unit: "localhost {\n\treverse_proxy a:1 {\n\t\tfail_duration 5x\n\t}\n}\n";
    a_negative_duration: "localhost {\n\treverse_proxy a:1 {\n\t\thealth_interval -1s\n\t}\n}\n";
    an_unclosed_block: "localhost {\n\thandle {\n\t\trespond hi\n}\n";
    an_unclosed_quote: "localhost {\n\trespond \"hi\n}\n";
    an_unclosed_heredoc: "localhost {\n\trespond <<END\n\t\thi\n}\n";
    two_sites_with_one_address: "localhost {\n\trespond a\n}\nlocalhost {\n\trespond b\n}\n";
    a_port_out_of_range: "localhost:70000 {\n\trespond hi\n}\n";
    an_upstream_port_out_of_range: "localhost {\n\treverse_proxy app:70000\n}\n";
    a_file_that_is_not_utf_8: b"localhost {\n\trespond \"\xff\"\n}\n";
    an_empty_file: "";
    a_brace_on_its_own_line: "localhost {\n\thandle\n\t{\n\t\trespond hi\n\t}\n}\n";
    several_mistakes_at_once:
        "{\n\tgrace_period soon\n}\n\nexample.com {\n\treverse_proxy app1:8080 app2:8080 {\n\t\t\
         lb_polcy least_conn\n\t\tlb_try_duration 3\n\t\thealth_status twohundred\n\t}\n\theaderr X-A b\n}\n";
}

#[test]
fn a_file_that_does_not_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_snapshot!(in_folder(
        folder.path(),
        &["check", "--config", "missing/Caddyfile"]
    ));
}

#[test]
fn no_caddyfile_in_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_snapshot!(in_folder(folder.path(), &["check"]));
}

#[test]
fn an_unknown_field_of_a_json_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = r#"{"apps":{"http":{"servers":{"srv0":{"listn":[":80"]}}}}}"#;
    std::fs::write(folder.path().join("caddy.json"), json).expect("written");
    assert_snapshot!(in_folder(
        folder.path(),
        &["check", "--config", "caddy.json"]
    ));
}
