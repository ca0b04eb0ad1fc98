//! No Caddyfile can make the planner do more than its text is worth: what it makes is counted, and
//! what would be too much is one finding.

use std::fmt::Write as _;

use evenkeel_caddyfile::{MemoryHost, parse};
use evenkeel_diagnostics::{Severity, SourceMap};

use crate::plan;

/// Blocks in blocks that a text may have.
const DEEPEST: usize = 256;

/// The errors in a text.
fn errors(text: &str) -> Vec<&'static str> {
    let host = MemoryHost::new();
    let parsed = parse(&mut SourceMap::new(), "Caddyfile", text.as_bytes(), &host);
    let planned = plan(&parsed.file, &host);
    let found = parsed.diagnostics.iter().chain(planned.diagnostics.iter());
    let errors = found.filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.id).collect()
}

/// How often a word stands in what a text becomes.
fn count(text: &str, word: &str) -> usize {
    let host = MemoryHost::new();
    let parsed = parse(&mut SourceMap::new(), "Caddyfile", text.as_bytes(), &host);
    let planned = plan(&parsed.file, &host);
    let json = serde_json::to_string(&planned.plan).expect("a plan can be written");
    json.matches(word).count()
}

/// Blocks in blocks: what stands around them, how each opens and closes, and what is in the last.
struct Nest {
    outside: [&'static str; 2],
    open: &'static str,
    close: &'static str,
    inside: &'static str,
    /// Blocks that stand around them or belong to one.
    blocks: [usize; 2],
}

impl Nest {
    fn text(&self, depth: usize) -> String {
        let [outside, each] = self.blocks;
        let times = (depth - outside) / each;
        let (open, close) = (self.open.repeat(times), self.close.repeat(times));
        let [before, after] = self.outside;
        format!("{before}{open}{}{close}{after}", self.inside)
    }
}

const fn nest(open: &'static str, inside: &'static str) -> Nest {
    Nest {
        outside: [":80 {\n", "}\n"],
        open,
        close: "}\n",
        inside,
        blocks: [1, 1],
    }
}

const NESTS: [Nest; 5] = [
    nest("handle {\n", "respond x\n"),
    nest("route {\n", "respond x\n"),
    nest("handle_path /x/* {\n", "respond x\n"),
    Nest {
        close: "}\n}\n",
        blocks: [1, 2],
        ..nest("reverse_proxy a {\nhandle_response {\n", "respond x\n")
    },
    Nest {
        outside: [":80 {\nlog {\n", "}\n}\n"],
        blocks: [2, 1],
        ..nest("format filter {\n", "format json\n")
    },
];

/// The formats in the format of a log have another name.
fn renamed(text: &str) -> String {
    match text.split_once("format ") {
        Some((before, after)) => format!("{before}format {}", after.replace("format ", "wrap ")),
        None => text.to_owned(),
    }
}

#[test]
fn blocks_may_be_nested_as_deep_as_the_limit_and_no_deeper() {
    for nest in &NESTS {
        let deepest = renamed(&nest.text(DEEPEST));
        assert_eq!(errors(&deepest), Vec::<&str>::new(), "{}", nest.open);
        let deeper = renamed(&nest.text(2 * DEEPEST));
        let found = errors(&deeper);
        assert!(found.contains(&"nested-too-deep"), "{found:?}");
        assert!(found.len() <= 2, "{found:?}");
    }
}

#[test]
fn a_matcher_is_not_negated_without_end() {
    let text = format!(
        ":80 {{\n@m {}path /x\nrespond @m x\n}}\n",
        "not ".repeat(100_000)
    );
    assert_eq!(errors(&text), ["bad-value"]);
    let blocks = |depth: usize| {
        let (open, close) = ("not {\n".repeat(depth), "}\n".repeat(depth));
        errors(&format!(
            ":80 {{\n@m {{\n{open}path /x\n{close}}}\nrespond @m x\n}}\n"
        ))
    };
    assert_eq!(blocks(100), Vec::<&str>::new());
    assert_eq!(blocks(101), ["bad-value"]);
}

#[test]
fn what_is_nested_without_routes_has_a_limit_of_its_own() {
    let deep = |before: &str, open: &str, inside: &str, after: &str| {
        let (open, close) = (open.repeat(150), "}\n".repeat(150));
        errors(&format!("{before}{open}{inside}{close}{after}"))
    };
    let sources = "reverse_proxy {\ndynamic multi {\n";
    let sources = deep(
        &format!(":80 {{\n{sources}"),
        "multi {\n",
        "a b 80\n",
        "}\n}\n}\n",
    );
    assert_eq!(sources, ["bad-value"]);
    let policies = "reverse_proxy a {\nlb_policy header X {\n";
    let open = "fallback header X {\n";
    let policies = deep(&format!(":80 {{\n{policies}"), open, "", "}\n}\n}\n");
    assert_eq!(policies, ["bad-value"]);
    let pools = "a.test {\ntls {\nclient_auth {\ntrust_pool combined {\n";
    let pools = deep(
        pools,
        "source combined {\n",
        "source file a\n",
        "}\n}\n}\n}\n",
    );
    assert_eq!(pools, ["bad-value"]);
}

#[test]
fn a_named_route_is_written_once_however_often_it_is_invoked() {
    let mut text = String::new();
    for at in 0..200 {
        let next = format!("invoke r{}\n", at + 1).repeat(10);
        writeln!(text, "&(r{at}) {{\n{next}}}").expect("a string takes everything");
    }
    text += "&(r200) {\nrespond leaf\n}\n:80 {\ninvoke r0\n}\n";
    assert_eq!(count(&text, "\"leaf\""), 1);
    assert_eq!(count(&text, "\"invoke\""), 200 + 1);
}

#[test]
fn named_routes_that_invoke_themselves_are_written_once() {
    let text = "&(a) {\ninvoke b\ninvoke b\n}\n&(b) {\ninvoke a\ninvoke b\n}\n:80 {\ninvoke a\n}\n";
    assert_eq!(count(text, "\"invoke\""), 3);
}

#[test]
fn what_a_site_says_is_written_once_for_all_its_names() {
    let names: Vec<String> = (0..5_000).map(|at| format!("s{at}.test")).collect();
    let text = format!("{} {{\nrespond once\n}}\n", names.join(", "));
    assert_eq!(count(&text, "\"once\""), 1);
    assert_eq!(count(&text, ".test\""), 5_000);
}

#[test]
fn rows_and_matchers_become_no_more_than_they_are() {
    let rows = lines(20_000, |at| format!("in{at} out{at}\n"));
    let text = format!(":80 {{\nmap {{host}} {{a}} {{\n{rows}}}\n}}\n");
    assert_eq!(count(&text, "\"input\""), 20_000);
    let defined = lines(2_000, |at| format!("@m{at} path /{at}\n"));
    let blocks = "handle {\nrespond @m7 x\n}\n".repeat(2_000);
    let text = format!(":80 {{\n{defined}{blocks}}}\n");
    assert_eq!(count(&text, "\"/7\""), 2_000);
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = (0..count).map(line).collect();
    lines.concat()
}
