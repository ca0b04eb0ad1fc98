//! One case: a Caddyfile, its upstreams, and the requests that are sent.

use super::dns::{NameServer, Record};
use super::http::{self, Answer};
use super::observe::{Observation, Seen};
use super::server::{Server, Which};
use super::upstream::{Reply, Script, Upstream};

/// A Caddyfile with scripted upstreams, and the requests to send through it.
///
/// In the Caddyfile and in requests `$A`, `$B`, … stand for the addresses of the upstreams in the order they were
/// given, and `$PA`, `$PB`, … for their ports.
pub(crate) struct Case {
    globals: String,
    environment: Vec<(&'static str, String)>,
    site: String,
    scripts: Vec<Script>,
    records: Option<Vec<Record>>,
    requests: Vec<Vec<u8>>,
    in_any_order: bool,
    not_compared: Vec<&'static str>,
}

impl Case {
    /// A site that holds these lines.
    pub(crate) fn site(lines: &str) -> Self {
        Self {
            globals: String::new(),
            environment: Vec::new(),
            site: lines.to_owned(),
            scripts: Vec::new(),
            records: None,
            requests: Vec::new(),
            in_any_order: false,
            not_compared: Vec::new(),
        }
    }

    /// A site that is one `reverse_proxy` with these options.
    pub(crate) fn proxy(upstreams: &str, options: &str) -> Self {
        Self::site(&format!("reverse_proxy {upstreams} {{\n{options}\n}}"))
    }

    /// Adds global options.
    pub(crate) fn globally(mut self, lines: &str) -> Self {
        self.globals.push_str(lines);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// Adds an upstream: what it answers to one request after the other, the last one for ever.
    pub(crate) fn upstream(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.scripts.push(Script {
            requests: replies.into_iter().collect(),
            probes: None,
        });
        self
    }

    /// Adds an upstream that answers with its name: `a`, `b`, …
    pub(crate) fn named(self) -> Self {
        let name = char::from(b'a' + u8::try_from(self.scripts.len()).expect("few upstreams"));
        self.upstream([super::ok(&name.to_string())])
    }

    /// Lets the upstream added last answer all probes like this. The first request waits until it
    /// has answered one and got another.
    pub(crate) fn probed(mut self, reply: Reply) -> Self {
        self.scripts.last_mut().expect("an upstream").probes = Some(reply);
        self
    }

    /// Adds an address at which nobody listens.
    pub(crate) fn refusing(self) -> Self {
        self.upstream([])
    }

    /// Adds a name server, whose address is `$DNS`.
    pub(crate) fn dns(mut self, records: impl IntoIterator<Item = Record>) -> Self {
        self.records = Some(records.into_iter().collect());
        self
    }

    /// Adds a request by its bytes.
    pub(crate) fn send(mut self, request: impl AsRef<[u8]>) -> Self {
        self.requests.push(request.as_ref().to_vec());
        self
    }

    /// Adds a GET request with these header lines.
    pub(crate) fn get(self, target: &str, fields: &[&str]) -> Self {
        self.request("GET", target, fields, "")
    }

    /// Adds a request with these header lines, and a body with its length if it is not empty.
    pub(crate) fn request(self, method: &str, target: &str, fields: &[&str], body: &str) -> Self {
        let mut text = format!("{method} {target} HTTP/1.1\r\n");
        if !fields.iter().any(|field| field.starts_with("Host:")) {
            text.push_str("Host: site.example\r\n");
        }
        for field in fields {
            text.push_str(field);
            text.push_str("\r\n");
        }
        if !body.is_empty() {
            let length = body.len().to_string();
            text.extend(["Content-Length: ", &length, "\r\n"]);
        }
        text.push_str("\r\n");
        text.push_str(body);
        self.send(text)
    }

    /// Adds the same request many times.
    pub(crate) fn times(mut self, number: usize) -> Self {
        let last = self.requests.last().expect("a request to repeat").clone();
        self.requests
            .extend(std::iter::repeat_n(last, number.saturating_sub(1)));
        self
    }

    /// What upstreams see has no order, since probes come in parallel.
    pub(crate) fn in_any_order(mut self) -> Self {
        self.in_any_order = true;
        self
    }

    /// Header fields (in lower case) that differ on purpose in this case: see docs/differences.md.
    pub(crate) fn not_comparing(mut self, field: &'static str) -> Self {
        self.not_compared.push(field);
        self
    }

    /// Runs it against one server after the other, with the same upstreams, and compares.
    #[track_caller]
    pub(crate) fn same(self) {
        assert!(!self.requests.is_empty(), "a case sends requests");
        let scripts = self.scripts.iter().cloned();
        let upstreams: Vec<Upstream> = scripts.map(Upstream::start).collect();
        let caddy = self.run(Which::Caddy, &upstreams);
        let evenkeel = self.run(Which::Evenkeel, &upstreams);
        if let Some(difference) = caddy.difference(&evenkeel) {
            panic_with(&self.site, &difference);
        }
    }

    fn run(&self, which: Which, upstreams: &[Upstream]) -> Observation {
        upstreams.iter().for_each(Upstream::restart);
        let mut site = self.caddyfile(upstreams);
        let ports = upstreams.iter().map(Upstream::port).collect();
        let records = self.records.clone();
        let name_server = records.map(|records| NameServer::start(records, ports));
        if let Some(name_server) = &name_server {
            site = site.replace("$DNS", &name_server.address());
        }
        let variable =
            |(name, value): &(&'static str, String)| (*name, with_addresses(value, upstreams));
        let environment: Vec<_> = self.environment.iter().map(variable).collect();
        let server = Server::start(which, (&self.globals, &site), &environment);
        while upstreams
            .iter()
            .any(|upstream| upstream.probes().is_some_and(|seen| seen < 2))
        {
            std::thread::yield_now();
        }
        let requests = self.requests.iter();
        let answers: Vec<Answer> = requests
            .map(|request| http::exchange(server.port(), &filled(request, upstreams)))
            .collect();
        drop(server);
        let mut seen = Seen::new(upstreams);
        seen.forget_fields(&self.not_compared);
        if self.in_any_order {
            seen.sort();
        }
        let mut observation = Observation { answers, seen };
        observation.normalise(upstreams, &self.not_compared);
        observation
    }

    fn caddyfile(&self, upstreams: &[Upstream]) -> String {
        with_addresses(&self.site, upstreams)
    }
}

/// A request with the addresses of the upstreams in it, if it is text.
fn filled(request: &[u8], upstreams: &[Upstream]) -> Vec<u8> {
    match std::str::from_utf8(request) {
        Ok(text) => with_addresses(text, upstreams).into_bytes(),
        Err(_) => request.to_vec(),
    }
}

fn with_addresses(text: &str, upstreams: &[Upstream]) -> String {
    let mut text = text.to_owned();
    for (letter, upstream) in ('A'..).zip(upstreams) {
        text = text
            .replace(&format!("$P{letter}"), &upstream.port().to_string())
            .replace(&format!("${letter}"), &upstream.address());
    }
    text
}

#[track_caller]
#[expect(clippy::panic, reason = "how a test fails")]
fn panic_with(site: &str, difference: &str) -> ! {
    panic!("the servers differ on\n{site}\n\n{difference}");
}
