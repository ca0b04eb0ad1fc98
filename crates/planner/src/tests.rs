//! Tests of the whole way from text to plan. What a text becomes is in `fixtures/adapt`; here is
//! what fixtures cannot show.

use std::collections::BTreeMap;

use evenkeel_caddyfile::MemoryHost;
use evenkeel_diagnostics::{Diagnostic, SourceMap};

use super::*;

fn planned(text: &str) -> (Planned, SourceMap) {
    let mut sources = SourceMap::new();
    let host = MemoryHost::new();
    let parsed = evenkeel_caddyfile::parse(&mut sources, "Caddyfile", text.as_bytes(), &host);
    assert!(!parsed.diagnostics.has_errors(), "{:?}", parsed.diagnostics);
    (plan(&parsed.file, &host), sources)
}

fn ids(text: &str) -> Vec<&'static str> {
    planned(text)
        .0
        .diagnostics
        .iter()
        .map(|found: &Diagnostic| found.id)
        .collect()
}

fn servers(text: &str) -> BTreeMap<String, http::Server> {
    let (planned, _) = planned(text);
    planned
        .plan
        .apps
        .http
        .map(|app| app.servers)
        .unwrap_or_default()
}

#[test]
fn the_options_of_a_log_know_where_they_were_written() {
    let text = ":80 {\n\tlog a {\n\t\toutput file x {\n\t\t\troll_keep 3\n\t\t}\n\
                \t\tformat filter {\n\t\t\twrap json {\n\t\t\t\ttime_local\n\t\t\t}\n\
                \t\t\tstatus delete\n\t\t}\n\t\tsampling {\n\t\t\tfirst 1\n\t\t}\n\t}\n}\n";
    let (planned, sources) = planned(text);
    let table = [
        ("writer.roll_keep", "roll_keep 3"),
        ("encoder.wrap.time_local", "time_local"),
        ("encoder.fields.status", "status delete"),
        ("sampling.first", "first 1"),
    ];
    for (path, expected) in table {
        let span = planned.origins.get(&format!("logging.logs.a.{path}"));
        assert_eq!(
            span.map(|span| sources.slice(span)),
            Some(expected),
            "{path}"
        );
    }
}

#[test]
fn parts_of_the_plan_know_where_they_were_written() {
    let text = "{\n\tadmin localhost:99\n\thttp_port 8080\n\tstorage file_system /x\n}\n\
                a.example {\n\thandle /x {\n\t\treverse_proxy one two:1-2 {\n\t\t\tto three\n\t\t}\n\t}\n\
                \ttls /cert.pem /key.pem\n\tlog {\n\t\toutput file /access.log\n\t}\n}\n";
    let (planned, sources) = planned(text);
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    let proxy =
        "apps.http.servers.srv0.routes[0].handle[0].routes[0].handle[0].routes[0].handle[0]";
    let table = [
        ("apps.http.servers.srv0", "a.example"),
        ("apps.http.servers.srv0.listen[0]", "a.example"),
        (
            "apps.http.servers.srv0.routes[0].handle[0].routes[0].handle[0]",
            "handle /x",
        ),
        (proxy, "reverse_proxy one two:1-2"),
        (&format!("{proxy}.upstreams[0].dial"), "one"),
        (&format!("{proxy}.upstreams[2].dial"), "two:1-2"),
        (&format!("{proxy}.upstreams[3].dial"), "three"),
        (
            "apps.http.servers.srv0.tls_connection_policies[0]",
            "tls /cert.pem /key.pem",
        ),
        (
            "apps.tls.certificates.load_files[0].certificate",
            "/cert.pem",
        ),
        ("apps.tls.certificates.load_files[0].key", "/key.pem"),
        ("logging.logs.log0.writer.filename", "/access.log"),
        ("admin.listen", "localhost:99"),
        ("apps.http.http_port", "http_port 8080"),
        ("storage", "storage file_system /x"),
    ];
    for (path, expected) in table {
        let span = planned.origins.get(path);
        assert_eq!(
            span.map(|span| sources.slice(span)),
            Some(expected),
            "{path}"
        );
    }
}

#[test]
fn every_directive_of_caddys_is_read() {
    for directive in directives::DIRECTIVES
        .iter()
        .chain(directives::SITE_DIRECTIVES)
    {
        let found = ids(&format!(":80 {{\n\t{} x\n}}\n", directive.name));
        assert!(
            !found.contains(&"not-supported-yet"),
            "{}: {found:?}",
            directive.name
        );
    }
}

#[test]
fn options_of_servers_know_their_lines() {
    let text = "{\n\tservers :80 {\n\t\tname web\n\t\ttimeouts {\n\t\t\tidle 3m\n\t\t}\n\
                \t\tmax_header_size 1KB\n\t}\n\tpki {\n\t\tca x\n\t}\n\tmetrics\n}\n:80 {\n}\n";
    let (planned, sources) = planned(text);
    let table = [
        ("apps.http.servers.web.idle_timeout", "idle 3m"),
        (
            "apps.http.servers.web.max_header_bytes",
            "max_header_size 1KB",
        ),
        ("apps.pki.certificate_authorities.x", "ca x"),
        ("apps.http.metrics", "metrics"),
    ];
    for (path, expected) in table {
        let span = planned.origins.get(path);
        let written = span.map(|span| sources.slice(span));
        assert_eq!(written, Some(expected), "{path}");
    }
}

#[test]
fn what_nobody_knows_is_not_called_unsupported() {
    let text = "{\n\tnonsense\n}\n:80 {\n\tnonsense\n\treverse_proxy a {\n\t\tnonsense\n\t}\n\
                \t@x nonsense\n}\n";
    let found = ids(text);
    let expected = [
        "unknown-option",
        "unknown-matcher",
        "unknown-directive",
        "unknown-subdirective",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_site_on_two_sockets_says_its_mistakes_once() {
    assert_eq!(
        ids("a.example, a.example:8443 {\n\trespnd x\n}\n"),
        ["unknown-directive"]
    );
}

#[test]
fn a_wrong_matcher_is_not_reported_again_where_it_is_used() {
    assert_eq!(
        ids(":80 {\n\t@x nonsense\n\trespond @x hi\n}\n"),
        ["unknown-matcher"]
    );
}

#[test]
fn a_mistake_in_a_line_hides_none_in_its_block() {
    let text = ":80 {\n\thandle @nope {\n\t\trespnd x\n\t}\n\thandle a b {\n\t\trespnd x\n\t}\n\
                \ttls nobody {\n\t\tcipers x\n\t}\n\treverse_proxy @nope a {\n\t\tlb_polcy x\n\t}\n}\n";
    let mut found = ids(text);
    found.sort_unstable();
    let expected = [
        "bad-value",
        "too-many-arguments",
        "undefined-matcher",
        "undefined-matcher",
        "unknown-directive",
        "unknown-directive",
        "unknown-subdirective",
        "unknown-subdirective",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_wrong_upstream_does_not_count_as_none() {
    assert_eq!(ids(":80 {\n\treverse_proxy a:70000\n}\n"), ["bad-address"]);
}

/// Caddy keeps one policy for a site on two sockets and overwrites the names of the first with
/// those of the second. We do not.
#[test]
fn a_site_on_two_sockets_keeps_the_names_of_each() {
    let servers = servers("a.example:1443, b.example:2443 {\n\ttls {\n\t\talpn h2\n\t}\n}\n");
    let names = |server: &str| {
        let policies = servers[server].tls_connection_policies.as_ref()?;
        policies[0]
            .matcher
            .as_ref()
            .map(|matcher| matcher.sni.clone())
    };
    assert_eq!(names("srv0"), Some(vec!["a.example".to_owned()]));
    assert_eq!(names("srv1"), Some(vec!["b.example".to_owned()]));
}

#[test]
fn settings_for_one_log_in_two_sites_are_a_warning() {
    let site = |host: &str| format!("{host} {{\n\tlog x {{\n\t\toutput stdout\n\t}}\n}}\n");
    let (planned, _) = planned(&(site("a.example") + &site("b.example")));
    assert!(!planned.diagnostics.has_errors());
    let found: Vec<_> = planned.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(found, ["log-redefined"]);
}

#[test]
fn port_ranges_cannot_fill_the_memory() {
    let line = "\treverse_proxy a:1-65535\n";
    let found = ids(&format!(":80 {{\n{}}}\n", line.repeat(50)));
    assert_eq!(found, vec!["bad-value"; 49]);
}

/// With one comparison of each with each, these would take minutes.
#[test]
fn many_sites_are_planned_in_about_linear_time() {
    let lines: [fn(u32) -> String; 5] = [
        |_| "respond x".to_owned(),
        |i| format!("tls c{i}.pem k{i}.pem"),
        |i| format!("tls a{i}@b.example"),
        |i| format!("tls {{\n\t\talpn p{i}\n\t}}"),
        |i| if i == 0 { "tls internal" } else { "respond x" }.to_owned(),
    ];
    for line in lines {
        let site = |i| format!("s{i}.example {{\n\t{}\n}}\n", line(i));
        let sites: String = (0..5000).map(site).collect();
        assert_eq!(servers(&sites)["srv0"].routes.len(), 5000);
    }
}

/// With one comparison of each with each, the lines would take minutes. Only as many wrong names
/// as are shown may be compared with the known ones, so those are fewer.
#[test]
fn many_lines_are_read_in_about_linear_time() {
    let line = |i: u32| format!("\t\theader_up X-{i} x\n");
    let lines: String = (0..10_000).map(line).collect();
    assert_eq!(
        servers(&format!(":80 {{\n\treverse_proxy a {{\n{lines}\t}}\n}}\n")).len(),
        1
    );
    let line = |i: u32| format!("\t@m{i} path /{i}\n");
    let known: String = (0..500).map(line).collect();
    let line = |i: u32| format!("\trespond @n{i} x\n");
    let wrong: String = (0..5000).map(line).collect();
    assert_eq!(
        ids(&format!(":80 {{\n{known}{wrong}}}\n")),
        ["undefined-matcher"; 200]
    );
}

#[test]
fn a_site_on_many_ports_is_not_written_out_without_bound() {
    let site = |ports: usize, lines: usize| {
        let keys: Vec<String> = (0..ports).map(|port| format!(":{}", 1000 + port)).collect();
        let lines: Vec<String> = (0..lines)
            .map(|at| format!("\theader /p{at} X y\n"))
            .collect();
        format!("{} {{\n{}}}\n", keys.join(", "), lines.concat())
    };
    assert_eq!(ids(&site(20, 200)), Vec::<&str>::new());
    let (planned, _) = planned(&site(2_000, 1_000));
    let found: Vec<_> = planned.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(found, ["too-many-copies"]);
    let servers = planned.plan.apps.http.expect("an app").servers;
    assert!(
        servers.is_empty(),
        "nothing is written out before it is known to fit"
    );
}

#[test]
fn named_routes_on_many_ports_are_not_written_out_without_bound() {
    let lines: Vec<String> = (0..2_000)
        .map(|at| format!("\theader /p{at} X y\n"))
        .collect();
    let sites: Vec<String> = (0..1_000)
        .map(|at| format!(":{} {{\n\tinvoke r\n}}\n", 1000 + at))
        .collect();
    assert_eq!(
        ids(&format!(
            "&(r) {{\n{}}}\n{}",
            lines.concat(),
            sites.concat()
        )),
        ["too-many-copies"]
    );
}

#[test]
fn ports_times_interfaces_are_not_listened_on_without_bound() {
    let keys: Vec<String> = (0..2_000).map(|port| format!(":{}", 1000 + port)).collect();
    let hosts: Vec<String> = (0..2_000)
        .map(|at| format!(" 10.0.{}.{}", at / 250, at % 250))
        .collect();
    let text = format!("{} {{\n\tbind{}\n}}\n", keys.join(", "), hosts.concat());
    assert_eq!(ids(&text), ["too-many-sockets"]);
}

#[test]
fn options_of_reverse_proxy_know_their_lines() {
    let text = ":80 {\n\treverse_proxy a b {\n\t\thealth_uri /x\n\t\thealth_method POST\n\
                \t\tfail_duration 3s\n\t\tflush_interval -1\n\t\ttransport http {\n\
                \t\t\tdial_timeout 1s\n\t\t\ttls_insecure_skip_verify\n\t\t\ttls_server_name x\n\
                \t\t}\n\t}\n}\n";
    let (planned, sources) = planned(text);
    let table = [
        ("health_checks", "health_uri /x"),
        ("health_checks.active.method", "health_method POST"),
        ("health_checks.passive.fail_duration", "fail_duration 3s"),
        ("flush_interval", "flush_interval -1"),
        ("transport", "transport http"),
        ("transport.dial_timeout", "dial_timeout 1s"),
        ("transport.tls", "tls_insecure_skip_verify"),
        ("transport.tls.server_name", "tls_server_name x"),
    ];
    for (path, expected) in table {
        let path = format!("apps.http.servers.srv0.routes[0].handle[0].{path}");
        let span = planned.origins.nearest(&path);
        let written = span.map(|span| sources.slice(span));
        assert_eq!(written, Some(expected), "{path}");
    }
}

#[test]
fn words_that_caddy_calls_deprecated_are_warnings_and_change_nothing() {
    let (old, _) = planned(
        "a.test {\n\tskip_log\n\treverse_proxy a:1 {\n\t\ttransport http {\n\t\t\t\
         forward_proxy_url http://b:1\n\t\t\ttls_trusted_ca_certs a.pem\n\t\t}\n\t}\n}\n",
    );
    let ids: Vec<_> = old.diagnostics.iter().map(|found| found.id).collect();
    assert_eq!(ids, ["deprecated"; 3]);
    assert!(!old.diagnostics.has_errors());
}
